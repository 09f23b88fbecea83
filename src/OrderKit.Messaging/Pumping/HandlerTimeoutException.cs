namespace OrderKit.Messaging;

/// <summary>A sink or handler did not return within <see cref="PumpOptions.HandlerTimeout"/>.</summary>
public sealed class HandlerTimeoutException : TimeoutException
{
    /// <summary>Names the limit, and whether the handler stopped when it was cancelled.</summary>
    public HandlerTimeoutException(TimeSpan limit, bool hasStopped)
        : base(hasStopped
            ? $"The handler did not return within {limit}, and was cancelled."
            : $"The handler did not return within {limit}, and goes on although it was cancelled. Pass its CancellationToken to everything that it awaits.")
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    public HandlerTimeoutException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception around another one.</summary>
    public HandlerTimeoutException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

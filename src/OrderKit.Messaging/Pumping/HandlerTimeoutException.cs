namespace OrderKit.Messaging;

/// <summary>A sink or handler did not return within <see cref="PumpOptions.HandlerTimeout"/>.</summary>
public sealed class HandlerTimeoutException : TimeoutException
{
    internal HandlerTimeoutException(TimeSpan limit, Task? running)
        : base(running is null
            ? $"The handler did not return within {limit}, and was cancelled."
            : $"The handler did not return within {limit}, and goes on although it was cancelled. Pass its CancellationToken to everything that it awaits.") =>
        Running = running;

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

    /// <summary>The handler, if it goes on although it was cancelled.</summary>
    internal Task? Running { get; }
}

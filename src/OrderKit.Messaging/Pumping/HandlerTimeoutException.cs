namespace OrderKit.Messaging;

/// <summary>A sink or handler did not return within <see cref="PumpOptions.HandlerTimeout"/>.</summary>
public sealed class HandlerTimeoutException : TimeoutException
{
    internal HandlerTimeoutException(TimeSpan limit, Task? running)
        : base(running is null
            ? $"The handler did not return within {limit}, and was cancelled."
            : $"The handler did not return within {limit}, and still runs although it was cancelled. "
                + "Pass its CancellationToken to everything that it awaits.") => Running = running;

    /// <summary>The handler, if it still runs although it was cancelled.</summary>
    internal Task? Running { get; }
}

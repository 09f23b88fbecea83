namespace OrderKit.Messaging;

/// <summary>Thrown by a sink or handler that was told when to come back, such as by <c>Retry-After</c>: the message waits for just so long.</summary>
/// <remarks>The attempt counts. It says that the destination is busy, not that the message is wrong, so it also counts for the circuit.</remarks>
public sealed class RetryLaterException : Exception
{
    private static readonly TimeSpan DefaultPause = TimeSpan.FromMinutes(1);

    /// <summary>Asks for a pause.</summary>
    public RetryLaterException(TimeSpan pause, Exception? innerException = null)
        : base($"The message is to be delivered again in {pause}.", innerException)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pause, TimeSpan.Zero);
        Pause = pause;
    }

    /// <summary>Asks for a pause of one minute.</summary>
    public RetryLaterException(string? message)
        : base(message)
    {
    }

    /// <summary>Asks for a pause of one minute, because of another exception.</summary>
    public RetryLaterException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>For how long the message waits.</summary>
    public TimeSpan Pause { get; } = DefaultPause;
}

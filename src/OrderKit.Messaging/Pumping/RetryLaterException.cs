namespace OrderKit.Messaging;

/// <summary>Thrown by a sink or handler that was told when to try again, such as by <c>Retry-After</c>: sets the delay of the message.</summary>
/// <remarks>The attempt counts. It means that the destination is busy, not that the message is wrong, so it also counts for the circuit breaker.</remarks>
public sealed class RetryLaterException : Exception
{
    private static readonly TimeSpan DefaultDelay = TimeSpan.FromMinutes(1);

    /// <summary>Asks for a delay.</summary>
    public RetryLaterException(TimeSpan delay, Exception? innerException = null)
        : base($"The message is to be delivered again in {delay}.", innerException)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        Delay = delay;
    }

    /// <summary>Asks for a delay of one minute.</summary>
    public RetryLaterException(string? message)
        : base(message)
    {
    }

    /// <summary>Asks for a delay of one minute, because of another exception.</summary>
    public RetryLaterException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>How long to wait before the message is delivered again.</summary>
    public TimeSpan Delay { get; } = DefaultDelay;
}

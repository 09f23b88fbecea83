namespace OrderKit.Messaging;

/// <summary>Sets the delay before the next attempt. Thrown by a sink or handler that knows it, such as from <c>Retry-After</c>.</summary>
/// <remarks>The attempt counts. The destination is busy and the message is not wrong, so it also counts for the circuit breaker.</remarks>
public sealed class RetryLaterException : Exception
{
    private static readonly TimeSpan DefaultDelay = TimeSpan.FromMinutes(1);

    /// <summary>Asks for a delay.</summary>
    public RetryLaterException(TimeSpan delay, Exception? innerException = null)
        : base($"The message will be delivered again in {delay}.", innerException)
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

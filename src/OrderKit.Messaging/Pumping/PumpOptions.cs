using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Settings that the pumps of outbox and inbox share.</summary>
/// <remarks>The default of <see cref="BackgroundOptions.PollInterval"/> is 1 second.</remarks>
public abstract class PumpOptions() : BackgroundOptions(TimeSpan.FromSeconds(1))
{
    // What a timer can wait for.
    private static readonly TimeSpan MaxTimer = TimeSpan.FromDays(40);
    private static readonly TimeSpan MaxGrace = TimeSpan.FromSeconds(5);

    /// <summary>How many messages are claimed at once: one for each of as many lanes.</summary>
    /// <value>100. Fewer are claimed if the handler does not finish them within half of <see cref="Lease"/>.</value>
    public int BatchSize { get; set; } = 100;

    /// <summary>How many messages of a batch (inbox: transactions) are handed over at the same time, each of another lane.</summary>
    /// <value>
    /// 1, so that handlers need not be safe for several threads; <c>SendThroughTransport</c> sets 32, so that a broker confirms many at
    /// once. More gain nothing for an inbox on SQLite.
    /// </value>
    public int MaxConcurrency { get; set; } = 1;

    /// <summary>How long a claimed batch is kept from others. After half of it the rest of the batch is given back.</summary>
    /// <value>1 minute.</value>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a sink or handler may take. Then it is cancelled, and its message failed.</summary>
    /// <value>
    /// 25 seconds. A cancelled handler has another 5 seconds to return, or a twelfth of <see cref="Lease"/> if that is shorter. Together
    /// they are at most half of the lease: a message that is handed over in the first half of its lease ends before others take it over.
    /// </value>
    public TimeSpan HandlerTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>The maximum delay before the second attempt; it doubles with each further one.</summary>
    /// <value>1 second.</value>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The maximum delay before any attempt.</summary>
    /// <value>1 hour.</value>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many attempts a message has; then it becomes a dead letter.</summary>
    /// <value>100. A message uses an attempt only when it is handed over.</value>
    public int MaxAttempts { get; set; } = 100;

    /// <summary>The age at which a message that fails becomes a dead letter.</summary>
    /// <value>25 hours, for as long as payment providers repeat their notifications. An older message is still handed over once.</value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(25);

    /// <summary>The number of failures in a row that opens the circuit breaker. While it is open, no message is handed over.</summary>
    /// <value>5.</value>
    public int FailuresToBreak { get; set; } = 5;

    /// <summary>How long the circuit breaker is open at first; it doubles while the deliveries that test it fail.</summary>
    /// <value>1 second.</value>
    public TimeSpan FirstBreak { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The maximum time for which the circuit breaker is open.</summary>
    /// <value>1 minute.</value>
    public TimeSpan MaxBreak { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether a failure means that the destination is down. Other failures hold back only the lane of the message.</summary>
    /// <value>
    /// <see cref="RetryLaterException"/>, <see cref="TimeoutException"/>, <see cref="IOException"/>, a socket's or a cancelled
    /// call's exception, and an <see cref="HttpRequestException"/> without a status, or with 408, 429 or 500 and above.
    /// </value>
    public Func<Exception, bool> IsDestinationDown { get; set; } = DownByDefault;

    /// <summary>How long a handler that was cancelled has to return, so that it can roll back.</summary>
    internal TimeSpan Grace => Lease / 12 < MaxGrace ? Lease / 12 : MaxGrace;

    /// <summary>The chance in the delay before a retry, above 0 and up to 1. Only tests change it.</summary>
    internal Func<double> Jitter { get; set; } = Backoff.Chance;

    internal TimeSpan MaxHandlerTimeout => Lease / 2 - Grace < MaxTimer ? Lease / 2 - Grace : MaxTimer;

    internal void Validate(OptionFaults faults)
    {
        faults.RequirePositive(PollInterval);
        faults.RequireBetween(BatchSize, 1, 10_000);
        faults.RequireBetween(MaxConcurrency, 1, 1_000);
        faults.RequirePositive(Lease);
        faults.RequirePositive(HandlerTimeout);
        if (HandlerTimeout > MaxHandlerTimeout)
        {
            faults.Add(
                nameof(HandlerTimeout),
                $"is {HandlerTimeout}, longer than {MaxHandlerTimeout}: it and {Grace} for a cancelled handler must fit into half of "
                + $"Lease, which is {Lease}, and no timer is longer than {MaxTimer}. Raise Lease, or lower HandlerTimeout.");
        }

        faults.RequirePositive(FirstDelay);
        faults.RequireNotBelow(MaxDelay, FirstDelay);
        faults.RequireAtLeastOne(MaxAttempts);
        faults.RequirePositive(MaxAge);
        faults.RequireAtLeastOne(FailuresToBreak);
        faults.RequirePositive(FirstBreak);
        faults.RequireNotBelow(MaxBreak, FirstBreak);
    }

    private static bool DownByDefault(Exception failure) => failure switch
    {
        RetryLaterException or TimeoutException or IOException or System.Net.Sockets.SocketException or OperationCanceledException => true,
        HttpRequestException { StatusCode: var status } => status is null or System.Net.HttpStatusCode.RequestTimeout
            or System.Net.HttpStatusCode.TooManyRequests or >= System.Net.HttpStatusCode.InternalServerError,
        _ => false,
    };
}

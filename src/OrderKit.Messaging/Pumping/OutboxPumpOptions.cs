using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Settings of the outbox pump.</summary>
/// <remarks>The default of <see cref="BackgroundOptions.PollInterval"/> is 1 second.</remarks>
public sealed class OutboxPumpOptions() : BackgroundOptions(TimeSpan.FromSeconds(1))
{
    /// <summary>The destination whose messages go to the handlers in this process.</summary>
    /// <value><c>events</c>.</value>
    public string Destination { get; set; } = "events";

    /// <summary>How many messages are taken at once: one for each of as many orders.</summary>
    /// <value>100. There are fewer where the destination does not take them in half of <see cref="Lease"/>.</value>
    public int BatchSize { get; set; } = 100;

    /// <summary>How many messages of a batch are delivered beside each other, each of another order.</summary>
    /// <value>
    /// 1, so that handlers in this process need not be safe for several threads; <c>SendThroughTransport</c> sets 32, so that a
    /// broker confirms many at once.
    /// </value>
    public int MaxConcurrency { get; set; } = 1;

    /// <summary>How long a taken batch is kept from others: more than twice the slowest handler. After half of it the rest of a batch is left to the next.</summary>
    /// <value>1 minute.</value>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause before the first redelivery; it doubles with each further one.</summary>
    /// <value>1 second.</value>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause before any redelivery.</summary>
    /// <value>1 hour.</value>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often a message is tried; after that, one more failure makes it a dead letter.</summary>
    /// <value>100. An attempt that ended with the process counts.</value>
    public int MaxAttempts { get; set; } = 100;

    /// <summary>How old a message may be when it fails; an older one becomes a dead letter.</summary>
    /// <value>25 hours, for as long as payment providers repeat their notifications. A message that is delivered may be older.</value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(25);

    /// <summary>After how many failures in a row the destination rests. While it rests no attempt is made, so none is used up.</summary>
    /// <value>5.</value>
    public int FailuresToRest { get; set; } = 5;

    /// <summary>For how long the destination rests at first; it doubles while the deliveries for trial fail.</summary>
    /// <value>1 second.</value>
    public TimeSpan FirstRest { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest rest of the destination.</summary>
    /// <value>1 minute.</value>
    public TimeSpan LongestRest { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether a failure says that the destination is down. Others say that the message is wrong: they hold back its lane and nothing else.</summary>
    /// <value>
    /// <see cref="RetryLaterException"/>, <see cref="TimeoutException"/>, <see cref="IOException"/>, a socket's or a cancelled
    /// call's exception, and an <see cref="HttpRequestException"/> without a status, or with 408, 429 or 500 and above.
    /// </value>
    public Func<Exception, bool> IsDestinationDown { get; set; } = DownByDefault;

    internal void Validate(OptionFaults faults)
    {
        faults.RequireText(Destination, "it is the destination that OrderLifecycleOptions.EventDestination names.");
        faults.RequirePositive(PollInterval);
        faults.RequireBetween(BatchSize, 1, 10_000);
        faults.RequireBetween(MaxConcurrency, 1, 1_000);
        faults.RequirePositive(Lease);
        faults.RequirePositive(FirstPause);
        faults.RequireNotBelow(LongestPause, FirstPause);
        faults.RequireAtLeastOne(MaxAttempts);
        faults.RequirePositive(MaxAge);
        faults.RequireAtLeastOne(FailuresToRest);
        faults.RequirePositive(FirstRest);
        faults.RequireNotBelow(LongestRest, FirstRest);
    }

    private static bool DownByDefault(Exception failure) => failure switch
    {
        RetryLaterException or TimeoutException or IOException or System.Net.Sockets.SocketException or OperationCanceledException => true,
        HttpRequestException { StatusCode: var status } => status is null or System.Net.HttpStatusCode.RequestTimeout or System.Net.HttpStatusCode.TooManyRequests or >= System.Net.HttpStatusCode.InternalServerError,
        _ => false,
    };
}

using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Settings of the inbox pump.</summary>
/// <remarks>The default of <see cref="BackgroundOptions.PollInterval"/> is 1 second.</remarks>
public sealed class InboxPumpOptions() : BackgroundOptions(TimeSpan.FromSeconds(1))
{
    /// <summary>How many messages of a consumer are taken at once: one for each of as many lanes.</summary>
    /// <value>100. There are fewer where the handler does not get them done in half of <see cref="Lease"/>.</value>
    public int BatchSize { get; set; } = 100;

    /// <summary>How many messages take effect in one transaction at most.</summary>
    /// <value>100; with 1 each has its own. There are fewer where they take longer than <see cref="TransactionTime"/>.</value>
    public int MessagesPerTransaction { get; set; } = 100;

    /// <summary>How long a transaction of several messages should take at most. The pump keeps to it by what the ones before took.</summary>
    /// <value>50 milliseconds: SQLite has one writer, and others wait for it as long.</value>
    public TimeSpan TransactionTime { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How many transactions of a batch run beside each other, each with other lanes.</summary>
    /// <value>1, so that a handler need not be safe for several threads. More gain nothing on SQLite.</value>
    public int MaxConcurrency { get; set; } = 1;

    /// <summary>How long a taken batch is kept from others: more than twice the slowest handler. After half of it the rest of a batch is left to the next.</summary>
    /// <value>1 minute.</value>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause before a message is handled for the second time; it doubles with each further one.</summary>
    /// <value>1 second.</value>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause before a message is handled again.</summary>
    /// <value>1 hour.</value>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often a message is tried; after that it is a dead letter.</summary>
    /// <value>100. An attempt that ended with the process counts.</value>
    public int MaxAttempts { get; set; } = 100;

    /// <summary>How old a message may be when it fails; an older one becomes a dead letter.</summary>
    /// <value>25 hours, for as long as payment providers repeat their notifications. A message that is handled may be older.</value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(25);

    /// <summary>For how long a redelivery is recognised after its message was done: longer than any sender repeats it.</summary>
    /// <value>30 days.</value>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>For how long a sender may repeat a message, redrives of its dead letters included; the retention must be longer, or the host does not start.</summary>
    /// <value>25 hours, as long as OrderKit's own outbox delivers a message.</value>
    public TimeSpan RedeliveryHorizon { get; set; } = TimeSpan.FromHours(25);

    /// <summary>How often the messages whose retention is over are deleted.</summary>
    /// <value>10 minutes.</value>
    public TimeSpan CleaningInterval { get; set; } = TimeSpan.FromMinutes(10);

    internal void Validate(OptionFaults faults)
    {
        faults.RequirePositive(PollInterval);
        faults.RequireBetween(BatchSize, 1, 10_000);
        faults.RequireBetween(MessagesPerTransaction, 1, 10_000);
        faults.RequirePositive(TransactionTime);
        faults.RequireBetween(MaxConcurrency, 1, 1_000);
        faults.RequirePositive(Lease);
        faults.RequirePositive(FirstPause);
        faults.RequireNotBelow(LongestPause, FirstPause);
        faults.RequireAtLeastOne(MaxAttempts);
        faults.RequirePositive(MaxAge);
        faults.RequirePositive(Retention);
        faults.RequirePositive(RedeliveryHorizon);
        faults.RequirePositive(CleaningInterval);
        if (Retention > TimeSpan.Zero && Retention <= RedeliveryHorizon)
        {
            faults.Add(nameof(Retention), $"is {Retention}, and a message may be repeated for {RedeliveryHorizon}: the last one would take effect a second time. Keep them longer.");
        }
    }
}

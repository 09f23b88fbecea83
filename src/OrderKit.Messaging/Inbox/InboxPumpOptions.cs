using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Settings of the inbox pump.</summary>
public sealed class InboxPumpOptions : PumpOptions
{
    /// <summary>How many messages take effect in one transaction at most.</summary>
    /// <value>100; with 1 each has its own. Fewer share one if they take longer than <see cref="TransactionTime"/>.</value>
    public int MessagesPerTransaction { get; set; } = 100;

    /// <summary>The maximum time of a transaction of several messages. The pump estimates it from earlier transactions.</summary>
    /// <value>50 milliseconds: SQLite has one writer, and others wait for it as long.</value>
    public TimeSpan TransactionTime { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a redelivery is recognised after its message was done. Must be longer than any sender repeats a message.</summary>
    /// <value>30 days.</value>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long a sender may repeat a message, including redrives of its dead letters. The host starts only if the retention is longer.
    /// </summary>
    /// <value>25 hours, as long as OrderKit's own outbox delivers a message.</value>
    public TimeSpan RedeliveryHorizon { get; set; } = TimeSpan.FromHours(25);

    /// <summary>How often to delete the messages whose retention is over.</summary>
    /// <value>10 minutes.</value>
    public TimeSpan CleaningInterval { get; set; } = TimeSpan.FromMinutes(10);

    internal new void Validate(OptionFaults faults)
    {
        base.Validate(faults);
        faults.RequireBetween(MessagesPerTransaction, 1, 10_000);
        faults.RequirePositive(TransactionTime);
        faults.RequirePositive(Retention);
        faults.RequirePositive(RedeliveryHorizon);
        faults.RequirePositive(CleaningInterval);
        if (Retention > TimeSpan.Zero && Retention <= RedeliveryHorizon)
        {
            faults.Add(
                nameof(Retention),
                $"is {Retention}, but a message may be repeated for {RedeliveryHorizon}. The last repeat would take effect a second time. "
                + "Set a longer retention.");
        }
    }
}

namespace OrderKit.Messaging;

/// <summary>Settings of the outbox pump.</summary>
public sealed class OutboxPumpOptions
{
    /// <summary>The destination whose messages go to the handlers in this process.</summary>
    /// <value><c>events</c>.</value>
    public string Destination { get; set; } = "events";

    /// <summary>How often the outbox is looked at when nothing woke the pump.</summary>
    /// <value>1 second.</value>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many messages are taken at once: one for each of as many orders.</summary>
    /// <value>100.</value>
    public int BatchSize { get; set; } = 100;

    /// <summary>How long a taken batch is kept from others: more than twice the slowest handler. After half of it the rest of a batch is left to the next.</summary>
    /// <value>1 minute.</value>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause before the first redelivery; it doubles with each further one.</summary>
    /// <value>1 second.</value>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause before any redelivery.</summary>
    /// <value>1 hour.</value>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Whether the host pumps in the background.</summary>
    /// <value><see langword="true"/>; hosts that call <see cref="OutboxPump.PumpOnceAsync"/> themselves turn it off.</value>
    public bool RunInBackground { get; set; } = true;
}

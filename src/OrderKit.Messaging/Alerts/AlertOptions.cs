
namespace OrderKit.Messaging;

/// <summary>Settings of alerts.</summary>
public sealed class AlertOptions
{
    /// <summary>How long the first notice of its kind, source and reason waits for others before somebody is told.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan Gather { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long nothing more is told of one kind, source and reason; what happens meanwhile is counted, and told after it.</summary>
    /// <value>15 minutes.</value>
    public TimeSpan Quiet { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How many messages or orders an alert names.</summary>
    /// <value>5.</value>
    public int Subjects { get; set; } = 5;

    /// <summary>How often is looked for what is to be told.</summary>
    /// <value>2 seconds.</value>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many notices are taken, and folded into one transaction, at once.</summary>
    /// <value>1,000.</value>
    public int BatchSize { get; set; } = 1_000;

    /// <summary>How long notices, and an alert that is being sent, are kept from others: longer than the slowest sink.</summary>
    /// <value>2 minutes.</value>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether the host tells in the background.</summary>
    /// <value><see langword="true"/>; hosts that call <see cref="AlertPump.PumpOnceAsync"/> themselves turn it off.</value>
    public bool RunInBackground { get; set; } = true;
}

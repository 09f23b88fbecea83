using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Settings of alerts.</summary>
/// <remarks>The default of <see cref="BackgroundOptions.PollInterval"/> is 2 seconds.</remarks>
public sealed class AlertOptions() : BackgroundOptions(TimeSpan.FromSeconds(2))
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

    /// <summary>How many notices are taken, and folded into one transaction, at once.</summary>
    /// <value>1,000.</value>
    public int BatchSize { get; set; } = 1_000;

    /// <summary>How long notices, and an alert that is being sent, are kept from others: longer than the slowest sink.</summary>
    /// <value>2 minutes.</value>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(2);

    internal void Validate(OptionFaults faults)
    {
        faults.RequirePositive(PollInterval);
        faults.RequirePositive(Lease);
        faults.RequirePositive(Quiet);
        if (Gather < TimeSpan.Zero)
        {
            faults.Add(nameof(Gather), $"is {Gather}; it is at least nothing.");
        }

        faults.RequireBetween(Subjects, 1, 50);
        faults.RequireBetween(BatchSize, 2, 10_000);
    }
}

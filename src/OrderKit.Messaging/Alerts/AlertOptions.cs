using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Options of alerts.</summary>
/// <remarks>The default of <see cref="BackgroundOptions.PollInterval"/> is 2 seconds.</remarks>
public sealed class AlertOptions() : BackgroundOptions(TimeSpan.FromSeconds(2))
{
    /// <summary>How long the first notice of a kind, source and reason waits for others before the alert is sent.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan Gather { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The time without a second alert of one kind, source and reason. Its notices are counted and sent afterwards.</summary>
    /// <value>15 minutes.</value>
    public TimeSpan Quiet { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How many ids of messages or orders an alert names.</summary>
    /// <value>5.</value>
    public int Subjects { get; set; } = 5;

    /// <summary>How many notices are claimed and folded at once.</summary>
    /// <value>1,000.</value>
    public int BatchSize { get; set; } = 1_000;

    /// <summary>The lease of claimed notices and of an alert that is being sent. Must be longer than the slowest sink takes.</summary>
    /// <value>2 minutes.</value>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(2);

    internal void Validate(OptionFaults faults)
    {
        faults.RequirePositive(PollInterval);
        faults.RequirePositive(Lease);
        faults.RequirePositive(Quiet);
        if (Gather < TimeSpan.Zero)
        {
            faults.Add(nameof(Gather), $"is {Gather}; it must not be negative.");
        }

        faults.RequireBetween(Subjects, 1, 50);
        faults.RequireBetween(BatchSize, 2, 10_000);
    }
}

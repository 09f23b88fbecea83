using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Settings of the deadlines.</summary>
/// <remarks>The default of <see cref="BackgroundOptions.PollInterval"/> is 5 seconds.</remarks>
public sealed class DeadlineOptions() : BackgroundOptions(TimeSpan.FromSeconds(5))
{
    /// <summary>How many are taken at once.</summary>
    /// <value>100.</value>
    public int BatchSize { get; set; } = 100;

    /// <summary>How long a taken deadline is kept from others.</summary>
    /// <value>1 minute.</value>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a deadline waits whose probe failed or whose guard stands in the way.</summary>
    /// <value>5 minutes.</value>
    public TimeSpan Pause { get; set; } = TimeSpan.FromMinutes(5);

    internal void Validate(OptionFaults faults)
    {
        faults.RequirePositive(PollInterval);
        faults.RequirePositive(Lease);
        faults.RequirePositive(Pause);
        faults.RequireBetween(BatchSize, 1, 10_000);
    }
}

using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Settings of the deadlines.</summary>
/// <remarks>The default of <see cref="BackgroundOptions.PollInterval"/> is 5 seconds.</remarks>
public sealed class DeadlineOptions() : BackgroundOptions(TimeSpan.FromSeconds(5))
{
    /// <summary>How many deadlines are claimed and fired in one transaction.</summary>
    /// <value>500.</value>
    public int BatchSize { get; set; } = 500;

    /// <summary>How many probes are asked at the same time.</summary>
    /// <value>16.</value>
    public int MaxConcurrentProbes { get; set; } = 16;

    /// <summary>How long a probe may take. A probe that takes longer is cancelled and counts as failed.</summary>
    /// <value>20 seconds. At most half of <see cref="Lease"/>, and one day.</value>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a claimed deadline is kept from other claims. Probes are asked during the first half of it.</summary>
    /// <value>1 minute.</value>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long until a deadline is retried whose probe failed or whose guard did not hold.</summary>
    /// <value>5 minutes.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMinutes(5);

    internal void Validate(OptionFaults faults)
    {
        faults.RequirePositive(PollInterval);
        faults.RequirePositive(Lease);
        faults.RequirePositive(RetryDelay);
        faults.RequireBetween(ProbeTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        if (Lease > TimeSpan.Zero && ProbeTimeout > Lease / 2)
        {
            faults.Add(nameof(ProbeTimeout), $"is {ProbeTimeout}; it is at most half of Lease, which is {Lease}. Raise Lease.");
        }

        faults.RequireBetween(BatchSize, 1, 10_000);
        faults.RequireBetween(MaxConcurrentProbes, 1, 1_000);
    }
}

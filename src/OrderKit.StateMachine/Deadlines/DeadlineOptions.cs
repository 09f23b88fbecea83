
namespace OrderKit.StateMachine;

/// <summary>Settings of the deadlines.</summary>
public sealed class DeadlineOptions
{
    /// <summary>How often passed deadlines are looked for.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan ScanInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many deadlines are claimed and fired in one transaction.</summary>
    /// <value>500.</value>
    public int BatchSize { get; set; } = 500;

    /// <summary>How many probes are asked at the same time.</summary>
    /// <value>16.</value>
    public int MaxConcurrentProbes { get; set; } = 16;

    /// <summary>How long a taken deadline is kept from others.</summary>
    /// <value>1 minute.</value>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a deadline waits whose probe failed or whose guard stands in the way.</summary>
    /// <value>5 minutes.</value>
    public TimeSpan Pause { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether the host looks for passed deadlines in the background.</summary>
    /// <value><see langword="true"/>; hosts that call <see cref="DeadlineRunner.RunDueAsync"/> themselves turn it off.</value>
    public bool RunInBackground { get; set; } = true;
}

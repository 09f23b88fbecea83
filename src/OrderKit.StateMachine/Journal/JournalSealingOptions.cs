using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>How the journal is sealed.</summary>
/// <remarks>The default of <see cref="BackgroundOptions.PollInterval"/> is 10 seconds.</remarks>
public sealed class JournalSealingOptions() : BackgroundOptions(TimeSpan.FromSeconds(10))
{
    /// <summary>How many rows one segment takes at most: 1 to 100,000.</summary>
    /// <value>1,000.</value>
    public int BatchSize { get; set; } = 1_000;

    /// <summary>How long one sealer may work alone before another may take over.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    internal void Validate(OptionFaults faults)
    {
        faults.RequireBetween(BatchSize, 1, 100_000);
        faults.RequirePositive(LeaseDuration);
        faults.RequirePositive(PollInterval);
    }
}

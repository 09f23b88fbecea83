namespace OrderKit.StateMachine;

/// <summary>How the journal is sealed.</summary>
public sealed class JournalSealingOptions
{
    /// <summary>How many rows one segment takes at most: 1 to 100,000.</summary>
    /// <value>1,000.</value>
    public int BatchSize { get; set; } = 1_000;

    /// <summary>How long one sealer may work alone before another may take over.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the host seals in the background: until then, rows are not protected by the chain.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the host seals in the background.</summary>
    /// <value><see langword="true"/>; hosts that call <see cref="JournalSealer.SealOnceAsync"/> themselves turn it off.</value>
    public bool RunInBackground { get; set; } = true;
}

using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>How callers share transactions.</summary>
public sealed class GroupedOperationsOptions
{
    /// <summary>How many callers share a transaction at most.</summary>
    /// <value>256: with four times as many a transaction is hardly faster, and its members wait twice as long.</value>
    public int MaxItems { get; set; } = 256;

    /// <summary>How many callers may wait; further ones wait before their request is taken.</summary>
    /// <value>4,096.</value>
    public int QueueLimit { get; set; } = 4_096;

    /// <summary>How many transactions are written at the same time.</summary>
    /// <value>1, which is all that a SQLite file can use.</value>
    public int Writers { get; set; } = 1;

    /// <summary>How long an effect may keep the others of its transaction waiting. One that takes longer is finished and answered like any other.</summary>
    /// <value>50 milliseconds.</value>
    public TimeSpan SlowEffectBudget { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long after such an effect each of its scope has a transaction of its own.</summary>
    /// <value>1 minute: a kind of business that is slow is so again, and one that met a pause of the machine is not.</value>
    public TimeSpan SlowEffectPause { get; set; } = TimeSpan.FromMinutes(1);

    internal void Validate(OptionFaults faults)
    {
        faults.RequireBetween(MaxItems, 1, 10_000);
        faults.RequireBetween(QueueLimit, 1, 1_000_000);
        faults.RequireBetween(Writers, 1, 16);
        faults.RequirePositive(SlowEffectBudget);
        faults.RequirePositive(SlowEffectPause);
    }
}

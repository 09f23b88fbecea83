using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>How callers share transactions, where each has an effect of its own.</summary>
public class GroupedOperationsOptions : GroupedWriterOptions
{
    /// <summary>How long an effect may delay the others of its transaction. A longer one is finished and answered like any other.</summary>
    /// <value>50 milliseconds.</value>
    public TimeSpan SlowEffectBudget { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long after such an effect each of its scope has a transaction of its own.</summary>
    /// <value>1 minute: a slow kind of business is slow again, and one that met a pause of the machine is not.</value>
    public TimeSpan SlowEffectPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public override void Validate(OptionFaults faults)
    {
        base.Validate(faults);
        faults.RequirePositive(SlowEffectBudget);
        faults.RequirePositive(SlowEffectPause);
    }
}

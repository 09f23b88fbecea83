using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>How callers share transactions, where each has an effect of its own.</summary>
public class GroupedOperationsOptions : GroupedWriterOptions
{
    /// <summary>
    /// How long an effect may delay the others of its transaction. A longer one is finished and answered like any other. After two in a row
    /// <see cref="SlowEffectPause"/> begins for its scope.
    /// </summary>
    /// <value>50 milliseconds.</value>
    public TimeSpan SlowEffectBudget { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long after two such effects each of its scope has a transaction of its own.</summary>
    /// <value>1 minute: a slow kind of business is slow again, and one that met a pause of the machine is not.</value>
    public TimeSpan SlowEffectPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long an effect may run at most. Its token is then cancelled, its transaction is rolled back, and its caller gets a
    /// <see cref="TimeoutException"/>. An effect that goes on can write nothing more.
    /// </summary>
    /// <value>
    /// 30 seconds: as long as a statement of a database driver may run by default, so that a statement that hangs fails by itself first.
    /// </value>
    public TimeSpan EffectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public override void Validate(OptionFaults faults)
    {
        base.Validate(faults);
        faults.RequirePositive(SlowEffectBudget);
        faults.RequirePositive(SlowEffectPause);
        faults.RequirePositive(EffectTimeout);
    }
}

using OrderKit.Core;

namespace OrderKit;

/// <summary>Options of the intake.</summary>
public sealed class IntakeOptions : GroupedWriterOptions
{
    /// <summary>How long a delivery is recognised. It must be longer than any source repeats itself.</summary>
    /// <value>7 days; Alipay repeats a notification for 25 hours, WeChat Pay for 24 hours and 4 minutes.</value>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How long each source repeats a delivery. <see cref="Retention"/> must be longer than all of them, or the host does not start.
    /// </summary>
    /// <value>25 hours for <c>alipay</c>, 24 hours and 4 minutes for <c>wechatpay</c>. Add your own sources.</value>
    public IDictionary<string, TimeSpan> RedeliveryHorizons { get; } = new Dictionary<string, TimeSpan>(StringComparer.Ordinal)
    {
        ["alipay"] = TimeSpan.FromHours(25),
        ["wechatpay"] = TimeSpan.FromMinutes((24 * 60) + 4),
    };

    /// <summary>How often a fact is decided at most after another writer was first.</summary>
    /// <value>5.</value>
    public int MaxAttempts { get; set; } = 5;

    /// <inheritdoc/>
    public override void Validate(OptionFaults faults)
    {
        base.Validate(faults);
        faults.RequireBetween(MaxAttempts, 1, 20);
        faults.RequirePositive(Retention);
        foreach (var (source, horizon) in RedeliveryHorizons.Where(horizon => Retention <= horizon.Value))
        {
            faults.Add(
                nameof(Retention),
                $"is {Retention}, and {source} repeats a delivery for {horizon}: the last one would take effect a second time. "
                + "Use a longer one.");
        }
    }
}

using OrderKit.Core;

namespace OrderKit;

/// <summary>Settings of the intake.</summary>
public sealed class IntakeOptions
{
    /// <summary>How many deliveries share a transaction at most.</summary>
    /// <value>256: with four times as many a transaction is hardly faster, and its members wait twice as long.</value>
    public int MaxItems { get; set; } = 256;

    /// <summary>How many deliveries may wait; further callers wait before theirs is taken.</summary>
    /// <value>4,096.</value>
    public int QueueLimit { get; set; } = 4_096;

    /// <summary>How many transactions are written at the same time.</summary>
    /// <value>1, which is all that a SQLite file can use; on PostgreSQL 2 may be faster.</value>
    public int Writers { get; set; } = 1;

    /// <summary>How long a delivery is recognised: longer than any provider repeats itself.</summary>
    /// <value>7 days; Alipay repeats a notification for 25 hours, WeChat Pay for 24 hours and 4 minutes.</value>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long each source repeats a delivery; <see cref="Retention"/> must be longer than all of them, or the host does not start.</summary>
    /// <value>25 hours for <c>alipay</c>, 24 hours and 4 minutes for <c>wechatpay</c>. Add your own sources.</value>
    public IDictionary<string, TimeSpan> RedeliveryHorizons { get; } = new Dictionary<string, TimeSpan>(StringComparer.Ordinal)
    {
        ["alipay"] = TimeSpan.FromHours(25),
        ["wechatpay"] = TimeSpan.FromMinutes((24 * 60) + 4),
    };

    /// <summary>How often a fact is fired alone after another writer was first.</summary>
    /// <value>5.</value>
    public int MaxAttempts { get; set; } = 5;

    internal void Validate(OptionFaults faults)
    {
        faults.RequireBetween(MaxItems, 1, 10_000);
        faults.RequireBetween(QueueLimit, 1, 1_000_000);
        faults.RequireBetween(Writers, 1, 16);
        faults.RequireBetween(MaxAttempts, 1, 20);
        faults.RequirePositive(Retention);
        foreach (var (source, horizon) in RedeliveryHorizons.Where(horizon => Retention <= horizon.Value))
        {
            faults.Add(nameof(Retention), $"is {Retention}, and {source} repeats a delivery for {horizon}: the last one would take effect a second time. Keep them longer.");
        }
    }
}

using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>Settings of the notification gate.</summary>
public sealed class NotificationOptions
{
    /// <summary>How each provider is answered; others are answered by <see cref="AcknowledgementProtocol.Plain"/>.</summary>
    /// <value><c>alipay</c> and <c>wechatpay</c>.</value>
    public IDictionary<string, AcknowledgementProtocol> Protocols { get; } = new Dictionary<string, AcknowledgementProtocol>(StringComparer.Ordinal)
    {
        ["alipay"] = AcknowledgementProtocol.Alipay,
        ["wechatpay"] = AcknowledgementProtocol.WeChatPay,
    };

    /// <summary>How long notifications are recognised.</summary>
    /// <value>30 days: longer than any provider repeats itself, and than a trade stays open.</value>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long each provider repeats a notification.</summary>
    /// <value>25 hours for <c>alipay</c>, 24 hours and 4 minutes for <c>wechatpay</c>.</value>
    public IDictionary<string, TimeSpan> RedeliveryHorizons { get; } = new Dictionary<string, TimeSpan>(StringComparer.Ordinal)
    {
        ["alipay"] = TimeSpan.FromHours(25),
        ["wechatpay"] = TimeSpan.FromMinutes((24 * 60) + 4),
    };

    /// <summary>How notifications share transactions.</summary>
    public GroupedOperationsOptions Groups { get; } = new();

    /// <summary>Whether a provider is told that a notification was taken although it went into quarantine, once it is durable there; never where the payment is unknown, which may come to be known.</summary>
    /// <value><see langword="true"/>: it would send the same thing for a day, and a person has it already.</value>
    public bool AcknowledgesQuarantined { get; set; } = true;

    internal void Validate(OptionFaults faults)
    {
        foreach (var (provider, horizon) in RedeliveryHorizons.Where(horizon => Retention <= horizon.Value))
        {
            faults.Add(nameof(Retention), $"is {Retention}, and {provider} repeats a notification for {horizon}: the last one would take effect a second time. Keep them longer.");
        }

        faults.RequirePositive(Retention);
        Groups.Validate(faults);
    }
}

using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>Options of the notification gate.</summary>
public sealed class NotificationOptions : GroupedOperationsOptions
{
    /// <summary>How each provider is answered. Others get <see cref="AcknowledgementProtocol.Plain"/>.</summary>
    /// <value><c>alipay</c> and <c>wechatpay</c>.</value>
    public IDictionary<string, AcknowledgementProtocol> Protocols { get; } =
        new Dictionary<string, AcknowledgementProtocol>(StringComparer.Ordinal)
    {
        ["alipay"] = AcknowledgementProtocol.Alipay,
        ["wechatpay"] = AcknowledgementProtocol.WeChatPay,
    };

    /// <summary>How long notifications are recognised.</summary>
    /// <value>30 days: longer than any provider repeats a notification, and than a trade stays open.</value>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long each provider repeats a notification.</summary>
    /// <value>25 hours for <c>alipay</c>, 24 hours and 4 minutes for <c>wechatpay</c>.</value>
    public IDictionary<string, TimeSpan> RedeliveryHorizons { get; } = new Dictionary<string, TimeSpan>(StringComparer.Ordinal)
    {
        ["alipay"] = TimeSpan.FromHours(25),
        ["wechatpay"] = TimeSpan.FromMinutes((24 * 60) + 4),
    };

    /// <summary>
    /// Whether a provider gets the answer "taken" for a notification that is durable in quarantine, so that it does not send it again.
    /// </summary>
    /// <value>
    /// <see langword="true"/>: it would repeat the same message for a day, and a person has it already. A notification of an unknown
    /// payment is never acknowledged: the payment's document may follow.
    /// </value>
    public bool AcknowledgesQuarantined { get; set; } = true;

    /// <summary>Maps a notification to the trigger that it fires at its orders; <see langword="null"/> where it fires none.</summary>
    /// <value>
    /// By <see cref="NotificationFacts.Kind"/>, as the retail model names them: <c>captured</c>, <c>refund-paid</c>,
    /// <c>payment-closed</c>; none for a finished trade. Used by <c>AddPaymentNotifications</c>.
    /// </value>
    public Func<NotificationFacts, string?> Trigger { get; set; } = static notification => notification.Kind switch
    {
        NotificationKind.Paid => "captured",
        NotificationKind.Refunded => "refund-paid",
        NotificationKind.Closed => "payment-closed",
        NotificationKind.Finished => null,
        _ => throw new ArgumentException(
            $"{notification.Kind} is no kind of notification. Use a member of NotificationKind.", nameof(notification)),
    };

    /// <inheritdoc/>
    public override void Validate(OptionFaults faults)
    {
        base.Validate(faults);
        faults.RequirePositive(Retention);
        foreach (var (provider, horizon) in RedeliveryHorizons.Where(horizon => Retention <= horizon.Value))
        {
            faults.Add(
                nameof(Retention),
                $"is {Retention}, and {provider} repeats a notification for {horizon}: the last one would take effect a second time. "
                + "Use a longer one.");
        }
    }
}

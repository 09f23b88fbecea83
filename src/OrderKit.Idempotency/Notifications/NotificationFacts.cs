using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>What a payment provider says about a trade, verified and parsed, from a callback, a browser return or a query.</summary>
public sealed record NotificationFacts
{
    /// <summary>The tenant.</summary>
    public TenantId Tenant { get; init; } = TenantId.Default;

    /// <summary>The provider, such as <c>alipay</c> or <c>wechatpay</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>
    /// The provider's id of this notification (<c>notify_id</c>, <c>id</c>); <see langword="null"/> for browser returns and queries.
    /// </summary>
    public string? TransportId { get; init; }

    /// <summary>The number that the host gave the provider (<c>out_trade_no</c>).</summary>
    public required string MerchantTradeNumber { get; init; }

    /// <summary>The provider's number of the trade (<c>trade_no</c>, <c>transaction_id</c>).</summary>
    public required string ProviderTradeNumber { get; init; }

    /// <summary>What it says.</summary>
    public required NotificationKind Kind { get; init; }

    /// <summary>The status as the provider spells it.</summary>
    public required string RawStatus { get; init; }

    /// <summary>The number of the refund (<c>out_request_no</c>, <c>out_refund_no</c>), where money went back.</summary>
    public string? RefundNumber { get; init; }

    /// <summary>How much came in or went back.</summary>
    public Money? Amount { get; init; }

    /// <summary>When, by the provider's clock.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>The message as it came.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }
}

using OrderKit.Core;

namespace OrderKit.Simulation;

/// <summary>What a payment provider says about a trade, as it is read from its message.</summary>
public sealed record SimulatedNotification
{
    /// <summary>The system that says it, such as <c>sim-alipay</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Whose protocol it speaks.</summary>
    public required PaymentProvider Provider { get; init; }

    /// <summary>By which path it comes.</summary>
    public required NotificationPath Path { get; init; }

    /// <summary>What it says.</summary>
    public required TradeNews News { get; init; }

    /// <summary>The id of a callback (<c>notify_id</c>, <c>id</c>), equal in all sends; otherwise <see langword="null"/>.</summary>
    public string? TransportId { get; init; }

    /// <summary>The number that the host gave the provider (<c>out_trade_no</c>).</summary>
    public required string MerchantTradeNumber { get; init; }

    /// <summary>The provider's number of the trade (<c>trade_no</c>, <c>transaction_id</c>).</summary>
    public required string ProviderTradeNumber { get; init; }

    /// <summary>The status as the provider spells it.</summary>
    public required string RawStatus { get; init; }

    /// <summary>The number of the refund (<c>out_request_no</c>, <c>out_refund_no</c>), where money went back.</summary>
    public string? RefundNumber { get; init; }

    /// <summary>How much came in or went back; <see langword="null"/> where no money moved.</summary>
    public Money? Amount { get; init; }

    /// <summary>When, by the provider's clock.</summary>
    public required DateTimeOffset OccurredAt { get; init; }
}

namespace OrderKit.Core;

/// <summary>One message about one order, from whichever system and path: the only thing that enters.</summary>
/// <remarks>
/// Exactly one of <see cref="Order"/> and <see cref="Reference"/> is set. A fact is a value: it may be sent again,
/// from several threads and paths, and takes effect once per (order, <see cref="Source"/>, identity); see <see cref="FactIdentity"/>.
/// </remarks>
public sealed record OrderFact
{
    /// <summary>What happened, in the words of the order's model, such as <c>captured</c>.</summary>
    public required string Trigger { get; init; }

    /// <summary>The system that says so, such as <c>alipay</c> or <c>wms-east</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The order, where the sender knows our key.</summary>
    public OrderKey? Order { get; init; }

    /// <summary>The number by which the sender knows the order, where it does not know our key.</summary>
    public OrderReference? Reference { get; init; }

    /// <summary>The source's own id of this fact; without one <see cref="FactIdentity"/> makes it.</summary>
    public string? Id { get; init; }

    /// <summary>The number of the document that proves the fact: trade number, waybill, refund number, pack record.</summary>
    public string? Evidence { get; init; }

    /// <summary>The identity of an earlier fact of the same source that this one revokes.</summary>
    public string? Revokes { get; init; }

    /// <summary>The standing, where it differs from the one that the model gives the trigger.</summary>
    public FactStanding? Standing { get; init; }

    /// <summary>When it happened, by the source's clock; <see langword="null"/> for an untimed message.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>The money that the fact speaks of; without it, all that remains (of what is due, captured, …).</summary>
    public Money? Amount { get; init; }

    /// <summary>The pieces that the fact speaks of; without it, all that remain (of what is ordered, shipped, …).</summary>
    public long? Quantity { get; init; }

    /// <summary>The codes of the holds that are placed or released.</summary>
    public IReadOnlyList<string> Holds { get; init; } = [];

    /// <summary>The state code that a status report claims.</summary>
    public int? ReportedState { get; init; }

    /// <summary>The status as the source spells it.</summary>
    public string? RawStatus { get; init; }

    /// <summary>The name of the model for an order that this fact creates; the host's default where it is missing.</summary>
    public string? Model { get; init; }

    /// <summary>The fulfilment profile for an order that this fact creates; the model's first where it is missing.</summary>
    public string? Profile { get; init; }

    /// <summary>The instant by which the order must be handed to the carrier.</summary>
    public DateTimeOffset? ShipBy { get; init; }

    /// <summary>The instant by which the order is promised to arrive.</summary>
    public DateTimeOffset? DeliverBy { get; init; }

    /// <summary>The end of the state that this fact leads to, where the source sets it (a channel's closing time).</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Further numbers of the order that this fact makes known.</summary>
    public IReadOnlyList<OrderReference> Links { get; init; } = [];

    /// <summary>The id of the person who acted; an account id, never a name.</summary>
    public string? Operator { get; init; }

    /// <summary>The trace in which the message travelled.</summary>
    public string? TraceId { get; init; }

    /// <summary>The response code of the call that brought it.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>Free text, possibly personal: kept where it can be erased; the journal holds its salted digest.</summary>
    public string? Note { get; init; }

    /// <summary>The raw message, possibly personal: kept like <see cref="Note"/>, byte for byte.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Documents by digest.</summary>
    public IReadOnlyList<FactAttachment> Attachments { get; init; } = [];

    /// <summary>The tenant of the order or the reference.</summary>
    /// <exception cref="InvalidOperationException">Neither is set.</exception>
    public TenantId Tenant => Order?.Tenant ?? Reference?.Tenant
        ?? throw new InvalidOperationException($"The fact '{Trigger}' from '{Source}' names no order. Set Order or Reference.");
}

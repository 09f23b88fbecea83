using OrderKit.Core.Storage;

namespace OrderKit.Core;

/// <summary>A report about one order, from any system and by any path.</summary>
/// <remarks>
/// Exactly one of <see cref="Order"/> and <see cref="Reference"/> is set. A fact may be sent again from
/// several threads and paths. It takes effect once per order, <see cref="Source"/> and identity; see <see cref="FactIdentity"/>.
/// </remarks>
public sealed record OrderFact
{
    /// <summary>What happened, in the words of the order's model, such as <c>captured</c>.</summary>
    public required string Trigger { get; init; }

    /// <summary>The system that reports it, such as <c>alipay</c> or <c>wms-east</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The order, if the sender knows our key.</summary>
    public OrderKey? Order { get; init; }

    /// <summary>The number of the order in the sender's system, if the sender does not know our key.</summary>
    public OrderReference? Reference { get; init; }

    /// <summary>The id that the source gave the fact. Without one, <see cref="FactIdentity"/> derives it.</summary>
    public string? Id { get; init; }

    /// <summary>The number of the document that proves the fact: trade number, waybill, refund number, pack record.</summary>
    public string? Evidence { get; init; }

    /// <summary>The identity of an earlier fact of the same source that this one revokes.</summary>
    public string? Revokes { get; init; }

    /// <summary>The standing, if it differs from the standing of the trigger in the model.</summary>
    public FactStanding? Standing { get; init; }

    /// <summary>When it happened, by the clock of the source; <see langword="null"/> if the message has no time.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>The amount. Without one, the fact is about all that remains, such as the amount due.</summary>
    public Money? Amount { get; init; }

    /// <summary>The number of pieces. Without one, the fact is about all that remain, such as those ordered and not shipped.</summary>
    public long? Quantity { get; init; }

    /// <summary>The codes of the holds to set or release.</summary>
    public IReadOnlyList<string> Holds { get; init; } = [];

    /// <summary>The state code in a status report.</summary>
    public int? ReportedState { get; init; }

    /// <summary>The status as the source spells it.</summary>
    public string? RawStatus { get; init; }

    /// <summary>The model of an order that this fact creates. Without one, the default of the host.</summary>
    public string? Model { get; init; }

    /// <summary>The fulfilment profile of an order that this fact creates. Without one, the first of the model.</summary>
    public string? Profile { get; init; }

    /// <summary>The instant by which the order must be handed to the carrier.</summary>
    public DateTimeOffset? ShipBy { get; init; }

    /// <summary>The instant by which the order is promised to arrive.</summary>
    public DateTimeOffset? DeliverBy { get; init; }

    /// <summary>The deadline of the state that follows, if the source sets it, such as the closing time of a channel.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Further numbers of the order.</summary>
    public IReadOnlyList<OrderReference> Links { get; init; } = [];

    /// <summary>The account id of the person who acted. Never a name.</summary>
    public string? Operator { get; init; }

    /// <summary>The trace id of the message.</summary>
    public string? TraceId { get; init; }

    /// <summary>The response code of the call that returned it.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>Free text that may be personal. It is stored where it can be erased; the journal holds a salted digest.</summary>
    public string? Note { get; init; }

    /// <summary>The raw message, byte by byte. It may be personal and is stored like <see cref="Note"/>.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The documents that belong to the fact.</summary>
    public IReadOnlyList<FactAttachment> Attachments { get; init; } = [];

    /// <summary>The tenant of the order or the reference.</summary>
    /// <exception cref="InvalidOperationException">Neither is set.</exception>
    public TenantId Tenant => Order?.Tenant ?? Reference?.Tenant
        ?? throw new InvalidOperationException($"The fact '{Trigger}' from '{Source}' names no order. Set Order or Reference.");
}

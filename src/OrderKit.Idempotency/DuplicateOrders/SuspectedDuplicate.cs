using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>A pair of orders that a rule found. While it is held it is a row of the review queue; it is always a label.</summary>
/// <param name="Order">The later order.</param>
/// <param name="Rule">The rule. An order has one row for each rule that matched.</param>
/// <param name="Earlier">The earlier order that it appears to duplicate.</param>
/// <param name="State">The current state.</param>
/// <param name="FoundAt">When the later order was placed.</param>
/// <param name="Apart">The time since the latest order with the same subject.</param>
/// <param name="AutoReleaseAt">The time of the automatic release; only for orders that are or were held.</param>
/// <param name="PaymentChannel">The payment channel.</param>
/// <param name="Amount">Its total.</param>
public sealed record SuspectedDuplicate(
    OrderKey Order,
    string Rule,
    OrderKey Earlier,
    SuspicionState State,
    DateTimeOffset FoundAt,
    TimeSpan Apart,
    DateTimeOffset? AutoReleaseAt,
    string? PaymentChannel,
    Money? Amount);

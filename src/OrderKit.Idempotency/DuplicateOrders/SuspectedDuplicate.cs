using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>A pair of orders that a rule found: a row of the review queue while it is held, a label for reconciliation always.</summary>
/// <param name="Order">The later order.</param>
/// <param name="Rule">The rule; an order has one row for each rule that found it.</param>
/// <param name="Earlier">The order that it seems to repeat.</param>
/// <param name="State">How it stands.</param>
/// <param name="FoundAt">When the later order was placed.</param>
/// <param name="Apart">How long after the latest order of the same subject.</param>
/// <param name="AutoReleaseAt">When it goes on by itself; only of orders that are or were held.</param>
/// <param name="PaymentChannel">How it is paid.</param>
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

using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>What an outbox message says: an order was held as a duplicate, or somebody decided about it.</summary>
/// <param name="Order">The held order.</param>
/// <param name="Earlier">The order that it seems to repeat.</param>
/// <param name="Rule">The rule that had it held.</param>
/// <param name="State">How it stands now; never <see cref="SuspicionState.Labelled"/>.</param>
/// <param name="Operator">Who decided; <see langword="null"/> while it is held.</param>
/// <param name="Reason">Why.</param>
/// <param name="Refund">The money to propose a refund of, where an order that was paid is given up.</param>
public sealed record DuplicateOrderNotice(
    OrderKey Order, OrderKey Earlier, string Rule, SuspicionState State, string? Operator, string? Reason, Money? Refund)
{
    /// <summary>The source under which <see cref="ToFact"/> speaks.</summary>
    public const string Source = "orderkit.duplicate-orders";

    /// <summary>The code of the hold, as the retail model calls it.</summary>
    public const string HoldCode = "duplicate";

    /// <summary>
    /// What the order's lifecycle should hear, in the words of the retail model: <c>hold-placed</c>, <c>hold-released</c>, and <c>cancel</c>
    /// for an order that is given up unpaid. <see langword="null"/> where a person must act: one that was paid needs a refund ticket.
    /// </summary>
    public OrderFact? ToFact() => State switch
    {
        SuspicionState.Voided when Refund is not null => null,
        SuspicionState.Voided => Fact("cancel") with { Standing = FactStanding.Command },
        SuspicionState.Held => Fact("hold-placed") with { Holds = [HoldCode] },
        SuspicionState.Merged => Fact("hold-released") with
        {
            Holds = [HoldCode],
            Links = [new OrderReference(Order.Tenant, ReferenceKind.Order, Earlier.Order.Value)],
        },
        _ => Fact("hold-released") with { Holds = [HoldCode] },
    };

    /// <summary>The id of the message: the same on every delivery, and one for each state that the order comes to.</summary>
    internal static string IdOf(OrderKey order, SuspicionState state) => $"{order.Order.Value}:duplicate:{DuplicateOrderNoticeCodec.NameOf(state)}";

    private OrderFact Fact(string trigger) => new()
    {
        Trigger = trigger,
        Source = Source,
        Order = Order,
        Id = IdOf(Order, State),
        Operator = Operator,
        Note = Reason,
    };
}

using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>The content of an outbox message: an order was held as a duplicate, or somebody decided about it.</summary>
/// <param name="Order">The held order.</param>
/// <param name="Earlier">The earlier order that it appears to duplicate.</param>
/// <param name="Rule">The rule that held the order.</param>
/// <param name="State">The current state; never <see cref="SuspicionState.Labelled"/>.</param>
/// <param name="Operator">Who decided; <see langword="null"/> while it is held.</param>
/// <param name="Reason">The reason for the decision.</param>
/// <param name="Refund">The amount to propose for a refund when a paid order is voided.</param>
public sealed record DuplicateOrderNotice(
    OrderKey Order, OrderKey Earlier, string Rule, SuspicionState State, string? Operator, string? Reason, Money? Refund)
{
    /// <summary>The source of the facts that <see cref="ToFact"/> creates.</summary>
    public const string Source = "orderkit.duplicate-orders";

    /// <summary>The code of the hold in the retail model.</summary>
    public const string HoldCode = "duplicate";

    /// <summary>
    /// Creates the fact for the order's lifecycle, in the terms of the retail model: <c>hold-placed</c>, <c>hold-released</c>, or
    /// <c>cancel</c> for an unpaid order that is voided. Returns <see langword="null"/> if a person must act: a paid order needs a refund.
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

    /// <summary>Returns the id of the message: the same for every delivery, and different for each state of the order.</summary>
    internal static string IdOf(OrderKey order, SuspicionState state) =>
        $"{order.Order.Value}:duplicate:{DuplicateOrderNoticeCodec.NameOf(state)}";

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

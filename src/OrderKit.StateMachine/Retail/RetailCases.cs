using static OrderKit.StateMachine.Counter;

namespace OrderKit.StateMachine;

/// <summary>The kinds of case of the retail order: who acts, by when, and what closes them.</summary>
internal sealed class RetailCases
{
    public RetailCases(OrderModelBuilder m)
    {
        PaidAfterClose = m.Case(
            "paid-after-close", "finance", "Money came in for an order that is closed; refund it by the original route.",
            TimeSpan.FromHours(24))
            .ClosedWhen("no-surplus", NoSurplus);
        PaidAfterCancel = m.Case(
            "paid-after-cancel", "finance", "Money came in for an order whose goods are cancelled; refund it by the original route.",
            TimeSpan.FromHours(24))
            .ClosedWhen("no-money", static (in DecisionContext c) => c.Counter(Captured) <= c.Counter(Refunded));
        Overpaid = m.Case(
            "overpaid", "finance", "More money came in than is due; refund the surplus by the original route.", TimeSpan.FromHours(24))
            .ClosedWhen("no-surplus", NoSurplus);
        DuplicateCharge = m.Case(
            "duplicate-charge", "finance", "The order was paid again when nothing was due; refund the second payment by its own route.",
            TimeSpan.FromHours(24))
            .ClosedWhen("no-surplus", NoSurplus);
        RefundWithoutCapture = m.Case("refund-exceeds-capture", "finance", "More money went back than came in.", TimeSpan.FromHours(24))
            .ClosedWhen("covered", static (in DecisionContext c) => c.Counter(Captured) >= c.Counter(Refunded));
        ClosedAfterPaid = m.Case(
            "closed-after-paid", "finance", "The payment was reported closed although money came in.", TimeSpan.FromHours(24));
        DisputeImpossible = m.Case(
            "dispute-without-payment", "finance", "A dispute was opened about money that never came in.", TimeSpan.FromHours(24));
        ShippedNotCleared = m.Case(
            "shipped-not-cleared", "finance", "The goods left although the order is not paid.", TimeSpan.FromHours(24))
            .ClosedWhen("cleared", static (in DecisionContext c) => c.Has(RetailTraits.Cleared) || (c.IsIn(109) && c.Counter(Due) > 0));
        ShippedAfterCancel = m.Case(
            "shipped-after-cancel", "warehouse", "The goods left although the order is cancelled; intercept the parcel.",
            TimeSpan.FromMinutes(30));
        DeliveredNotShipped = m.Case(
            "delivered-not-shipped", "warehouse", "The carrier claims delivery of goods that no outbound record covers.",
            TimeSpan.FromHours(4))
            .ClosedWhen("shipped", static (in DecisionContext c) => c.Reached(302) || c.Reached(303));
        DeliveryRefuted = m.Case(
            "delivery-refuted", "customer-service", "The carrier claimed delivery and the evidence says no.", TimeSpan.FromHours(24))
            .ClosedWhen("delivered", static (in DecisionContext c) => c.IsIn(309));
        FinishedNotShipped = m.Case(
            "finished-not-shipped", "operations", "The order was finished although nothing was shipped or handed over.",
            TimeSpan.FromHours(24))
            .ClosedWhen("shipped", static (in DecisionContext c) => c.Reached(302) || c.Reached(303));
        LostImpossible = m.Case(
            "lost-not-shipped", "warehouse", "The carrier reports the loss of goods that no outbound record covers.",
            TimeSpan.FromHours(24));
        LostUnresolved = m.Case(
            "lost-unresolved", "customer-service", "A lost parcel waits for a resend or a refund.", TimeSpan.FromHours(24))
            .ClosedWhen("moved-on", static (in DecisionContext c) => !c.IsIn(314));
        UnpaidOverdue = m.Case(
            "unpaid-overdue", "operations", "The closing time passed and the payment could not be closed at the provider.",
            TimeSpan.FromHours(24))
            .ClosedWhen("not-unpaid", static (in DecisionContext c) => !c.IsIn(100));
        BalanceOverdue = m.Case(
            "balance-overdue", "operations", "The balance window of a presale or a part payment ended.", TimeSpan.FromHours(24))
            .ClosedWhen("settled", static (in DecisionContext c) => !c.IsIn(102) && !c.IsIn(103));
        AuthorisationExpiring = m.Case(
            "authorisation-expiring", "finance", "An authorised amount was not captured in time.", TimeSpan.FromHours(12))
            .ClosedWhen("not-authorised", static (in DecisionContext c) => !c.IsIn(104));
        DisputeReplyDue = m.Case("dispute-reply-due", "finance", "The reply to a dispute is due.", TimeSpan.FromHours(24))
            .ClosedWhen("dispute-ended", static (in DecisionContext c) => !c.IsIn(130));
        SurplusOverdue = m.Case("surplus-overdue", "finance", "A surplus was not refunded in time.", TimeSpan.FromHours(24))
            .ClosedWhen("no-surplus", NoSurplus);
        ShipByPassed = m.Case("ship-by-passed", "warehouse", "The order is paid and was not handed over in time.", TimeSpan.FromHours(4))
            .ClosedWhen("handed-over", static (in DecisionContext c) => c.Has(RetailTraits.HandedOver) || c.IsIn(290));
        NoFirstScan = m.Case(
            "no-first-scan", "warehouse", "The parcel is marked shipped and the carrier has not scanned it.", TimeSpan.FromHours(12))
            .ClosedWhen("scanned", static (in DecisionContext c) => !c.IsIn(302) && !c.IsIn(303));
        TransitStalled = m.Case("transit-stalled", "customer-service", "The parcel does not move.", TimeSpan.FromHours(24))
            .ClosedWhen("moved-on", static (in DecisionContext c) => !c.IsIn(305) && !c.IsIn(307));
        VerdictOverdue = m.Case(
            "verdict-overdue", "customer-service", "The carrier claims delivery and no evidence has confirmed it.", TimeSpan.FromHours(24))
            .ClosedWhen("judged", static (in DecisionContext c) => !c.IsIn(308));
        InterceptOverdue = m.Case(
            "intercept-overdue", "warehouse", "Neither warehouse nor carrier answered the request to stop the parcel.",
            TimeSpan.FromHours(4))
            .ClosedWhen("answered", static (in DecisionContext c) => !c.IsIn(306));
        ReturnOverdue = m.Case("return-overdue", "warehouse", "Goods on their way back have not arrived.", TimeSpan.FromHours(24))
            .ClosedWhen("arrived", static (in DecisionContext c) => !c.IsIn(311));
    }

    public CaseBuilder PaidAfterClose { get; }

    public CaseBuilder PaidAfterCancel { get; }

    public CaseBuilder Overpaid { get; }

    public CaseBuilder DuplicateCharge { get; }

    public CaseBuilder RefundWithoutCapture { get; }

    public CaseBuilder ClosedAfterPaid { get; }

    public CaseBuilder DisputeImpossible { get; }

    public CaseBuilder ShippedNotCleared { get; }

    public CaseBuilder ShippedAfterCancel { get; }

    public CaseBuilder DeliveredNotShipped { get; }

    public CaseBuilder DeliveryRefuted { get; }

    public CaseBuilder FinishedNotShipped { get; }

    public CaseBuilder LostImpossible { get; }

    public CaseBuilder LostUnresolved { get; }

    public CaseBuilder UnpaidOverdue { get; }

    public CaseBuilder BalanceOverdue { get; }

    public CaseBuilder AuthorisationExpiring { get; }

    public CaseBuilder DisputeReplyDue { get; }

    public CaseBuilder SurplusOverdue { get; }

    public CaseBuilder ShipByPassed { get; }

    public CaseBuilder NoFirstScan { get; }

    public CaseBuilder TransitStalled { get; }

    public CaseBuilder VerdictOverdue { get; }

    public CaseBuilder InterceptOverdue { get; }

    public CaseBuilder ReturnOverdue { get; }

    /// <summary>The kinds that mean a contradiction, and not only that somebody is late.</summary>
    public IReadOnlyList<string> Contradictions =>
    [
        PaidAfterClose.Code, PaidAfterCancel.Code, Overpaid.Code, DuplicateCharge.Code, RefundWithoutCapture.Code, ClosedAfterPaid.Code,
        DisputeImpossible.Code, ShippedNotCleared.Code,
        ShippedAfterCancel.Code, DeliveredNotShipped.Code, DeliveryRefuted.Code, FinishedNotShipped.Code, LostImpossible.Code,
        BuiltInCases.ForeignCurrency, BuiltInCases.ReportContradicts, BuiltInCases.NothingToRevoke, BuiltInCases.UnexpectedFact,
        BuiltInCases.IdReused,
    ];

    private static bool NoSurplus(in DecisionContext c) => c.Counter(Captured) - c.Counter(Refunded) <= c.Counter(Due);
}

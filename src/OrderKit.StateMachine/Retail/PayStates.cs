using static OrderKit.StateMachine.RetailTraits;

namespace OrderKit.StateMachine;

/// <summary>The money side of the retail order.</summary>
internal sealed class PayStates
{
    // All four states with money in have one rank: which of them holds follows from the sums alone, and none is behind another.
    private const int MoneyIn = 50;

    public PayStates(OrderModelBuilder m)
    {
        Facet = m.Facet("pay");
        Unpaid = Facet.State(100, "Unpaid", "待付款", 0).Traits(Payable, Cancellable).Within(
            TimeSpan.FromMinutes(30), "unpaid-expired", probe: "payment-close");
        CodAccepted = Facet.State(105, "CodAccepted", "货到付款", 5).Traits(Payable, Cleared).Resting();
        OnTerms = Facet.State(106, "OnTerms", "账期", 5).Traits(Payable, Cleared).Resting();
        NothingDue = Facet.State(107, "NothingDue", "零元单", 5).Traits(Cleared).Resting();
        DepositPaid = Facet.State(102, "DepositPaid", "已付定金待尾款", 10).Traits(Payable, StageAllowed).Within(
            TimeSpan.FromDays(14), "balance-expired");
        Authorized = Facet.State(104, "Authorized", "已授权", 15).Traits(Payable, Cleared, Capturable).Within(
            TimeSpan.FromDays(6), "authorisation-expired");
        PartPaid = Facet.State(103, "PartPaid", "部分付款", 20).Traits(Payable).Within(TimeSpan.FromHours(24), "balance-expired");
        Paid = Facet.State(101, "Paid", "已付款", MoneyIn).Traits(Cleared, Refundable).Anchor().Resting();
        Overpaid = Facet.State(109, "Overpaid", "多付/已关仍付", MoneyIn).Traits(Refundable).Anchor().Within(
            TimeSpan.FromHours(24), "surplus-expired");
        PartRefunded = Facet.State(120, "PartRefunded", "部分退款", MoneyIn).Traits(Cleared, Refundable).Anchor().Resting();
        Refunded = Facet.State(121, "Refunded", "全额退款", MoneyIn).Anchor().End();
        Disputed = Facet.Aside(130, "Disputed", "拒付/争议").Within(TimeSpan.FromDays(7), "dispute-unanswered");
        ClosedUnpaid = Facet.Aside(140, "ClosedUnpaid", "未付关闭").End();
    }

    public FacetBuilder Facet { get; }

    public StateBuilder Unpaid { get; }

    public StateBuilder DepositPaid { get; }

    public StateBuilder PartPaid { get; }

    public StateBuilder Authorized { get; }

    public StateBuilder CodAccepted { get; }

    public StateBuilder OnTerms { get; }

    public StateBuilder NothingDue { get; }

    public StateBuilder Paid { get; }

    public StateBuilder Overpaid { get; }

    public StateBuilder PartRefunded { get; }

    public StateBuilder Refunded { get; }

    public StateBuilder Disputed { get; }

    public StateBuilder ClosedUnpaid { get; }
}

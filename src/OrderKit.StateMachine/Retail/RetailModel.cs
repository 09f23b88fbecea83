using static OrderKit.StateMachine.Counter;
using static OrderKit.StateMachine.RetailTraits;

namespace OrderKit.StateMachine;

/// <summary>Describes <see cref="OrderModels.Retail"/>, one file per side of the order.</summary>
/// <remarks>
/// Codes and rules are those that Chinese platforms, payment providers and warehouses use among each other; see docs/retail-model.md.
/// </remarks>
internal static partial class RetailModel
{
    public static void Describe(OrderModelBuilder m)
    {
        var cases = new RetailCases(m);
        var pay = new PayStates(m);
        var goods = new GoodsStates(m);

        m.Creation("placed").SetsAmount(Due).SetsQuantity(Ordered);
        m.StatusReport("status-reported");
        DescribeMoney(m, pay, goods, cases);
        DescribeFulfilment(m, goods, cases);
        DescribeDelivery(m, pay, goods, cases);
        DescribeHolds(m, goods);
        DescribeTimers(m, pay, goods, cases);

        m.Profile("PARCEL", [pay.Unpaid, goods.AwaitingReview], [pay.Paid, goods.Packed, goods.Shipped, goods.Delivered, goods.Completed]);
        m.Profile("COD", [pay.CodAccepted, goods.AwaitingReview], [goods.Packed, goods.Shipped, goods.Delivered, pay.Paid]);
        m.Profile(
            "PRESALE", [pay.Unpaid, goods.AwaitingReview], [pay.DepositPaid, pay.Paid, goods.Packed, goods.Shipped],
            [RetailHolds.BalanceDue]);
        m.Profile("TERMS", [pay.OnTerms, goods.AwaitingReview], [goods.Packed, goods.Shipped, goods.Delivered, pay.Paid]);
        m.Profile("RESEND", [pay.NothingDue, goods.AwaitingReview], [goods.Packed, goods.Shipped]);

        // Contradiction, dispute, hold, goods, pay: the first that applies is what people are shown.
        m.HeadlineFromCases(cases.Contradictions);
        m.HeadlineFromStates(pay.Disputed);
        m.HeadlineFromHolds();
        m.HeadlineFromStates([.. goods.BeyondReview]);
        m.HeadlineFromFacet(pay.Facet);

        m.TimelineNode("created", "订单创建");
        m.TimelineNode("paid", "支付成功", pay.Paid, pay.DepositPaid, pay.Authorized, pay.CodAccepted, pay.OnTerms, pay.NothingDue);
        m.TimelineNode("stock-locked", "库存锁定", goods.StockLocked);
        m.TimelineNode("outbound-order", "出库单生成", goods.Released);
        m.TimelineNode("carrier", "物流回传", goods.PartShipped, goods.Shipped, goods.InTransit, goods.AtPickupPoint, goods.DeliveryClaimed);
    }

    // Net money in, against what is due.
    private static long Net(in DecisionContext c) => c.Counter(Captured) - c.Counter(Refunded);

    private static bool IsSurplus(in DecisionContext c) => Net(in c) > c.Counter(Due);

    private static bool IsSettled(in DecisionContext c) => Net(in c) == c.Counter(Due) && c.Counter(Due) > 0;

    private static bool IsPartRefunded(in DecisionContext c) => c.Counter(Refunded) > 0 && Net(in c) > 0;

    private static bool IsFullyRefunded(in DecisionContext c) => c.Counter(Refunded) > 0 && Net(in c) <= 0;

    private static bool HasNoMoney(in DecisionContext c) => c.Counter(Captured) - c.Counter(Refunded) <= 0;

    private static bool IsPresale(in DecisionContext c) => c.HasProfile("PRESALE");

    // An overpaid order is cleared only if something was due: money for a closed order clears nothing.
    private static bool IsCleared(in DecisionContext c) => c.Has(Cleared) || (c.IsIn(109) && c.Counter(Due) > 0);

    private static bool MayBeReleased(in DecisionContext c) => IsCleared(in c) || c.Has(StageAllowed);

    private static bool IsNotCleared(in DecisionContext c) => !IsCleared(in c);

    private static bool IsAllShipped(in DecisionContext c) => c.Counter(Shipped) >= c.Counter(Ordered);

    private static bool HasShipped(in DecisionContext c) => c.Reached(303) || c.Reached(302);

    private static bool HasNotShipped(in DecisionContext c) => !HasShipped(in c);

    // The record may have come while the order was being stopped.
    private static bool HasPacked(in DecisionContext c) => c.Reached(202) || c.Counter(Packed) > 0;
}

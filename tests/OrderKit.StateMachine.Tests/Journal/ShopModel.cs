using OrderKit.Core;

namespace OrderKit.StateMachine.Tests;

/// <summary>A shop in little: money and goods, a hold, a contradiction, five nodes.</summary>
internal static class ShopModel
{
    public static OrderModel Model { get; } = OrderModel.Define("shop", 1, model =>
    {
        var pay = model.Facet("pay");
        var goods = model.Facet("goods");
        var unpaid = pay.State(100, "Unpaid", "待付款", 0).Within(TimeSpan.FromMinutes(30), "Expire");
        var paid = pay.State(101, "Paid", "已付款", 10).Anchor().Resting();
        var refunded = pay.State(121, "Refunded", "已退款", 20).Anchor().End();
        var closed = pay.Aside(140, "ClosedUnpaid", "未付关闭").End();
        var review = goods.State(200, "AwaitingReview", "待审核", 0).Within(TimeSpan.FromHours(4), "Overdue");
        var locked = goods.State(201, "StockLocked", "已锁库", 5).Within(TimeSpan.FromHours(4), "Overdue");
        var packed = goods.State(202, "Packed", "已打包", 10).Anchor().Within(TimeSpan.FromHours(12), "Overdue");
        var shipped = goods.State(303, "Shipped", "已发货", 20).Anchor().Within(TimeSpan.FromHours(20), "Overdue");
        var transit = goods.State(305, "InTransit", "运输中", 30).Within(TimeSpan.FromHours(72), "Overdue");
        var delivered = goods.State(309, "Delivered", "已签收", 40).Resting();
        var completed = goods.State(390, "Completed", "交易完成", 50).Anchor().End();
        var cancelled = goods.Aside(290, "Cancelled", "未发取消").End();
        model.Hold("risk", "风控审核");
        var shippedUnpaid = model.Case("shipped-not-paid", "operations", "The goods left and nobody paid.", TimeSpan.FromHours(4));
        var overdue = model.Case("overdue", "operations", "The order waits for too long.", TimeSpan.FromHours(2));

        model.Creation("Placed").SetsAmount(Counter.Due).SetsQuantity(Counter.Ordered);
        model.Fact("Captured", pay).Lands(paid).AddsAmount(Counter.Captured, Counter.Due).KeyedBy(ReferenceKind.Payment)
            .From(unpaid).To(paid).From(closed).To(paid);
        model.Fact("RefundPaid", pay).Lands(refunded).AddsAmount(Counter.Refunded, Counter.Captured).KeyedBy(ReferenceKind.AfterSale)
            .From(closed).Stay().From(paid).To(refunded);
        model.Fact("PaymentClosed", pay).Lands(closed).From(unpaid).To(closed).From(paid, refunded).Late();
        model.Fact("StockLocked", goods).Lands(locked).From(review).To(locked).From(cancelled).Late();
        model.Fact("Packed", goods).Lands(packed).AddsQuantity(Counter.Packed, Counter.Ordered)
            .From(review, locked).To(packed).From(cancelled).Late();
        model.Fact("Outbound", goods).Lands(shipped).AddsQuantity(Counter.Shipped, Counter.Ordered)
            .From(packed).To(shipped).From(cancelled).To(shipped)
            .Contradicts(shippedUnpaid, "not-paid", static (in DecisionContext c) => !c.IsIn(101));
        model.Fact("OutboundRevoked", goods).TakesQuantity(Counter.Shipped).Revokes(shipped).From(shipped).To(packed);
        model.Fact("Scanned", goods).Lands(transit).From(shipped).To(transit).From(cancelled).To(transit);
        model.Fact("Verified", goods).Lands(delivered).From(transit).To(delivered).From(cancelled).To(delivered);
        model.Fact("Finished", goods).Lands(completed).From(delivered).To(completed).From(cancelled).To(completed);
        model.Command("Cancel", goods).UnlessHeld().From(review, locked).To(cancelled);
        model.Command("HoldPlaced").PlacesNamedHolds();
        model.Command("HoldReleased").ReleasesNamedHolds();
        model.Timer("Expire", pay).From(unpaid).To(closed);
        model.Timer("Overdue", goods).Opens(overdue).From(review, locked, packed, shipped, transit).Stay();
        model.StatusReport("StatusReported");
        model.Profile("PARCEL", [unpaid, review], [paid, packed, shipped, delivered, completed]);
        model.Profile("COD", [unpaid, review], [packed, shipped, delivered, paid]);
        model.HeadlineFromCases().HeadlineFromHolds().HeadlineFromStates(shipped, transit, delivered, completed, cancelled, refunded).HeadlineFromFacet(pay);
        model.TimelineNode("Created", "订单创建")
            .TimelineNode("Paid", "支付成功", paid)
            .TimelineNode("StockLocked", "库存锁定", locked)
            .TimelineNode("Outbound", "出库单生成", shipped)
            .TimelineNode("Carrier", "物流回传", transit, delivered, completed);
    });

}

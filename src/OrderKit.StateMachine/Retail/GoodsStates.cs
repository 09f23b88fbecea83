using static OrderKit.StateMachine.RetailTraits;

namespace OrderKit.StateMachine;

/// <summary>The goods side of the retail order.</summary>
internal sealed class GoodsStates
{
    private const DeadlineBasis ShipBy = DeadlineBasis.ShipBy;

    // Platforms ask for the hand-over within 48 hours of payment; a channel's own instant comes with the order.
    private static readonly TimeSpan ShipWithin = TimeSpan.FromHours(48);

    public GoodsStates(OrderModelBuilder m)
    {
        Facet = m.Facet("goods");
        AwaitingReview = Facet.State(200, "AwaitingReview", "待审核", 0).Traits(Editable, Cancellable).Within(
            ShipWithin, "ship-by-expired", ShipBy);
        StockLocked = Facet.State(201, "StockLocked", "已锁库", 10).Traits(Editable, Cancellable).Within(
            ShipWithin, "ship-by-expired", ShipBy);
        Released = Facet.State(204, "Released", "出库单已下发", 20).Traits(Interceptable).Within(ShipWithin, "ship-by-expired", ShipBy);
        Labelled = Facet.State(203, "Labelled", "已取面单", 30).Traits(Interceptable).Within(ShipWithin, "ship-by-expired", ShipBy);
        Packed = Facet.State(202, "Packed", "已打包", 40).Traits(Interceptable).Anchor().Within(ShipWithin, "ship-by-expired", ShipBy);
        PartShipped = Facet.State(302, "PartShipped", "部分发货", 50).Traits(HandedOver).Anchor().Within(
            TimeSpan.FromHours(20), "first-scan-missing");
        Shipped = Facet.State(303, "Shipped", "已发货", 60).Traits(HandedOver).Anchor().Within(TimeSpan.FromHours(20), "first-scan-missing");
        InTransit = Facet.State(305, "InTransit", "运输中", 70).Traits(HandedOver).Within(TimeSpan.FromDays(7), "transit-expired");
        AtPickupPoint = Facet.State(307, "AtPickupPoint", "待取件", 70).Traits(HandedOver).Within(TimeSpan.FromDays(7), "transit-expired");
        DeliveryClaimed = Facet.State(308, "DeliveryClaimed", "承运商称签收", 80).Traits(HandedOver).Within(
            TimeSpan.FromHours(72), "verdict-missing");
        Delivered = Facet.State(309, "Delivered", "已签收", 90).Traits(HandedOver, AfterSaleOpen).Resting();
        CodeIssued = Facet.State(330, "CodeIssued", "已发码/充值", 92).Traits(HandedOver).Anchor().Resting();
        HandedOverInPerson = Facet.State(320, "HandedOver", "已交付", 95).Traits(HandedOver, AfterSaleOpen).Anchor().Resting();
        Redeemed = Facet.State(331, "Redeemed", "已核销", 95).Traits(HandedOver, AfterSaleOpen).Anchor().Resting();
        Completed = Facet.State(390, "Completed", "交易完成", 100).Traits(HandedOver, AfterSaleOpen).Anchor().End();
        ReturnedToSender = Facet.State(313, "ReturnedToSender", "退回入库", 110).Anchor().End();
        Backordered = Facet.Aside(210, "Backordered", "缺货").Traits(Editable, Cancellable).Within(ShipWithin, "ship-by-expired", ShipBy);
        Intercepting = Facet.Aside(306, "Intercepting", "拦截中").Within(TimeSpan.FromHours(24), "intercept-unanswered");
        Returning = Facet.Aside(311, "Returning", "拒收/退回中").Within(TimeSpan.FromDays(15), "return-missing");
        Lost = Facet.Aside(314, "Lost", "丢失/破损").Within(TimeSpan.FromHours(72), "loss-unresolved");
        Cancelled = Facet.Aside(290, "Cancelled", "未发取消").End();
        SplitMerged = Facet.Aside(291, "SplitMerged", "已拆/已并").End();
    }

    public FacetBuilder Facet { get; }

    public StateBuilder AwaitingReview { get; }

    public StateBuilder StockLocked { get; }

    public StateBuilder Backordered { get; }

    public StateBuilder Released { get; }

    public StateBuilder Labelled { get; }

    public StateBuilder Packed { get; }

    public StateBuilder PartShipped { get; }

    public StateBuilder Shipped { get; }

    public StateBuilder InTransit { get; }

    public StateBuilder AtPickupPoint { get; }

    public StateBuilder DeliveryClaimed { get; }

    public StateBuilder Delivered { get; }

    public StateBuilder Intercepting { get; }

    public StateBuilder Returning { get; }

    public StateBuilder ReturnedToSender { get; }

    public StateBuilder Lost { get; }

    public StateBuilder Cancelled { get; }

    public StateBuilder SplitMerged { get; }

    public StateBuilder HandedOverInPerson { get; }

    public StateBuilder CodeIssued { get; }

    public StateBuilder Redeemed { get; }

    public StateBuilder Completed { get; }

    /// <summary>Before anything has left.</summary>
    public IReadOnlyList<StateBuilder> Before => [AwaitingReview, StockLocked, Backordered, Released, Labelled, Packed];

    /// <summary>With the carrier.</summary>
    public IReadOnlyList<StateBuilder> Travelling => [PartShipped, Shipped, InTransit, AtPickupPoint];

    /// <summary>Everything but the first state, in which the money says more to people.</summary>
    public IReadOnlyList<StateBuilder> BeyondReview => [.. Facet.States.Where(s => s != AwaitingReview)];
}

using static OrderKit.StateMachine.Counter;

namespace OrderKit.StateMachine;

internal static partial class RetailModel
{
    private static void DescribeFulfilment(OrderModelBuilder m, GoodsStates goods, RetailCases cases)
    {
        m.Fact("stock-locked", goods.Facet).Lands(goods.StockLocked)
            .From(goods.AwaitingReview, goods.Backordered).To(goods.StockLocked)
            .From(goods.Cancelled, goods.SplitMerged, goods.Intercepting, goods.Returning, goods.Lost).Late();
        m.Fact("stock-short", goods.Facet).Lands(goods.Backordered)
            .From(goods.AwaitingReview, goods.StockLocked).To(goods.Backordered)
            .From([.. goods.Facet.States.Where(s => s != goods.AwaitingReview && s != goods.StockLocked && s != goods.Backordered)]).Late();

        // A degraded answer is not "short": the order stays and the question is asked again.
        m.Fact("stock-unknown", goods.Facet);

        m.Command("release", goods.Facet).UnlessHeld().When("cleared", MayBeReleased)
            .From(goods.AwaitingReview, goods.StockLocked).To(goods.Released);

        m.Fact("waybill-assigned", goods.Facet)
            .From(goods.Released).To(goods.Labelled);
        m.Fact("waybill-voided", goods.Facet)
            .From(goods.Labelled).To(goods.Released);

        m.Fact("packed", goods.Facet).Lands(goods.Packed).AddsQuantity(Packed, Ordered)
            .From(goods.StockLocked, goods.Released, goods.Labelled).To(goods.Packed)
            .From(goods.Backordered).To(goods.Packed)
            .From(goods.Intercepting).Stay()
            .From(goods.Returning, goods.Lost).Late();

        // A waybill alone is no shipment; this is the warehouse's confirmed outbound.
        m.Fact("outbound", goods.Facet).Lands(goods.Shipped).AddsQuantity(Shipped, Ordered)
            .From([.. goods.Before, goods.PartShipped, goods.Intercepting, goods.Cancelled])
                .To(goods.Shipped, "all-shipped", IsAllShipped).To(goods.PartShipped)
            .From(goods.Returning, goods.Lost).Late()
            .Contradicts(cases.ShippedNotCleared, "not-cleared", IsNotCleared)
            .Contradicts(cases.ShippedAfterCancel, "was-cancelled", static (in DecisionContext c) => c.Before.States[1] == 290);
        // Back to the pack record where there is one, which entering that state sets again.
        m.Fact("outbound-revoked", goods.Facet).Revokes(goods.PartShipped, goods.Shipped, goods.Packed).TakesQuantity(Shipped)
            .From(goods.PartShipped, goods.Shipped)
                .To(goods.PartShipped, "some-shipped", static (in DecisionContext c) => c.Counter(Shipped) > 0)
                .To(goods.Packed, "packed", HasPacked).To(goods.Released);

        m.Command("cancel", goods.Facet)
            .From(goods.AwaitingReview, goods.StockLocked, goods.Backordered).To(goods.Cancelled)
            .From(goods.Released, goods.Labelled, goods.Packed, goods.PartShipped, goods.Shipped, goods.InTransit).To(goods.Intercepting);
        m.Fact("intercepted", goods.Facet)
            .From(goods.Intercepting, goods.Released, goods.Labelled, goods.Packed)
                .To(goods.Cancelled, "not-shipped", HasNotShipped).To(goods.Returning)
            .From(goods.PartShipped, goods.Shipped, goods.InTransit).To(goods.Returning);
        m.Fact("intercept-failed", goods.Facet)
            .From(goods.Intercepting)
                .To(goods.InTransit, "shipped", HasShipped).To(goods.Packed, "packed", HasPacked).To(goods.Released);

        m.Command("split-or-merge", goods.Facet).When("not-cod", static (in DecisionContext c) => !c.HasProfile("COD"))
            .From(goods.AwaitingReview, goods.StockLocked).To(goods.SplitMerged);
    }
}

using static OrderKit.StateMachine.Counter;

namespace OrderKit.StateMachine;

internal static partial class RetailModel
{
    private static void DescribeDelivery(OrderModelBuilder m, PayStates pay, GoodsStates goods, RetailCases cases)
    {
        m.Fact("in-transit", goods.Facet).Lands(goods.InTransit)
            .From(goods.PartShipped, goods.Shipped, goods.AtPickupPoint, goods.Lost).To(goods.InTransit)
            .From(goods.Intercepting, goods.Returning).Stay()
            .Contradicts(
                cases.ShippedNotCleared, "not-cleared", static (in DecisionContext c) => HasNotShipped(in c) && IsNotCleared(in c));
        m.Fact("at-pickup-point", goods.Facet).Lands(goods.AtPickupPoint)
            .From(goods.PartShipped, goods.Shipped, goods.InTransit, goods.Lost).To(goods.AtPickupPoint)
            .From(goods.Intercepting, goods.Returning).Stay();

        // "Signed" is what the carrier says; it becomes "delivered" with a verdict.
        m.Fact("delivery-claimed", goods.Facet).Lands(goods.DeliveryClaimed)
            .From([.. goods.Travelling, goods.Intercepting, goods.Lost]).To(goods.DeliveryClaimed)
            .From(goods.Returning).Stay()
            .Contradicts(cases.DeliveredNotShipped, "not-shipped", HasNotShipped);
        m.Fact("delivery-verified", goods.Facet).Lands(goods.Delivered).AddsQuantity(Delivered, Shipped)
            .From([.. goods.Travelling, goods.DeliveryClaimed, goods.Intercepting, goods.Lost]).To(goods.Delivered)
            .From(goods.Returning).Stay()
            .Contradicts(cases.DeliveredNotShipped, "not-shipped", HasNotShipped);
        m.Fact("delivery-refuted", goods.Facet).TakesQuantity(Delivered)
            .From(goods.DeliveryClaimed, goods.Delivered).To(goods.InTransit)
            .Opens(cases.DeliveryRefuted);

        m.Fact("refused", goods.Facet).Lands(goods.Returning)
            .Clears(Due, "nothing-collected", static (in DecisionContext c) => c.IsIn(140))
            .From([.. goods.Travelling, goods.DeliveryClaimed, goods.Delivered, goods.Intercepting, goods.Lost]).To(goods.Returning)
            .From([.. goods.Before, goods.Cancelled, goods.SplitMerged]).Contradicts(cases.DeliveredNotShipped)
            .From(goods.HandedOverInPerson, goods.CodeIssued, goods.Redeemed, goods.Completed, goods.ReturnedToSender).Late()
            .From(pay.CodAccepted).To(pay.ClosedUnpaid);
        m.Fact("goods-back", goods.Facet).Lands(goods.ReturnedToSender).AddsQuantity(Returned, Shipped)
            .From(goods.Returning, goods.Intercepting, goods.Lost).To(goods.ReturnedToSender)
            .From([.. goods.Travelling, goods.DeliveryClaimed, goods.Delivered]).To(goods.ReturnedToSender);
        m.Fact("lost", goods.Facet).Lands(goods.Lost)
            .From([.. goods.Travelling, goods.DeliveryClaimed, goods.Delivered, goods.Intercepting, goods.Returning]).To(goods.Lost)
            .From([.. goods.Before, goods.Cancelled, goods.SplitMerged]).Contradicts(cases.LostImpossible)
            .From(goods.HandedOverInPerson, goods.CodeIssued, goods.Redeemed, goods.Completed, goods.ReturnedToSender).Late();
        m.Command("loss-settled", goods.Facet)
            .From(goods.Lost).To(goods.Completed);

        m.Fact("collected", goods.Facet).Lands(goods.HandedOverInPerson).AddsQuantity(Delivered, Ordered)
            .From(goods.AwaitingReview, goods.StockLocked, goods.Packed, goods.AtPickupPoint, goods.Backordered).To(
                goods.HandedOverInPerson);
        m.Fact("code-issued", goods.Facet).Lands(goods.CodeIssued)
            .From(goods.AwaitingReview, goods.StockLocked, goods.Backordered).To(goods.CodeIssued);
        m.Fact("redeemed", goods.Facet).Lands(goods.Redeemed)
            .From(goods.CodeIssued).To(goods.Redeemed);

        // The buyer's or the platform's confirmation needs no verdict: it is evidence itself.
        m.Fact("finished", goods.Facet).Lands(goods.Completed)
            .From([
                .. goods.Travelling, goods.DeliveryClaimed, goods.Delivered, goods.HandedOverInPerson, goods.CodeIssued, goods.Redeemed,
                goods.Intercepting, goods.Returning, goods.Lost])
                .To(goods.Completed)
            .Contradicts(
                cases.FinishedNotShipped, "not-shipped",
                static (in DecisionContext c) => HasNotShipped(in c) && !c.Reached(320) && !c.Reached(330));
    }
}

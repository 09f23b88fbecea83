using OrderKit.Core;

namespace OrderKit.StateMachine.Tests;

/// <summary>A shop with just enough rules to show each kind of decision once.</summary>
internal static class SmallShop
{
    public const int Unpaid = 100, Paid = 101, PartPaid = 103, Closed = 140;
    public const int Waiting = 200, Packed = 202, Released = 204, Cancelled = 290, Shipped = 303, Intercepting = 306, Delivered = 309;

    public static OrderModel Model { get; } = OrderModel.Define("small-shop", 1, m =>
    {
        var pay = m.Facet("pay");
        var unpaid = pay.State(Unpaid, "Unpaid", "", 0).Resting();
        var partPaid = pay.State(PartPaid, "PartPaid", "", 5).Resting();
        var paid = pay.State(Paid, "Paid", "", 50).Anchor().Resting();
        var closed = pay.Aside(Closed, "Closed", "").End();
        var goods = m.Facet("goods");
        var waiting = goods.State(Waiting, "Waiting", "", 0).Resting();
        var released = goods.State(Released, "Released", "", 10).Resting();
        var packed = goods.State(Packed, "Packed", "", 20).Anchor().Resting();
        var shipped = goods.State(Shipped, "Shipped", "", 30).Anchor().Resting();
        var delivered = goods.State(Delivered, "Delivered", "", 40).End();
        var intercepting = goods.Aside(Intercepting, "Intercepting", "").Within(TimeSpan.FromDays(1), "intercept-timeout");
        var cancelled = goods.Aside(Cancelled, "Cancelled", "").End();

        m.Hold("risk", "").Hold("group", "").Hold("balance", "");
        var closedAfterMoney = m.Case("closed-after-money", "finance", "");
        var unpaidShipment = m.Case("unpaid-shipment", "finance", "").ClosedWhen("paid", static (in DecisionContext c) => c.IsIn(Paid));
        var overRefund = m.Case("over-refund", "finance", "")
            .ClosedWhen("covered", static (in DecisionContext c) => c.Counter(Counter.Refunded) <= c.Counter(Counter.Captured));

        m.Creation("placed").SetsAmount(Counter.Due).SetsQuantity(Counter.Ordered);
        m.StatusReport("reported");
        m.Fact("captured", pay).Lands(paid).AddsAmount(Counter.Captured, Counter.Due).KeyedBy(ReferenceKind.Payment)
            .From(unpaid, partPaid).To(paid, "settled", static (in DecisionContext c) => c.Counter(Counter.Captured) >= c.Counter(Counter.Due)).To(partPaid)
            .Releases("balance", "settled", static (in DecisionContext c) => c.Counter(Counter.Captured) >= c.Counter(Counter.Due));
        m.Fact("payment-closed", pay).Lands(closed)
            .From(unpaid).To(closed).From(partPaid).Contradicts(closedAfterMoney).From(paid).Late();
        m.Fact("refunded").AddsAmount(Counter.Refunded, Counter.Captured).KeyedBy(ReferenceKind.AfterSale)
            .Contradicts(overRefund, "exceeds", static (in DecisionContext c) => c.Counter(Counter.Refunded) > c.Counter(Counter.Captured));
        m.Command("release", goods).UnlessHeld()
            .When("paid", static (in DecisionContext c) => c.IsIn(Paid)).When("ordered", static (in DecisionContext c) => c.Counter(Counter.Ordered) > 0)
            .From(waiting).To(released);
        m.Fact("packed", goods).Lands(packed).AddsQuantity(Counter.Packed, Counter.Ordered).From(released).To(packed);
        m.Fact("outbound", goods).Lands(shipped).AddsQuantity(Counter.Shipped, Counter.Ordered).From(packed).To(shipped)
            .Contradicts(unpaidShipment, "unpaid", static (in DecisionContext c) => !c.IsIn(Paid));
        m.Fact("outbound-revoked", goods).Revokes(shipped).TakesQuantity(Counter.Shipped).From(shipped).To(packed);
        m.Fact("delivered", goods).Lands(delivered).From(shipped).To(delivered);
        m.Fact("emptied", goods).Clears(Counter.Packed).From(released).To(waiting);
        m.Command("cancel", goods)
            .From(waiting).To(cancelled).From(released, packed).To(intercepting).From(shipped).Late()
            .From(unpaid).To(closed);
        m.Fact("intercepted", goods).From(intercepting).To(cancelled);
        m.Fact("intercept-failed", goods).From(intercepting).To(released);
        m.Timer("intercept-timeout", goods).From(intercepting).To(cancelled);
        m.Fact("repriced", goods).SetsAmount(Counter.Due).SetsQuantity(Counter.Ordered)
            .From(waiting, released).Stay().From(packed, shipped, delivered, intercepting, cancelled).Late();
        m.Fact("hold-placed").PlacesNamedHolds();
        m.Fact("hold-released").ReleasesNamedHolds();
        m.Command("hold-asked").PlacesNamedHolds();
        m.Fact("group-formed").Releases("group");
        m.Fact("stopped", goods).PlacesNamedHolds().From(released).To(intercepting);
        m.Profile("PARCEL", [unpaid, waiting], [paid, packed, shipped, delivered]);
        m.Profile("PREPAID", [paid, waiting], []);
        m.Profile("GROUP", [unpaid, waiting], [], ["group"]);
        m.HeadlineFromFacet(goods);
    });
}

namespace OrderKit.StateMachine.Tests;

/// <summary>Whole lives of retail orders, and the traps that the trade knows.</summary>
public sealed class RetailStoryTests
{
    private static readonly OrderModel Retail = OrderModels.Retail;

    [Fact]
    public void A_parcel_passes_all_its_milestones()
    {
        var order = new Walk(Retail, "PARCEL");
        Passes(order, "captured", "101/200", "stock-locked", "101/201", "release", "101/204", "waybill-assigned", "101/203", "packed", "101/202",
            "outbound", "101/303", "in-transit", "101/305", "at-pickup-point", "101/307", "delivery-claimed", "101/308", "delivery-verified", "101/309",
            "finished", "101/390");
        Assert.All(order.Rows, row => Assert.Equal(DecisionKind.Applied, row.Kind));
        Assert.Equal(new OrderCounters(1000, 1000, 0, 2, 2, 2, 2, 0), order.Order.Counters);
        Assert.Empty(order.Cases);
        PassesMilestones(order);
    }

    [Fact]
    public void A_cod_order_is_paid_last()
    {
        var order = new Walk(Retail, "COD");
        Passes(order, "release", "105/204", "packed", "105/202", "outbound", "105/303", "in-transit", "105/305", "delivery-claimed", "105/308",
            "delivery-verified", "105/309", "captured", "101/309", "finished", "101/390");
        Assert.Empty(order.Cases);
        PassesMilestones(order);
    }

    [Fact]
    public void A_presale_is_held_until_its_balance_is_paid()
    {
        var order = new Walk(Retail, "PRESALE", due: 1000);
        Assert.Equal([RetailHolds.BalanceDue], order.Holds);
        order.Tell("captured", amount: 300);
        Assert.Equal([102, 200], order.States);
        Assert.Equal(DecisionKind.GuardFailed, order.Tell("release").Kind);

        order.Tell("captured", amount: 700);

        Assert.Empty(order.Holds);
        Passes(order, "release", "101/204", "packed", "101/202", "outbound", "101/303");
        Assert.Empty(order.Cases);
        PassesMilestones(order);
    }

    [Fact]
    public void A_presale_may_pack_before_the_balance_and_money_does_not_mind()
    {
        var order = new Walk(Retail, "PRESALE", due: 1000);
        order.Tell("captured", amount: 300);
        order.TellAll("stock-locked", "packed");
        Assert.Equal([102, 202], order.States);

        order.Tell("captured", amount: 700);

        Assert.Equal([101, 202], order.States);
    }

    [Theory, InlineData("TERMS", 106), InlineData("RESEND", 107)]
    public void Orders_that_are_paid_later_or_not_at_all_are_shipped_at_once(string profile, int pay)
    {
        var order = new Walk(Retail, profile, due: profile == "RESEND" ? 0 : 1000);
        Passes(order, "release", $"{pay}/204", "packed", $"{pay}/202", "outbound", $"{pay}/303");
        Assert.Empty(order.Cases);
    }

    [Fact]
    public void Every_profile_can_pass_its_milestones_by_the_ways_that_the_model_names() =>
        Assert.All(Retail.Profiles, p => Assert.All(p.Milestones, code => Assert.NotNull(Retail.StateOf(code))));

    [Fact]
    public void A_late_close_of_a_paid_order_leaves_it_paid_and_opens_a_case()
    {
        var order = RetailOrders.In("101/204");
        order.Tell("payment-closed");
        Assert.Equal([101, 204], order.States);
        Assert.Equal(["closed-after-paid"], order.Cases);
        Assert.Equal(1000, order.Sum(Counter.Due));
    }

    [Theory, InlineData("payment-closed"), InlineData("unpaid-expired")]
    public void Money_after_the_close_is_a_surplus_with_a_case_until_it_is_refunded(string close)
    {
        var order = RetailOrders.In("100/200");
        order.Tell(close);
        Assert.Equal(("140/290", 0L), (order.At, order.Sum(Counter.Due)));

        order.Tell("captured", amount: 1000);
        Assert.Equal([109, 290], order.States);
        Assert.Equal(["paid-after-close"], order.Cases);
        Assert.Equal(DecisionKind.Rejected, order.Tell("release").Kind);

        order.Tell("refund-paid", amount: 1000);
        Assert.Equal([121, 290], order.States);
        Assert.Empty(order.Cases);
    }

    [Fact]
    public void Goods_do_not_leave_for_money_that_came_after_the_close_without_a_case()
    {
        var order = RetailOrders.In("140/290");
        order.Tell("captured", amount: 1000);
        order.Tell("outbound");
        Assert.Equal([109, 303], order.States);
        Assert.Equal(["paid-after-close", "shipped-not-cleared", "shipped-after-cancel"], order.Cases);
    }

    [Fact]
    public void A_refused_cod_parcel_owes_nothing_and_needs_no_refund()
    {
        var order = RetailOrders.In("105/305");
        Passes(order, "refused", "140/311", "goods-back", "140/313");
        Assert.Equal((0L, 0L, 2L), (order.Sum(Counter.Due), order.Sum(Counter.Captured), order.Sum(Counter.Returned)));
        Assert.Empty(order.Cases);
    }

    [Fact]
    public void A_refused_prepaid_parcel_keeps_its_due_and_is_refunded_forward()
    {
        var order = RetailOrders.In("101/305");
        Passes(order, "refused", "101/311", "goods-back", "101/313");
        Assert.Equal(1000, order.Sum(Counter.Due));
        order.Tell("refund-paid", amount: 900);
        Assert.Equal([120, 313], order.States);
        order.Tell("refund-paid");
        Assert.Equal([121, 313], order.States);
    }

    [Fact]
    public void A_second_trade_is_money_and_a_case_until_the_surplus_went_back()
    {
        var order = RetailOrders.In("101/202");
        order.Tell("captured", amount: 1000);
        Assert.Equal([109, 202], order.States);
        Assert.Equal(["duplicate-charge"], order.Cases);
        Assert.Equal(DecisionKind.Rejected, order.Tell("release").Kind);

        order.Tell("refund-paid", amount: 1000);
        Assert.Equal([101, 202], order.States);
        Assert.Empty(order.Cases);
    }

    [Fact]
    public void A_full_refund_before_shipment_takes_the_goods_out_of_the_way()
    {
        var order = RetailOrders.In("101/202");
        Passes(order, "refund-paid", "121/306", "intercepted", "121/290");
        Assert.Empty(order.Cases);
    }

    [Fact]
    public void A_chargeback_moves_no_goods_and_the_paid_milestone_stays()
    {
        var order = RetailOrders.In("101/305");
        var anchors = order.Order.Anchors;
        order.Tell("dispute-opened");
        Assert.Equal(("130/305", anchors), (order.At, order.Order.Anchors));
        Assert.Equal("130", Retail.HeadlineOf(order.Order).Code);

        order.TellAll("delivery-claimed", "delivery-verified");
        Assert.Equal([130, 309], order.States);

        order.Tell("refund-paid");
        Assert.Equal(130, order.States[0]);
        order.Tell("dispute-ended");
        Assert.Equal([121, 309], order.States);
    }

    [Fact]
    public void A_dispute_ends_where_the_sums_stand()
    {
        var order = RetailOrders.In("120/303");
        order.TellAll("dispute-opened", "dispute-ended");
        Assert.Equal([120, 303], order.States);

        order = RetailOrders.In("109/303");
        order.TellAll("dispute-opened", "dispute-ended");
        Assert.Equal([109, 303], order.States);
    }

    [Fact]
    public void Shipped_unpaid_is_applied_with_a_case_that_the_money_closes()
    {
        var order = RetailOrders.In("100/202");
        order.Tell("outbound");
        Assert.Equal([100, 303], order.States);
        Assert.Equal("shipped-not-cleared", Retail.HeadlineOf(order.Order).Code);

        order.Tell("captured");
        Assert.Equal([101, 303], order.States);
        Assert.Empty(order.Cases);
    }

    [Fact]
    public void A_cancel_of_a_packed_order_waits_for_the_warehouse()
    {
        var stopped = RetailOrders.In("101/202");
        Passes(stopped, "cancel", "101/306", "intercepted", "101/290");

        var missed = RetailOrders.In("101/202");
        Passes(missed, "cancel", "101/306", "intercept-failed", "101/202", "outbound", "101/303");

        var crossed = RetailOrders.In("101/202");
        Passes(crossed, "cancel", "101/306", "outbound", "101/303", "intercept-failed", "101/303");
    }

    [Fact]
    public void A_cancel_before_packing_goes_back_to_where_it_was_stopped()
    {
        Passes(RetailOrders.In("101/204"), "cancel", "101/306", "intercept-failed", "101/204");
        Passes(RetailOrders.In("101/204"), "cancel", "101/306", "packed", "101/306", "intercept-failed", "101/202");
    }

    [Fact]
    public void A_cancel_on_the_way_turns_the_parcel_round_or_not()
    {
        Passes(RetailOrders.In("101/305"), "cancel", "101/306", "intercepted", "101/311", "goods-back", "101/313");
        Passes(RetailOrders.In("101/305"), "cancel", "101/306", "intercept-failed", "101/305");
    }

    [Fact]
    public void A_revocation_after_the_first_scan_leaves_the_shipment_on_record()
    {
        var order = RetailOrders.In("101/305");
        var anchors = order.Order.Anchors;

        order.Tell("outbound-revoked", flags: FactFlags.RevokesKnownFact);
        Assert.Equal((anchors, 2L), (order.Order.Anchors, order.Sum(Counter.Shipped)));
        order.TellAll("cancel", "intercept-failed");

        Assert.Equal([101, 305], order.States);
    }

    [Fact]
    public void A_revoked_outbound_can_be_shipped_again()
    {
        var order = RetailOrders.In("101/303");
        order.Tell("outbound-revoked", flags: FactFlags.RevokesKnownFact);
        Assert.Equal(("101/202", 0L), (order.At, order.Sum(Counter.Shipped)));
        order.Tell("outbound");
        Assert.Equal(("101/303", 2L), (order.At, order.Sum(Counter.Shipped)));
    }

    [Fact]
    public void A_revoked_outbound_that_was_never_packed_goes_back_to_release()
    {
        var order = RetailOrders.In("101/204");
        order.Tell("outbound");
        order.Tell("outbound-revoked", flags: FactFlags.RevokesKnownFact);
        Assert.Equal([101, 204], order.States);
    }

    [Fact]
    public void A_lost_parcel_that_turns_up_goes_on() =>
        Passes(RetailOrders.In("101/305"), "lost", "101/314", "delivery-claimed", "101/308", "delivery-verified", "101/309");

    [Fact]
    public void Holds_stop_release_and_nothing_else()
    {
        var order = RetailOrders.In("100/200");
        order.Tell("hold-placed", holds: [RetailHolds.Risk]);
        order.TellAll("captured", "stock-locked");
        Assert.Equal([101, 201], order.States);
        Assert.Equal(RetailHolds.Risk, Retail.HeadlineOf(order.Order).Code);
        Assert.Equal((DecisionKind.GuardFailed, DecisionReason.Held), (order.Tell("release").Kind, order.Last.Reason));
        Assert.Equal(DecisionKind.Applied, order.Tell("cancel").Kind);
    }

    [Fact]
    public void Only_the_first_state_of_the_goods_shows_the_money_in_the_headline()
    {
        var order = RetailOrders.In("100/200");
        Assert.Equal("100", Retail.HeadlineOf(order.Order).Code);
        order.Tell("captured");
        Assert.Equal("101", Retail.HeadlineOf(order.Order).Code);
        order.Tell("stock-locked");
        Assert.Equal("201", Retail.HeadlineOf(order.Order).Code);
    }

    [Fact]
    public void A_platforms_status_report_neither_pays_nor_ships_nor_closes()
    {
        foreach (var code in new[] { 101, 109, 140 })
        {
            var order = RetailOrders.In("100/200");
            order.Tell("status-reported", reported: code);
            Assert.Equal([100, 200], order.States);
        }

        foreach (var code in new[] { 202, 303, 305, 390, 290 })
        {
            var order = RetailOrders.In("101/204");
            order.Tell("status-reported", reported: code);
            Assert.Equal([101, 204], order.States);
        }
    }

    [Fact]
    public void A_platforms_status_report_of_delivery_is_believed_once_shipped()
    {
        var order = RetailOrders.In("101/303");
        order.Tell("status-reported", reported: 308);
        Assert.Equal([101, 308], order.States);
        order.Tell("status-reported", reported: 303);
        Assert.Equal((DecisionKind.Late, 308), (order.Last.Kind, order.States[1]));
    }

    [Fact]
    public void Money_and_goods_may_come_in_any_order()
    {
        var facts = new[] { "captured", "stock-locked", "packed", "outbound", "delivery-claimed", "delivery-verified", "finished" };
        foreach (var seed in Enumerable.Range(1, 200))
        {
            var order = new Walk(Retail);
            var shuffled = facts.ToArray();
            new Random(seed).Shuffle(shuffled);
            order.TellAll(shuffled);

            Assert.Equal([101, 390], order.States);
            Assert.Equal((1000L, 2L, 2L), (order.Sum(Counter.Captured), order.Sum(Counter.Packed), order.Sum(Counter.Shipped)));
        }
    }

    private static void Passes(Walk order, params ReadOnlySpan<string> triggersAndStates)
    {
        for (var i = 0; i < triggersAndStates.Length; i += 2)
        {
            order.Tell(triggersAndStates[i]);
            Assert.Equal(triggersAndStates[i + 1], order.At);
        }
    }

    private static void PassesMilestones(Walk order)
    {
        var visited = order.Rows.SelectMany(r => Retail.Facets.Where(f => (r.MovedFacets >> f.Index & 1) != 0).Select(f => r.States[f.Index])).ToList();
        var at = 0;
        foreach (var milestone in Retail.Profiles[order.Order.Profile].Milestones)
        {
            at = visited.IndexOf(milestone, at);
            Assert.True(at >= 0, $"{milestone} was not passed in its order.");
        }
    }
}

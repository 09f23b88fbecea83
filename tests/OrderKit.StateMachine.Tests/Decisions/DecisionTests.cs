using OrderKit.Core;
using OrderKit.StateMachine.Storage;
using static OrderKit.StateMachine.Tests.SmallShop;

namespace OrderKit.StateMachine.Tests;

/// <summary>Each kind of decision and each reason once, as an example by hand.</summary>
public sealed class DecisionTests
{
    private const string Unexpected = BuiltInCases.UnexpectedFact;

    [Fact]
    public void A_creation_puts_an_order_where_its_profile_begins()
    {
        var order = new Walk(Model, "PREPAID", due: 990, ordered: 3);

        Expect(order, DecisionKind.Applied, DecisionReason.Expected, Paid, Waiting);
        Assert.Equal((1L, 990L, 3L), (order.Order.Version, order.Sum(Counter.Due), order.Sum(Counter.Ordered)));
        Assert.Equal(new FacetVersions(1, 1, 0, 0), order.Order.Since);
        Assert.True(order.Order.Exists);
        Assert.Equal(0b11, order.Last.MovedFacets);
        Assert.NotEqual(0u, order.Order.Anchors);
    }

    [Fact]
    public void A_creation_brings_the_holds_of_its_profile() => Assert.Equal(["group"], new Walk(Model, "GROUP").Holds);

    [Fact]
    public void A_second_creation_is_a_repetition()
    {
        var order = new Walk(Model);
        order.Tell("captured");

        order.Tell("placed", amount: 5, quantity: 7);

        Expect(order, DecisionKind.AlreadyApplied, DecisionReason.SameState, Paid, Waiting);
        Assert.Equal((1000L, 2L), (order.Sum(Counter.Due), order.Sum(Counter.Ordered)));
    }

    [Fact]
    public void A_fact_cannot_be_decided_before_its_order_exists() =>
        Assert.Throws<InvalidOperationException>(() => Model.Decide(new OrderSnapshot { Model = Model.Fingerprint }, new FactArguments(Model.TriggerNamed("captured")!.Index, FactStanding.Fact)));

    [Fact]
    public void An_expected_fact_is_applied()
    {
        var order = new Walk(Model);

        order.Tell("captured", amount: 1000);

        Expect(order, DecisionKind.Applied, DecisionReason.Expected, Paid, Waiting);
        Assert.Equal((2L, new FacetVersions(2, 1, 0, 0)), (order.Order.Version, order.Order.Since));
        Assert.Equal(0b01, order.Last.MovedFacets);
        Assert.Equal(1000, order.Sum(Counter.Captured));
    }

    [Theory]
    [InlineData(long.MaxValue / 4)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue + 1)]
    public void A_sum_that_would_leave_its_range_stays_opens_a_case_and_closes_none(long amount)
    {
        var order = new Walk(Model);
        order.Tell("refunded", amount: long.MaxValue / 4);
        Assert.Equal(["over-refund"], order.Cases);

        // Added without a check, the sum would be negative and the refund would look covered.
        var decision = order.Tell("refunded", amount: amount);

        Assert.Equal((DecisionKind.Contradictory, DecisionReason.SumOutOfRange), (decision.Kind, decision.Reason));
        Assert.Equal(long.MaxValue / 4, order.Sum(Counter.Refunded));
        Assert.Equal(["over-refund", Unexpected], order.Cases);
    }

    [Fact]
    public void An_order_cannot_be_created_with_a_sum_out_of_its_range() =>
        Assert.Throws<InvalidOperationException>(() => new Walk(Model, due: long.MaxValue));

    [Fact]
    public void A_branch_sees_the_sums_after_the_fact()
    {
        var order = new Walk(Model, due: 1000);

        order.Tell("captured", amount: 400);
        Expect(order, DecisionKind.Applied, DecisionReason.Expected, PartPaid, Waiting);
        order.Tell("captured", amount: 600);
        Expect(order, DecisionKind.Applied, DecisionReason.Expected, Paid, Waiting);
    }

    [Fact]
    public void A_fact_for_the_state_that_the_order_is_in_is_already_applied()
    {
        var order = Told("captured", "captured");

        Expect(order, DecisionKind.AlreadyApplied, DecisionReason.SameState, Paid, Waiting);
        Assert.Equal(1000, order.Sum(Counter.Captured));
    }

    [Fact]
    public void A_fact_behind_the_order_is_late_and_its_figure_still_counts()
    {
        var order = Told("captured", "release", "outbound");

        order.Tell("packed", quantity: 2);

        Expect(order, DecisionKind.Late, DecisionReason.PassedState, Paid, Shipped);
        Assert.Equal(2, order.Sum(Counter.Packed));
        Assert.Equal(0, order.Last.MovedFacets);
    }

    [Fact]
    public void More_money_for_a_paid_order_is_counted_although_nothing_moves()
    {
        var order = Told("captured");

        order.Tell("captured", amount: 300);

        Expect(order, DecisionKind.AlreadyApplied, DecisionReason.SameState, Paid, Waiting);
        Assert.Equal(1300, order.Sum(Counter.Captured));
    }

    [Fact]
    public void A_late_command_counts_nothing()
    {
        var order = Told("captured", "release", "outbound");

        order.Tell("packed", FactStanding.Command, quantity: 2);

        Expect(order, DecisionKind.Late, DecisionReason.PassedState, Paid, Shipped);
        Assert.Equal(0, order.Sum(Counter.Packed));
    }

    [Fact]
    public void A_figure_that_is_set_is_not_set_by_a_late_fact()
    {
        var order = Told("captured", "release", "packed");

        order.Tell("repriced", amount: 1, quantity: 1);

        Expect(order, DecisionKind.Late, DecisionReason.PassedState, Paid, Packed);
        Assert.Equal((1000L, 2L), (order.Sum(Counter.Due), order.Sum(Counter.Ordered)));
    }

    [Fact]
    public void A_figure_is_set_where_the_fact_is_in_time_and_brings_one()
    {
        var order = new Walk(Model);

        order.Tell("repriced", amount: 700);

        Expect(order, DecisionKind.Applied, DecisionReason.Expected, Unpaid, Waiting);
        Assert.Equal((700L, 2L), (order.Sum(Counter.Due), order.Sum(Counter.Ordered)));
    }

    [Fact]
    public void An_owners_fact_that_skips_states_leaps()
    {
        var order = Told("captured", "outbound");

        Expect(order, DecisionKind.Early, DecisionReason.SkippedStates, Paid, Shipped);
        Assert.Equal(2, order.Sum(Counter.Shipped));
    }

    [Fact]
    public void A_command_does_not_leap()
    {
        var order = Told("captured");
        order.Tell("outbound", FactStanding.Command);

        Expect(order, DecisionKind.Rejected, DecisionReason.NotAllowed, Paid, Waiting);
    }

    [Fact]
    public void An_owners_fact_from_beside_the_way_lands_and_opens_a_case()
    {
        var order = Told("captured", "cancel", "outbound");

        Expect(order, DecisionKind.Contradictory, DecisionReason.ContradictsState, Paid, Shipped, Unexpected);
        Assert.Equal(2, order.Sum(Counter.Shipped));
    }

    [Fact]
    public void A_command_from_beside_the_way_is_rejected()
    {
        var order = Told("captured", "cancel");
        order.Tell("outbound", FactStanding.Command);

        Expect(order, DecisionKind.Rejected, DecisionReason.NotAllowed, Paid, Cancelled);
        Assert.Equal(0, order.Sum(Counter.Shipped));
    }

    [Fact]
    public void A_rule_may_say_that_a_fact_contradicts_a_state()
    {
        var order = new Walk(Model);
        order.Tell("captured", amount: 1);

        order.Tell("payment-closed");

        Expect(order, DecisionKind.Contradictory, DecisionReason.ContradictsState, PartPaid, Waiting, "closed-after-money");
        Assert.Equal(0, order.Last.MovedFacets);
    }

    [Fact]
    public void A_rule_may_say_that_a_fact_is_late() =>
        Expect(Told("captured", "payment-closed"), DecisionKind.Late, DecisionReason.PassedState, Paid, Waiting);

    [Fact]
    public void An_owners_fact_that_contradicts_the_rest_of_the_order_takes_effect_and_opens_a_case()
    {
        var order = Told("outbound");

        Expect(order, DecisionKind.Contradictory, DecisionReason.ContradictsOrder, Unpaid, Shipped, "unpaid-shipment");
        Assert.Equal(2, order.Sum(Counter.Shipped));
    }

    [Fact]
    public void A_late_fact_whose_figure_contradicts_the_order_opens_its_case_too()
    {
        var order = Told("delivered");

        order.Tell("outbound", quantity: 1);

        Expect(order, DecisionKind.Contradictory, DecisionReason.ContradictsOrder, Unpaid, Delivered, "unpaid-shipment");
        Assert.Equal(1, order.Sum(Counter.Shipped));
    }

    [Fact]
    public void A_late_fact_that_changes_nothing_opens_no_case()
    {
        var order = Told("delivered");

        order.Tell("outbound", quantity: 0);

        Expect(order, DecisionKind.Late, DecisionReason.PassedState, Unpaid, Delivered);
    }

    [Fact]
    public void The_fact_after_which_a_case_is_settled_closes_it()
    {
        var order = Told("outbound");
        order.Tell("captured", amount: 999);
        Assert.Equal(["unpaid-shipment"], order.Cases);

        order.Tell("captured", amount: 1);

        Expect(order, DecisionKind.Applied, DecisionReason.Expected, Paid, Shipped);
    }

    [Fact]
    public void A_case_without_a_closing_condition_stays_open()
    {
        var order = new Walk(Model);
        order.Tell("captured", amount: 1);
        order.TellAll("payment-closed", "captured", "release", "packed", "outbound", "delivered");

        Assert.Equal(["closed-after-money"], order.Cases);
    }

    [Fact]
    public void A_closing_condition_sees_the_sums_after_the_fact()
    {
        var order = new Walk(Model);
        order.Tell("refunded", amount: 5);
        Expect(order, DecisionKind.Contradictory, DecisionReason.ContradictsOrder, Unpaid, Waiting, "over-refund");

        order.Tell("captured", amount: 4);
        Assert.Equal(["over-refund"], order.Cases);
        order.Tell("captured", amount: 1);
        Assert.Empty(order.Cases);
    }

    [Fact]
    public void A_case_is_not_closed_by_the_fact_that_opens_it_again()
    {
        var model = Tiny.With((m, _) => m.Fact("odd").Opens(m.Case("odd", "", "").ClosedWhen("always", static (in DecisionContext _) => true)));
        var order = new Walk(model);

        order.TellAll("odd", "odd");

        Assert.Equal(["odd"], order.Cases);
    }

    [Fact]
    public void A_command_that_opens_a_case_is_applied_all_the_same()
    {
        var model = Tiny.With((m, _) => m.Timer("expired").Opens(m.Case("late", "", "")));
        var order = new Walk(model);

        order.Tell("expired");

        Assert.Equal((DecisionKind.Applied, DecisionReason.Expected), (order.Last.Kind, order.Last.Reason));
        Assert.Equal(["late"], order.Cases);
    }

    [Fact]
    public void Nothing_goes_back_behind_an_anchor()
    {
        var order = Told("captured", "release", "packed", "cancel", "intercept-failed");

        Expect(order, DecisionKind.Late, DecisionReason.BehindAnchor, Paid, Intercepting);
        Assert.Equal(0, order.Last.MovedFacets);
    }

    [Fact]
    public void Without_an_anchor_the_same_fact_goes_back() =>
        Expect(Told("captured", "release", "cancel", "intercept-failed"), DecisionKind.Applied, DecisionReason.Expected, Paid, Released);

    [Fact]
    public void A_clash_behind_an_anchor_is_late_and_opens_no_case()
    {
        var order = Told("captured", "release", "outbound");
        order.Tell("outbound-revoked", flags: FactFlags.RevokesKnownFact);
        var packed = Told("captured", "release", "packed", "cancel");

        // 202 was reached before; landing on it again from beside the way is no step behind it.
        packed.Tell("packed", quantity: 0);
        Expect(packed, DecisionKind.Contradictory, DecisionReason.ContradictsState, Paid, Packed, Unexpected);

        var model = Tiny.With((m, tiny) =>
        {
            var low = tiny.Next(2, 5);
            var high = tiny.Next(3, 9).Anchor();
            var aside = tiny.Detour(4);
            m.Fact("low", tiny.Goods).Lands(low);
            m.Command("leave", tiny.Goods).From(high).To(aside);
        });
        var shipped = new Walk(model);
        shipped.TellAll("to-3", "leave", "low");
        Assert.Equal((DecisionKind.Late, DecisionReason.BehindAnchor), (shipped.Last.Kind, shipped.Last.Reason));
        Assert.Equal([4], shipped.States);
        Assert.Empty(shipped.Cases);
    }

    [Fact]
    public void A_follower_does_not_go_back_behind_an_anchor_either()
    {
        var model = OrderModel.Define("followers", 1, m =>
        {
            var pay = m.Facet("pay");
            var unpaid = pay.State(100, "Unpaid", "", 0).Resting();
            var paid = pay.State(101, "Paid", "", 5).Resting();
            var goods = m.Facet("goods");
            var open = goods.State(200, "Open", "", 0).Resting();
            var packed = goods.State(202, "Packed", "", 5).Anchor().Resting();
            var stopped = goods.Aside(306, "Stopped", "").Resting();
            m.Creation("placed");
            m.Command("pack", goods).From(open).To(packed);
            m.Command("stop", goods).From(open, packed).To(stopped);
            m.Fact("captured", pay).From(unpaid).To(paid).From(stopped).To(open);
            m.Profile("P", [unpaid, open], []);
            m.HeadlineFromFacet(goods);
        });
        var unpacked = new Walk(model);
        unpacked.TellAll("stop", "captured");
        Assert.Equal([101, 200], unpacked.States);

        var packed = new Walk(model);
        packed.TellAll("pack", "stop", "captured");
        Assert.Equal([101, 306], packed.States);
        Assert.Equal(0b01, packed.Last.MovedFacets);
    }

    [Fact]
    public void Another_facet_follows_the_one_that_moves()
    {
        var order = Told("cancel");

        Expect(order, DecisionKind.Applied, DecisionReason.Expected, Closed, Cancelled);
        Assert.Equal(0b11, order.Last.MovedFacets);
        Assert.Equal(new FacetVersions(2, 2, 0, 0), order.Order.Since);
    }

    [Fact]
    public void A_facet_without_a_rule_does_not_follow() =>
        Expect(Told("captured", "cancel"), DecisionKind.Applied, DecisionReason.Expected, Paid, Cancelled);

    [Fact]
    public void Nobody_follows_what_takes_no_effect()
    {
        var order = Told("outbound");
        order.Tell("cancel");

        Expect(order, DecisionKind.Late, DecisionReason.PassedState, Unpaid, Shipped, "unpaid-shipment");
    }

    [Fact]
    public void Money_and_goods_in_another_currency_are_noted_and_open_a_case()
    {
        var order = new Walk(Model);

        order.Tell("captured", amount: 1000, flags: FactFlags.ForeignCurrency);

        Expect(order, DecisionKind.Contradictory, DecisionReason.ForeignCurrency, Unpaid, Waiting, BuiltInCases.ForeignCurrency);
        Assert.Equal(0, order.Sum(Counter.Captured));
    }

    [Fact]
    public void A_currency_does_not_matter_to_a_fact_about_goods()
    {
        var order = Told("captured", "release");
        order.Tell("packed", flags: FactFlags.ForeignCurrency);

        Expect(order, DecisionKind.Applied, DecisionReason.Expected, Paid, Packed);
    }

    [Fact]
    public void A_creation_in_another_currency_sets_no_money()
    {
        var decision = Model.Decide(
            new OrderSnapshot { Model = Model.Fingerprint },
            new FactArguments(Model.TriggerNamed("placed")!.Index, FactStanding.Fact, 5, 7, Flags: FactFlags.ForeignCurrency));

        Assert.Equal((CounterChange.None, new CounterChange((int)Counter.Ordered, 7)), (decision.First, decision.Second));
    }

    [Fact]
    public void The_source_of_an_anchor_can_revoke_it()
    {
        var order = Told("captured", "release", "packed", "outbound");
        var anchors = order.Order.Anchors;

        order.Tell("outbound-revoked", flags: FactFlags.RevokesKnownFact);

        Expect(order, DecisionKind.Applied, DecisionReason.Expected, Paid, Packed);
        Assert.Equal(0, order.Sum(Counter.Shipped));
        Assert.Equal(1, System.Numerics.BitOperations.PopCount(anchors ^ order.Order.Anchors));
        order.Tell("outbound");
        Assert.Equal(anchors, order.Order.Anchors);
    }

    [Fact]
    public void Pieces_are_taken_only_as_far_as_they_are_there()
    {
        var order = Told("captured", "release", "packed");
        order.Tell("outbound", quantity: 2);

        order.Tell("outbound-revoked", quantity: 5, flags: FactFlags.RevokesKnownFact);

        Assert.Equal(0, order.Sum(Counter.Shipped));
        order.Tell("outbound", quantity: 2);
        order.Tell("outbound-revoked", quantity: 1, flags: FactFlags.RevokesKnownFact);
        Assert.Equal(1, order.Sum(Counter.Shipped));
    }

    [Fact]
    public void A_revocation_of_what_nobody_told_changes_nothing_and_opens_a_case()
    {
        var order = Told("captured", "release", "packed", "outbound");
        var before = order.Order;

        order.Tell("outbound-revoked");

        Expect(order, DecisionKind.Contradictory, DecisionReason.NothingToRevoke, Paid, Shipped, BuiltInCases.NothingToRevoke);
        Assert.Equal((before.Anchors, before.Counters), (order.Order.Anchors, order.Order.Counters));
    }

    [Fact]
    public void A_revocation_in_a_state_for_which_no_rule_speaks_takes_nothing_away()
    {
        var order = Told("captured", "release", "packed", "outbound", "delivered");

        var anchors = order.Order.Anchors;

        order.Tell("outbound-revoked", flags: FactFlags.RevokesKnownFact);

        Expect(order, DecisionKind.Contradictory, DecisionReason.ContradictsState, Paid, Delivered, Unexpected);
        Assert.Equal((2L, anchors), (order.Sum(Counter.Shipped), order.Order.Anchors));
    }

    [Theory, InlineData(FactStanding.Fact), InlineData(FactStanding.Command), InlineData(FactStanding.Report)]
    public void An_id_used_for_two_contents_opens_a_case_whoever_speaks(FactStanding standing)
    {
        var order = new Walk(Model);
        order.Tell("captured", standing, flags: FactFlags.IdReused);
        Expect(order, DecisionKind.Contradictory, DecisionReason.IdReused, Unpaid, Waiting, BuiltInCases.IdReused);

        order = new Walk(Model);
        order.Tell("placed", standing, flags: FactFlags.IdReused);
        Expect(order, DecisionKind.Contradictory, DecisionReason.IdReused, Unpaid, Waiting, BuiltInCases.IdReused);
        Assert.Equal(0, order.Sum(Counter.Captured));
    }

    [Fact]
    public void A_command_from_a_state_without_a_rule_is_rejected()
    {
        var order = Told("captured", "release", "packed", "release");

        Expect(order, DecisionKind.Rejected, DecisionReason.NotAllowed, Paid, Packed);
        Assert.False(order.Last.Changes(order.Order));
    }

    [Fact]
    public void A_command_whose_wish_is_fulfilled_is_already_applied()
    {
        Expect(Told("captured", "release", "release"), DecisionKind.AlreadyApplied, DecisionReason.SameState, Paid, Released);
        Expect(Told("cancel", "cancel"), DecisionKind.AlreadyApplied, DecisionReason.SameState, Closed, Cancelled);
    }

    [Fact]
    public void A_fulfilled_wish_is_not_guarded()
    {
        var order = Told("captured", "release");
        order.Tell("hold-placed", holds: ["risk"]);

        order.Tell("release");

        Expect(order, DecisionKind.AlreadyApplied, DecisionReason.SameState, Paid, Released);
    }

    [Fact]
    public void A_command_is_guarded_and_every_guard_that_fails_is_named()
    {
        var order = new Walk(Model, ordered: 0);

        order.Tell("release");

        Expect(order, DecisionKind.GuardFailed, DecisionReason.Guarded, Unpaid, Waiting);
        Assert.Equal(["paid", "ordered"], Model.GuardCodes(order.Last.FailedGuards));
    }

    [Fact]
    public void A_hold_stops_a_command_and_is_told_apart()
    {
        var order = Told("captured");
        order.Tell("hold-placed", holds: ["risk"]);

        order.Tell("release");
        Expect(order, DecisionKind.GuardFailed, DecisionReason.Held, Paid, Waiting);
        Assert.Equal(["held"], Model.GuardCodes(order.Last.FailedGuards));

        order.Tell("hold-released", holds: ["risk"]);
        order.Tell("release");
        Expect(order, DecisionKind.Applied, DecisionReason.Expected, Paid, Released);
        Assert.Empty(Model.GuardCodes(order.Last.FailedGuards));
    }

    [Fact]
    public void A_hold_and_a_guard_are_both_told()
    {
        var order = new Walk(Model, "GROUP");

        order.Tell("release");

        Expect(order, DecisionKind.GuardFailed, DecisionReason.Guarded, Unpaid, Waiting);
        Assert.Equal(["held", "paid"], Model.GuardCodes(order.Last.FailedGuards));
    }

    [Fact]
    public void Holds_and_guards_do_not_stop_an_owners_fact()
    {
        var order = Told("captured");
        order.Tell("hold-placed", holds: ["risk"]);

        order.Tell("release", FactStanding.Fact);

        Expect(order, DecisionKind.Applied, DecisionReason.Expected, Paid, Released);
    }

    [Fact]
    public void An_owners_fact_under_a_commands_name_is_never_refused()
    {
        var order = Told("captured", "release", "packed", "outbound", "delivered");

        order.Tell("cancel", FactStanding.Fact);

        Expect(order, DecisionKind.Contradictory, DecisionReason.ContradictsState, Paid, Delivered, Unexpected);
    }

    [Fact]
    public void Holds_are_placed_and_released_once()
    {
        var order = new Walk(Model);

        order.Tell("hold-placed", holds: ["risk", "group"]);
        Assert.Equal((DecisionKind.Applied, DecisionReason.Expected), (order.Last.Kind, order.Last.Reason));
        Assert.Equal(["risk", "group"], order.Holds);
        order.Tell("hold-placed", holds: ["risk"]);
        Assert.Equal((DecisionKind.AlreadyApplied, DecisionReason.SameState), (order.Last.Kind, order.Last.Reason));
        Assert.Equal(["risk", "group"], order.Holds);
        order.Tell("hold-asked", holds: ["risk"]);
        Assert.Equal(DecisionKind.AlreadyApplied, order.Last.Kind);

        order.Tell("hold-released", holds: ["risk"]);
        Assert.Equal(DecisionKind.Applied, order.Last.Kind);
        Assert.Equal(["group"], order.Holds);
        order.Tell("hold-released", holds: ["risk"]);
        Assert.Equal((DecisionKind.AlreadyApplied, DecisionReason.SameState), (order.Last.Kind, order.Last.Reason));
    }

    [Fact]
    public void A_trigger_may_release_a_hold_by_itself()
    {
        var order = new Walk(Model, "GROUP");
        order.Tell("hold-placed", holds: ["risk"]);

        order.Tell("group-formed");

        Assert.Equal(["risk"], order.Holds);
    }

    [Fact]
    public void A_hold_may_be_released_only_when_a_condition_holds_after_the_fact()
    {
        var order = new Walk(Model);
        order.Tell("hold-placed", holds: ["balance"]);

        order.Tell("captured", amount: 999);
        Assert.Equal(["balance"], order.Holds);
        order.Tell("captured", amount: 1);
        Assert.Empty(order.Holds);
    }

    [Fact]
    public void A_fact_that_moves_the_order_is_applied_even_if_its_holds_stand_already()
    {
        var order = Told("captured", "release");
        order.Tell("stopped");
        Expect(order, DecisionKind.Applied, DecisionReason.Expected, Paid, Intercepting);

        order = Told("captured", "release");
        order.Tell("hold-placed", holds: ["risk"]);
        order.Tell("stopped", holds: ["risk"]);
        Expect(order, DecisionKind.Applied, DecisionReason.Expected, Paid, Intercepting);
    }

    [Fact]
    public void Without_a_figure_all_that_remains_is_meant()
    {
        var order = new Walk(Model, due: 1000, ordered: 5);
        order.Tell("captured", amount: 300);
        order.Tell("captured");
        Assert.Equal(1000, order.Sum(Counter.Captured));
        order.Tell("refunded", amount: 400);
        order.Tell("refunded");
        Assert.Equal(1000, order.Sum(Counter.Refunded));

        order.Tell("release");
        order.Tell("packed", quantity: 2);
        order.Tell("packed");
        Assert.Equal(5, order.Sum(Counter.Packed));
    }

    [Fact]
    public void Nothing_remains_of_a_sum_that_is_exceeded()
    {
        var order = new Walk(Model, due: 1000);
        order.Tell("captured", amount: 1200);

        order.Tell("captured");

        Assert.Equal(1200, order.Sum(Counter.Captured));
    }

    [Fact]
    public void A_sum_is_cleared_only_by_a_fact_that_moves_the_order()
    {
        var order = Told("captured", "release");
        order.Tell("packed", FactStanding.Fact, quantity: 0);
        var elsewhere = new Walk(Model);
        elsewhere.Tell("packed", quantity: 2);
        elsewhere.Tell("emptied");
        Assert.Equal(2, elsewhere.Sum(Counter.Packed));

        var model = Tiny.With((m, tiny) =>
        {
            var next = tiny.Next(2, 5);
            m.Fact("filled").AddsQuantity(Counter.Packed, Counter.Ordered);
            m.Fact("emptied", tiny.Goods).Clears(Counter.Packed).From(next).To(tiny.Open);
        });
        var moved = new Walk(model, ordered: 0);
        moved.Tell("filled", quantity: 4);
        moved.Tell("emptied");
        Assert.Equal(4, moved.Sum(Counter.Packed));
        moved.TellAll("to-2", "emptied");
        Assert.Equal(0, moved.Sum(Counter.Packed));
    }

    [Fact]
    public void A_case_is_not_closed_by_a_sum_that_was_not_changed_after_all()
    {
        static bool IsEmpty(in DecisionContext c) => c.Counter(Counter.Packed) == 0;

        var model = Tiny.With((m, tiny) =>
        {
            var next = tiny.Next(2, 5);
            m.Fact("filled").AddsQuantity(Counter.Packed, Counter.Ordered).Opens(m.Case("full", "", "").ClosedWhen("empty", IsEmpty));
            m.Fact("emptied", tiny.Goods).Clears(Counter.Packed).From(next).To(tiny.Open);
            m.Fact("maybe-emptied", tiny.Goods).Clears(Counter.Packed, "never", static (in DecisionContext _) => false).From(tiny.Open).To(next);
        });
        var order = new Walk(model);
        order.Tell("filled", quantity: 4);

        order.TellAll("emptied", "maybe-emptied");
        Assert.Equal(("2", 4L), (order.At, order.Sum(Counter.Packed)));
        Assert.Equal(["full"], order.Cases);

        order.Tell("emptied");
        Assert.Equal(0, order.Sum(Counter.Packed));
        Assert.Empty(order.Cases);
    }

    [Fact]
    public void Conditions_see_the_order_before_the_fact_and_after_it()
    {
        string? seen = null;
        var model = Tiny.With((m, tiny) =>
        {
            var next = tiny.Next(2, 5).Anchor().Traits(new Trait("boxed"));
            m.Fact("moved", tiny.Goods).Lands(next).AddsQuantity(Counter.Packed, Counter.Ordered).AddsAmount(Counter.Captured, Counter.Due).KeyedBy(ReferenceKind.Payment)
                .From(tiny.Open).To(next)
                .Contradicts(m.Case("odd", "", ""), "look", (in DecisionContext c) =>
                {
                    seen = $"{c.Before.States[0]}>{c.After[0]} in:{c.IsIn(2)} was:{c.Reached(2)} boxed:{c.Has(new Trait("boxed"))} "
                        + $"{c.Counter(Counter.Packed)}/{c.Counter(Counter.Captured)}/{c.Counter(Counter.Due)} {c.HasProfile("P")}/{c.HasProfile("Q")} {c.Fact.Quantity} {c.IsIn(77)}/{c.Reached(77)}";
                    return false;
                });
        });
        var order = new Walk(model, due: 0);

        order.Tell("moved", quantity: 3, amount: 8);

        Assert.Equal("1>2 in:True was:True boxed:True 3/8/0 True/False 3 False/False", seen);
    }

    private static Walk Told(params ReadOnlySpan<string> triggers)
    {
        var order = new Walk(Model);
        order.TellAll(triggers);
        return order;
    }

    private static void Expect(Walk order, DecisionKind kind, DecisionReason reason, int pay, int goods, params string[] cases)
    {
        Assert.Equal((kind, reason), (order.Last.Kind, order.Last.Reason));
        Assert.Equal([pay, goods], order.States);
        Assert.Equal(cases, order.Cases);
    }
}

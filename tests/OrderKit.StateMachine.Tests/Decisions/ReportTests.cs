using OrderKit.Core;
using static OrderKit.StateMachine.Tests.SmallShop;

namespace OrderKit.StateMachine.Tests;

/// <summary>What another system believes about an order.</summary>
public sealed class ReportTests
{
    [Fact]
    public void A_report_of_the_state_that_the_order_is_in_is_no_news() => Expect([], Waiting, DecisionKind.AlreadyApplied, DecisionReason.SameState, Unpaid, Waiting);

    [Fact]
    public void A_report_moves_an_order_along_a_stretch_without_anchors() =>
        Expect(["captured"], Released, DecisionKind.Applied, DecisionReason.Expected, Paid, Released);

    [Fact]
    public void A_report_never_reaches_an_anchor() => Expect(["captured", "release"], Packed, DecisionKind.Early, DecisionReason.NoEvidence, Paid, Released);

    [Fact]
    public void A_report_never_leaps_over_an_anchor() => Expect(["captured", "release", "packed"], Delivered, DecisionKind.Early, DecisionReason.NoEvidence, Paid, Packed);

    [Fact]
    public void Beyond_the_last_anchor_a_report_is_believed() =>
        Expect(["captured", "release", "packed", "outbound"], Delivered, DecisionKind.Applied, DecisionReason.Expected, Paid, Delivered);

    [Fact]
    public void A_report_behind_the_order_is_late() => Expect(["captured", "release", "packed"], Waiting, DecisionKind.Late, DecisionReason.PassedState, Paid, Packed);

    [Fact]
    public void A_report_never_ends_an_order_beside_the_way() => Expect([], Closed, DecisionKind.Early, DecisionReason.NoEvidence, Unpaid, Waiting);

    [Fact]
    public void A_report_of_an_end_beside_the_way_contradicts_an_anchor() =>
        Expect(["captured"], Closed, DecisionKind.Contradictory, DecisionReason.ContradictsState, Paid, Waiting, BuiltInCases.ReportContradicts);

    [Fact]
    public void A_report_of_a_detour_brings_no_evidence() => Expect(["captured"], Intercepting, DecisionKind.Early, DecisionReason.NoEvidence, Paid, Waiting);

    [Fact]
    public void A_report_that_an_ended_order_goes_on_contradicts_it() =>
        Expect(["cancel"], Released, DecisionKind.Contradictory, DecisionReason.ContradictsState, Closed, Cancelled, BuiltInCases.ReportContradicts);

    [Fact]
    public void A_report_cannot_lead_back_from_a_detour() =>
        Expect(["captured", "release", "cancel"], Released, DecisionKind.Early, DecisionReason.NoEvidence, Paid, Intercepting);

    [Theory, InlineData(0), InlineData(999), InlineData(-7)]
    public void A_report_of_no_known_state_is_noted(int code) => Expect([], code, DecisionKind.Early, DecisionReason.NoEvidence, Unpaid, Waiting);

    [Fact]
    public void Any_trigger_may_be_told_as_a_report_of_where_it_lands()
    {
        var order = new Walk(Model);
        order.Tell("captured", FactStanding.Report, amount: 1000);

        Assert.Equal((DecisionKind.Early, DecisionReason.NoEvidence), (order.Last.Kind, order.Last.Reason));
        Assert.Equal((Unpaid, 0L), (order.States[0], order.Sum(Counter.Captured)));

        order.TellAll("captured", "release", "packed", "outbound");
        order.Tell("delivered", FactStanding.Report);
        Assert.Equal((DecisionKind.Applied, Delivered), (order.Last.Kind, order.States[1]));
    }

    [Fact]
    public void A_report_places_no_hold_and_revokes_nothing()
    {
        var order = new Walk(Model);
        order.TellAll("captured", "release", "packed", "outbound");
        var before = order.Order;

        order.Tell("hold-placed", FactStanding.Report, holds: ["risk"]);
        order.Tell("outbound-revoked", FactStanding.Report, flags: FactFlags.RevokesKnownFact);

        Assert.Equal(before with { Version = before.Version + 2 }, order.Order);
    }

    [Fact]
    public void A_report_that_moves_the_order_closes_what_it_settles()
    {
        var model = Tiny.With((m, tiny) =>
        {
            m.StatusReport("reported");
            m.Fact("slow").Opens(m.Case("slow", "", "").ClosedWhen("moved", static (in DecisionContext c) => c.IsIn(2)));
            tiny.Next(2, 5);
        });
        var order = new Walk(model);
        order.Tell("slow");

        order.Tell("reported", reported: 2);

        Assert.Equal([2], order.States);
        Assert.Empty(order.Cases);
    }

    private static void Expect(string[] told, int reported, DecisionKind kind, DecisionReason reason, int pay, int goods, params string[] cases)
    {
        var order = new Walk(Model);
        order.TellAll(told);
        var before = order.Order;

        order.Tell("reported", reported: reported);

        Assert.Equal((kind, reason), (order.Last.Kind, order.Last.Reason));
        Assert.Equal([pay, goods], order.States);
        Assert.Equal(cases, order.Cases);
        Assert.Equal((before.Anchors, before.Counters, before.Holds), (order.Order.Anchors, order.Order.Counters, order.Order.Holds));
        Assert.Equal(kind is DecisionKind.Applied or DecisionKind.Contradictory, order.Rows[^1].IsTransition);
    }
}

using System.Numerics;
using OrderKit.Core;

namespace OrderKit.StateMachine.Tests;

/// <summary>What must be true of every decision of every model, whatever the order and the fact.</summary>
internal static class Invariants
{
    public static void HoldFor(OrderModel model, in OrderSnapshot before, in FactArguments fact, in Decision decision)
    {
        var after = before;
        decision.ApplyTo(ref after);
        var trigger = model.Triggers[fact.Trigger];

        Require(decision == model.Decide(before, fact), "The same arguments give the same decision.", model, before, fact, decision);
        Require(after.Version == before.Version + 1, "The version grows by one.", model, before, fact, decision);
        Require(model.Knows(after), "The order stays in states of its model.", model, before, fact, decision);
        Require(
            decision.Kind is not (DecisionKind.Rejected or DecisionKind.GuardFailed) || fact.Standing == FactStanding.Command,
            "Only commands are refused.", model, before, fact, decision);
        Require(
            decision.Kind == DecisionKind.GuardFailed == (decision.FailedGuards != 0), "A guard that failed is named.", model, before, fact, decision);
        if (decision.Kind is DecisionKind.Rejected or DecisionKind.GuardFailed)
        {
            Require(!decision.Changes(before), "A refusal changes nothing.", model, before, fact, decision);
        }

        if (!decision.Changes(before))
        {
            Require(after == before with { Version = after.Version }, "What changes nothing changes nothing.", model, before, fact, decision);
        }

        if (decision.Kind == DecisionKind.Contradictory)
        {
            Require(decision.Cases != 0, "A contradiction has an open case.", model, before, fact, decision);
        }

        if (decision.Kind is DecisionKind.Late or DecisionKind.AlreadyApplied)
        {
            Require(decision.MovedFacets == 0 && decision.Holds == before.Holds, "What is late or done moves nothing.", model, before, fact, decision);
            var evidence = decision.Kind == DecisionKind.Late && fact.Standing == FactStanding.Fact ? model.AnchorBit(model.Triggers[fact.Trigger].Lands) : 0;
            Require((decision.Anchors & ~evidence) == (before.Anchors & ~evidence), "What is late brings at most the evidence of its own milestone.", model, before, fact, decision);
        }

        var lost = before.Anchors & ~decision.Anchors;
        var isRevocation = (fact.Flags & FactFlags.RevokesKnownFact) != 0 && fact.Standing != FactStanding.Report;
        Require(lost == 0 || isRevocation, "Only a known fact's revocation undoes an anchor.", model, before, fact, decision);
        var anchors = decision.Anchors;
        for (var facet = 0; facet < model.Facets.Count; facet++)
        {
            var moved = (decision.MovedFacets >> facet & 1) != 0;
            Require(moved || before.States[facet] == after.States[facet], "What moved is told.", model, before, fact, decision);
            Require(after.Since[facet] == (moved ? after.Version : before.Since[facet]), "A facet remembers when it moved.", model, before, fact, decision);
            var state = model.StateOf(after.States[facet])!;
            if (moved)
            {
                Require(!state.IsAnchor || (decision.Anchors & model.AnchorBit(state.Code)) != 0, "A reached anchor is kept.", model, before, fact, decision);
                var floor = model.States.Where(s => s.Facet == facet && (anchors & model.AnchorBit(s.Code)) != 0).Max(s => s.Rank) ?? 0;
                Require(state.Rank is null || state.Rank >= floor, "Nothing goes back behind an anchor.", model, before, fact, decision);
            }
        }

        if (fact.Standing == FactStanding.Report && !trigger.IsCreation)
        {
            Require(
                decision.Anchors == before.Anchors && after.Counters == before.Counters && after.Holds == before.Holds && BitOperations.PopCount((uint)decision.MovedFacets) <= 1,
                "A report reaches no anchor, counts nothing and holds nothing.", model, before, fact, decision);
        }
    }

    /// <summary>Tells a fact, checks the decision, and checks that the fold of the rows is the order.</summary>
    public static Decision TellChecked(this Walk order, in FactArguments fact)
    {
        var before = order.Order;
        var decision = order.Model.Decide(before, fact);
        HoldFor(order.Model, before, fact, decision);
        order.Tell(fact);
        return decision;
    }

    private static void Require(bool holds, string rule, OrderModel model, in OrderSnapshot before, in FactArguments fact, in Decision decision)
    {
        if (!holds)
        {
            Assert.Fail($"{rule}\nTrigger '{model.Triggers[fact.Trigger].Name}'\nOrder {before}\nFact {fact}\nDecision {decision}");
        }
    }
}

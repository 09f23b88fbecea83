using System.Numerics;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

public sealed partial class OrderModel
{
    /// <summary>Says what a fact does to an order.</summary>
    /// <param name="order">The order: bound to this model (see <see cref="Knows"/>), or new, with only model and profile set.</param>
    /// <param name="fact">The fact.</param>
    /// <remarks>Pure and without allocation: the same arguments always give the same decision.</remarks>
    internal Decision Decide(in OrderSnapshot order, in FactArguments fact)
    {
        var trigger = _triggers[fact.Trigger];
        if ((fact.Flags & FactFlags.IdReused) != 0 && order.Exists)
        {
            return Contradiction(in order, fact.Trigger, DecisionReason.IdReused, BuiltInCases.IdReusedBit);
        }

        if (order.Version == 0 || trigger.Info.IsCreation)
        {
            return DecideCreation(in order, in fact, trigger);
        }

        if (trigger.IsStatusReport || fact.Standing == FactStanding.Report)
        {
            return DecideReport(in order, in fact, trigger);
        }

        if ((fact.Flags != FactFlags.None || trigger.Revoked != 0) && Refuse(in order, in fact, trigger) is { } refused)
        {
            return refused;
        }

        if (!TryChange(trigger.First, in order, in fact, out var first) || !TryChange(trigger.Second, in order, in fact, out var second))
        {
            return Contradiction(in order, fact.Trigger, DecisionReason.SumOutOfRange, BuiltInCases.UnexpectedFactBit);
        }

        var kind = DecisionKind.Applied;
        var reason = DecisionReason.Expected;
        var states = order.States;
        var opened = 0u;
        var anchors = order.Anchors & ~trigger.Revoked;
        var target = CompiledBranch.Stays;
        var takesEffect = true;

        if (trigger.Home >= 0)
        {
            ref readonly var rule = ref RuleFor(trigger, states[trigger.Home]);
            switch (rule.Kind)
            {
                case RuleKind.Move:
                    target = rule.Target;
                    break;
                case RuleKind.Branch:
                    target = Choose(rule.Branches!, new DecisionContext(this, in order, in fact, first, second, states, order.Anchors));
                    break;
                case RuleKind.Stay:
                    break;
                case RuleKind.Same:
                    (kind, reason, takesEffect) = (DecisionKind.AlreadyApplied, DecisionReason.SameState, false);
                    break;
                case RuleKind.Late:
                    (kind, reason, takesEffect) = (DecisionKind.Late, DecisionReason.PassedState, false);
                    break;
                case RuleKind.Leap when fact.Standing == FactStanding.Fact:
                    (kind, reason, target) = (DecisionKind.Early, DecisionReason.SkippedStates, rule.Target);
                    break;
                case RuleKind.Clash when fact.Standing == FactStanding.Fact:
                    (kind, reason, target) = (DecisionKind.Contradictory, DecisionReason.ContradictsState, rule.Target);
                    opened = rule.Case;
                    break;
                case RuleKind.Contradicts:
                    (kind, reason, takesEffect) = (DecisionKind.Contradictory, DecisionReason.ContradictsState, false);
                    opened = rule.Case;
                    break;
                case RuleKind.None when fact.Standing == FactStanding.Fact:
                    // The trigger is a command's, but an owner of money or goods tells that it happened.
                    (kind, reason, takesEffect) = (DecisionKind.Contradictory, DecisionReason.ContradictsState, false);
                    opened = BuiltInCases.UnexpectedFactBit;
                    break;
                default:
                    return Unchanged(in order, fact.Trigger, DecisionKind.Rejected, DecisionReason.NotAllowed);
            }

            if (target != CompiledBranch.Stays && IsBehindAnchor(target, trigger.Home, anchors))
            {
                (kind, reason, target, takesEffect) = (DecisionKind.Late, DecisionReason.BehindAnchor, CompiledBranch.Stays, false);
                opened = 0;
            }
        }

        if (fact.Standing == FactStanding.Command && takesEffect && Blocked(in order, in fact, trigger) is var failed and not 0)
        {
            var held = failed == 1 ? DecisionReason.Held : DecisionReason.Guarded;
            return Unchanged(in order, fact.Trigger, DecisionKind.GuardFailed, held) with { FailedGuards = failed };
        }

        var moved = 0;
        if (target != CompiledBranch.Stays)
        {
            Enter(target, ref states, ref anchors, ref moved);
        }

        if (takesEffect && trigger.Followers.Length != 0)
        {
            Follow(
                trigger, new DecisionContext(this, in order, in fact, first, second, states, order.Anchors), ref states, ref anchors,
                ref moved);
        }

        if (!takesEffect || moved == 0)
        {
            first = OnlyIfAlways(trigger.First, first, in fact, takesEffect);
            second = OnlyIfAlways(trigger.Second, second, in fact, takesEffect);
            if (!takesEffect)
            {
                // The evidence of a milestone is evidence also where the order is past it.
                anchors = order.Anchors | (
                    kind == DecisionKind.Late && fact.Standing == FactStanding.Fact ? EvidenceOf(trigger, in order) : 0);
            }
        }
        else if (trigger.HasConditionalSum)
        {
            var context = new DecisionContext(this, in order, in fact, first, second, states, order.Anchors);
            first = OnlyIf(trigger.First, first, in context);
            second = OnlyIf(trigger.Second, second, in context);
        }

        var holds = order.Holds;
        if (trigger.ChangesHolds && takesEffect)
        {
            holds = HoldsAfter(trigger, new DecisionContext(this, in order, in fact, first, second, states, order.Anchors));
            if ((trigger.PlacesHolds || trigger.ReleasesHolds) && kind == DecisionKind.Applied
                && moved == 0 && holds == order.Holds && anchors == order.Anchors && first.Change == 0 && second.Change == 0)
            {
                (kind, reason) = (DecisionKind.AlreadyApplied, DecisionReason.SameState);
            }
        }

        if (trigger.Contradictions.Length != 0 && (takesEffect || first.Change != 0 || second.Change != 0))
        {
            var contradicted = Contradicted(trigger, new DecisionContext(this, in order, in fact, first, second, states, anchors));
            opened |= contradicted;
            if (contradicted != 0 && fact.Standing == FactStanding.Fact)
            {
                (kind, reason) = (DecisionKind.Contradictory, DecisionReason.ContradictsOrder);
            }
        }

        // A case that the fact itself speaks for stays open, whatever its closing condition says.
        var cases = order.Cases | opened;
        if ((order.Cases & ~opened) is var standing and not 0)
        {
            cases &= ~Closed(standing, new DecisionContext(this, in order, in fact, first, second, states, anchors));
        }

        return new Decision
        {
            Kind = kind,
            Reason = reason,
            Trigger = fact.Trigger,
            MovedFacets = moved,
            States = states,
            Holds = holds,
            Cases = cases,
            Anchors = anchors,
            First = first,
            Second = second,
        };
    }

    private static Decision Unchanged(in OrderSnapshot order, int trigger, DecisionKind kind, DecisionReason reason) => new()
    {
        Kind = kind,
        Reason = reason,
        Trigger = trigger,
        States = order.States,
        Holds = order.Holds,
        Cases = order.Cases,
        Anchors = order.Anchors,
        First = CounterChange.None,
        Second = CounterChange.None,
    };

    /// <summary>By how much a fact changes a sum; <see langword="false"/> where the sum would leave its range.</summary>
    private static bool TryChange(CounterRule? rule, in OrderSnapshot order, in FactArguments fact, out CounterChange change)
    {
        change = CounterChange.None;
        if (rule is null || (rule.IsMoney && (fact.Flags & FactFlags.ForeignCurrency) != 0))
        {
            return true;
        }

        var value = rule.IsMoney ? fact.Amount : fact.Quantity;
        if (value != FactArguments.Rest && !OrderCounters.IsInRange(value))
        {
            return false;
        }

        var now = order[rule.Counter];
        change = new((int)rule.Counter, checked(rule.Operation switch
        {
            CounterOperation.Add => value != FactArguments.Rest ? value : Math.Max(0, order[rule.Of] - now),
            CounterOperation.Take => -(value != FactArguments.Rest ? Math.Min(value, now) : now),
            CounterOperation.Set => value != FactArguments.Rest ? value - now : 0,
            _ => -now,
        }));
        return OrderCounters.IsInRange(checked(now + change.Change));
    }

    // What an owner tells of money or goods counts even where it is late; what only follows from a move does not.
    private static CounterChange OnlyIfAlways(CounterRule? rule, CounterChange change, in FactArguments fact, bool takesEffect) =>
        rule is null || rule.OnlyWhenMoved
            || (!takesEffect && (fact.Standing != FactStanding.Fact || rule.Operation == CounterOperation.Set))
            ? CounterChange.None
            : change;

    private static CounterChange OnlyIf(CounterRule? rule, CounterChange change, in DecisionContext context) =>
        rule?.Condition is { } condition && !condition.Holds(in context) ? CounterChange.None : change;

    private static byte Choose(CompiledBranch[] branches, in DecisionContext context)
    {
        foreach (ref readonly var branch in branches.AsSpan())
        {
            if (branch.Condition is null || branch.Condition(in context))
            {
                return branch.Target;
            }
        }

        return CompiledBranch.Stays;
    }

    private static uint Contradicted(CompiledTrigger trigger, in DecisionContext context)
    {
        var opened = 0UL;
        foreach (ref readonly var contradiction in trigger.Contradictions.AsSpan())
        {
            if (contradiction.Condition(in context))
            {
                opened |= contradiction.Bit;
            }
        }

        return (uint)opened;
    }

    private static uint HoldsAfter(CompiledTrigger trigger, in DecisionContext context)
    {
        var holds = context.Before.Holds;
        foreach (ref readonly var release in trigger.Releases.AsSpan())
        {
            if (release.Condition is null || release.Condition(in context))
            {
                holds &= ~release.Bit;
            }
        }

        if (trigger.PlacesHolds)
        {
            return holds | context.Fact.Holds;
        }

        return trigger.ReleasesHolds ? holds & ~context.Fact.Holds : holds;
    }

    private Decision DecideCreation(in OrderSnapshot order, in FactArguments fact, CompiledTrigger trigger)
    {
        if (order.Version != 0)
        {
            return Unchanged(in order, fact.Trigger, DecisionKind.AlreadyApplied, DecisionReason.SameState);
        }

        if (!trigger.Info.IsCreation)
        {
            throw new InvalidOperationException(
                $"'{trigger.Info.Name}' does not create orders, and this order does not exist yet. Park the fact until it does.");
        }

        if (!TryChange(trigger.First, in order, in fact, out var first) || !TryChange(trigger.Second, in order, in fact, out var second))
        {
            throw new InvalidOperationException(
                $"'{trigger.Info.Name}' brings the amount {fact.Amount} and the quantity {fact.Quantity}; "
                + $"a sum is at most {OrderCounters.Limit}.");
        }

        var profile = _profiles[order.Profile];
        var anchors = 0u;
        for (var facet = 0; facet < _facetCount; facet++)
        {
            anchors |= _anchorBit[_indexOf[profile.Initial[facet]]];
        }

        return new Decision
        {
            Kind = DecisionKind.Applied,
            Trigger = fact.Trigger,
            MovedFacets = (1 << _facetCount) - 1,
            States = profile.Initial,
            Holds = profile.Holds | (trigger.PlacesHolds ? fact.Holds : 0),
            Anchors = anchors,
            First = first,
            Second = second,
        };
    }

    /// <summary>
    /// A report moves an order along its way only, and never to an anchor or an end beside the way: that takes the owner's word.
    /// </summary>
    private Decision DecideReport(in OrderSnapshot order, in FactArguments fact, CompiledTrigger trigger)
    {
        var target = fact.ReportedState != 0 ? IndexOf(fact.ReportedState) : trigger.Landing >= 0 ? (byte)trigger.Landing : NoState;
        if (target == NoState)
        {
            return Unchanged(in order, fact.Trigger, DecisionKind.Early, DecisionReason.NoEvidence);
        }

        var facet = _facetOf[target];
        var here = _indexOf[order.States[facet]];
        var (hereRank, targetRank) = (_rank[here], _rank[target]);
        if (here == target)
        {
            return Unchanged(in order, fact.Trigger, DecisionKind.AlreadyApplied, DecisionReason.SameState);
        }

        if (hereRank >= 0 && targetRank >= 0 && targetRank <= hereRank)
        {
            return Unchanged(in order, fact.Trigger, DecisionKind.Late, DecisionReason.PassedState);
        }

        var anchored = (order.Anchors & _facetAnchors[facet]) != 0;
        if ((targetRank < 0 && anchored) || (hereRank < 0 && States[here].IsEnd))
        {
            return Unchanged(in order, fact.Trigger, DecisionKind.Contradictory, DecisionReason.ContradictsState) with
            {
                Cases = order.Cases | BuiltInCases.ReportContradictsBit,
            };
        }

        if (targetRank < 0 || hereRank < 0 || SkipsAnchor(facet, hereRank, targetRank))
        {
            return Unchanged(in order, fact.Trigger, DecisionKind.Early, DecisionReason.NoEvidence);
        }

        var states = order.States;
        var anchors = order.Anchors;
        var moved = 0;
        Enter(target, ref states, ref anchors, ref moved);
        var cases = order.Cases;
        if (cases != 0)
        {
            cases &= ~Closed(cases, new DecisionContext(this, in order, in fact, CounterChange.None, CounterChange.None, states, anchors));
        }

        return Unchanged(in order, fact.Trigger, DecisionKind.Applied, DecisionReason.Expected) with
        {
            States = states, MovedFacets = moved, Cases = cases,
        };
    }

    private bool SkipsAnchor(int facet, int above, int upTo)
    {
        for (var bits = _facetAnchors[facet]; bits != 0; bits &= bits - 1)
        {
            var rank = _anchorRank[BitOperations.TrailingZeroCount(bits)];
            if (rank > above && rank <= upTo)
            {
                return true;
            }
        }

        return false;
    }

    private static Decision? Refuse(in OrderSnapshot order, in FactArguments fact, CompiledTrigger trigger)
    {
        if (trigger.Revoked != 0 && (fact.Flags & FactFlags.RevokesKnownFact) == 0)
        {
            return Contradiction(in order, fact.Trigger, DecisionReason.NothingToRevoke, BuiltInCases.NothingToRevokeBit);
        }

        return (fact.Flags & FactFlags.ForeignCurrency) != 0 && (trigger.First?.IsMoney == true || trigger.Second?.IsMoney == true)
            ? Contradiction(in order, fact.Trigger, DecisionReason.ForeignCurrency, BuiltInCases.ForeignCurrencyBit)
            : null;
    }

    private static Decision Contradiction(in OrderSnapshot order, int trigger, DecisionReason reason, uint orderCase) =>
        Unchanged(in order, trigger, DecisionKind.Contradictory, reason) with { Cases = order.Cases | orderCase };

    private ulong Blocked(in OrderSnapshot order, in FactArguments fact, CompiledTrigger trigger)
    {
        var failed = trigger.NeedsNoHold && order.Holds != 0 ? 1UL : 0UL;
        if (trigger.Guards.Length != 0)
        {
            var context = new DecisionContext(this, in order, in fact, CounterChange.None, CounterChange.None, order.States, order.Anchors);
            foreach (ref readonly var guard in trigger.Guards.AsSpan())
            {
                if (!guard.Condition(in context))
                {
                    failed |= guard.Bit;
                }
            }
        }

        return failed;
    }

    private void Follow(CompiledTrigger trigger, in DecisionContext context, ref StateCodes states, ref uint anchors, ref int moved)
    {
        foreach (var facet in trigger.Followers)
        {
            ref readonly var rule = ref RuleFor(trigger, states[facet]);
            var target = rule.Kind switch
            {
                RuleKind.Move => rule.Target,
                RuleKind.Branch => Choose(rule.Branches!, in context),
                _ => CompiledBranch.Stays,
            };
            if (target != CompiledBranch.Stays && !IsBehindAnchor(target, facet, anchors))
            {
                Enter(target, ref states, ref anchors, ref moved);
            }
        }
    }

    /// <summary>The anchor that a late fact proves: one that the order is past, or may be from beside the way.</summary>
    private uint EvidenceOf(CompiledTrigger trigger, in OrderSnapshot order) =>
        trigger.LandingAnchor != 0 && _rank[_indexOf[order.States[trigger.Home]]] is var here
            && (here < 0 || _rank[trigger.Landing] <= here)
            ? trigger.LandingAnchor
            : 0;

    private bool IsBehindAnchor(byte target, int facet, uint anchors) =>
        _rank[target] is var rank and >= 0
        && (anchors & _facetAnchors[facet]) is var reached and not 0
        && rank < _anchorRank[31 - BitOperations.LeadingZeroCount(reached)];

    private uint Closed(uint open, in DecisionContext context)
    {
        var closed = 0u;
        for (; open != 0; open &= open - 1)
        {
            var bit = BitOperations.TrailingZeroCount(open);
            if (_caseClosing[bit] is { } closing && closing(in context))
            {
                closed |= 1u << bit;
            }
        }

        return closed;
    }

    private void Enter(byte target, ref StateCodes states, ref uint anchors, ref int moved)
    {
        var facet = _facetOf[target];
        states = states.With(facet, _codeOf[target]);
        anchors |= _anchorBit[target];
        moved |= 1 << facet;
    }

    private ref readonly CompiledRule RuleFor(CompiledTrigger trigger, int code) => ref _rules[_cells[trigger.Row + _indexOf[code]]];
}

using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Finds everything that is wrong with a description.</summary>
internal static class ModelChecks
{
    public const int MaxCode = 4095;
    private const int MaxStates = 200;
    private const int MaxRank = 250;

    internal sealed record Edge(StateBuilder From, StateBuilder To, TriggerBuilder Trigger, string? Condition);

    public static List<ModelFault> Find(OrderModelBuilder model)
    {
        var faults = new List<ModelFault>();
        CheckSizes(model, faults);
        CheckNames(model, faults);
        if (faults.Count > 0)
        {
            // What follows looks things up by code and name, and would report one mistake many times.
            return faults;
        }

        CheckStates(model, faults);
        CheckEdges(model, faults);
        CheckPaths(model, faults);
        CheckDeadlines(model, faults);
        CheckProfiles(model, faults);
        if (!model.Headlines.Exists(h => h.Rule == HeadlineRule.Facet))
        {
            faults.Add(new(ModelFaults.HeadlineGap, model.Name, "The headline table has no row for the state of a facet. End it with HeadlineFromFacet(...)."));
        }

        return faults;
    }

    public static IEnumerable<Edge> EdgesOf(OrderModelBuilder model) =>
        from trigger in model.Triggers
        from edge in trigger.Edges
        from source in edge.Sources
        from branch in edge.Branches
        where branch.Target is not null
        select new Edge(source, branch.Target!, trigger, branch.Condition?.Name);

    private static void CheckSizes(OrderModelBuilder model, List<ModelFault> faults)
    {
        if (model.Facets.Count == 0 || model.States.Count == 0 || model.Profiles.Count == 0 || !model.Triggers.Exists(t => t.IsCreation))
        {
            faults.Add(new(ModelFaults.Incomplete, model.Name, "A model needs at least one facet, one state, one profile and a creation trigger."));
        }

        TooMany(model.Facets.Count, StateCodes.MaxFacets, "facets");
        TooMany(model.States.Count, MaxStates, "states");
        TooMany(model.States.Count(s => s.IsAnchor), 32, "anchors");
        TooMany(model.Holds.Count, 32, "holds");
        TooMany(model.Cases.Count, BuiltInCases.OwnLimit, "kinds of case");
        TooMany(model.Triggers.SelectMany(t => t.Guards).Select(g => g.Name).Distinct(StringComparer.Ordinal).Count(), 63, "guards");
        TooMany(model.States.SelectMany(s => s.TraitList).Distinct().Count(), 64, "traits");
        foreach (var trigger in model.Triggers.Where(t => t.Counters.Count > 2))
        {
            faults.Add(new(ModelFaults.TooMany, trigger.Name, $"The trigger '{trigger.Name}' changes {trigger.Counters.Count} sums; two is the limit."));
        }

        void TooMany(int count, int limit, string what)
        {
            if (count > limit)
            {
                faults.Add(new(ModelFaults.TooMany, model.Name, $"The model has {count} {what}; {limit} is the limit."));
            }
        }
    }

    private static void CheckNames(OrderModelBuilder model, List<ModelFault> faults)
    {
        Twice(model.Facets, "facet");
        Twice(model.States.Select(s => $"{s.Code}"), "state code");
        Twice(model.States.Select(s => s.Name), "state name");
        Twice(model.Triggers.Select(t => t.Name), "trigger");
        Twice(model.Holds.Select(h => h.Code), "hold");
        Twice(model.Cases.Select(c => c.Code).Concat(BuiltInCases.All.Select(c => c.Code)), "kind of case");
        Twice(model.Profiles.Select(p => p.Code), "profile");
        Twice(model.Nodes.Select(n => n.Name), "timeline node");
        foreach (var state in model.States.Where(s => s.Code is < 1 or > MaxCode))
        {
            faults.Add(new(ModelFaults.CodeOutOfRange, state.Name, $"The state '{state.Name}' has the code {state.Code}. Codes lie between 1 and {MaxCode}."));
        }

        void Twice(IEnumerable<string> names, string what)
        {
            foreach (var name in names.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key))
            {
                faults.Add(new(ModelFaults.Duplicate, name, $"The {what} '{name}' is there twice. Each needs its own."));
            }
        }
    }

    private static void CheckStates(OrderModelBuilder model, List<ModelFault> faults)
    {
        foreach (var state in model.States)
        {
            if (state.IsAnchor ? state.Rank is null or < 1 or > MaxRank : state.Rank is < 0 or > MaxRank)
            {
                faults.Add(new(ModelFaults.BadRank, state.Name, $"The state '{state.Name}' needs a rank between {(state.IsAnchor ? 1 : 0)} and {MaxRank}; an anchor cannot lie beside the way."));
            }

            if (!state.IsEnd && !state.IsResting && state.DeadlineInfo is null)
            {
                faults.Add(new(ModelFaults.MissingDeadline, state.Name, $"Orders wait in '{state.Name}' and nothing ends the wait. Give it Within(...), or make it Resting() or End()."));
            }
        }
    }

    private static void CheckEdges(OrderModelBuilder model, List<ModelFault> faults)
    {
        var anchors = model.States.Where(s => s.IsAnchor).ToList();
        foreach (var trigger in model.Triggers)
        {
            foreach (var twice in trigger.Edges.SelectMany(e => e.Sources).GroupBy(s => s.Code).Where(g => g.Count() > 1))
            {
                faults.Add(new(ModelFaults.AmbiguousEdge, trigger.Name, $"'{trigger.Name}' has {twice.Count()} rules for '{twice.First().Name}'. Make them branches of one rule."));
            }

            foreach (var edge in trigger.Edges)
            {
                CheckBranches(trigger, edge, faults);
            }

            foreach (var state in trigger.Revoked.Where(s => !s.IsAnchor))
            {
                faults.Add(new(ModelFaults.RevokesNoAnchor, trigger.Name, $"'{trigger.Name}' revokes '{state.Name}', which is no anchor."));
            }

            if (trigger.Landing is { } landing && (trigger.Home < 0 || landing.Facet != trigger.Home))
            {
                faults.Add(new(ModelFaults.WrongFacet, trigger.Name, $"'{trigger.Name}' lands on '{landing.Name}', which is not of its home facet."));
            }

            CheckLandings(model, trigger, faults);
            if (IsIdle(trigger))
            {
                faults.Add(new(ModelFaults.IdleTrigger, trigger.Name, $"'{trigger.Name}' changes nothing from anywhere. Give it a rule, or leave it out."));
            }
        }

        foreach (var edge in EdgesOf(model).Where(e => e.From.Facet == e.To.Facet))
        {
            foreach (var anchor in anchors.Where(a => a.Facet == edge.From.Facet && edge.From.Rank >= a.Rank && edge.To.Rank < a.Rank && !edge.Trigger.Revoked.Contains(a)))
            {
                faults.Add(new(ModelFaults.AnchorUndone, edge.Trigger.Name, $"'{edge.Trigger.Name}' leads from '{edge.From.Name}' back to '{edge.To.Name}', over the anchor '{anchor.Name}'. Go forward to another state, or declare Revokes(...)."));
            }
        }
    }

    private static void CheckBranches(TriggerBuilder trigger, EdgeBuilder edge, List<ModelFault> faults)
    {
        var from = string.Join(", ", edge.Sources.Select(s => s.Name));
        foreach (var (source, target) in edge.Sources.SelectMany(s => edge.Branches.Where(b => b.Target is not null && b.Target.Facet != s.Facet).Select(b => (s, b.Target!))))
        {
            faults.Add(new(ModelFaults.WrongFacet, trigger.Name, $"'{trigger.Name}' leads from '{source.Name}' to '{target.Name}' of another facet."));
        }

        if (edge.IsLate || edge.ContradictionCase is not null)
        {
            return;
        }

        var open = edge.Branches.FindIndex(b => b.Condition is null);
        if (open < 0)
        {
            faults.Add(new(ModelFaults.OpenBranch, trigger.Name, $"'{trigger.Name}' from {from} may find no branch. End the rule with To(...) or Stay() without a condition."));
        }
        else if (open < edge.Branches.Count - 1)
        {
            faults.Add(new(ModelFaults.AmbiguousEdge, trigger.Name, $"'{trigger.Name}' from {from} has a branch behind one without a condition: two targets for one state."));
        }
    }

    private static void CheckLandings(OrderModelBuilder model, TriggerBuilder trigger, List<ModelFault> faults)
    {
        if (trigger.Standing != FactStanding.Fact || trigger.Landing is not { Rank: null } landing)
        {
            return;
        }

        var ruled = trigger.Edges.SelectMany(e => e.Sources).ToHashSet();
        foreach (var state in model.States.Where(s => s.Facet == landing.Facet && s != landing && !ruled.Contains(s)))
        {
            faults.Add(new(ModelFaults.FactWithoutRule, trigger.Name, $"The fact '{trigger.Name}' lands beside the way on '{landing.Name}' and has no rule for '{state.Name}'. Say what it means there: To, Stay, Late or Contradicts."));
        }
    }

    private static bool IsIdle(TriggerBuilder t) =>
        t.Edges.Count == 0 && t.Counters.Count == 0 && t.Landing is null && t.Contradictions.Count == 0 && !t.PlacesHolds && !t.ReleasesHolds
        && t.ReleasedHolds.Count == 0 && !t.IsCreation && !t.IsStatusReport && t.Standing == FactStanding.Command;

    private static void CheckPaths(OrderModelBuilder model, List<ModelFault> faults)
    {
        var edges = EdgesOf(model).Where(e => e.From != e.To).ToList();
        var forward = edges.ToLookup(e => e.From, e => e.To);
        var backward = edges.ToLookup(e => e.To, e => e.From);
        var reachable = Closure(model.Profiles.SelectMany(p => p.Initial), forward);
        var ending = Closure(model.States.Where(s => s.IsEnd || s.IsResting), backward);
        foreach (var state in model.States)
        {
            if (!reachable.Contains(state))
            {
                faults.Add(new(ModelFaults.UnreachableState, state.Name, $"No order can get to '{state.Name}'. Add a rule that leads there, or leave it out."));
            }

            if (state.IsEnd || state.IsResting)
            {
                continue;
            }

            if (!forward[state].Any())
            {
                faults.Add(new(ModelFaults.DeadEnd, state.Name, $"No rule leads out of '{state.Name}', and it is neither an end nor a resting state."));
            }
            else if (!ending.Contains(state))
            {
                faults.Add(new(ModelFaults.NoWayToEnd, state.Name, $"No way from '{state.Name}' leads to an end or a resting state."));
            }
        }
    }

    private static void CheckDeadlines(OrderModelBuilder model, List<ModelFault> faults)
    {
        foreach (var state in model.States.Where(s => s.DeadlineInfo is not null))
        {
            var deadline = state.DeadlineInfo!;
            var trigger = model.Triggers.Find(t => t.Name == deadline.Trigger);
            if (trigger is null)
            {
                faults.Add(new(ModelFaults.BadDeadline, state.Name, $"The deadline of '{state.Name}' fires '{deadline.Trigger}', which is no trigger of the model."));
            }
            else if (trigger.Home >= 0 && !trigger.Edges.Exists(e => e.Sources.Contains(state)))
            {
                faults.Add(new(ModelFaults.BadDeadline, state.Name, $"The deadline of '{state.Name}' fires '{trigger.Name}', which has no rule for that state."));
            }
            else if (trigger.Standing != FactStanding.Command)
            {
                faults.Add(new(ModelFaults.BadDeadline, state.Name, $"The deadline of '{state.Name}' fires '{trigger.Name}', a fact; we may not invent facts. Fire a Timer or a Command."));
            }

            if (deadline.After <= TimeSpan.Zero)
            {
                faults.Add(new(ModelFaults.BadDeadline, state.Name, $"The deadline of '{state.Name}' is {deadline.After}; it must be longer than nothing."));
            }
        }
    }

    private static void CheckProfiles(OrderModelBuilder model, List<ModelFault> faults)
    {
        var forward = EdgesOf(model).ToLookup(e => e.From, e => e.To);
        foreach (var profile in model.Profiles)
        {
            if (profile.Initial.GroupBy(s => s.Facet).Count() != model.Facets.Count || profile.Initial.Count != model.Facets.Count)
            {
                faults.Add(new(ModelFaults.BadProfile, profile.Code, $"The profile '{profile.Code}' must begin in exactly one state of each facet."));
                continue;
            }

            foreach (var hold in profile.Holds.Where(code => !model.Holds.Exists(h => h.Code == code)))
            {
                faults.Add(new(ModelFaults.BadProfile, profile.Code, $"The profile '{profile.Code}' begins with the hold '{hold}', which the model does not have."));
            }

            var here = profile.Initial.ToDictionary(s => s.Facet);
            foreach (var milestone in profile.Milestones)
            {
                if (milestone != here[milestone.Facet] && !Closure([here[milestone.Facet]], forward).Contains(milestone))
                {
                    faults.Add(new(ModelFaults.BadProfile, profile.Code, $"Orders of the profile '{profile.Code}' cannot get from '{here[milestone.Facet].Name}' to the milestone '{milestone.Name}'."));
                }

                here[milestone.Facet] = milestone;
            }
        }

        foreach (var unknown in model.Triggers.SelectMany(t => t.ReleasedHolds).Select(r => r.Hold).Distinct(StringComparer.Ordinal).Where(code => !model.Holds.Exists(h => h.Code == code)))
        {
            faults.Add(new(ModelFaults.BadProfile, unknown, $"A trigger releases the hold '{unknown}', which the model does not have."));
        }
    }

    private static HashSet<StateBuilder> Closure(IEnumerable<StateBuilder> start, ILookup<StateBuilder, StateBuilder> next)
    {
        var seen = new HashSet<StateBuilder>(start);
        var open = new Queue<StateBuilder>(seen);
        while (open.TryDequeue(out var state))
        {
            foreach (var following in next[state].Where(seen.Add))
            {
                open.Enqueue(following);
            }
        }

        return seen;
    }
}

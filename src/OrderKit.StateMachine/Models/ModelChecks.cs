using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>Finds everything that is wrong with a description.</summary>
internal sealed class ModelChecks(OrderModelBuilder model)
{
    public const int MaxCode = 4095;
    private const int MaxStates = 200;
    private const int MaxRank = 250;

    private readonly List<ModelFault> _faults = [];

    internal sealed record Edge(StateBuilder From, StateBuilder To, TriggerBuilder Trigger, string? Condition);

    public static List<ModelFault> Find(OrderModelBuilder model)
    {
        var checks = new ModelChecks(model);
        checks.CheckSizes();
        checks.CheckNames();

        // What follows looks things up by code and name, and would report one mistake many times.
        if (checks._faults.Count == 0)
        {
            checks.CheckStates();
            checks.CheckEdges();
            checks.CheckPaths();
            checks.CheckDeadlines();
            checks.CheckProfiles();
            checks.CheckReferences();
        }

        return checks._faults;
    }

    public static IEnumerable<Edge> EdgesOf(OrderModelBuilder model) =>
        from trigger in model.Triggers
        from edge in trigger.Edges
        from source in edge.Sources
        from branch in edge.Branches
        where branch.Target is not null
        select new Edge(source, branch.Target!, trigger, branch.Condition?.Name);

    private void CheckSizes()
    {
        if (model.Facets.Count == 0 || model.States.Count == 0 || model.Profiles.Count == 0 || !model.Triggers.Exists(t => t.IsCreation))
            Report(ModelFaults.Incomplete, model.Name, "A model needs at least one facet, one state, one profile and a creation trigger.");

        TooMany(model.Facets.Count, StateCodes.MaxFacets, "facets");
        TooMany(model.States.Count, MaxStates, "states");
        TooMany(model.States.Count(s => s.IsAnchor), 32, "anchors");
        TooMany(model.Holds.Count, 32, "holds");
        TooMany(model.Cases.Count, BuiltInCases.OwnLimit, "kinds of case");
        TooMany(model.Triggers.SelectMany(t => t.Guards).Select(g => g.Name).Distinct(StringComparer.Ordinal).Count(), 63, "guards");
        TooMany(model.States.SelectMany(s => s.TraitList).Distinct().Count(), 64, "traits");
        foreach (var trigger in model.Triggers.Where(t => t.Counters.Count > 2))
        {
            Report(
                ModelFaults.TooMany, trigger.Name,
                $"The trigger '{trigger.Name}' changes {trigger.Counters.Count} sums; two is the limit.");
        }

        void TooMany(int count, int limit, string what)
        {
            if (count > limit)
                Report(ModelFaults.TooMany, model.Name, $"The model has {count} {what}; {limit} is the limit.");
        }
    }

    private void CheckNames()
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
            Report(
                ModelFaults.CodeOutOfRange, state.Name,
                $"The state '{state.Name}' has the code {state.Code}. Codes lie between 1 and {MaxCode}.");
        }

        void Twice(IEnumerable<string> names, string what)
        {
            foreach (var name in names.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key))
                Report(ModelFaults.Duplicate, name, $"The {what} '{name}' is there twice. Each needs its own.");
        }
    }

    private void CheckStates()
    {
        foreach (var state in model.States)
        {
            if (state.IsAnchor ? state.Rank is null or < 1 or > MaxRank : state.Rank is < 0 or > MaxRank)
            {
                Report(
                    ModelFaults.BadRank, state.Name,
                    $"The state '{state.Name}' needs a rank between {(state.IsAnchor ? 1 : 0)} and {MaxRank}; "
                    + "an anchor cannot lie beside the way.");
            }

            if (!state.IsEnd && !state.IsResting && state.DeadlineInfo is null)
            {
                Report(
                    ModelFaults.MissingDeadline, state.Name,
                    $"Orders wait in '{state.Name}' and nothing ends the wait. Give it Within(...), or make it Resting() or End().");
            }
        }
    }

    private void CheckEdges()
    {
        var anchors = model.States.Where(s => s.IsAnchor).ToList();
        foreach (var trigger in model.Triggers)
        {
            foreach (var twice in trigger.Edges.SelectMany(e => e.Sources).GroupBy(s => s.Code).Where(g => g.Count() > 1))
            {
                Report(
                    ModelFaults.AmbiguousEdge, trigger.Name,
                    $"'{trigger.Name}' has {twice.Count()} rules for '{twice.First().Name}'. Make them branches of one rule.");
            }

            foreach (var edge in trigger.Edges)
            {
                CheckBranches(trigger, edge);
            }

            foreach (var state in trigger.Revoked.Where(s => !s.IsAnchor))
                Report(ModelFaults.RevokesNoAnchor, trigger.Name, $"'{trigger.Name}' revokes '{state.Name}', which is no anchor.");

            if (trigger.Landing is { } landing && (trigger.Home < 0 || landing.Facet != trigger.Home))
            {
                Report(
                    ModelFaults.WrongFacet, trigger.Name, $"'{trigger.Name}' lands on '{landing.Name}', which is not of its home facet.");
            }

            if (trigger is { MovesMoney: true, Key: null })
            {
                Report(
                    ModelFaults.MoneyWithoutKey, trigger.Name,
                    $"'{trigger.Name}' of the model '{model.Name}' moves money and has no key, so a payment that is repeated with any "
                    + "change would count twice. Say which number its facts bring, such as KeyedBy(ReferenceKind.Payment), or KeyedById() "
                    + "where each has an id of its own.");
            }

            CheckLandings(trigger);
            if (IsIdle(trigger))
            {
                Report(
                    ModelFaults.IdleTrigger, trigger.Name,
                    $"'{trigger.Name}' changes nothing from anywhere. Give it a rule, or leave it out.");
            }
        }

        foreach (var edge in EdgesOf(model).Where(e => e.From.Facet == e.To.Facet))
        {
            foreach (var anchor in anchors.Where(a => a.Facet == edge.From.Facet
                && edge.From.Rank >= a.Rank && edge.To.Rank < a.Rank && !edge.Trigger.Revoked.Contains(a)))
            {
                Report(
                    ModelFaults.AnchorUndone, edge.Trigger.Name,
                    $"'{edge.Trigger.Name}' leads from '{edge.From.Name}' back to '{edge.To.Name}', over the anchor '{anchor.Name}'. "
                    + "Go forward to another state, or declare Revokes(...).");
            }
        }
    }

    private void CheckBranches(TriggerBuilder trigger, EdgeBuilder edge)
    {
        var from = string.Join(", ", edge.Sources.Select(s => s.Name));
        foreach (var (source, target) in edge.Sources
            .SelectMany(s => edge.Branches.Where(b => b.Target is not null && b.Target.Facet != s.Facet).Select(b => (s, b.Target!))))
        {
            Report(
                ModelFaults.WrongFacet, trigger.Name, $"'{trigger.Name}' leads from '{source.Name}' to '{target.Name}' of another facet.");
        }

        if (edge.IsLate || edge.ContradictionCase is not null)
        {
            return;
        }

        var open = edge.Branches.FindIndex(b => b.Condition is null);
        if (open < 0)
        {
            Report(
                ModelFaults.OpenBranch, trigger.Name,
                $"'{trigger.Name}' from {from} may find no branch. End the rule with To(...) or Stay() without a condition.");
        }
        else if (open < edge.Branches.Count - 1)
        {
            Report(
                ModelFaults.AmbiguousEdge, trigger.Name,
                $"'{trigger.Name}' from {from} has a branch behind one without a condition: two targets for one state.");
        }
    }

    private void CheckLandings(TriggerBuilder trigger)
    {
        if (trigger.Standing != FactStanding.Fact || trigger.Landing is not { Rank: null } landing)
        {
            return;
        }

        var ruled = trigger.Edges.SelectMany(e => e.Sources).ToHashSet();
        foreach (var state in model.States.Where(s => s.Facet == landing.Facet && s != landing && !ruled.Contains(s)))
        {
            Report(
                ModelFaults.FactWithoutRule, trigger.Name,
                $"The fact '{trigger.Name}' lands beside the way on '{landing.Name}' and has no rule for '{state.Name}'. "
                + "Say what it means there: To, Stay, Late or Contradicts.");
        }
    }

    private static bool IsIdle(TriggerBuilder t) =>
        t.Edges.Count == 0 && t.Counters.Count == 0 && t.Landing is null && t.Contradictions.Count == 0 && !t.PlacesHolds
            && !t.ReleasesHolds
        && t.ReleasedHolds.Count == 0 && !t.IsCreation && !t.IsStatusReport && t.Standing == FactStanding.Command;

    private void CheckPaths()
    {
        var edges = EdgesOf(model).Where(e => e.From != e.To).ToList();
        var forward = edges.ToLookup(e => e.From, e => e.To);
        var reachable = Closure(model.Profiles.SelectMany(p => p.Initial), s => forward[s]);
        foreach (var state in model.States.Where(s => !reachable.Contains(s)))
        {
            Report(
                ModelFaults.UnreachableState, state.Name,
                $"No order can get to '{state.Name}'. Add a rule that leads there, or leave it out.");
        }

        // An order that reached an anchor cannot go back behind it, so what counts as a way out depends on where it has been.
        var moves = edges.ToLookup(e => e.From);
        var unnamed = UnnamedMovesOf().ToLookup(m => m.From, m => m.To);
        var places = Closure(
            model.States.Select(s => Enter(s, 0)),
            p => moves[p.State].SelectMany(e => Follow(p, e)).Concat(unnamed[p.State].Where(p.MayEnter).Select(to => Enter(to, p.Floor))));
        var named = places.SelectMany(p => moves[p.State].SelectMany(e => Follow(p, e)).Select(to => (From: p, To: to)))
            .Where(m => m.From.State != m.To.State).ToList();
        var exits = named.ToLookup(m => m.From, m => m.To);
        var backward = named.ToLookup(m => m.To, m => m.From);
        var ending = Closure(places.Where(p => p.IsLasting), p => backward[p]);
        foreach (var lost in places.Where(p => !p.IsLasting && !ending.Contains(p)).GroupBy(p => p.State))
        {
            var (name, floor) = (lost.Key.Name, lost.Max(p => p.Floor));
            var behind = floor > 0 ? $" once an anchor of rank {floor} is reached" : string.Empty;
            if (lost.Any(p => !exits[p].Any()))
                Report(
                    ModelFaults.DeadEnd, name,
                    $"No rule leads out of '{name}'{behind}, and it is neither an end nor a resting state. Add a rule that leads on.");
            else
                Report(ModelFaults.NoWayToEnd, name, $"No way from '{name}'{behind} leads to an end or a resting state.");
        }

        static Place Enter(StateBuilder state, int floor) => new(state, state.IsAnchor ? Math.Max(floor, state.Rank ?? 0) : floor);

        IEnumerable<Place> Follow(Place here, Edge edge)
        {
            var floor = here.Floor;
            if (edge.Trigger.Revoked.Exists(a => a.Facet == edge.From.Facet))
            {
                // Which anchors remain is not known here; those that the target lies behind do not, or the check for ways back tells.
                floor = model.States.Where(a => a.IsAnchor && a.Facet == edge.From.Facet && !edge.Trigger.Revoked.Contains(a)
                        && a.Rank <= floor && a.Rank <= (edge.To.Rank ?? floor))
                    .Max(a => a.Rank) ?? 0;
            }

            return (here with { Floor = floor }).MayEnter(edge.To) ? [Enter(edge.To, floor)] : [];
        }
    }

    /// <summary>Moves without a rule: facts that leap or clash to where they land, and reports up to the next anchor.</summary>
    private IEnumerable<(StateBuilder From, StateBuilder To)> UnnamedMovesOf()
    {
        foreach (var trigger in model.Triggers.Where(t => t is { Standing: FactStanding.Fact, Landing: not null }))
        {
            var ruled = trigger.Edges.SelectMany(e => e.Sources).ToHashSet();
            var landing = trigger.Landing!;
            foreach (var from in model.States.Where(s => s.Facet == landing.Facet && !ruled.Contains(s)
                && (s.Rank is null || landing.Rank is null || landing.Rank > s.Rank)))
            {
                yield return (from, landing);
            }
        }

        foreach (var from in model.States.Where(s => s.Rank is not null))
        {
            foreach (var to in model.States.Where(s => s.Facet == from.Facet && s.Rank > from.Rank
                && !model.States.Exists(a => a.IsAnchor && a.Facet == s.Facet && a.Rank > from.Rank && a.Rank <= s.Rank)))
            {
                yield return (from, to);
            }
        }
    }

    /// <summary>A state and the rank of the highest anchor that was reached before.</summary>
    private sealed record Place(StateBuilder State, int Floor)
    {
        public bool IsLasting => State.IsEnd || State.IsResting;

        public bool MayEnter(StateBuilder to) => to.Rank is null || to.Rank >= Floor;
    }

    private void CheckDeadlines()
    {
        foreach (var state in model.States.Where(s => s.DeadlineInfo is not null))
        {
            var deadline = state.DeadlineInfo!;
            var trigger = model.Triggers.Find(t => t.Name == deadline.Trigger);
            if (trigger is null)
            {
                Report(
                    ModelFaults.BadDeadline, state.Name,
                    $"The deadline of '{state.Name}' fires '{deadline.Trigger}', which is no trigger of the model.");
            }
            else if (trigger.Home >= 0 && !trigger.Edges.Exists(e => e.Sources.Contains(state)))
            {
                Report(
                    ModelFaults.BadDeadline, state.Name,
                    $"The deadline of '{state.Name}' fires '{trigger.Name}', which has no rule for that state.");
            }
            else if (trigger.Standing != FactStanding.Command)
            {
                Report(
                    ModelFaults.BadDeadline, state.Name,
                    $"The deadline of '{state.Name}' fires '{trigger.Name}', a fact; we may not invent facts. Fire a Timer or a Command.");
            }

            if (deadline.After <= TimeSpan.Zero)
            {
                Report(
                    ModelFaults.BadDeadline, state.Name,
                    $"The deadline of '{state.Name}' is {deadline.After}; it must be longer than nothing.");
            }
        }
    }

    private void CheckProfiles()
    {
        var forward = EdgesOf(model).ToLookup(e => e.From, e => e.To);
        foreach (var profile in model.Profiles)
        {
            if (profile.Initial.GroupBy(s => s.Facet).Count() != model.Facets.Count || profile.Initial.Count != model.Facets.Count)
            {
                Report(
                    ModelFaults.BadProfile, profile.Code, $"The profile '{profile.Code}' must begin in exactly one state of each facet.");
                continue;
            }

            foreach (var hold in profile.Holds.Where(code => !model.Holds.Exists(h => h.Code == code)))
            {
                Report(
                    ModelFaults.BadProfile, profile.Code,
                    $"The profile '{profile.Code}' begins with the hold '{hold}', which the model does not have.");
            }

            var here = profile.Initial.ToDictionary(s => s.Facet);
            foreach (var milestone in profile.Milestones)
            {
                if (milestone != here[milestone.Facet] && !Closure([here[milestone.Facet]], s => forward[s]).Contains(milestone))
                {
                    Report(
                        ModelFaults.BadProfile, profile.Code,
                        $"Orders of the profile '{profile.Code}' cannot get from '{here[milestone.Facet].Name}' to the milestone "
                        + $"'{milestone.Name}'.");
                }

                here[milestone.Facet] = milestone;
            }
        }
    }

    private void CheckReferences()
    {
        foreach (var hold in model.Triggers.SelectMany(t => t.ReleasedHolds).Select(r => r.Hold).Distinct(StringComparer.Ordinal)
            .Where(code => !model.Holds.Exists(h => h.Code == code)))
        {
            Report(
                ModelFaults.UnknownName, hold,
                $"A trigger releases the hold '{hold}', which the model does not have. Add it with Hold(...).");
        }

        if (!model.Headlines.Exists(h => h.Rule == HeadlineRule.Facet))
        {
            Report(
                ModelFaults.HeadlineGap, model.Name,
                "The headline table has no row for the state of a facet. End it with HeadlineFromFacet(...).");
        }

        foreach (var code in model.Headlines.SelectMany(h => h.Cases).Distinct(StringComparer.Ordinal)
            .Where(code => !model.Cases.Exists(c => c.Code == code) && !BuiltInCases.All.Any(c => c.Code == code)))
        {
            Report(
                ModelFaults.UnknownName, code,
                $"The headline table names the kind of case '{code}', which the model does not have. Add it with Case(...).");
        }
    }

    private void Report(string code, string subject, string message) => _faults.Add(new(code, subject, message));

    private static HashSet<T> Closure<T>(IEnumerable<T> start, Func<T, IEnumerable<T>> next)
    {
        var seen = new HashSet<T>(start);
        var open = new Queue<T>(seen);
        while (open.TryDequeue(out var here))
        {
            foreach (var following in next(here).Where(seen.Add))
            {
                open.Enqueue(following);
            }
        }

        return seen;
    }
}

using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>Turns a checked description into tables.</summary>
internal sealed class ModelCompiler(OrderModelBuilder builder)
{
    public readonly byte[] IndexOf = new byte[ModelChecks.MaxCode + 1];
    public readonly Dictionary<Trait, ulong> TraitBit = [];
    public readonly OrderPredicate?[] CaseClosing = new OrderPredicate?[32];
    public ModelFingerprint Fingerprint;
    public OrderModel.FacetInfo[] Facets = [];
    public OrderModel.StateInfo[] States = [];
    public OrderModel.HoldInfo[] Holds = [];
    public OrderModel.CaseInfo[] Cases = [];
    public OrderModel.ProfileInfo[] Profiles = [];
    public OrderModel.Edge[] Edges = [];
    public CompiledTrigger[] Triggers = [];
    public CompiledRule[] Rules = [];
    public CompiledHeadline[] Headlines = [];
    public string[] GuardNames = [];
    public int[] Rank = [];
    public int[] AnchorRank = [];
    public uint[] AnchorBit = [];
    public uint[] FacetAnchors = [];
    public ulong[] TraitBits = [];
    public byte[] FacetOfState = [];
    public ushort[] Cells = [];

    private readonly Dictionary<string, ulong> _guardBits = new(StringComparer.Ordinal) { ["held"] = 1 };
    private readonly List<CompiledRule> _rules = [default];
    private readonly Dictionary<CompiledRule, ushort> _ruleNumbers = [];

    public string Name => builder.Name;

    public int Version => builder.Version;

    public ModelFingerprint? Superseded => builder.Superseded?.Fingerprint;

    public OrderModel.TimelineNodeInfo[] Nodes => [.. builder.Nodes];

    public static ModelCompiler Compile(OrderModelBuilder builder)
    {
        var faults = ModelChecks.Find(builder);
        if (faults.Count > 0)
        {
            throw new OrderModelException(builder.Name, faults);
        }

        var compiler = new ModelCompiler(builder);
        compiler.CompileStates();
        compiler.CompileNames();
        compiler.CompileTriggers();
        compiler.Fingerprint = ModelCanon.FingerprintOf(builder);
        return compiler;
    }

    private void CompileStates()
    {
        Array.Fill(IndexOf, OrderModel.NoState);
        Facets = [.. builder.Facets.Select((name, i) => new OrderModel.FacetInfo(i, name))];
        States = [.. builder.States.Select(s => new OrderModel.StateInfo(
            s.Code, s.Name, s.LocalName, s.Facet, s.Rank, s.IsAnchor, s.IsEnd, s.IsResting, [.. s.TraitList], s.DeadlineInfo))];
        Rank = [.. States.Select(s => s.Rank ?? -1)];
        FacetOfState = [.. States.Select(s => (byte)s.Facet)];
        AnchorBit = new uint[States.Length];
        TraitBits = new ulong[States.Length];
        FacetAnchors = new uint[Facets.Length];
        foreach (var trait in States.SelectMany(s => s.Traits).Distinct())
        {
            TraitBit[trait] = 1UL << TraitBit.Count;
        }

        for (var i = 0; i < States.Length; i++)
        {
            IndexOf[States[i].Code] = (byte)i;
            TraitBits[i] = States[i].Traits.Aggregate(0UL, (bits, trait) => bits | TraitBit[trait]);
        }

        // Bits of one facet's anchors rise with their rank, so the highest bit reached gives the floor below which nothing moves.
        var anchors = Enumerable.Range(0, States.Length).Where(i => States[i].IsAnchor)
            .OrderBy(i => States[i].Facet).ThenBy(i => Rank[i]).ToArray();
        AnchorRank = [.. anchors.Select(i => Rank[i])];
        for (var bit = 0; bit < anchors.Length; bit++)
        {
            AnchorBit[anchors[bit]] = 1u << bit;
            FacetAnchors[States[anchors[bit]].Facet] |= 1u << bit;
        }
    }

    private void CompileNames()
    {
        Holds = [.. builder.Holds.Select((h, i) => new OrderModel.HoldInfo(1u << i, h.Code, h.LocalName))];
        Cases =
        [
            .. builder.Cases.Select((c, i) => new OrderModel.CaseInfo(1u << i, c.Code, c.Owner, c.Reason, c.Within)), .. BuiltInCases.All,
        ];
        for (var i = 0; i < builder.Cases.Count; i++)
        {
            CaseClosing[i] = builder.Cases[i].Closing?.Holds;
        }

        Profiles = [.. builder.Profiles.Select((p, i) => new OrderModel.ProfileInfo(
            i,
            p.Code,
            p.Initial.Aggregate(default(StateCodes), (codes, state) => codes.With(state.Facet, state.Code)),
            p.Holds.Aggregate(0u, (bits, code) => bits | Holds.First(h => h.Code == code).Bit),
            [.. p.Milestones.Select(m => m.Code)]))];
        Headlines = [.. builder.Headlines.SelectMany(CompileHeadline)];
        Edges = [.. ModelChecks.EdgesOf(builder)
            .Select(e => new OrderModel.Edge(e.From.Code, e.To.Code, e.Trigger.Name, e.Condition)).Distinct()];
    }

    private IEnumerable<CompiledHeadline> CompileHeadline(OrderModelBuilder.HeadlineEntry entry) => entry.Rule switch
    {
        HeadlineRule.States => entry.States.GroupBy(s => s.Facet)
            .Select(g => new CompiledHeadline(entry.Rule, 0, [.. g.Select(s => s.Code)], g.Key)),
        HeadlineRule.Cases => [new CompiledHeadline(
            entry.Rule, entry.Cases.Count == 0 ? uint.MaxValue : entry.Cases.Aggregate(0u, (bits, code) => bits | CaseBit(code)), [], -1)],
        _ => [new CompiledHeadline(entry.Rule, 0, [], entry.Facet)],
    };

    private void CompileTriggers()
    {
        Cells = new ushort[builder.Triggers.Count * States.Length];
        Triggers = [.. builder.Triggers.Select(CompileTrigger)];
        Rules = [.. _rules];
        GuardNames = [.. _guardBits.OrderBy(g => g.Value).Select(g => g.Key)];
    }

    private CompiledTrigger CompileTrigger(TriggerBuilder trigger, int index)
    {
        var row = index * States.Length;
        foreach (var edge in trigger.Edges)
        {
            var rule = AddRule(CompileEdge(edge));
            foreach (var source in edge.Sources)
            {
                Cells[row + IndexOf[source.Code]] = rule;
            }
        }

        for (var state = 0; state < States.Length; state++)
        {
            if (States[state].Facet == trigger.Home && Cells[row + state] == 0)
            {
                Cells[row + state] = AddRule(DefaultRule(trigger, States[state]));
            }
        }

        var followers = trigger.Edges.SelectMany(e => e.Sources).Select(s => s.Facet).Where(f => f != trigger.Home).Distinct().Order();
        return new CompiledTrigger
        {
            Info = new OrderModel.TriggerInfo(
                index, trigger.Name, trigger.Standing, trigger.Home, trigger.Landing?.Code
                    ?? 0, trigger.IsTimer, trigger.IsCreation, trigger.Key),
            Row = row,
            Home = trigger.Home,
            IsStatusReport = trigger.IsStatusReport,
            NeedsNoHold = trigger.NeedsNoHold,
            PlacesHolds = trigger.PlacesHolds,
            ReleasesHolds = trigger.ReleasesHolds,
            Releases = [.. trigger.ReleasedHolds.Select(
                r => new CompiledRelease(r.Condition?.Holds, Holds.First(h => h.Code == r.Hold).Bit))],
            Revoked = trigger.Revoked.Aggregate(0u, (bits, state) => bits | AnchorBit[IndexOf[state.Code]]),
            Landing = trigger.Landing is { } landing ? IndexOf[landing.Code] : -1,
            LandingAnchor = trigger.Landing is { } anchor ? AnchorBit[IndexOf[anchor.Code]] : 0,
            First = trigger.Counters.ElementAtOrDefault(0),
            Second = trigger.Counters.ElementAtOrDefault(1),
            Guards = [.. trigger.Guards.Select(g => new CompiledCondition(g.Holds, GuardBit(g.Name)))],
            Contradictions = [.. trigger.Contradictions.Select(c => new CompiledCondition(c.Condition.Holds, CaseBit(c.Case)))],
            Followers = [.. followers],
        };
    }

    private CompiledRule CompileEdge(EdgeBuilder edge) =>
        edge.IsLate ? new(RuleKind.Late, 0, 0, null)
            : edge.ContradictionCase is { } orderCase ? new(RuleKind.Contradicts, 0, CaseBit(orderCase), null)
            : edge.Branches is [{ Condition: null } only]
            ? only.Target is null ? new(RuleKind.Stay, 0, 0, null) : new(RuleKind.Move, IndexOf[only.Target.Code], 0, null)
            : new(RuleKind.Branch, 0, 0, [.. edge.Branches.Select(b => new CompiledBranch(
                b.Condition?.Holds, b.Target is null ? CompiledBranch.Stays : IndexOf[b.Target.Code]))]);

    private CompiledRule DefaultRule(TriggerBuilder trigger, OrderModel.StateInfo from)
    {
        if (trigger.Standing == FactStanding.Command)
        {
            return trigger.Edges.SelectMany(e => e.Branches).Any(b => b.Target?.Code == from.Code)
                ? new(RuleKind.Same, 0, 0, null)
                : default;
        }

        if (trigger.Landing is not { } landing)
        {
            // A revocation for which nothing is said here must not take the evidence away from under the states that built on it.
            return trigger.Revoked.Count > 0
                ? new(RuleKind.Contradicts, 0, BuiltInCases.UnexpectedFactBit, null)
                : new(RuleKind.Stay, 0, 0, null);
        }

        var target = IndexOf[landing.Code];
        if (landing.Code == from.Code)
        {
            return new(RuleKind.Same, target, 0, null);
        }

        return (from.Rank, landing.Rank) switch
        {
            ({ } here, { } there) => new(there <= here ? RuleKind.Late : RuleKind.Leap, target, 0, null),
            _ => new(RuleKind.Clash, target, BuiltInCases.UnexpectedFactBit, null),
        };
    }

    private ushort AddRule(CompiledRule rule)
    {
        if (rule.Kind == RuleKind.None)
        {
            return 0;
        }

        // Most states share a few rules; sharing them keeps the table within the processor's first cache.
        if (!_ruleNumbers.TryGetValue(rule, out var number))
        {
            _ruleNumbers[rule] = number = checked((ushort)_rules.Count);
            _rules.Add(rule);
        }

        return number;
    }

    private ulong GuardBit(string name)
    {
        if (!_guardBits.TryGetValue(name, out var bit))
        {
            _guardBits[name] = bit = 1UL << _guardBits.Count;
        }

        return bit;
    }

    private uint CaseBit(string code) => Cases.First(c => c.Code == code).Bit;
}

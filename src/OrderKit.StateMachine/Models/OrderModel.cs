using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>How orders live: states, triggers, rules and checks, compiled once and shared by all orders.</summary>
/// <remarks>Immutable and safe for any number of threads. <see cref="Decide"/> is pure: no clock, no store, no allocation.</remarks>
public sealed partial class OrderModel
{
    internal const byte NoState = 255;

    private readonly byte[] _indexOf;
    private readonly int _facetCount;
    private readonly ProfileInfo[] _profiles;
    private readonly ushort[] _codeOf;
    private readonly int[] _rank;
    private readonly uint[] _anchorBit;
    private readonly ulong[] _traitBits;
    private readonly byte[] _facetOf;
    private readonly CompiledTrigger[] _triggers;
    private readonly ushort[] _cells;
    private readonly CompiledRule[] _rules;
    private readonly uint[] _facetAnchors;
    private readonly int[] _anchorRank;
    private readonly FrozenDictionary<string, int> _triggerByName;
    private readonly FrozenDictionary<string, int> _profileByCode;
    private readonly FrozenDictionary<string, uint> _holdByCode;
    private readonly FrozenDictionary<string, CaseInfo> _caseByCode;
    private readonly Trait[] _traits;
    private readonly OrderPredicate?[] _caseClosing;
    private readonly string[] _guardNames;
    private readonly CompiledHeadline[] _headlines;
    private readonly Headline[] _stateHeadlines;
    private readonly Headline[] _holdHeadlines;
    private readonly Headline?[] _caseHeadlines = new Headline?[32];

    internal OrderModel(ModelCompiler c)
    {
        Name = c.Name;
        Version = c.Version;
        Fingerprint = c.Fingerprint;
        Superseded = c.Superseded;
        Facets = c.Facets;
        States = c.States;
        Triggers = [.. c.Triggers.Select(t => t.Info)];
        Holds = c.Holds;
        Cases = c.Cases;
        Profiles = c.Profiles;
        TimelineNodes = c.Nodes;
        Edges = c.Edges;
        _indexOf = c.IndexOf;
        _facetCount = c.Facets.Length;
        _profiles = c.Profiles;
        _codeOf = [.. c.States.Select(s => (ushort)s.Code)];
        _rank = c.Rank;
        _anchorBit = c.AnchorBit;
        _traitBits = c.TraitBits;
        _facetOf = c.FacetOfState;
        _triggers = c.Triggers;
        _cells = c.Cells;
        _rules = c.Rules;
        _facetAnchors = c.FacetAnchors;
        _anchorRank = c.AnchorRank;
        _caseClosing = c.CaseClosing;
        _guardNames = c.GuardNames;
        _headlines = c.Headlines;
        _stateHeadlines = [.. c.States.Select(
            s => new Headline(s.Code.ToString(CultureInfo.InvariantCulture), s.LocalName, HeadlineRule.Facet))];
        _holdHeadlines = [.. c.Holds.Select(h => new Headline(h.Code, h.LocalName, HeadlineRule.Holds))];
        foreach (var kind in c.Cases)
        {
            _caseHeadlines[BitOperations.TrailingZeroCount(kind.Bit)] = new Headline(kind.Code, kind.Reason, HeadlineRule.Cases);
        }

        _triggerByName = Triggers.ToFrozenDictionary(t => t.Name, t => t.Index, StringComparer.Ordinal);
        _profileByCode = Profiles.ToFrozenDictionary(p => p.Code, p => p.Index, StringComparer.Ordinal);
        _holdByCode = Holds.ToFrozenDictionary(h => h.Code, h => h.Bit, StringComparer.Ordinal);
        _caseByCode = Cases.ToFrozenDictionary(k => k.Code, StringComparer.Ordinal);
        _traits = [.. c.TraitBit.OrderBy(t => t.Value).Select(t => t.Key)];
    }

    /// <summary>The name; orders are created under a name and keep a fingerprint.</summary>
    public string Name { get; }

    /// <summary>The version, for people; the fingerprint is what counts.</summary>
    public int Version { get; }

    /// <summary>The content of the model.</summary>
    public ModelFingerprint Fingerprint { get; }

    /// <summary>The fingerprint of the model that this one adds to.</summary>
    public ModelFingerprint? Superseded { get; }

    /// <summary>The facets.</summary>
    public IReadOnlyList<FacetInfo> Facets { get; }

    /// <summary>The states of all facets.</summary>
    public IReadOnlyList<StateInfo> States { get; }

    /// <summary>The triggers.</summary>
    public IReadOnlyList<TriggerInfo> Triggers { get; }

    /// <summary>The holds.</summary>
    public IReadOnlyList<HoldInfo> Holds { get; }

    /// <summary>The kinds of case, those that every model has among them.</summary>
    public IReadOnlyList<CaseInfo> Cases { get; }

    /// <summary>The fulfilment profiles; the first is the default.</summary>
    public IReadOnlyList<ProfileInfo> Profiles { get; }

    /// <summary>The nodes that every timeline shows.</summary>
    public IReadOnlyList<TimelineNodeInfo> TimelineNodes { get; }

    /// <summary>Every way that the model names.</summary>
    public IReadOnlyList<Edge> Edges { get; }

    /// <summary>Describes, checks and compiles a model.</summary>
    /// <param name="name">The name.</param>
    /// <param name="version">The version, for people.</param>
    /// <param name="describe">The description.</param>
    /// <exception cref="OrderModelException">The model is faulty; the exception has every fault.</exception>
    public static OrderModel Define(string name, int version, Action<OrderModelBuilder> describe)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(describe);
        var builder = new OrderModelBuilder(name, version);
        describe(builder);
        return new OrderModel(ModelCompiler.Compile(builder));
    }

    /// <summary>The trigger of a name; <see langword="null"/> where the model has none.</summary>
    public TriggerInfo? TriggerNamed(string name) => _triggerByName.TryGetValue(name, out var index) ? _triggers[index].Info : null;

    /// <summary>The state of a code; <see langword="null"/> where the model has none.</summary>
    public StateInfo? StateOf(int code) => IndexOf(code) is var index and not NoState ? States[index] : null;

    /// <summary>The profile of a code; <see langword="null"/> where the model has none.</summary>
    public ProfileInfo? ProfileNamed(string code) => _profileByCode.TryGetValue(code, out var index) ? Profiles[index] : null;

    /// <summary>The kind of case of a code; <see langword="null"/> where the model has none.</summary>
    public CaseInfo? CaseNamed(string code) => _caseByCode.GetValueOrDefault(code);

    /// <summary>The bits of holds.</summary>
    /// <exception cref="ArgumentException">The model has no such hold.</exception>
    public uint HoldBits(IReadOnlyList<string> codes) =>
        TryHoldBits(codes, out var bits)
            ? bits
            : throw new ArgumentException(
                $"The model '{Name}' does not have all of the holds {string.Join(", ", codes)}. "
                + $"It has {string.Join(", ", Holds.Select(h => h.Code))}.", nameof(codes));

    /// <summary>The bits of holds; <see langword="false"/> where the model lacks one of them.</summary>
    public bool TryHoldBits(IReadOnlyList<string> codes, out uint bits)
    {
        ArgumentNullException.ThrowIfNull(codes);
        bits = 0;
        for (var i = 0; i < codes.Count; i++)
        {
            if (!_holdByCode.TryGetValue(codes[i], out var bit))
            {
                return false;
            }

            bits |= bit;
        }

        return true;
    }

    /// <summary>The codes of holds.</summary>
    public IReadOnlyList<string> HoldCodes(uint bits) => bits == 0 ? [] : [.. Holds.Where(h => (h.Bit & bits) != 0).Select(h => h.Code)];

    /// <summary>The codes of kinds of case.</summary>
    public IReadOnlyList<string> CaseCodes(uint bits) => bits == 0 ? [] : [.. CasesIn(bits).Select(c => c.Code)];

    /// <summary>The kinds of case in a set.</summary>
    public IEnumerable<CaseInfo> CasesIn(uint bits) => Cases.Where(c => (c.Bit & bits) != 0);

    /// <summary>The codes of guards that failed.</summary>
    public IReadOnlyList<string> GuardCodes(ulong bits)
    {
        var codes = new List<string>(BitOperations.PopCount(bits));
        for (; bits != 0; bits &= bits - 1)
        {
            codes.Add(_guardNames[BitOperations.TrailingZeroCount(bits)]);
        }

        return codes;
    }

    /// <summary>Whether one of an order's states has a trait.</summary>
    public bool HasTrait(StateCodes states, Trait trait)
    {
        var bit = BitOf(trait);
        for (var facet = 0; facet < _facetCount; facet++)
        {
            var index = IndexOf(states[facet]);
            if (index != NoState && (_traitBits[index] & bit) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the model knows every state of an order: the check that binds an order to its model.</summary>
    public bool Knows(in OrderSnapshot order)
    {
        if (order.Model != Fingerprint || (uint)order.Profile >= (uint)_profiles.Length)
        {
            return false;
        }

        var states = order.States;
        for (var facet = 0; facet < _facetCount; facet++)
        {
            var index = IndexOf(states[facet]);
            if (index == NoState || _facetOf[index] != facet)
            {
                return false;
            }
        }

        return _facetCount == StateCodes.MaxFacets || states.Packed >> (_facetCount << 4) == 0;
    }

    /// <summary>The one status that people are shown.</summary>
    public Headline HeadlineOf(in OrderSnapshot order)
    {
        foreach (ref readonly var row in _headlines.AsSpan())
        {
            switch (row.Rule)
            {
                case HeadlineRule.Cases when (order.Cases & row.Cases) is var open and not 0:
                    return _caseHeadlines[BitOperations.TrailingZeroCount(open)]!;
                case HeadlineRule.Holds when order.Holds != 0:
                    return _holdHeadlines[BitOperations.TrailingZeroCount(order.Holds)];
                case HeadlineRule.States when Array.IndexOf(row.States, order.States[row.Facet]) >= 0:
                case HeadlineRule.Facet:
                    return _stateHeadlines[IndexOf(order.States[row.Facet])];
                default:
                    continue;
            }
        }

        throw new InvalidOperationException(
            $"The headline table of '{Name}' has no row for the order. This is a defect of the model check.");
    }

    /// <summary>Says for every command whether it is possible now, and if not, why.</summary>
    public IReadOnlyList<TriggerPermission> PermissionsOf(OrderKey key, in OrderSnapshot order)
    {
        var permissions = new List<TriggerPermission>();
        foreach (var trigger in Triggers)
        {
            if (trigger.Standing != FactStanding.Command || trigger.IsTimer)
            {
                continue;
            }

            var decision = Decide(in order, new FactArguments(trigger.Index, FactStanding.Command));
            permissions.Add(decision.Kind switch
            {
                DecisionKind.Rejected => new(trigger.Name, false, [WhyRejected(in order, trigger.Index, key)]),
                DecisionKind.GuardFailed => new(
                    trigger.Name, false,
                    [.. GuardCodes(decision.FailedGuards), .. HoldCodes(order.Holds).Where(_ => decision.Reason == DecisionReason.Held)]),
                DecisionKind.AlreadyApplied => new(trigger.Name, false, ["already-applied"]),
                _ => new(trigger.Name, true, []),
            });
        }

        return permissions;
    }

    /// <summary>Draws the model as a Mermaid <c>stateDiagram-v2</c> with one composite state per facet.</summary>
    /// <param name="facet">The only facet to draw; all where it is missing.</param>
    /// <remarks>
    /// It shows every way that the model names (<see cref="Edges"/>). Not drawn are the ways that follow from ranks: an owner's fact also
    /// moves the order to the state where it lands from every state before it. The same model always gives the same text.
    /// </remarks>
    /// <exception cref="ArgumentException">The model has no such facet.</exception>
    public string ToMermaid(string? facet = null) => ModelDiagrams.Mermaid(this, facet);

    /// <summary>Draws the model as a Graphviz digraph, like <see cref="ToMermaid"/>.</summary>
    /// <param name="facet">The only facet to draw; all where it is missing.</param>
    /// <exception cref="ArgumentException">The model has no such facet.</exception>
    public string ToDot(string? facet = null) => ModelDiagrams.Dot(this, facet);

    internal string WhyRejected(in OrderSnapshot order, int trigger, OrderKey key)
    {
        var info = _triggers[trigger].Info;
        var states = order.States;
        var here = States[IndexOf(states[Math.Max(info.HomeFacet, 0)])];
        var sources = Edges.Where(e => e.Trigger == info.Name && FacetOf(e.From) == here.Facet)
            .Select(e => StateOf(e.From)!.Name).Distinct();
        var others = Triggers.Where(t => t.Standing == FactStanding.Command && !t.IsTimer && t.Index != trigger
            && Edges.Any(e => e.Trigger == t.Name && e.From == here.Code)).Select(t => t.Name);
        return $"Order {key.Order} is {here.Name}; {info.Name} is allowed from {string.Join(", ", sources)}. "
            + (others.Any() ? $"From {here.Name} use {string.Join(", ", others)}." : $"No command leads out of {here.Name}.");
    }

    internal int FacetOf(int code) => IndexOf(code) is var index and not NoState ? _facetOf[index] : -1;

    internal uint AnchorBit(int code) => IndexOf(code) is var index and not NoState ? _anchorBit[index] : 0;

    internal ProfileInfo ProfileAt(int index) => _profiles[index];

    internal DeadlineInfo? DeadlineOf(int code) => IndexOf(code) is var index and not NoState ? States[index].Deadline : null;

    // A model has a handful of traits, and guards pass the very instance that the model was built with.
    private ulong BitOf(Trait trait)
    {
        for (var i = 0; i < _traits.Length; i++)
        {
            if (ReferenceEquals(_traits[i].Name, trait.Name))
            {
                return 1UL << i;
            }
        }

        return Array.IndexOf(_traits, trait) is var index and >= 0 ? 1UL << index : 0;
    }

    private byte IndexOf(int code) => (uint)code < (uint)_indexOf.Length ? _indexOf[code] : NoState;
}

using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>What a guard or a branch of a model can look at: the order before, the fact, and the sums after it.</summary>
public readonly ref struct DecisionContext
{
    private readonly ref readonly OrderSnapshot _before;
    private readonly ref readonly FactArguments _fact;
    private readonly CounterChange _first;
    private readonly CounterChange _second;
    private readonly uint _anchors;

    internal DecisionContext(
        OrderModel model,
        in OrderSnapshot before,
        in FactArguments fact,
        CounterChange first,
        CounterChange second,
        StateCodes after,
        uint anchors)
    {
        Model = model;
        _before = ref before;
        _fact = ref fact;
        _first = first;
        _second = second;
        After = after;
        _anchors = anchors;
    }

    /// <summary>The order's model.</summary>
    public OrderModel Model { get; }

    /// <summary>The order before the fact.</summary>
    public ref readonly OrderSnapshot Before => ref _before;

    internal ref readonly FactArguments Fact => ref _fact;

    /// <summary>The states after the fact, as far as decided. A branch of the trigger's own facet still sees the earlier ones.</summary>
    public StateCodes After { get; }

    /// <summary>The value of a counter after the fact.</summary>
    public long Counter(Counter counter) => checked(
        _before[counter] + (_first.Index == (int)counter ? _first.Change : 0) + (_second.Index == (int)counter ? _second.Change : 0));

    /// <summary>Whether one of the order's states after the fact has a trait.</summary>
    public bool Has(Trait trait) => Model.HasTrait(After, trait);

    /// <summary>Whether a facet is in one state after the fact.</summary>
    public bool IsIn(int code) => Model.FacetOf(code) is var facet and >= 0 && After[facet] == code;

    /// <summary>Whether an anchor is reached: before the fact for branches, after it for contradictions and closings.</summary>
    public bool Reached(int code) => (_anchors & Model.AnchorBit(code)) != 0;

    /// <summary>Whether the order has a fulfilment profile.</summary>
    public bool HasProfile(string code) => Model.ProfileAt(_before.Profile).Code == code;
}

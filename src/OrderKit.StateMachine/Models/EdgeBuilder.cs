namespace OrderKit.StateMachine;

/// <summary>Describes what a trigger does from some states: branches, tried in the order given.</summary>
public sealed class EdgeBuilder
{
    private readonly TriggerBuilder _trigger;

    internal EdgeBuilder(TriggerBuilder trigger, IReadOnlyList<StateBuilder> from)
    {
        _trigger = trigger;
        Sources = from;
    }

    internal IReadOnlyList<StateBuilder> Sources { get; }

    internal List<Branch> Branches { get; } = [];

    internal bool IsLate { get; private set; }

    internal string? ContradictionCase { get; private set; }

    /// <summary>Moves the order.</summary>
    public TriggerBuilder To(StateBuilder state) => _trigger.With(() => Branches.Add(new Branch(state, null)));

    /// <summary>Moves the order if a condition holds; say what happens otherwise.</summary>
    /// <param name="state">Where to.</param>
    /// <param name="name">The name of the condition; it enters the fingerprint.</param>
    /// <param name="condition">The condition; it sees the sums after the fact.</param>
    public EdgeBuilder To(StateBuilder state, string name, OrderPredicate condition) =>
        this.With(() => Branches.Add(new Branch(state, new Condition(name, condition))));

    /// <summary>Stays if a condition holds, with the effects on sums and holds; say what happens otherwise.</summary>
    public EdgeBuilder Stay(string name, OrderPredicate condition) =>
        this.With(() => Branches.Add(new Branch(null, new Condition(name, condition))));

    /// <summary>Stays, with the effects on sums and holds.</summary>
    public TriggerBuilder Stay() => _trigger.With(() => Branches.Add(new Branch(null, null)));

    /// <summary>Is late in these states: noted, nothing moves.</summary>
    public TriggerBuilder Late() => _trigger.With(() => IsLate = true);

    /// <summary>Contradicts these states: nothing moves, and a case is opened.</summary>
    public TriggerBuilder Contradicts(CaseBuilder orderCase)
    {
        ArgumentNullException.ThrowIfNull(orderCase);
        ContradictionCase = orderCase.Code;
        return _trigger;
    }

    internal sealed record Branch(StateBuilder? Target, Condition? Condition);
}

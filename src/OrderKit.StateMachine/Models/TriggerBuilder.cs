using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Describes a trigger of a model.</summary>
public sealed class TriggerBuilder
{
    internal TriggerBuilder(string name, FactStanding standing, int home, bool isTimer, bool isCreation)
    {
        Name = name;
        Standing = standing;
        Home = home;
        IsTimer = isTimer;
        IsCreation = isCreation;
    }

    /// <summary>Its name, as facts carry it.</summary>
    public string Name { get; }

    internal FactStanding Standing { get; }

    internal int Home { get; }

    internal bool IsTimer { get; }

    internal bool IsCreation { get; }

    internal bool IsStatusReport { get; set; }

    internal StateBuilder? Landing { get; private set; }

    internal List<CounterRule> Counters { get; } = [];

    internal List<EdgeBuilder> Edges { get; } = [];

    internal List<Condition> Guards { get; } = [];

    internal List<(string Case, Condition Condition)> Contradictions { get; } = [];

    internal List<StateBuilder> Revoked { get; } = [];

    internal OrderModel.TriggerKey? Key { get; private set; }

    internal bool MovesMoney => Counters.Exists(static c => c is { Operation: CounterOperation.Add, IsMoney: true });

    internal bool NeedsNoHold { get; private set; }

    internal bool PlacesHolds { get; private set; }

    internal bool ReleasesHolds { get; private set; }

    internal List<(string Hold, Condition? Condition)> ReleasedHolds { get; } = [];

    /// <summary>Sets the state it claims. From states without a rule, a lower fact is late and a higher one moves there.</summary>
    public TriggerBuilder Lands(StateBuilder state) => this.With(() => Landing = state);

    /// <summary>Begins a rule for some states.</summary>
    public EdgeBuilder From(params IReadOnlyList<StateBuilder> states)
    {
        var edge = new EdgeBuilder(this, states);
        Edges.Add(edge);
        return edge;
    }

    /// <summary>Requires a number of a kind as <see cref="OrderFact.Evidence"/>, or an <see cref="OrderFact.Id"/>, in each fact.</summary>
    /// <remarks>A key decides nothing about an order and is no part of the fingerprint: a model may be given one at any time.</remarks>
    public TriggerBuilder KeyedBy(ReferenceKind number) => this.With(() => Key = number != default
        ? new OrderModel.TriggerKey(number)
        : throw new ArgumentException("The default reference kind is no kind of number.", nameof(number)));

    /// <summary>Requires an <see cref="OrderFact.Id"/> in each fact, for numbers that stand for several facts.</summary>
    /// <remarks>Like <see cref="KeyedBy"/>, it is no part of the fingerprint.</remarks>
    public TriggerBuilder KeyedById() => this.With(() => Key = new OrderModel.TriggerKey((ReferenceKind?)null));

    /// <summary>Adds the amount (default: what is outstanding). Requires <see cref="KeyedBy"/> or <see cref="KeyedById"/>.</summary>
    /// <param name="counter">The sum.</param>
    /// <param name="of">The sum whose rest is meant by a fact without an amount.</param>
    public TriggerBuilder AddsAmount(Counter counter, Counter of) => Add(new(counter, CounterOperation.Add, IsMoney: true, of));

    /// <summary>Adds the fact's pieces to a sum; without a quantity what remains of <paramref name="of"/>.</summary>
    public TriggerBuilder AddsQuantity(Counter counter, Counter of) => Add(new(counter, CounterOperation.Add, IsMoney: false, of));

    /// <summary>Takes the fact's pieces from a sum; without a quantity all of it. Happens only when the order moves.</summary>
    public TriggerBuilder TakesQuantity(Counter counter) => Add(new(counter, CounterOperation.Take, IsMoney: false, counter));

    /// <summary>Sets a sum to the fact's amount, where it brings one.</summary>
    public TriggerBuilder SetsAmount(Counter counter) => Add(new(counter, CounterOperation.Set, IsMoney: true, counter));

    /// <summary>Sets a sum to the fact's quantity, where it brings one.</summary>
    public TriggerBuilder SetsQuantity(Counter counter) => Add(new(counter, CounterOperation.Set, IsMoney: false, counter));

    /// <summary>Sets a sum to nothing when the order moves.</summary>
    public TriggerBuilder Clears(Counter counter) => Add(new(counter, CounterOperation.Clear, IsMoney: true, counter));

    /// <summary>Sets a sum to nothing when the order moves and a condition holds after it.</summary>
    /// <param name="counter">The sum.</param>
    /// <param name="name">The name of the condition; it enters the fingerprint.</param>
    /// <param name="condition">The condition; it sees the states after the fact.</param>
    public TriggerBuilder Clears(Counter counter, string name, OrderPredicate condition) =>
        Add(new(counter, CounterOperation.Clear, IsMoney: true, counter, new Condition(name, condition)));

    /// <summary>Has a command refused unless a condition holds.</summary>
    /// <param name="name">The code that a caller is told.</param>
    /// <param name="condition">The condition, looked at before the command.</param>
    public TriggerBuilder When(string name, OrderPredicate condition) => this.With(() => Guards.Add(new Condition(name, condition)));

    /// <summary>Has a command refused while any hold stands.</summary>
    public TriggerBuilder UnlessHeld() => this.With(() => NeedsNoHold = true);

    /// <summary>Has a fact that takes effect open a case when a condition holds after it.</summary>
    public TriggerBuilder Contradicts(CaseBuilder orderCase, string name, OrderPredicate condition)
    {
        ArgumentNullException.ThrowIfNull(orderCase);
        Contradictions.Add((orderCase.Code, new Condition(name, condition)));
        return this;
    }

    /// <summary>Has it open a case whenever it takes effect.</summary>
    public TriggerBuilder Opens(CaseBuilder orderCase) => Contradicts(orderCase, "always", static (in DecisionContext _) => true);

    /// <summary>Makes it the revocation of anchors, by the source that told them.</summary>
    public TriggerBuilder Revokes(params ReadOnlySpan<StateBuilder> anchors)
    {
        Revoked.AddRange(anchors);
        return this;
    }

    /// <summary>Makes it place the holds that the fact names.</summary>
    public TriggerBuilder PlacesNamedHolds() => this.With(() => PlacesHolds = true);

    /// <summary>Makes it release the holds that the fact names.</summary>
    public TriggerBuilder ReleasesNamedHolds() => this.With(() => ReleasesHolds = true);

    /// <summary>Makes it release a hold whenever it takes effect.</summary>
    public TriggerBuilder Releases(string hold) => this.With(() => ReleasedHolds.Add((hold, null)));

    /// <summary>Makes it release a hold when it takes effect and a condition holds after it.</summary>
    public TriggerBuilder Releases(string hold, string name, OrderPredicate condition) =>
        this.With(() => ReleasedHolds.Add((hold, new Condition(name, condition))));

    private TriggerBuilder Add(CounterRule rule) => this.With(() => Counters.Add(rule));
}

using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Describes a model; <see cref="OrderModel.Define"/> checks and compiles the description.</summary>
public sealed class OrderModelBuilder
{
    internal OrderModelBuilder(string name, int version)
    {
        Name = name;
        Version = version;
    }

    internal string Name { get; }

    internal int Version { get; }

    internal List<string> Facets { get; } = [];

    internal List<StateBuilder> States { get; } = [];

    internal List<TriggerBuilder> Triggers { get; } = [];

    internal List<(string Code, string LocalName)> Holds { get; } = [];

    internal List<CaseBuilder> Cases { get; } = [];

    internal List<ProfileBuilder> Profiles { get; } = [];

    internal List<HeadlineEntry> Headlines { get; } = [];

    internal List<OrderModel.TimelineNodeInfo> Nodes { get; } = [];

    internal OrderModel? Superseded { get; private set; }

    /// <summary>Adds a facet: up to four.</summary>
    public FacetBuilder Facet(string name)
    {
        Facets.Add(name);
        return new FacetBuilder(this, Facets.Count - 1, name);
    }

    /// <summary>Adds a hold: up to 32.</summary>
    public OrderModelBuilder Hold(string code, string localName) => this.With(() => Holds.Add((code, localName)));

    /// <summary>Adds a kind of case: up to 26.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="owner">The desk that acts.</param>
    /// <param name="reason">A sentence for people.</param>
    /// <param name="within">By when it should be closed.</param>
    public CaseBuilder Case(string code, string owner, string reason, TimeSpan? within = null)
    {
        var builder = new CaseBuilder(code, owner, reason, within);
        Cases.Add(builder);
        return builder;
    }

    /// <summary>Adds a trigger that tells a fact of the owner of the facet.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="home">The facet that it is about; none for one that only changes sums, holds or cases.</param>
    public TriggerBuilder Fact(string name, FacetBuilder? home = null) =>
        Add(name, FactStanding.Fact, home, isTimer: false, isCreation: false);

    /// <summary>Adds a trigger that asks for something and may be refused.</summary>
    public TriggerBuilder Command(string name, FacetBuilder? home = null) =>
        Add(name, FactStanding.Command, home, isTimer: false, isCreation: false);

    /// <summary>Adds a trigger that only deadlines fire; it may be refused, and then nothing happens.</summary>
    public TriggerBuilder Timer(string name, FacetBuilder? home = null) =>
        Add(name, FactStanding.Command, home, isTimer: true, isCreation: false);

    /// <summary>Adds the trigger that tells what state another system believes the order to be in.</summary>
    public TriggerBuilder StatusReport(string name)
    {
        var trigger = Add(name, FactStanding.Report, null, isTimer: false, isCreation: false);
        trigger.IsStatusReport = true;
        return trigger;
    }

    /// <summary>Adds the trigger that creates orders.</summary>
    public TriggerBuilder Creation(string name) => Add(name, FactStanding.Fact, null, isTimer: false, isCreation: true);

    /// <summary>Adds a fulfilment profile; the first is the default.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="initial">The state in which its orders begin, for each facet.</param>
    /// <param name="milestones">The states that its orders pass, in this order.</param>
    /// <param name="holds">The codes of the holds with which its orders begin.</param>
    public OrderModelBuilder Profile(
        string code, IReadOnlyList<StateBuilder> initial, IReadOnlyList<StateBuilder> milestones, IReadOnlyList<string>? holds = null)
    {
        Profiles.Add(new ProfileBuilder(code, initial, milestones, holds ?? []));
        return this;
    }

    /// <summary>Adds a row to the headline table that looks at open cases: those named, or all.</summary>
    public OrderModelBuilder HeadlineFromCases(params IReadOnlyList<string> cases) => AddHeadline(new(HeadlineRule.Cases, cases, [], -1));

    /// <summary>Adds a row that looks for states.</summary>
    public OrderModelBuilder HeadlineFromStates(params IReadOnlyList<StateBuilder> states) =>
        AddHeadline(new(HeadlineRule.States, [], states, -1));

    /// <summary>Adds a row that shows the first hold that stands.</summary>
    public OrderModelBuilder HeadlineFromHolds() => AddHeadline(new(HeadlineRule.Holds, [], [], -1));

    /// <summary>Adds a row that shows the state of a facet.</summary>
    public OrderModelBuilder HeadlineFromFacet(FacetBuilder facet)
    {
        ArgumentNullException.ThrowIfNull(facet);
        return AddHeadline(new(HeadlineRule.Facet, [], [], facet.Index));
    }

    /// <summary>Adds a node that every timeline shows; without states it is the creation of the order.</summary>
    public OrderModelBuilder TimelineNode(string name, string localName, params IReadOnlyList<StateBuilder> states) =>
        this.With(() => Nodes.Add(new OrderModel.TimelineNodeInfo(name, localName, [.. states.Select(s => s.Code)])));

    /// <summary>Says that this model adds to another: its orders may be moved to this one as they are.</summary>
    public OrderModelBuilder Supersedes(OrderModel model) => this.With(() => Superseded = model);

    internal StateBuilder AddState(StateBuilder state) => state.With(() => States.Add(state));

    private TriggerBuilder Add(string name, FactStanding standing, FacetBuilder? home, bool isTimer, bool isCreation)
    {
        var trigger = new TriggerBuilder(name, standing, home?.Index ?? -1, isTimer, isCreation);
        Triggers.Add(trigger);
        return trigger;
    }

    private OrderModelBuilder AddHeadline(HeadlineEntry entry) => this.With(() => Headlines.Add(entry));

    internal sealed record ProfileBuilder(
        string Code, IReadOnlyList<StateBuilder> Initial, IReadOnlyList<StateBuilder> Milestones, IReadOnlyList<string> Holds);

    internal sealed record HeadlineEntry(HeadlineRule Rule, IReadOnlyList<string> Cases, IReadOnlyList<StateBuilder> States, int Facet);
}

namespace OrderKit.StateMachine;

/// <summary>Describes a state of a model.</summary>
public sealed class StateBuilder
{
    internal StateBuilder(int facet, int code, string name, string localName, int? rank)
    {
        Facet = facet;
        Code = code;
        Name = name;
        LocalName = localName;
        Rank = rank;
    }

    /// <summary>Its stable code.</summary>
    public int Code { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    internal int Facet { get; }

    internal string LocalName { get; }

    internal int? Rank { get; }

    internal bool IsAnchor { get; private set; }

    internal bool IsEnd { get; private set; }

    internal bool IsResting { get; private set; }

    internal List<Trait> TraitList { get; } = [];

    internal OrderModel.DeadlineInfo? DeadlineInfo { get; private set; }

    /// <summary>Makes it a milestone with evidence, which nothing undoes but its own source.</summary>
    public StateBuilder Anchor() => this.With(() => IsAnchor = true);

    /// <summary>Lets the facet end in it.</summary>
    public StateBuilder End() => this.With(() => IsEnd = true);

    /// <summary>Lets an order stay in it without a deadline.</summary>
    public StateBuilder Resting() => this.With(() => IsResting = true);

    /// <summary>Gives it traits.</summary>
    public StateBuilder Traits(params ReadOnlySpan<Trait> traits)
    {
        TraitList.AddRange(traits);
        return this;
    }

    /// <summary>Says how long it may last and what is fired then.</summary>
    /// <param name="after">How long.</param>
    /// <param name="trigger">The trigger that is fired.</param>
    /// <param name="basis">From which instant it counts.</param>
    /// <param name="probe">The probe that must agree first.</param>
    public StateBuilder Within(TimeSpan after, string trigger, DeadlineBasis basis = DeadlineBasis.Entered, string? probe = null) =>
        this.With(() => DeadlineInfo = new OrderModel.DeadlineInfo(trigger, after, basis, probe));
}

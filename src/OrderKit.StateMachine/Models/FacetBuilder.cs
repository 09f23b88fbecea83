namespace OrderKit.StateMachine;

/// <summary>Describes a facet of a model.</summary>
public sealed class FacetBuilder
{
    private readonly OrderModelBuilder _model;

    internal FacetBuilder(OrderModelBuilder model, int index, string name)
    {
        _model = model;
        Index = index;
        Name = name;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>All states described so far.</summary>
    public IReadOnlyList<StateBuilder> States => [.. _model.States.Where(s => s.Facet == Index)];

    internal int Index { get; }

    /// <summary>Adds a state on the way.</summary>
    /// <param name="code">Its stable code, 1 to 4,095.</param>
    /// <param name="name">Its name for developers.</param>
    /// <param name="localName">Its name for the people who work with it.</param>
    /// <param name="rank">How far along the way it is, 0 to 250: a fact for a lower rank than the order's is late.</param>
    public StateBuilder State(int code, string name, string localName, int rank) =>
        _model.AddState(new StateBuilder(Index, code, name, localName, rank));

    /// <summary>Adds a state beside the way: a detour or an end.</summary>
    public StateBuilder Aside(int code, string name, string localName) =>
        _model.AddState(new StateBuilder(Index, code, name, localName, null));
}

using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>What a fact does to an order: the outcome and everything that changes, as a value.</summary>
internal readonly record struct Decision
{
    /// <summary>The outcome.</summary>
    public DecisionKind Kind { get; init; }

    /// <summary>Why.</summary>
    public DecisionReason Reason { get; init; }

    /// <summary>The trigger's number in the model.</summary>
    public int Trigger { get; init; }

    /// <summary>The facets that entered a state, as bits. A facet may enter the state that it is in.</summary>
    public int MovedFacets { get; init; }

    /// <summary>The states after it.</summary>
    public StateCodes States { get; init; }

    /// <summary>The holds after it.</summary>
    public uint Holds { get; init; }

    /// <summary>The open kinds of case after it.</summary>
    public uint Cases { get; init; }

    /// <summary>The anchors after it.</summary>
    public uint Anchors { get; init; }

    /// <summary>The first counter that changes.</summary>
    public CounterChange First { get; init; }

    /// <summary>The second counter that changes.</summary>
    public CounterChange Second { get; init; }

    /// <summary>The guards that failed, as bits of the model; <see cref="OrderModel.GuardCodes"/> names them.</summary>
    public ulong FailedGuards { get; init; }

    /// <summary>Whether anything of the order changes but its version.</summary>
    public bool Changes(in OrderSnapshot before) =>
        MovedFacets != 0 || Holds != before.Holds || Cases != before.Cases || Anchors != before.Anchors
        || (First.Index >= 0 && First.Change != 0) || (Second.Index >= 0 && Second.Change != 0);

    /// <summary>Makes the order what the decision says, as its next version.</summary>
    public void ApplyTo(ref OrderSnapshot order)
    {
        var version = ++order.Version;
        order.States = States;
        order.Holds = Holds;
        order.Cases = Cases;
        order.Anchors = Anchors;
        order.Add(First);
        order.Add(Second);
        for (var moved = MovedFacets; moved != 0; moved &= moved - 1)
        {
            order.Since = order.Since.With(System.Numerics.BitOperations.TrailingZeroCount(moved), version);
        }
    }
}

namespace OrderKit.StateMachine;

/// <summary>How a fact relates to the order that it speaks of.</summary>
public enum DecisionKind : byte
{
    /// <summary>It was expected and took effect.</summary>
    Applied = 0,

    /// <summary>The order is there already; nothing moves.</summary>
    AlreadyApplied = 1,

    /// <summary>The order is past it; nothing moves. Sums and the evidence of a milestone that an owner tells are kept even so.</summary>
    Late = 2,

    /// <summary>It came before what should precede it. An owner's fact takes effect; a report is noted.</summary>
    Early = 3,

    /// <summary>It contradicts the order. An owner's fact lands on its facet; a case is open either way.</summary>
    Contradictory = 4,

    /// <summary>A command that the state does not allow.</summary>
    Rejected = 5,

    /// <summary>A command that the state allows and a guard does not.</summary>
    GuardFailed = 6,
}

namespace OrderKit.StateMachine;

/// <summary>Why a decision is what it is.</summary>
public enum DecisionReason : byte
{
    /// <summary>The model allows it from this state.</summary>
    Expected = 0,

    /// <summary>The facet is in that very state.</summary>
    SameState = 1,

    /// <summary>The facet is past that state.</summary>
    PassedState = 2,

    /// <summary>It would go back behind an anchor.</summary>
    BehindAnchor = 3,

    /// <summary>States that should come before were not reported.</summary>
    SkippedStates = 4,

    /// <summary>A report claims an anchor and brings no evidence.</summary>
    NoEvidence = 5,

    /// <summary>The model knows no way from this state, or says that it contradicts it.</summary>
    ContradictsState = 6,

    /// <summary>It took effect, and a rule of the model says that it contradicts the rest of the order.</summary>
    ContradictsOrder = 7,

    /// <summary>The amount is in another currency than the order's.</summary>
    ForeignCurrency = 8,

    /// <summary>It revokes a fact that its source never told.</summary>
    NothingToRevoke = 9,

    /// <summary>The state does not allow the command.</summary>
    NotAllowed = 10,

    /// <summary>A hold stands in the way.</summary>
    Held = 11,

    /// <summary>A guard of the model stands in the way.</summary>
    Guarded = 12,

    /// <summary>An id that its source used before for another content.</summary>
    IdReused = 13,

    /// <summary>An operator closed a case.</summary>
    CaseClosed = 14,

    /// <summary>The order was moved to another model.</summary>
    ModelMoved = 15,

    /// <summary>A sum would become larger than an order can have.</summary>
    SumOutOfRange = 16,
}

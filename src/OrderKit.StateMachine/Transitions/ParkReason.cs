namespace OrderKit.StateMachine;

/// <summary>Why a fact could not be decided yet.</summary>
public enum ParkReason : byte
{
    /// <summary>No order is linked to its number.</summary>
    UnknownNumber = 0,

    /// <summary>The order does not exist yet.</summary>
    UnknownOrder = 1,

    /// <summary>Several orders share its number, and only a person or a payment document can divide the amount or pieces.</summary>
    AmbiguousNumber = 2,

    /// <summary>The order's model has no such trigger.</summary>
    UnknownTrigger = 3,

    /// <summary>This host does not know the model that the order is decided under.</summary>
    UnknownModel = 4,

    /// <summary>The order is in a state that its model does not know.</summary>
    UnknownState = 5,

    /// <summary>It names a profile or a hold that the model does not have.</summary>
    UnknownCode = 6,
}

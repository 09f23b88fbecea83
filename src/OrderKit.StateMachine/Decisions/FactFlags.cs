namespace OrderKit.StateMachine;

/// <summary>What a caller found out about a fact before it is decided.</summary>
[Flags]
internal enum FactFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its amount is in another currency than the order's.</summary>
    ForeignCurrency = 1,

    /// <summary>The fact that it revokes is in the journal, from the same source.</summary>
    RevokesKnownFact = 2,

    /// <summary>Its source used its id before for another content.</summary>
    IdReused = 4,
}

namespace OrderKit.Core;

/// <summary>The decision about a message in quarantine.</summary>
public enum QuarantineState : byte
{
    /// <summary>No decision yet.</summary>
    Waiting = 0,

    /// <summary>The message was accepted later.</summary>
    Released = 1,

    /// <summary>The message was discarded.</summary>
    Discarded = 2,
}

namespace OrderKit.Core;

/// <summary>What was decided about a message in quarantine.</summary>
public enum QuarantineState : byte
{
    /// <summary>Nothing yet.</summary>
    Waiting = 0,

    /// <summary>It was taken in after all.</summary>
    Released = 1,

    /// <summary>It was put aside for good.</summary>
    Discarded = 2,
}

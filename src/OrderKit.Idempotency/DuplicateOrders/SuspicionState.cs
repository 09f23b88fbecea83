namespace OrderKit.Idempotency;

/// <summary>How a suspected duplicate stands. The numbers are stored.</summary>
public enum SuspicionState
{
    /// <summary>It went on with a label.</summary>
    Labelled = 0,

    /// <summary>It waits for a person.</summary>
    Held = 1,

    /// <summary>A person let it go on: two orders were meant.</summary>
    Released = 2,

    /// <summary>A person let it go on, in one parcel with the earlier order.</summary>
    Merged = 3,

    /// <summary>A person gave it up.</summary>
    Voided = 4,

    /// <summary>Nobody decided in time, and it went on.</summary>
    Lapsed = 5,
}

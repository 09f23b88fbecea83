namespace OrderKit.Idempotency;

/// <summary>How an effect ended.</summary>
public enum EffectEnding : byte
{
    /// <summary>It was written now.</summary>
    Applied = 0,

    /// <summary>It was written before, on another path.</summary>
    Duplicate = 1,

    /// <summary>It cannot be decided yet; it is kept and applied later.</summary>
    Parked = 2,

    /// <summary>A rule refused it.</summary>
    Rejected = 3,

    /// <summary>Another writer was first. It is tried again in another transaction.</summary>
    Conflict = 4,
}

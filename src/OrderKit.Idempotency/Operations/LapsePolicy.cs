namespace OrderKit.Idempotency;

/// <summary>What is done about an operation whose worker is gone, and of which nobody knows whether its effect happened.</summary>
public enum LapsePolicy
{
    /// <summary>It is held until a person, or a resolver, says whether its effect happened.</summary>
    Hold = 0,

    /// <summary>The policy's resolver is asked, which asks whoever would have had the effect; where it knows nothing, the operation is held.</summary>
    Resolve = 1,

    /// <summary>It is begun again: only for effects that may happen twice, or that repeat the same downstream keys.</summary>
    Retry = 2,
}

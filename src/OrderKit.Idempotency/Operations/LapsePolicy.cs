namespace OrderKit.Idempotency;

/// <summary>What happens to an operation whose worker is gone, when nobody knows whether its effect happened.</summary>
public enum LapsePolicy
{
    /// <summary>It is held until a person, or a resolver, says whether its effect happened.</summary>
    Hold = 0,

    /// <summary>The policy's resolver asks the system that would have had the effect. If it does not know, the operation is held.</summary>
    Resolve = 1,

    /// <summary>It runs again. Use this only for effects that may happen twice, or that repeat the same downstream keys.</summary>
    Retry = 2,
}

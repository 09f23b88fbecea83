namespace OrderKit.AspNetCore;

/// <summary>Where the effect of an endpoint lies, and so when its answer is kept.</summary>
public enum IdempotencyMode
{
    /// <summary>Outside the store, or in several transactions: the claim is durable before the handler begins, the answer is kept when it has ended.</summary>
    Leased = 0,

    /// <summary>In the unit of work that the handler takes from its <see cref="IdempotentRequest"/>: claim, effect and answer are one commit, and the answer is sent after it.</summary>
    Joined = 1,
}

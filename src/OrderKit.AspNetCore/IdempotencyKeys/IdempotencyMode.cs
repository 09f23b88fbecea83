namespace OrderKit.AspNetCore;

/// <summary>Where an endpoint writes its effect, and so when its response is stored.</summary>
public enum IdempotencyMode
{
    /// <summary>
    /// The effect is outside the store, or in several transactions. The claim is durable before the handler starts, and the response is
    /// stored after it.
    /// </summary>
    Leased = 0,

    /// <summary>
    /// The effect is in the unit of work that the handler takes from its <see cref="IdempotentRequest"/>. Claim, effect and response are
    /// one commit, and the response is sent after it.
    /// </summary>
    Joined = 1,
}

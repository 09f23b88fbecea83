using OrderKit.Core;

namespace OrderKit.Idempotency.Storage;

/// <summary>The order that already guards a subject.</summary>
/// <param name="Earlier">The order that guards the subject. It is the checked order itself if that was accepted before.</param>
/// <param name="EarlierAt">The time of the latest order with the subject.</param>
/// <param name="At">The time of the checked order.</param>
/// <param name="Now">The current time by the store's clock.</param>
public sealed record GuardFinding(OrderKey Earlier, DateTimeOffset EarlierAt, DateTimeOffset At, DateTimeOffset Now);

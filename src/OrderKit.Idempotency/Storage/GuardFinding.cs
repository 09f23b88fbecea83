using OrderKit.Core;

namespace OrderKit.Idempotency.Storage;

/// <summary>Who guards a subject already.</summary>
/// <param name="Earlier">The order that guards it; the one that asks itself, where it was taken before.</param>
/// <param name="EarlierAt">The instant of the latest order of the subject.</param>
/// <param name="At">The instant of the order that asks.</param>
/// <param name="Now">The store's clock.</param>
public sealed record GuardFinding(OrderKey Earlier, DateTimeOffset EarlierAt, DateTimeOffset At, DateTimeOffset Now);

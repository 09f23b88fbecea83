using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>A notification that takes effect.</summary>
/// <param name="Notification">What the provider says.</param>
/// <param name="Document">What the host asked for. The notification agrees with it.</param>
public sealed record NotificationEffect(NotificationFacts Notification, PaymentDocument Document);

/// <summary>What became of an effect.</summary>
/// <param name="Ending">How it ended.</param>
/// <param name="Detail">What it waits for, or why it was refused.</param>
public readonly record struct NotificationEffectResult(EffectEnding Ending, string? Detail = null);

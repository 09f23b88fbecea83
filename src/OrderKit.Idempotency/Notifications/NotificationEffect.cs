using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>A notification that is to take effect.</summary>
/// <param name="Notification">What the provider says.</param>
/// <param name="Document">What the host asked for, which the notification agrees with.</param>
public sealed record NotificationEffect(NotificationFacts Notification, PaymentDocument Document);

using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>What notifications mean to the host. <c>AddPaymentNotifications</c> fires them at the orders.</summary>
/// <remarks>
/// Both methods read and write in the unit of work that they get, and nowhere else. Notifications that come at the same time share it and
/// wait for each other. Where one of them fails, the unit is rolled back and the others take effect in another one.
/// </remarks>
public interface INotificationEffects
{
    /// <summary>Finds what the host expects of this trade or refund; <see langword="null"/> where it knows of none.</summary>
    ValueTask<PaymentDocument?> FindDocumentAsync(
        UnitOfWork unitOfWork, NotificationFacts notification, CancellationToken cancellationToken);

    /// <summary>Writes what notifications mean, in the given order, in the unit of work in which they are claimed.</summary>
    /// <returns>What became of each, in the same order.</returns>
    ValueTask<IReadOnlyList<NotificationEffectResult>> ApplyAsync(
        UnitOfWork unitOfWork, IReadOnlyList<NotificationEffect> effects, CancellationToken cancellationToken);
}

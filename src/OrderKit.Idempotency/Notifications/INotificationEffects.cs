using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>What notifications mean to the host: <c>AddOrderKit()</c> fires them at the orders.</summary>
/// <remarks>
/// Both write and read in the unit that they are given, and nowhere else: notifications that come at the same time share it, wait for each
/// other, and where one of them fails it is rolled back and the others take effect in another one.
/// </remarks>
public interface INotificationEffects
{
    /// <summary>What the host expects of this trade or refund; <see langword="null"/> where it knows of none.</summary>
    ValueTask<PaymentDocument?> FindDocumentAsync(UnitOfWork unitOfWork, NotificationFacts notification, CancellationToken cancellationToken);

    /// <summary>Writes what notifications mean, in the unit in which they are claimed and in the order in which they are given.</summary>
    ValueTask ApplyAsync(UnitOfWork unitOfWork, IReadOnlyList<NotificationEffect> effects, CancellationToken cancellationToken);
}

using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>What notifications mean to the host: <c>AddOrderKit()</c> fires them at the orders.</summary>
public interface INotificationEffects
{
    /// <summary>What the host expects of this trade or refund; <see langword="null"/> where it knows of none.</summary>
    ValueTask<PaymentDocument?> FindDocumentAsync(UnitOfWork unitOfWork, NotificationFacts notification, CancellationToken cancellationToken);

    /// <summary>Writes what the notification means, in the unit in which it is claimed.</summary>
    ValueTask ApplyAsync(UnitOfWork unitOfWork, NotificationFacts notification, PaymentDocument document, CancellationToken cancellationToken);
}

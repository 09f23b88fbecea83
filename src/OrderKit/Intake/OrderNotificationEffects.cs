using System.Globalization;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.StateMachine;

namespace OrderKit;

/// <summary>Fires what payment providers say at the orders that the payment covers.</summary>
internal sealed class OrderNotificationEffects(OrderLifecycle lifecycle, IPaymentDocuments documents) : INotificationEffects
{
    public ValueTask<PaymentDocument?> FindDocumentAsync(UnitOfWork unitOfWork, NotificationFacts notification, CancellationToken cancellationToken) =>
        documents.FindAsync(unitOfWork, notification.Tenant, notification.Provider, notification.MerchantTradeNumber, notification.RefundNumber, cancellationToken);

    public async ValueTask ApplyAsync(UnitOfWork unitOfWork, IReadOnlyList<NotificationEffect> effects, CancellationToken cancellationToken)
    {
        var facts = effects.SelectMany(FactsOf).ToList();
        if (facts.Count == 0)
        {
            return;
        }

        var results = await lifecycle.FireManyAsync(unitOfWork, facts, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < results.Count; i++)
        {
            switch (results[i])
            {
                case FireResult.Conflict conflict:
                    throw new NotificationConflictException(conflict.Order);
                case FireResult.Rejected or FireResult.GuardFailed or FireResult.Unresolved:
                    // Money is told, not asked for: a model that refuses it is at fault, and nothing may be acknowledged.
                    throw new InvalidOperationException($"The model of the order {facts[i].Order} refuses '{facts[i].Trigger}': declare it as a fact, which is never refused. {results[i]}");
                default:
                    break;
            }
        }
    }

    private static IEnumerable<OrderFact> FactsOf(NotificationEffect effect)
    {
        var notification = effect.Notification;
        var trigger = notification.Kind switch
        {
            NotificationKind.Paid => "captured",
            NotificationKind.Refunded => "refund-paid",
            NotificationKind.Closed => "payment-closed",
            NotificationKind.Finished => null,
            _ => throw new ArgumentException($"{notification.Kind} is nothing that a notification says.", nameof(effect)),
        };
        return trigger is null ? [] : effect.Document.Shares.Select(share => new OrderFact
        {
            Trigger = trigger,
            Source = notification.Provider,
            Id = string.Create(CultureInfo.InvariantCulture, $"{trigger}:{notification.ProviderTradeNumber}:{notification.RefundNumber}"),
            Order = share.Order,
            Amount = notification.Kind == NotificationKind.Closed ? null : share.Amount,
            Evidence = notification.RefundNumber ?? notification.ProviderTradeNumber,
            RawStatus = notification.RawStatus,
            OccurredAt = notification.OccurredAt,
            Payload = notification.Raw,
        });
    }
}

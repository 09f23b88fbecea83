using System.Globalization;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.StateMachine;

namespace OrderKit;

/// <summary>Fires what payment providers say at the orders that the payment covers.</summary>
internal sealed class OrderNotificationEffects(OrderLifecycle lifecycle, IPaymentDocuments documents, IOptions<NotificationOptions> options)
    : INotificationEffects
{
    public ValueTask<PaymentDocument?> FindDocumentAsync(
        UnitOfWork unitOfWork, NotificationFacts notification, CancellationToken cancellationToken) =>
        documents.FindAsync(
            unitOfWork, notification.Tenant, notification.Provider, notification.MerchantTradeNumber, notification.RefundNumber,
            cancellationToken);

    public async ValueTask<IReadOnlyList<NotificationEffectResult>> ApplyAsync(
        UnitOfWork unitOfWork, IReadOnlyList<NotificationEffect> effects, CancellationToken cancellationToken)
    {
        var facts = effects.Select(effect => FactsOf(effect).ToList()).ToList();
        OrderFact[] all = [.. facts.SelectMany(static ofEffect => ofEffect)];
        var fired = await lifecycle.FireManyAsync(unitOfWork, all, cancellationToken).ConfigureAwait(false);
        var results = new NotificationEffectResult[effects.Count];
        for (int i = 0, next = 0; i < results.Length; next += facts[i++].Count)
        {
            var (ending, detail) = FiredFact.EndingOf(fired.Skip(next).Take(facts[i].Count));
            results[i] = new NotificationEffectResult(ending, detail);
        }

        return results;
    }

    private IEnumerable<OrderFact> FactsOf(NotificationEffect effect)
    {
        var notification = effect.Notification;
        return options.Value.Trigger(notification) is not { } trigger ? [] : effect.Document.Shares.Select(share => new OrderFact
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

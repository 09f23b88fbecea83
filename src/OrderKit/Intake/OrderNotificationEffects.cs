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
            var (ending, detail) = EndingOf(fired.Skip(next).Take(facts[i].Count));
            results[i] = new NotificationEffectResult(ending, detail);
        }

        return results;
    }

    /// <summary>How a fact ended for its claim, and what it waits for or why it was refused.</summary>
    public static (EffectEnding Ending, string? Detail) EndingOf(FireResult fired) => fired switch
    {
        FireResult.Conflict => (EffectEnding.Conflict, null),
        FireResult.Rejected rejected => (EffectEnding.Rejected, rejected.Message),
        FireResult.GuardFailed guarded => (EffectEnding.Rejected, $"These guards failed: {string.Join(", ", guarded.Guards)}."),
        FireResult.Unresolved unresolved => (EffectEnding.Rejected, unresolved.Detail),
        FireResult.Parked parked => (EffectEnding.Parked, parked.Detail),
        FireResult.Duplicate => (EffectEnding.Duplicate, null),
        FireResult.Several several => EndingOf(several.Results),
        _ => (EffectEnding.Applied, null),
    };

    // Facts that share a claim end as the one that ended worst. They are a duplicate only if all of them are.
    private static (EffectEnding Ending, string? Detail) EndingOf(IEnumerable<FireResult> fired)
    {
        var endings = fired.Select(EndingOf).ToList();
        return endings.Count > 0 && endings.TrueForAll(static one => one.Ending == EffectEnding.Duplicate) ? endings[0]
            : endings.Select(static one => one.Ending == EffectEnding.Duplicate ? default : one)
                .DefaultIfEmpty().MaxBy(static one => one.Ending);
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

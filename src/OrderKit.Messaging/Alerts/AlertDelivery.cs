using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Passes alerts to one sink.</summary>
internal sealed class AlertDelivery(ScopedService<IAlertSink> sink) : IOutboxSink
{
    public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
    {
        var lease = sink.Open();
        await using var closing = lease.ConfigureAwait(false);
        await lease.Service.SendAsync(GatheredNotices.Decode(delivery.Message.Body).ToAlert(), cancellationToken).ConfigureAwait(false);
    }
}

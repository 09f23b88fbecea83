using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Passes alerts to one sink.</summary>
internal sealed class AlertDelivery(IAlertSink sink) : IOutboxSink
{
    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken) =>
        sink.SendAsync(GatheredNotices.Decode(delivery.Message.Body).ToAlert(), cancellationToken);
}

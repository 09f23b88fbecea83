using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Publishes the outbox: the destination of a message is its topic.</summary>
public sealed class TransportSink(ITransport transport) : IOutboxSink
{
    private readonly ITransport _transport = transport ?? throw new ArgumentNullException(nameof(transport));

    /// <inheritdoc/>
    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var message = delivery.Message;
        return _transport.PublishAsync(
            new TransportMessage(message.MessageId, message.Destination, message.Tenant, message.Lane, message.Type, message.Body),
            cancellationToken);
    }
}

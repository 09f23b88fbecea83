using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Hands order events to every <see cref="IOrderEventHandler"/> of this process, one after the other.</summary>
internal sealed class OrderEventSink(IEnumerable<IOrderEventHandler> handlers) : IOutboxSink
{
    private readonly IOrderEventHandler[] _handlers = [.. handlers];

    /// <summary>Whether anybody in this process would act on an event.</summary>
    public bool HasHandlers => _handlers.Length > 0;

    public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.Message.Type != OrderEventCodec.MessageType)
        {
            throw new NotSupportedException(
                $"The message {delivery.Message.MessageId} is a '{delivery.Message.Type}'; this process handles "
                + $"'{OrderEventCodec.MessageType}'.");
        }

        var orderEvent = OrderEventCodec.Decode(delivery.Message.Body);
        foreach (var handler in _handlers)
        {
            await handler.HandleAsync(orderEvent, cancellationToken).ConfigureAwait(false);
        }
    }
}

namespace OrderKit.Messaging;

/// <summary>Receives the messages of a topic. Messages that are not acknowledged when it is disposed are delivered again.</summary>
/// <remarks>
/// One caller at a time receives. A subscription that loses its broker connects again at the next call. Earlier deliveries are then
/// stale and are delivered again: acknowledging or returning a stale one has no effect.
/// </remarks>
public interface ITransportSubscription : IAsyncDisposable
{
    /// <summary>Waits for messages and returns up to <paramref name="max"/>, those of one lane in the order published.</summary>
    ValueTask<IReadOnlyList<TransportDelivery>> ReceiveAsync(int max, CancellationToken cancellationToken = default);

    /// <summary>Tells the broker to forget deliveries. Call it after the commit that stores their messages.</summary>
    ValueTask AcknowledgeAsync(IReadOnlyList<TransportDelivery> deliveries, CancellationToken cancellationToken = default);

    /// <summary>Returns all messages that are not acknowledged. They are delivered again in their order.</summary>
    ValueTask ReturnAsync(CancellationToken cancellationToken = default);

    /// <summary>Rejects a delivery that can't be stored. The transport puts it aside and does not deliver it again.</summary>
    ValueTask RejectAsync(TransportDelivery delivery, CancellationToken cancellationToken = default);
}

namespace OrderKit.Messaging;

/// <summary>Hands over the messages of a topic. What was not acknowledged when it is disposed of is delivered again, to whoever receives then.</summary>
/// <remarks>
/// One caller at a time receives. A subscription that loses its broker connects again at the next call; deliveries of before are then
/// stale, and come again: to acknowledge or return one does nothing.
/// </remarks>
public interface ITransportSubscription : IAsyncDisposable
{
    /// <summary>Waits for messages, and returns those that are there, up to <paramref name="max"/>: those of one lane in the order published.</summary>
    ValueTask<IReadOnlyList<TransportDelivery>> ReceiveAsync(int max, CancellationToken cancellationToken = default);

    /// <summary>Tells the broker to forget deliveries. Call it after their messages are kept: that is, after the commit.</summary>
    ValueTask AcknowledgeAsync(IReadOnlyList<TransportDelivery> deliveries, CancellationToken cancellationToken = default);

    /// <summary>Gives back all that was handed over and not acknowledged: it is delivered again, in its order.</summary>
    ValueTask ReturnAsync(CancellationToken cancellationToken = default);

    /// <summary>Gives up a delivery that cannot be kept: it goes where the transport puts such messages, and is not delivered again.</summary>
    ValueTask RejectAsync(TransportDelivery delivery, CancellationToken cancellationToken = default);
}

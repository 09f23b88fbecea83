using OrderKit.Messaging;

namespace OrderKit.Specs.Tests;

/// <summary>A transport that can be broken at each call.</summary>
internal sealed class BrokenTransport(ITransport inner) : ITransport
{
    public Func<ITransport, TransportMessage, CancellationToken, Task>? Publish { get; set; }

    public Func<ITransport, string, ValueTask<ITransportSubscription>>? Subscribe { get; set; }

    public Func<ITransportSubscription, int, CancellationToken, ValueTask<IReadOnlyList<TransportDelivery>>>? Receive { get; set; }

    public Func<ITransportSubscription, IReadOnlyList<TransportDelivery>, ValueTask>? Acknowledge { get; set; }

    public Func<ITransportSubscription, ValueTask>? Return { get; set; }

    public Func<ITransportSubscription, TransportDelivery, ValueTask>? Reject { get; set; }

    public Func<ITransportSubscription, ValueTask>? End { get; set; }

    public Task PublishAsync(TransportMessage message, CancellationToken cancellationToken = default) =>
        Publish?.Invoke(inner, message, cancellationToken) ?? inner.PublishAsync(message, cancellationToken);

    public async ValueTask<ITransportSubscription> SubscribeAsync(string topic, CancellationToken cancellationToken = default) =>
        new Subscription(this, Subscribe is null ? await inner.SubscribeAsync(topic, cancellationToken) : await Subscribe(inner, topic));

    private sealed class Subscription(BrokenTransport transport, ITransportSubscription inner) : ITransportSubscription
    {
        public ValueTask<IReadOnlyList<TransportDelivery>> ReceiveAsync(int max, CancellationToken cancellationToken = default) =>
            transport.Receive?.Invoke(inner, max, cancellationToken) ?? inner.ReceiveAsync(max, cancellationToken);

        public ValueTask AcknowledgeAsync(IReadOnlyList<TransportDelivery> deliveries, CancellationToken cancellationToken = default) =>
            transport.Acknowledge?.Invoke(inner, deliveries) ?? inner.AcknowledgeAsync(deliveries, cancellationToken);

        public ValueTask ReturnAsync(CancellationToken cancellationToken = default) =>
            transport.Return?.Invoke(inner) ?? inner.ReturnAsync(cancellationToken);

        public ValueTask RejectAsync(TransportDelivery delivery, CancellationToken cancellationToken = default) =>
            transport.Reject?.Invoke(inner, delivery) ?? inner.RejectAsync(delivery, cancellationToken);

        public ValueTask DisposeAsync() => transport.End?.Invoke(inner) ?? inner.DisposeAsync();
    }
}

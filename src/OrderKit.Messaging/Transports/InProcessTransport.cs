using Microsoft.Extensions.Options;

namespace OrderKit.Messaging;

/// <summary>Carries messages within one process, in memory: for tests, and for hosts that are publisher and receiver at once.</summary>
/// <remarks>
/// It keeps the rules of <see cref="ITransport"/> as long as the process lives, and promises nothing beyond: what was published and
/// not acknowledged is gone with the process. The outbox believes that it was delivered, so such a message is lost. Who needs more
/// than that takes a broker.
/// </remarks>
public sealed class InProcessTransport : ITransport, IDisposable
{
    private readonly Dictionary<string, InProcessTopic> _topics = new(StringComparer.Ordinal);

    /// <summary>Creates the transport. Hosts with a container resolve it.</summary>
    public InProcessTransport(IOptions<InProcessTransportOptions> options, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var topic in options.Value.Topics)
        {
            _topics.TryAdd(
                topic,
                new InProcessTopic(topic, options.Value.Capacity, options.Value.PublishTimeout, timeProvider ?? TimeProvider.System));
        }
    }

    /// <inheritdoc/>
    public async Task PublishAsync(TransportMessage message, CancellationToken cancellationToken = default)
    {
        TransportMessage.RequireCarriable(message);
        await Topic(message.Topic).PublishAsync(
            new TransportDelivery(message.Topic, message.Body.ToArray(), "")
            {
                MessageId = message.MessageId,
                Tenant = message.Tenant.Value,
                Lane = message.Lane,
                Type = message.Type,
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Publishes what may be no message at all, as a stranger could at a broker.</summary>
    public Task PublishAsync(TransportDelivery anything, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(anything);
        return Topic(anything.Topic).PublishAsync(anything with { Body = anything.Body.ToArray() }, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ITransportSubscription> SubscribeAsync(string topic, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        return new(new InProcessSubscription(Topic(topic)));
    }

    /// <summary>The bodies of the messages of a topic that were rejected.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Rejected(string topic) => Topic(topic).Rejected;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var topic in _topics.Values)
        {
            topic.Dispose();
        }
    }

    private InProcessTopic Topic(string name) => _topics.TryGetValue(name, out var topic)
        ? topic
        : throw new UnroutableMessageException(name, "Add it to InProcessTransportOptions.Topics.");
}

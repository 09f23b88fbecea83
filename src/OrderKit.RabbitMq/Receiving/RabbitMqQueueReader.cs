using System.Threading.Channels;
using OrderKit.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace OrderKit.RabbitMq;

/// <summary>Reads one queue on a channel of its own, in order.</summary>
internal sealed class RabbitMqQueueReader(IChannel channel, string topic, ChannelWriter<TransportDelivery> buffer, Action end)
    : AsyncDefaultBasicConsumer(channel)
{
    private readonly SortedSet<ulong> _open = [];
    private readonly Lock _gate = new();

    public override Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            _open.Add(deliveryTag);
        }

        // The buffer has room for all prefetched messages. It refuses one only when the session has ended.
        buffer.TryWrite(RabbitMqMessage.Read(topic, properties, body, redelivered, new RabbitMqTag(this, deliveryTag)));
        return Task.CompletedTask;
    }

    /// <summary>Ends the session: the queue was deleted, or its node is gone.</summary>
    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        end();
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }

    public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        end();
        return base.HandleChannelShutdownAsync(channel, reason);
    }

    /// <summary>Acknowledges deliveries, with one command if no earlier delivery stays open.</summary>
    public async Task AcknowledgeAsync(IEnumerable<ulong> numbers, CancellationToken cancellationToken)
    {
        var (last, singles) = (0UL, new List<ulong>());
        lock (_gate)
        {
            foreach (var number in numbers)
            {
                if (_open.Remove(number))
                {
                    singles.Add(number);
                    last = Math.Max(last, number);
                }
            }

            if (singles.Count == 0)
            {
                return;
            }

            if (_open.Count == 0 || _open.Min > last)
            {
                singles.Clear();
            }
        }

        if (singles.Count == 0)
        {
            await Channel.BasicAckAsync(last, multiple: true, cancellationToken).ConfigureAwait(false);
        }

        foreach (var number in singles)
        {
            await Channel.BasicAckAsync(number, multiple: false, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Rejects a delivery. The broker moves it to the dead-letter exchange.</summary>
    public async Task RejectAsync(ulong number, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_open.Remove(number))
            {
                return;
            }
        }

        await Channel.BasicNackAsync(number, multiple: false, requeue: false, cancellationToken).ConfigureAwait(false);
    }
}

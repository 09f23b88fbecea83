using System.Threading.Channels;
using OrderKit.Messaging;
using RabbitMQ.Client;

namespace OrderKit.RabbitMq;

/// <summary>One connection that reads all queues of a topic. When any part of it ends, all of it ends and a new one replaces it.</summary>
internal sealed class RabbitMqSession : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly Channel<TransportDelivery> _buffer;
    private volatile bool _hasEnded;

    private RabbitMqSession(IConnection connection, int capacity)
    {
        _connection = connection;
        _buffer = Channel.CreateBounded<TransportDelivery>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _connection.ConnectionShutdownAsync += (_, _) =>
        {
            End();
            return Task.CompletedTask;
        };
    }

    /// <summary>Whether the session has ended, so that its deliveries can no longer be acknowledged.</summary>
    public bool HasEnded => _hasEnded;

    public static async Task<RabbitMqSession> OpenAsync(
        RabbitMqLink link, RabbitMqTopology topology, RabbitMqTopic topic, int prefetch, CancellationToken cancellationToken)
    {
        var connection = await link.ConnectAsync("receiver", cancellationToken).ConfigureAwait(false);
        var session = new RabbitMqSession(connection, topic.QueueCount * prefetch);
        try
        {
            for (var number = 0; number < topic.QueueCount; number++)
            {
                // Each queue has its own channel, because the deliveries of one channel are dispatched one after the other.
                var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                await channel.BasicQosAsync(0, (ushort)prefetch, global: false, cancellationToken).ConfigureAwait(false);
                var reader = new RabbitMqQueueReader(channel, topic.Name, session._buffer.Writer, session.End);
                var queue = topology.Queue(topic.Name, number);
                await channel.BasicConsumeAsync(queue, autoAck: false, reader, cancellationToken).ConfigureAwait(false);
            }

            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits for deliveries. Returns none when the session has ended.</summary>
    public async Task<IReadOnlyList<TransportDelivery>> ReadAsync(int max, CancellationToken cancellationToken)
    {
        while (!_hasEnded && await _buffer.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var read = new List<TransportDelivery>();
            while (read.Count < max && _buffer.Reader.TryRead(out var delivery))
            {
                read.Add(delivery);
            }

            if (read.Count > 0)
            {
                return read;
            }
        }

        return [];
    }

    public async ValueTask DisposeAsync()
    {
        End();
        await RabbitMqLink.CloseAsync(_connection).ConfigureAwait(false);
    }

    private void End()
    {
        _hasEnded = true;
        _buffer.Writer.TryComplete();
    }
}

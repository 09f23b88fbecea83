using System.Threading.Channels;
using OrderKit.Messaging;
using RabbitMQ.Client;

namespace OrderKit.RabbitMq;

/// <summary>One connection that reads all queues of a topic. It ends as a whole when any part of it does, and a new one takes its place.</summary>
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

    /// <summary>Whether its deliveries still mean something to the broker.</summary>
    public bool HasEnded => _hasEnded;

    public static async Task<RabbitMqSession> OpenAsync(RabbitMqLink link, RabbitMqTopology topology, RabbitMqTopic topic, int prefetch, CancellationToken cancellationToken)
    {
        var connection = await link.ConnectAsync("receiver", cancellationToken).ConfigureAwait(false);
        var session = new RabbitMqSession(connection, topic.QueueCount * prefetch);
        try
        {
            for (var number = 0; number < topic.QueueCount; number++)
            {
                // A channel of its own for each queue: deliveries of one channel are handed over one after the other.
                var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                await channel.BasicQosAsync(0, (ushort)prefetch, global: false, cancellationToken).ConfigureAwait(false);
                var reader = new RabbitMqQueueReader(channel, topic.Name, session._buffer.Writer, session.End);
                await channel.BasicConsumeAsync(topology.Queue(topic.Name, number), autoAck: false, reader, cancellationToken).ConfigureAwait(false);
            }

            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits for deliveries; none where the session has ended.</summary>
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

using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrderKit.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace OrderKit.RabbitMq;

/// <summary>The exchanges and queues of all topics, declared the same way by publishers and receivers.</summary>
/// <remarks>
/// A topic is a direct exchange with a queue for each number from 0 on, and a dead-letter exchange with one queue. All queues are
/// quorum queues: what was confirmed is on disk at a majority of the cluster.
/// </remarks>
internal sealed class RabbitMqTopology(RabbitMqOptions options)
{
    private const ushort PreconditionFailed = 406;

    private readonly Dictionary<string, RabbitMqTopic> _topics = options.Topics.ToDictionary(static topic => topic.Name, StringComparer.Ordinal);

    /// <summary>The topic of a name.</summary>
    /// <exception cref="UnroutableMessageException">There is none.</exception>
    public RabbitMqTopic Topic(string name) => _topics.TryGetValue(name, out var topic)
        ? topic
        : throw new UnroutableMessageException(name, "Add it to RabbitMqOptions.Topics.");

    public string Exchange(string topic) => $"{options.Prefix}.{topic}";

    public string Queue(string topic, int number) => string.Create(CultureInfo.InvariantCulture, $"{options.Prefix}.{topic}.{number}");

    public string DeadLetters(string topic) => $"{options.Prefix}.{topic}.dead";

    /// <summary>The routing key of a message: the number of the queue that its lane lies in.</summary>
    public string RoutingKey(TransportMessage message) =>
        NumberOf(message.Tenant.Value, message.Lane, Topic(message.Topic).QueueCount).ToString(CultureInfo.InvariantCulture);

    /// <summary>The number of the queue of a lane. Another program that publishes must do the same: SHA-256 of tenant, a zero byte and lane, its first eight bytes as a big-endian number, modulo the number of queues.</summary>
    public static int NumberOf(string tenant, string lane, int queueCount)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\0{lane}"));
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(digest) % (ulong)queueCount);
    }

    /// <summary>Declares everything; what is there already stays as it is.</summary>
    /// <exception cref="RabbitMqTopologyException">Something is there with other arguments.</exception>
    public async Task DeclareAsync(IConnection connection, CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await using (channel.ConfigureAwait(false))
        {
            foreach (var topic in options.Topics)
            {
                var dead = DeadLetters(topic.Name);
                await NamedAsync(dead, () => channel.ExchangeDeclareAsync(dead, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancellationToken)).ConfigureAwait(false);
                await NamedAsync(dead, () => channel.QueueDeclareAsync(dead, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken)).ConfigureAwait(false);
                await NamedAsync(dead, () => channel.QueueBindAsync(dead, dead, "", cancellationToken: cancellationToken)).ConfigureAwait(false);

                var exchange = Exchange(topic.Name);
                await NamedAsync(exchange, () => channel.ExchangeDeclareAsync(exchange, ExchangeType.Direct, durable: true, autoDelete: false, cancellationToken: cancellationToken)).ConfigureAwait(false);
                for (var number = 0; number < topic.QueueCount; number++)
                {
                    var queue = Queue(topic.Name, number);
                    var key = number.ToString(CultureInfo.InvariantCulture);
                    await NamedAsync(queue, () => channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, Arguments(topic), cancellationToken: cancellationToken)).ConfigureAwait(false);
                    await NamedAsync(queue, () => channel.QueueBindAsync(queue, exchange, key, cancellationToken: cancellationToken)).ConfigureAwait(false);
                }
            }
        }
    }

    private Dictionary<string, object?> Arguments(RabbitMqTopic topic) => new(StringComparer.Ordinal)
    {
        ["x-queue-type"] = "quorum",

        // One receiver at a time has the queue, so that a lane is never in two hands.
        ["x-single-active-consumer"] = true,
        ["x-delivery-limit"] = options.DeliveryLimit,
        ["x-max-length"] = options.MaxLength,

        // A dead letter leaves the queue only when the dead-letter queue has confirmed it; the broker offers that together with reject-publish only.
        ["x-overflow"] = "reject-publish",
        ["x-dead-letter-strategy"] = "at-least-once",
        ["x-dead-letter-exchange"] = DeadLetters(topic.Name),

        // A fanout does not look at the key, and the broker compares it: who declares the topic with another number of queues is refused at queue 0.
        ["x-dead-letter-routing-key"] = string.Create(CultureInfo.InvariantCulture, $"one of {topic.QueueCount}"),
    };

    private static async Task NamedAsync(string name, Func<Task> declare)
    {
        try
        {
            await declare().ConfigureAwait(false);
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == PreconditionFailed)
        {
            throw new RabbitMqTopologyException(name, e.ShutdownReason.ReplyText + ".", e);
        }
    }
}

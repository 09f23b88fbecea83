using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrderKit.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace OrderKit.RabbitMq;

/// <summary>The exchanges and queues of all topics. Publishers and receivers declare the same ones.</summary>
/// <remarks>
/// A topic is a direct exchange with numbered queues, from 0 on, and a dead-letter exchange with one queue. All queues are quorum queues: a
/// confirmed message is on disk at a majority of the cluster.
/// </remarks>
internal sealed class RabbitMqTopology(RabbitMqOptions options)
{
    private const ushort PreconditionFailed = 406;

    private static readonly Dictionary<string, object?> Quorum = new(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" };

    private readonly Dictionary<string, RabbitMqTopic> _topics =
        options.Topics.ToDictionary(static topic => topic.Name, StringComparer.Ordinal);

    /// <summary>Finds a topic by its name.</summary>
    /// <exception cref="UnroutableMessageException">There is no such topic.</exception>
    public RabbitMqTopic Topic(string name) => _topics.TryGetValue(name, out var topic)
        ? topic
        : throw new UnroutableMessageException(name, "Add it to RabbitMqOptions.Topics.");

    public string Exchange(string topic) => $"{options.Prefix}.{topic}";

    public string Queue(string topic, int number) => string.Create(CultureInfo.InvariantCulture, $"{options.Prefix}.{topic}.{number}");

    public string DeadLetters(string topic) => $"{options.Prefix}.{topic}.dead";

    /// <summary>Returns the routing key of a message: the number of its lane's queue.</summary>
    public string RoutingKey(TransportMessage message) =>
        NumberOf(message.Tenant.Value, message.Lane, Topic(message.Topic).QueueCount).ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns the number of a lane's queue.</summary>
    /// <remarks>
    /// The first eight bytes of SHA-256 over tenant, a zero byte and lane, as a big-endian number modulo the number of queues. Other
    /// programs that publish must do the same.
    /// </remarks>
    public static int NumberOf(string tenant, string lane, int queueCount)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\0{lane}"));
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(digest) % (ulong)queueCount);
    }

    /// <summary>Declares all exchanges and queues. Existing ones stay as they are.</summary>
    /// <exception cref="RabbitMqTopologyException">An exchange or a queue exists with other arguments.</exception>
    public async Task DeclareAsync(IConnection connection, CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await using (channel.ConfigureAwait(false))
        {
            foreach (var topic in options.Topics)
            {
                var dead = DeadLetters(topic.Name);
                await ExchangeAsync(channel, dead, ExchangeType.Fanout, cancellationToken).ConfigureAwait(false);
                await QueueAsync(channel, dead, Quorum, dead, "", cancellationToken).ConfigureAwait(false);

                var exchange = Exchange(topic.Name);
                await ExchangeAsync(channel, exchange, ExchangeType.Direct, cancellationToken).ConfigureAwait(false);
                for (var number = 0; number < topic.QueueCount; number++)
                {
                    var (queue, key) = (Queue(topic.Name, number), number.ToString(CultureInfo.InvariantCulture));
                    await QueueAsync(channel, queue, Arguments(topic), exchange, key, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private static Task ExchangeAsync(IChannel channel, string name, string type, CancellationToken cancellationToken) => NamedAsync(
        name, () => channel.ExchangeDeclareAsync(name, type, durable: true, autoDelete: false, cancellationToken: cancellationToken));

    private static Task QueueAsync(
        IChannel channel,
        string name,
        Dictionary<string, object?> arguments,
        string exchange,
        string key,
        CancellationToken cancellationToken) => NamedAsync(name, async () =>
    {
        await channel.QueueDeclareAsync(
            name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        await channel.QueueBindAsync(name, exchange, key, cancellationToken: cancellationToken).ConfigureAwait(false);
    });

    private Dictionary<string, object?> Arguments(RabbitMqTopic topic) => new(StringComparer.Ordinal)
    {
        ["x-queue-type"] = "quorum",

        // A queue has one receiver at a time, so that a lane is never received twice at once.
        ["x-single-active-consumer"] = true,
        ["x-delivery-limit"] = options.DeliveryLimit,
        ["x-max-length"] = options.MaxLength,

        // A dead letter leaves its queue when the dead-letter queue has confirmed it. The broker requires reject-publish for that.
        ["x-overflow"] = "reject-publish",
        ["x-dead-letter-strategy"] = "at-least-once",
        ["x-dead-letter-exchange"] = DeadLetters(topic.Name),

        // A fanout exchange ignores the key, but the broker compares it: it refuses queue 0 of a topic with another number of queues.
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

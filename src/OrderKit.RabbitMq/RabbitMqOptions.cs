namespace OrderKit.RabbitMq;

/// <summary>Options of the RabbitMQ transport.</summary>
public sealed class RabbitMqOptions
{
    /// <summary>The URI of the broker, such as <c>amqps://user:password@host/vhost</c>. It is never logged.</summary>
    /// <value><see langword="null"/>. Required.</value>
    public Uri? Uri { get; set; }

    /// <summary>The topics. Processes that publish or receive a topic must agree on it.</summary>
    /// <value>None.</value>
    public IList<RabbitMqTopic> Topics { get; } = [];

    /// <summary>The prefix of the names of all exchanges and queues.</summary>
    /// <value><c>orderkit</c>.</value>
    public string Prefix { get; set; } = "orderkit";

    /// <summary>The name of this process in the broker's list of connections.</summary>
    /// <value><c>orderkit</c>.</value>
    public string ClientName { get; set; } = "orderkit";

    /// <summary>The number of unacknowledged messages that a receiver gets from one queue.</summary>
    /// <value>200.</value>
    public int Prefetch { get; set; } = 200;

    /// <summary>The number of deliveries before a message goes to the dead-letter queue. A receiver that dies counts.</summary>
    /// <value>100. It is an argument of the queue, so the broker refuses another value for an existing queue.</value>
    public int DeliveryLimit { get; set; } = 100;

    /// <summary>The largest number of messages in a queue. A full queue refuses more, and the outbox keeps them.</summary>
    /// <value>100,000. It is an argument of the queue, so the broker refuses another value for an existing queue.</value>
    public int MaxLength { get; set; } = 100_000;

    /// <summary>How long to wait for a connection.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait until the broker confirms a message.</summary>
    /// <value>15 seconds. Must be shorter than half of <c>OutboxPumpOptions.Lease</c>.</value>
    public TimeSpan ConfirmTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The interval of heartbeats.</summary>
    /// <value>15 seconds.</value>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The delay before a receiver connects again. It doubles with each further failure.</summary>
    /// <value>200 milliseconds.</value>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest delay before a receiver connects again.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(10);
}

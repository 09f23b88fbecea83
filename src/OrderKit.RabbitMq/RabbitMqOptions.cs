namespace OrderKit.RabbitMq;

/// <summary>Settings of the transport through RabbitMQ.</summary>
public sealed class RabbitMqOptions
{
    /// <summary>Where the broker is, and as whom to connect, such as <c>amqps://user:password@host/vhost</c>. It is never logged.</summary>
    /// <value><see langword="null"/>; it must be given.</value>
    public Uri? Uri { get; set; }

    /// <summary>The topics, the same in all processes that publish or receive them.</summary>
    /// <value>None.</value>
    public IList<RabbitMqTopic> Topics { get; } = [];

    /// <summary>With what the names of all exchanges and queues begin.</summary>
    /// <value><c>orderkit</c>.</value>
    public string Prefix { get; set; } = "orderkit";

    /// <summary>How this process is called in the broker's list of connections.</summary>
    /// <value><c>orderkit</c>.</value>
    public string ClientName { get; set; } = "orderkit";

    /// <summary>How many messages of a queue are on their way to a receiver at once.</summary>
    /// <value>200.</value>
    public int Prefetch { get; set; } = 200;

    /// <summary>How often a message is delivered and comes back before it goes to the dead-letter queue. A receiver that dies counts.</summary>
    /// <value>100. It is part of the queue: a broker that has it with another limit refuses it.</value>
    public int DeliveryLimit { get; set; } = 100;

    /// <summary>How many messages a queue holds; a full one refuses more, and the outbox keeps them.</summary>
    /// <value>100,000. It is part of the queue: a broker that has it with another length refuses it.</value>
    public int MaxLength { get; set; } = 100_000;

    /// <summary>How long to wait for a connection.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait until the broker has taken responsibility for a message.</summary>
    /// <value>15 seconds; shorter than half of <c>OutboxPumpOptions.Lease</c>.</value>
    public TimeSpan ConfirmTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often both sides make sure that the other one is there.</summary>
    /// <value>15 seconds.</value>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The pause before a receiver connects again; it doubles with each further failure.</summary>
    /// <value>200 milliseconds.</value>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause before a receiver connects again.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(10);
}

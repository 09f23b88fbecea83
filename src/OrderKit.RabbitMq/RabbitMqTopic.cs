namespace OrderKit.RabbitMq;

/// <summary>A topic, and over how many queues its lanes are spread.</summary>
/// <param name="Name">The topic: 1 to 100 letters, digits, <c>.</c>, <c>-</c> and <c>_</c>.</param>
/// <param name="QueueCount">
/// The number of queues, 1 to 64: the lanes of one queue go one after the other. Publishers and receivers must agree on it, so a broker
/// that has the topic with another number refuses it. To change it, stop the publishers, let the receivers empty the queues, delete
/// them, and start both with the new number: a lane may then lie in another queue, and its order is kept only because all of the old one is gone.
/// </param>
public sealed record RabbitMqTopic(string Name, int QueueCount = 8);

namespace OrderKit.RabbitMq;

/// <summary>A topic and the number of queues that its lanes are spread over.</summary>
/// <param name="Name">The topic: 1 to 100 letters, digits, <c>.</c>, <c>-</c> and <c>_</c>.</param>
/// <param name="QueueCount">
/// The number of queues, 1 to 64. The lanes of one queue are received one after the other. Publishers and receivers must agree on it, so
/// the broker refuses another number for an existing topic. To change it, stop the publishers, let the receivers empty the queues, delete
/// the queues, and start both with the new number. A lane may then be in another queue, so the old queues must be empty to keep its order.
/// </param>
public sealed record RabbitMqTopic(string Name, int QueueCount = 8);

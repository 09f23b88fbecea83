namespace OrderKit.RabbitMq;

/// <summary>By what a delivery is known: its number, which means something on its own channel only.</summary>
internal sealed record RabbitMqTag(RabbitMqQueueReader Reader, ulong Number);

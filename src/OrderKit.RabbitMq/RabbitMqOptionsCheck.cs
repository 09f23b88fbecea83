using OrderKit.Core;

namespace OrderKit.RabbitMq;

/// <summary>Validates the options when the host starts. No message shows the URI, because it may have a password.</summary>
internal static class RabbitMqOptionsCheck
{
    private const int MaxName = 100;
    private const int MaxQueues = 64;

    public static void Validate(RabbitMqOptions options, OptionFaults faults)
    {
        if (options.Uri is not { IsAbsoluteUri: true } uri || uri.Scheme is not ("amqp" or "amqps"))
        {
            faults.Add(nameof(options.Uri), "is missing or begins with something other than amqp:// or amqps://.");
        }

        if (!IsName(options.Prefix))
        {
            faults.Add(nameof(options.Prefix), $"'{options.Prefix}' is not 1 to {MaxName} letters, digits, '.', '-' and '_'.");
        }

        if (options.Topics.Count == 0)
        {
            faults.Add(nameof(options.Topics), "is empty. Add each destination that is published, and each topic that is received.");
        }

        foreach (var topic in options.Topics)
        {
            if (!IsName(topic.Name))
            {
                faults.Add(
                    nameof(options.Topics),
                    $"has the topic '{topic.Name}', which is not 1 to {MaxName} letters, digits, '.', '-' and '_'.");
            }

            if (topic.QueueCount is < 1 or > MaxQueues)
            {
                faults.Add(nameof(options.Topics), $"has '{topic.Name}' with {topic.QueueCount} queues; there are 1 to {MaxQueues}.");
            }
        }

        foreach (var topic in options.Topics.Where(topic => options.Topics.Any(other => Collide(topic, other))))
        {
            faults.Add(
                nameof(options.Topics),
                $"has '{topic.Name}' beside a topic of the same name, or of the same name up to a '.'. "
                + "Their queues would have the same names.");
        }

        faults.RequireBetween(options.Prefetch, 1, ushort.MaxValue);
        faults.RequireBetween(options.DeliveryLimit, 1, 1_000_000);
        faults.RequireBetween(options.MaxLength, 1, int.MaxValue);
        faults.RequirePositive(options.ConnectTimeout);
        faults.RequirePositive(options.ConfirmTimeout);
        faults.RequirePositive(options.Heartbeat);
        faults.RequirePositive(options.FirstDelay);
        faults.RequireNotBelow(options.MaxDelay, options.FirstDelay);
    }

    // Queue 0 of a topic "a" has the name of a topic "a.0".
    private static bool Collide(RabbitMqTopic topic, RabbitMqTopic other) => !ReferenceEquals(other, topic)
        && (other.Name == topic.Name || topic.Name.StartsWith(other.Name + ".", StringComparison.Ordinal));

    private static bool IsName(string? text) =>
        text is { Length: >= 1 and <= MaxName } && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}

using OrderKit.Core;

namespace OrderKit.RabbitMq;

/// <summary>Checks the settings of the transport when the host starts. No message tells the URI: it may hold a password.</summary>
internal static class RabbitMqOptionsCheck
{
    private const int LongestName = 100;
    private const int MostQueues = 64;

    public static void Validate(RabbitMqOptions options, OptionFaults faults)
    {
        if (options.Uri is not { IsAbsoluteUri: true } uri || uri.Scheme is not ("amqp" or "amqps"))
        {
            faults.Add(nameof(options.Uri), "is missing or begins with something other than amqp:// or amqps://.");
        }

        if (!IsName(options.Prefix))
        {
            faults.Add(nameof(options.Prefix), $"'{options.Prefix}' is not 1 to {LongestName} letters, digits, '.', '-' and '_'.");
        }

        if (options.Topics.Count == 0)
        {
            faults.Add(nameof(options.Topics), "is empty. Add each destination that is published, and each topic that is received.");
        }

        foreach (var topic in options.Topics)
        {
            if (!IsName(topic.Name))
            {
                faults.Add(nameof(options.Topics), $"has the topic '{topic.Name}', which is not 1 to {LongestName} letters, digits, '.', '-' and '_'.");
            }

            if (topic.QueueCount is < 1 or > MostQueues)
            {
                faults.Add(nameof(options.Topics), $"has '{topic.Name}' with {topic.QueueCount} queues; there are 1 to {MostQueues}.");
            }
        }

        // "a" with a queue number and a topic "a.0" would share a name.
        foreach (var twice in options.Topics.Where(topic => options.Topics.Any(other => !ReferenceEquals(other, topic) && (other.Name == topic.Name || topic.Name.StartsWith(other.Name + ".", StringComparison.Ordinal)))))
        {
            faults.Add(nameof(options.Topics), $"has '{twice.Name}' beside a topic of the same name, or of the same name up to a '.'; their queues would have the same names.");
        }

        faults.RequireBetween(options.Prefetch, 1, ushort.MaxValue);
        faults.RequireBetween(options.DeliveryLimit, 1, 1_000_000);
        faults.RequireBetween(options.MaxLength, 1, int.MaxValue);
        faults.RequirePositive(options.ConnectTimeout);
        faults.RequirePositive(options.ConfirmTimeout);
        faults.RequirePositive(options.Heartbeat);
        faults.RequirePositive(options.FirstPause);
        faults.RequireNotBelow(options.LongestPause, options.FirstPause);
    }

    private static bool IsName(string? text) =>
        text is { Length: >= 1 and <= LongestName } && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}

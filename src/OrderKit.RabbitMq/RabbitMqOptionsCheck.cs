using Microsoft.Extensions.Options;

namespace OrderKit.RabbitMq;

/// <summary>Checks the settings of the transport when the host starts. No message tells the URI: it may hold a password.</summary>
internal sealed class RabbitMqOptionsCheck : IValidateOptions<RabbitMqOptions>
{
    private const int LongestName = 100;
    private const int MostQueues = 64;

    public ValidateOptionsResult Validate(string? name, RabbitMqOptions options)
    {
        var faults = new List<string>();
        if (options.Uri is not { IsAbsoluteUri: true } uri || uri.Scheme is not ("amqp" or "amqps"))
        {
            faults.Add("RabbitMqOptions.Uri is missing or begins with something other than amqp:// or amqps://.");
        }

        if (!IsName(options.Prefix))
        {
            faults.Add($"RabbitMqOptions.Prefix '{options.Prefix}' is not 1 to {LongestName} letters, digits, '.', '-' and '_'.");
        }

        if (options.Topics.Count == 0)
        {
            faults.Add("RabbitMqOptions.Topics is empty. Add each destination that is published, and each topic that is received.");
        }

        foreach (var topic in options.Topics)
        {
            if (!IsName(topic.Name))
            {
                faults.Add($"RabbitMqOptions.Topics has the topic '{topic.Name}', which is not 1 to {LongestName} letters, digits, '.', '-' and '_'.");
            }

            if (topic.QueueCount is < 1 or > MostQueues)
            {
                faults.Add($"RabbitMqOptions.Topics has '{topic.Name}' with {topic.QueueCount} queues; there are 1 to {MostQueues}.");
            }
        }

        // "a" with a queue number and a topic "a.0" would share a name.
        foreach (var twice in options.Topics.Where(topic => options.Topics.Any(other => !ReferenceEquals(other, topic) && (other.Name == topic.Name || topic.Name.StartsWith(other.Name + ".", StringComparison.Ordinal)))))
        {
            faults.Add($"RabbitMqOptions.Topics has '{twice.Name}' beside a topic of the same name, or of the same name up to a '.'; their queues would have the same names.");
        }

        Between(options.Prefetch, 1, ushort.MaxValue, nameof(options.Prefetch));
        Between(options.DeliveryLimit, 1, 1_000_000, nameof(options.DeliveryLimit));
        Between(options.MaxLength, 1, int.MaxValue, nameof(options.MaxLength));
        Positive(options.ConnectTimeout, nameof(options.ConnectTimeout));
        Positive(options.ConfirmTimeout, nameof(options.ConfirmTimeout));
        Positive(options.Heartbeat, nameof(options.Heartbeat));
        Positive(options.FirstPause, nameof(options.FirstPause));
        if (options.LongestPause < options.FirstPause)
        {
            faults.Add($"RabbitMqOptions.LongestPause is {options.LongestPause}; it is at least FirstPause, {options.FirstPause}.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Between(int value, int least, int most, string setting)
        {
            if (value < least || value > most)
            {
                faults.Add($"RabbitMqOptions.{setting} is {value}; it lies between {least} and {most}.");
            }
        }

        void Positive(TimeSpan value, string setting)
        {
            if (value <= TimeSpan.Zero)
            {
                faults.Add($"RabbitMqOptions.{setting} is {value}; it must be longer than nothing.");
            }
        }
    }

    private static bool IsName(string? text) =>
        text is { Length: >= 1 and <= LongestName } && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}

using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Settings of the transport within one process.</summary>
public sealed class InProcessTransportOptions
{
    /// <summary>The topics that there are. Publishing to another one fails.</summary>
    /// <value>None.</value>
    public IList<string> Topics { get; } = [];

    /// <summary>How many messages of a topic may be published and not acknowledged.</summary>
    /// <value>1,000.</value>
    public int Capacity { get; set; } = 1_000;

    /// <summary>How long publishing waits for room.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(10);

    internal void Validate(OptionFaults faults)
    {
        if (Topics.Count == 0 || Topics.Any(string.IsNullOrWhiteSpace))
        {
            faults.Add(nameof(Topics), "has no topic, or an empty one. Add each destination that is published.");
        }

        faults.RequireAtLeastOne(Capacity);
        faults.RequirePositive(PublishTimeout);
    }
}

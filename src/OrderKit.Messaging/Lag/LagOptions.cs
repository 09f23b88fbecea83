using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>What is watched, and for how long a verdict looks back.</summary>
public sealed class LagOptions
{
    /// <summary>The destinations that are watched.</summary>
    /// <value>Empty: the one that the outbox pump of this process delivers to.</value>
    public IList<string> Destinations { get; } = [];

    /// <summary>The consumers that are watched.</summary>
    /// <value>Empty: those that have a handler in this process.</value>
    public IList<string> Consumers { get; } = [];

    /// <summary>How many samples a verdict looks back on: 3 to 1,000.</summary>
    /// <value>10. With one sample every 30 seconds, that is five minutes.</value>
    public int Window { get; set; } = 10;

    internal void Validate(OptionFaults faults)
    {
        faults.RequireBetween(Window, LagJudge.FewestSamples, 1_000);
    }
}

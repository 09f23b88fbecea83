using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>Settings of the lifecycle engine.</summary>
public sealed class OrderLifecycleOptions
{
    /// <summary>The models. The first name is the default for new orders; of one name, the last model is used.</summary>
    /// <value>Empty, which means <see cref="OrderModels.Retail"/>.</value>
    public IList<OrderModel> Models { get; } = [];

    /// <summary>How often a fact is decided when other writers keep being first.</summary>
    /// <value>3.</value>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>The destination of events in the outbox.</summary>
    /// <value><c>events</c>.</value>
    public string EventDestination { get; set; } = "events";

    /// <summary>The maximum number of facts in one call of <c>FireManyAsync</c>.</summary>
    /// <value>10,000.</value>
    public int MaxBatch { get; set; } = 10_000;

    internal void Validate(OptionFaults faults)
    {
        faults.RequireBetween(MaxAttempts, 1, 20);
        faults.RequireBetween(MaxBatch, 1, 100_000);
        faults.RequireText(EventDestination, "name the destination of events in the outbox.");
        foreach (var twice in Models.GroupBy(m => m.Fingerprint).Where(g => g.Count() > 1))
        {
            faults.Add(nameof(Models), $"holds '{twice.First().Name}' ({twice.Key}) twice.");
        }
    }
}

using OrderKit.Core;

namespace OrderKit.Simulation;

/// <summary>One callback of a provider. Its faults are drawn beforehand; the number of sends depends on the answers.</summary>
internal sealed class NotificationPlan(SimulatedNotification message, DateTimeOffset firstAt)
{
    public PaymentProvider Provider => message.Provider;

    public TradeNews News => message.News;

    public DateTimeOffset FirstAt { get; set; } = firstAt;

    /// <summary>How many of the answers, from the first on, are never heard.</summary>
    public int LostAnswers { get; set; }

    /// <summary>The send that says another amount.</summary>
    public (int Send, Money Amount)? Changed { get; set; }

    /// <summary>How long after its first send another node gets the same.</summary>
    public TimeSpan? TwinAfter { get; set; }

    /// <summary>How long after its first send something on the way repeats it.</summary>
    public List<TimeSpan> RepeatedAfter { get; } = [];

    public bool IsAcknowledged { get; set; }

    public SimulatedNotification MessageOf(int send) =>
        Changed is { } changed && changed.Send == send ? message with { Amount = changed.Amount } : message;
}

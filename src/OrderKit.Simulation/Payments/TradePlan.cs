namespace OrderKit.Simulation;

/// <summary>A trade: the truth, the callbacks about it, and what is told of it by other paths.</summary>
internal sealed record TradePlan(
    TradeTruth Truth, IReadOnlyList<NotificationPlan> Callbacks, IReadOnlyList<(DateTimeOffset At, SimulatedNotification Message)> Asides);

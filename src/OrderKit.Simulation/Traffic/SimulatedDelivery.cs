namespace OrderKit.Simulation;

/// <summary>A message that arrives at the host and waits for its answer.</summary>
/// <param name="Number">Which delivery of the traffic it is; nothing that its sender says.</param>
/// <param name="ArrivesAt">When it arrives.</param>
public abstract record SimulatedDelivery(long Number, DateTimeOffset ArrivesAt)
{
    /// <summary>A payment provider speaks.</summary>
    /// <param name="Number">Which delivery it is.</param>
    /// <param name="ArrivesAt">When it arrives.</param>
    /// <param name="Message">What it says.</param>
    public sealed record Notification(long Number, DateTimeOffset ArrivesAt, SimulatedNotification Message)
        : SimulatedDelivery(Number, ArrivesAt);

    /// <summary>A channel, or the host's own shop, has an order.</summary>
    /// <param name="Number">Which delivery it is.</param>
    /// <param name="ArrivesAt">When it arrives.</param>
    /// <param name="Message">The order.</param>
    public sealed record Order(long Number, DateTimeOffset ArrivesAt, SimulatedOrder Message) : SimulatedDelivery(Number, ArrivesAt);

    /// <summary>A buyer cancels an order.</summary>
    /// <param name="Number">Which delivery it is.</param>
    /// <param name="ArrivesAt">When it arrives.</param>
    /// <param name="Message">Which one.</param>
    public sealed record Cancellation(long Number, DateTimeOffset ArrivesAt, SimulatedCancellation Message)
        : SimulatedDelivery(Number, ArrivesAt);
}

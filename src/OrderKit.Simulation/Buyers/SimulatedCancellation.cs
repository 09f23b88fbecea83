using OrderKit.Core;

namespace OrderKit.Simulation;

/// <summary>A buyer's word that an order is not wanted any more.</summary>
/// <param name="Source">The channel that tells it.</param>
/// <param name="Order">The order.</param>
/// <param name="Number">The channel's number of it.</param>
/// <param name="At">When the buyer pressed the button.</param>
public sealed record SimulatedCancellation(string Source, OrderKey Order, string Number, DateTimeOffset At);

using OrderKit.Core;

namespace OrderKit.Simulation;

/// <summary>A message of the outside world, with the instant at which it arrives here.</summary>
/// <param name="ArrivesAt">When it arrives; it happened earlier, unless its source's clock is wrong.</param>
/// <param name="Fact">What it says.</param>
public sealed record SimulatedMessage(DateTimeOffset ArrivesAt, OrderFact Fact);

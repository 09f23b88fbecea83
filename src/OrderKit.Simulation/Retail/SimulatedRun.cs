namespace OrderKit.Simulation;

/// <summary>A stretch of the world: what arrived, and what was true.</summary>
/// <param name="Messages">All messages in the order of arrival.</param>
/// <param name="Truths">The truth about each order, in the order of the sales.</param>
public sealed record SimulatedRun(IReadOnlyList<SimulatedMessage> Messages, IReadOnlyList<OrderTruth> Truths);

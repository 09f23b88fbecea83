using OrderKit.Core;

namespace OrderKit.Simulation;

/// <summary>What a buyer meant by an order, and what became of it. Engines never see it; scoring needs it.</summary>
/// <param name="Order">The order.</param>
/// <param name="Kind">What was meant.</param>
/// <param name="Earlier">The earlier order of the same buyer that it goes back to.</param>
/// <param name="IsTaken">Whether the buyer was told that it was taken.</param>
/// <param name="IsCancelled">Whether the buyer was told that it was cancelled.</param>
/// <param name="Faults">The faults that its messages were given.</param>
public sealed record PurchaseTruth(
    SimulatedOrder Order, PurchaseKind Kind, OrderKey? Earlier, bool IsTaken, bool IsCancelled, IReadOnlyList<InjectedFault> Faults)
{
    /// <summary>Whether one order too many was placed.</summary>
    public bool IsDuplicate => Kind == PurchaseKind.OtherTab;
}

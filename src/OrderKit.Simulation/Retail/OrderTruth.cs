using OrderKit.Core;

namespace OrderKit.Simulation;

/// <summary>What really happened to an order, whatever the messages say. Engines never see it; scoring needs it.</summary>
/// <param name="Sale">The sale.</param>
/// <param name="Faults">The faults that its messages were given.</param>
/// <param name="Captured">The money of the distinct payments that were told; less than the buyer paid where a callback is missing.</param>
/// <param name="Refunded">The money of the distinct refunds that were told.</param>
/// <param name="IsPaid">Whether the buyer paid.</param>
/// <param name="HasLeft">Whether the goods left the warehouse.</param>
/// <param name="HasArrived">Whether the goods arrived.</param>
public sealed record OrderTruth(
    SimulatedSale Sale, IReadOnlyList<InjectedFault> Faults, Money Captured, Money Refunded, bool IsPaid, bool HasLeft, bool HasArrived)
{
    /// <summary>Whether the order's owners contradict each other, so that a case must be open.</summary>
    public bool HasContradiction
    {
        get
        {
            foreach (var fault in Faults)
            {
                if (fault.IsContradiction)
                {
                    return true;
                }
            }

            return false;
        }
    }
}

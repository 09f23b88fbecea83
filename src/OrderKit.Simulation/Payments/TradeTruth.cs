using OrderKit.Core;

namespace OrderKit.Simulation;

/// <summary>What really happens to a trade, whatever its messages say. Engines never see it; scoring needs it.</summary>
/// <param name="Checkout">What the host asked for.</param>
/// <param name="Provider">The provider.</param>
/// <param name="ProviderTradeNumber">The provider's number of the trade.</param>
/// <param name="Moved">The money that comes in; nothing where the trade is closed unpaid.</param>
/// <param name="PaidAt">When it comes in.</param>
/// <param name="ClosedAt">When the trade is closed unpaid.</param>
/// <param name="FinishedAt">When the provider says that it can no longer be refunded.</param>
/// <param name="Refunds">The money that goes back.</param>
/// <param name="Faults">The faults that its messages were given.</param>
public sealed record TradeTruth(
    SimulatedCheckout Checkout,
    PaymentProvider Provider,
    string ProviderTradeNumber,
    Money Moved,
    DateTimeOffset? PaidAt,
    DateTimeOffset? ClosedAt,
    DateTimeOffset? FinishedAt,
    IReadOnlyList<SimulatedRefund> Refunds,
    IReadOnlyList<InjectedFault> Faults)
{
    /// <summary>All the money that goes back.</summary>
    public Money Refunded => RefundedUntil(DateTimeOffset.MaxValue);

    /// <summary>Whether its messages were given a fault.</summary>
    public bool Has(SimulatedFault fault)
    {
        foreach (var injected in Faults)
        {
            if (injected.Kind == fault)
            {
                return true;
            }
        }

        return false;
    }

    internal Money RefundedUntil(DateTimeOffset at)
    {
        var sum = Money.Zero(Moved.Currency);
        foreach (var refund in Refunds)
        {
            sum += refund.PaidAt <= at ? refund.Amount : Money.Zero(Moved.Currency);
        }

        return sum;
    }

    /// <summary>What the provider calls a refund, by what is left after it.</summary>
    internal string RawStatusOf(SimulatedRefund refund) =>
        RefundedUntil(refund.PaidAt) == Moved ? Provider.Refunded : Provider.PartRefunded;

    /// <summary>What the provider calls the paid trade when it is asked.</summary>
    internal string RawStatusAt(DateTimeOffset at)
    {
        var back = RefundedUntil(at);
        return back.IsZero ? Provider.Paid : back == Moved ? Provider.PaidAndRefunded : Provider.PaidAndPartRefunded;
    }
}

using ErpIntegration.Orders;
using OrderKit.StateMachine;

namespace ErpIntegration.Deadlines;

/// <summary>Closes orders that nobody paid in time: OrderKit's order and the ERP's rows change in one transaction, begun by the ERP.</summary>
public sealed class PaymentCloseProbe(OrderDesk desk) : IDeadlineProbe
{
    public string Name => "payment-close";

    public async Task<ProbeAnswer> AskAsync(DueDeadline deadline, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deadline);

        // A real ERP closes the payment at the provider first, so that nobody can pay for an order that is closed.
        await desk.CloseUnpaidAsync(deadline.Order, FormattableString.Invariant($"deadline:{deadline.Version}"), cancellationToken);

        // The order has left the state that was waited in, so the deadline has nothing left to do.
        return new ProbeAnswer.Proceed();
    }
}

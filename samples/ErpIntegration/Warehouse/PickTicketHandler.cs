using ErpIntegration.Model;
using Microsoft.EntityFrameworkCore;
using OrderKit.Core;

namespace ErpIntegration.Warehouse;

/// <summary>Makes a job for the warehouse when an order is paid. Events come at least once, so the row has the order as its key.</summary>
public sealed class PickTicketHandler(ErpContext db) : IOrderEventHandler
{
    public async Task HandleAsync(OrderEvent orderEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(orderEvent);
        if (orderEvent is not { Trigger: "captured", Outcome: "applied" })
        {
            return;
        }

        var id = orderEvent.Order.Order.Value;
        if (!await db.PickTickets.AnyAsync(ticket => ticket.OrderId == id, cancellationToken))
        {
            db.PickTickets.Add(new PickTicket { OrderId = id, OrderVersion = orderEvent.Version });
            await db.SaveChangesAsync(cancellationToken);
        }
    }
}

using ErpIntegration.Model;
using Microsoft.EntityFrameworkCore;
using OrderKit.Core;
using OrderKit.StateMachine;

namespace ErpIntegration.Orders;

/// <summary>What people do in the ERP. Each action changes the ERP's rows and OrderKit's order in one transaction of the DbContext.</summary>
/// <remarks>An action may be repeated after any exception: its fact has an id, and a fact that was recorded before changes nothing.</remarks>
public sealed class OrderDesk(ErpContext db, OrderLifecycle orders)
{
    /// <summary>Takes an order and reserves its stock.</summary>
    public Task<FireResult> PlaceAsync(
        string number, IReadOnlyList<OrderLine> lines, DateTimeOffset? payBefore = null, CancellationToken cancellationToken = default) =>
        db.ExecuteWithOrderKitAsync(
            async (unitOfWork, cancellation) =>
            {
                var total = lines.Sum(line => line.Price * line.Quantity);
                var order = new ErpOrder { Id = ErpOrder.KeyOf(number).Order.Value, Number = number, Total = total, Lines = [.. lines] };
                var placed = new OrderFact
                {
                    Trigger = "placed",
                    Source = "erp",
                    Id = "placed",
                    Order = order.Key,
                    Amount = Money.FromMajor(total, Currency.CNY),
                    Quantity = lines.Sum(line => line.Quantity),
                    Deadline = payBefore,
                };
                var result = await orders.FireAsync(unitOfWork, placed, cancellation);
                if (order.Follow(result))
                {
                    db.Orders.Add(order);
                    foreach (var line in lines)
                    {
                        (await db.Stock.SingleAsync(item => item.Sku == line.Sku, cancellation)).Reserved += line.Quantity;
                    }
                }

                return result;
            },
            cancellationToken);

    /// <summary>Cancels an order that was not shipped, and frees its stock.</summary>
    public Task<FireResult> CancelAsync(OrderKey order, string clerk, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            new OrderFact { Trigger = "cancel", Source = "erp", Id = "cancel", Order = order, Operator = clerk },
            static (stock, quantity) => stock.Reserved -= quantity,
            cancellationToken);

    /// <summary>Books the goods out.</summary>
    public Task<FireResult> ShipAsync(OrderKey order, string waybill, long quantity, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            new OrderFact { Trigger = "outbound", Source = "erp", Id = waybill, Order = order, Quantity = quantity, Evidence = waybill },
            static (stock, count) =>
            {
                stock.OnHand -= count;
                stock.Reserved -= count;
            },
            cancellationToken);

    /// <summary>Closes an order that nobody paid, and frees its stock.</summary>
    public Task<FireResult> CloseUnpaidAsync(OrderKey order, string evidence, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            new OrderFact { Trigger = "payment-closed", Source = "erp", Id = evidence, Order = order, Evidence = evidence },
            static (stock, quantity) => stock.Reserved -= quantity,
            cancellationToken);

    private Task<FireResult> ChangeAsync(OrderFact fact, Action<StockItem, int> change, CancellationToken cancellationToken) =>
        db.ExecuteWithOrderKitAsync(
            async (unitOfWork, cancellation) =>
            {
                var order = await db.Orders.SingleAsync(o => o.Id == fact.Order!.Value.Order.Value, cancellation);
                var result = await orders.FireAsync(unitOfWork, fact, cancellation);
                if (order.Follow(result))
                {
                    foreach (var line in order.Lines)
                    {
                        change(await db.Stock.SingleAsync(item => item.Sku == line.Sku, cancellation), line.Quantity);
                    }
                }

                return result;
            },
            cancellationToken);
}

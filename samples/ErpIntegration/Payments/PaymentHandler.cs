using ErpIntegration.Model;
using Microsoft.EntityFrameworkCore;
using OrderKit.Core;
using OrderKit.Messaging;
using OrderKit.StateMachine;

namespace ErpIntegration.Payments;

/// <summary>Books payments: the inbox message, OrderKit's order and the ERP's rows change in one transaction of the inbox.</summary>
public sealed class PaymentHandler(ErpContext db, OrderLifecycle orders) : IInboxHandler
{
    public string Consumer => PaymentCallback.Consumer;

    public async Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var payment = PaymentCallback.From(delivery.Message);
        await db.ExecuteInUnitOfWorkAsync(
            unitOfWork,
            async cancellation =>
            {
                var order = await db.Orders.SingleAsync(o => o.Id == payment.Order.Order.Value, cancellation);
                var captured = new OrderFact
                {
                    Trigger = "captured",
                    Source = "alipay",
                    Order = payment.Order,
                    Id = payment.PaymentNumber,
                    Evidence = payment.PaymentNumber,
                    Amount = Money.FromMajor(payment.Amount, Currency.CNY),
                };
                if (order.Follow(await orders.FireAsync(unitOfWork, captured, cancellation)))
                {
                    db.Receipts.Add(new Receipt { OrderId = order.Id, PaymentNumber = payment.PaymentNumber, Amount = payment.Amount });
                }
            },
            cancellationToken);
    }
}

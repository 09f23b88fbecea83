using Microsoft.EntityFrameworkCore;
using OrderKit.Core;
using OrderKit.Messaging;
using OrderKit.StateMachine;

namespace OrderKit.EntityFrameworkCore.Tests.Snippets;

/// <summary>The code of docs/ef-core.md.</summary>
public sealed class EntityFrameworkSnippets
{
    [Fact]
    public async Task A_payment_is_written_on_both_sides()
    {
        await using var erp = await new SqliteErpDatabase().CreateAsync();
        var order = await erp.PlaceAsync(1);
        var (orders, fact, id) = (erp.Orders, ErpDatabase.Paid(order), order.Order.Value);
        await using var db = erp.NewContext();

        #region ef-execute
        var result = await db.ExecuteWithOrderKitAsync(async (unitOfWork, cancellationToken) =>
        {
            var fired = await orders.FireAsync(unitOfWork, fact, cancellationToken);
            if (fired is FireResult.Applied)                        // not for a duplicate: a retry after a lost commit gets one
            {
                var row = await db.Orders.SingleAsync(o => o.Id == id, cancellationToken);
                row.Status = "Paid";
                db.Payments.Add(new Payment { OrderId = id, Amount = row.Total });
            }

            return fired;
        });                                                         // saved and committed: both sides or neither
        #endregion

        Assert.IsType<FireResult.Applied>(result);
        Assert.Equal("Paid 1 | 101 2", await erp.AccountAsync(order));
    }

    [Fact]
    public async Task A_transaction_of_the_hosts_own_is_joined()
    {
        await using var erp = await new SqliteErpDatabase().CreateAsync();
        var order = await erp.PlaceAsync(1);
        var (orders, fact, id) = (erp.Orders, ErpDatabase.Paid(order), order.Order.Value);
        await using var db = erp.NewContext();

        #region ef-enlist
        db.Database.AutoSavepointsEnabled = false;                  // the whole transaction is repeated, never a part of it
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();                               // entities of a failed attempt do not count as saved
            await using var transaction = await db.Database.BeginTransactionAsync();
            if (await orders.FireAsync(db.Database.EnlistOrderKit(), fact) is FireResult.Applied)
            {
                (await db.Orders.SingleAsync(o => o.Id == id)).Status = "Paid";
                await db.SaveChangesAsync();
            }

            await transaction.CommitAsync();
        });
        #endregion

        Assert.Equal("Paid 0 | 101 2", await erp.AccountAsync(order));
    }

    [Fact]
    public async Task A_handler_brings_its_context()
    {
        await using var erp = await new SqliteErpDatabase().CreateAsync();
        var order = await erp.PlaceAsync(1);
        await using var unit = await erp.Units.BeginAsync();
        await using var db = erp.NewContext();
        var message = new InboxMessage("m-1", "erp", TenantId.Default, order.Order.Value, "captured", default);

        await new CapturedHandler(db, erp.Orders).HandleAsync(unit, new InboxDelivery(1, message, 1, 1), CancellationToken.None);
        await unit.CommitAsync();

        Assert.Equal("Paid 0 | 101 2", await erp.AccountAsync(order));
    }

    #region ef-handler
    private sealed class CapturedHandler(ErpContext db, OrderLifecycle orders) : IInboxHandler
    {
        public string Consumer => "erp";

        public Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken) =>
            db.ExecuteInUnitOfWorkAsync(
                unitOfWork,
                async cancellation =>
                {
                    var row = await db.Orders.SingleAsync(o => o.Id == delivery.Message.Lane, cancellation);
                    row.Status = "Paid";
                    await orders.FireAsync(unitOfWork, CapturedFact(row), cancellation);
                },
                cancellationToken);                                 // saved into the unit of work; the inbox commits it
    }
    #endregion

    private static OrderFact CapturedFact(ErpOrder row) => ErpDatabase.Paid(OrderKey.For(OrderId.Parse(row.Id)));
}

using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging;
using OrderKit.StateMachine;

namespace OrderKit.EntityFrameworkCore.Tests;

/// <summary>A context in a unit of work of OrderKit's.</summary>
public abstract class UnitOfWorkTests
{
    protected abstract Task<ErpDatabase> OpenAsync(Action<IServiceCollection>? configure = null);

    [Fact]
    public async Task A_context_follows_the_unit_of_work_and_gets_its_own_connection_back()
    {
        await using var erp = await OpenAsync();
        var order = await erp.PlaceAsync(1);
        await using var db = erp.NewContext();
        foreach (var commits in new[] { false, true })
        {
            db.ChangeTracker.Clear();
            await using (var unit = await erp.Units.BeginAsync())
            {
                await erp.Orders.FireAsync(unit, ErpDatabase.Paid(order));
                await db.ExecuteInUnitOfWorkAsync(unit, async cancellationToken =>
                {
                    (await db.Orders.SingleAsync(cancellationToken)).Status = "Paid";
                    db.Payments.Add(new Payment { OrderId = order.Order.Value, Amount = 199m });
                });
                Assert.Null(db.Database.CurrentTransaction);
                if (commits)
                {
                    await unit.CommitAsync();
                }
            }

            Assert.Equal(commits ? 1 : 0, await db.Payments.CountAsync());
            Assert.Equal(commits ? "Paid 1 | 101 2" : "Placed 0 | 100 1", await erp.AccountAsync(order));
        }
    }

    [Fact]
    public async Task A_handler_of_messages_may_use_a_context()
    {
        await using var erp = await OpenAsync(services => services.AddSingleton<PaidHandler>().AddSingleton<IInboxHandler>(p => p.GetRequiredService<PaidHandler>()));
        var handler = erp.Services.GetRequiredService<PaidHandler>();
        handler.Erp = erp;
        var order = await erp.PlaceAsync(1);
        var message = new InboxMessage("m-1", "erp", TenantId.Default, order.Order.Value, "paid.v1", default);
        await erp.Services.GetRequiredService<Inbox>().AcceptAsync([message, message]);
        var pump = erp.Services.GetRequiredService<InboxPump>();

        handler.Fails = true;
        Assert.Equal(1, (await pump.PumpOnceAsync()).Failed);
        Assert.Equal("Placed 0 | 100 1", await erp.AccountAsync(order));

        handler.Fails = false;
        Assert.Equal(1, (await pump.PumpAllAsync()).Delivered);
        Assert.Equal("Paid 1 | 101 2", await erp.AccountAsync(order));
    }

    /// <summary>On SQLite EF Core calculates with decimals by functions of its own, which OrderKit's connection does not have.</summary>
    [Fact]
    public async Task Queries_that_need_functions_of_the_provider_work_in_a_unit_of_work()
    {
        await using var erp = await OpenAsync();
        await erp.PlaceAsync(1);
        for (var i = 0; i < 2; i++)
        {
            await using var db = erp.NewContext();
            await using var unit = await erp.Units.BeginAsync();

            var found = await db.ExecuteInUnitOfWorkAsync(unit, cancellationToken => db.Orders.CountAsync(o => o.Total * 2 > 397.5m, cancellationToken));

            Assert.Equal(1, found);
        }
    }

    [Fact]
    public async Task A_failure_reaches_the_owner_of_the_unit_and_the_context_is_free_again()
    {
        await using var erp = await OpenAsync();
        var order = await erp.PlaceAsync(1);
        await using var db = erp.NewContext();
        await using (var unit = await erp.Units.BeginAsync())
        {
            await Assert.ThrowsAsync<DbUpdateException>(() => db.ExecuteInUnitOfWorkAsync(unit, _ =>
            {
                db.Orders.Add(new ErpOrder { Id = order.Order.Value, Status = "Again" });
                return Task.CompletedTask;
            }));
        }

        db.ChangeTracker.Clear();
        Assert.Equal("Placed", (await db.Orders.SingleAsync()).Status);
    }

    [Fact]
    public async Task A_context_that_cannot_enter_gets_its_own_connection_back()
    {
        await using var erp = await OpenAsync();
        var order = await erp.PlaceAsync(1);
        var refusal = new RefusingOnce();
        await using var db = erp.NewContext(refusal);
        await using (var unit = await erp.Units.BeginAsync())
        {
            await Assert.ThrowsAsync<TimeoutException>(() => db.ExecuteInUnitOfWorkAsync(unit, _ => Task.CompletedTask));
        }

        Assert.True(refusal.Refused);
        Assert.Null(db.Database.CurrentTransaction);
        Assert.NotSame(refusal.Connection, db.Database.GetDbConnection());
        Assert.Equal("Placed", (await db.Orders.SingleAsync(o => o.Id == order.Order.Value)).Status);
    }

    [Fact]
    public async Task A_context_that_is_busy_and_a_unit_without_a_transaction_are_refused()
    {
        await using var erp = await OpenAsync();
        await using var db = erp.NewContext();
        await using (var unit = await erp.Units.BeginAsync())
        {
            await db.ExecuteInUnitOfWorkAsync(unit, async cancellationToken =>
            {
                var nested = await Assert.ThrowsAsync<InvalidOperationException>(
                    () => db.ExecuteInUnitOfWorkAsync(unit, _ => Task.CompletedTask, cancellationToken));
                Assert.Contains("transaction already", nested.Message, StringComparison.Ordinal);
            });
        }

        using var memory = new InMemoryDatabase();
        await using var other = await memory.BeginAsync();
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => db.ExecuteInUnitOfWorkAsync(other, _ => Task.CompletedTask));
        Assert.Contains("UseSqlite", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Refuses the first transaction that a context is to use.</summary>
    private sealed class RefusingOnce : DbTransactionInterceptor
    {
        public bool Refused { get; private set; }

        public DbConnection? Connection { get; private set; }

        public override ValueTask<DbTransaction> TransactionUsedAsync(
            DbConnection connection, TransactionEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
        {
            if (Refused)
            {
                return new ValueTask<DbTransaction>(result);
            }

            (Refused, Connection) = (true, connection);
            throw new TimeoutException("No answer.");
        }
    }

    private sealed class PaidHandler(OrderLifecycle orders) : IInboxHandler
    {
        public ErpDatabase? Erp { get; set; }

        public bool Fails { get; set; }

        public string Consumer => "erp";

        public async Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
        {
            var order = ErpDatabase.Key(1);
            await using var db = Erp!.NewContext();
            await db.ExecuteInUnitOfWorkAsync(
                unitOfWork,
                async cancellation =>
                {
                    (await db.Orders.SingleAsync(cancellation)).Status = "Paid";
                    db.Payments.Add(new Payment { OrderId = order.Order.Value, Amount = 199m });
                },
                cancellationToken);
            await orders.FireAsync(unitOfWork, ErpDatabase.Paid(order), cancellationToken);
            if (Fails)
            {
                throw new RetryLaterException(TimeSpan.Zero);
            }
        }
    }
}

using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.EntityFrameworkCore.Tests;

/// <summary>OrderKit in the transaction of a context.</summary>
public abstract class EnlistTests
{
    protected abstract Task<ErpDatabase> OpenAsync();

    [Fact]
    public async Task Both_sides_are_committed_or_rolled_back_together()
    {
        await using var erp = await OpenAsync();
        var order = await erp.PlaceAsync(1);
        foreach (var commits in new[] { false, true })
        {
            await using var db = erp.NewContext();
            await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                var result = await erp.Orders.FireAsync(db.Database.EnlistOrderKit(), ErpDatabase.Paid(order));
                Assert.Equal(CommitState.PendingCommit, Assert.IsType<FireResult.Applied>(result).Commit);
                (await db.Orders.SingleAsync()).Status = "Paid";
                db.Payments.Add(new Payment { OrderId = order.Order.Value, Amount = 199m });
                await db.SaveChangesAsync();
                await (commits ? transaction.CommitAsync() : transaction.RollbackAsync());
            });

            Assert.Equal(commits ? "Paid 1 | 101 2" : "Placed 0 | 100 1", await erp.AccountAsync(order));
        }
    }

    [Fact]
    public async Task A_context_without_a_transaction_is_told_what_to_call()
    {
        await using var erp = await OpenAsync();
        await using var db = erp.NewContext();

        var refusal = Assert.Throws<InvalidOperationException>(() => db.Database.EnlistOrderKit());

        Assert.Contains("BeginTransactionAsync", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transaction_on_another_database_is_refused_before_anything_is_written()
    {
        await using var erp = await OpenAsync();
        var order = await erp.PlaceAsync(1);
        await using var other = new SqliteConnection("Data Source=elsewhere;Mode=Memory");
        await using var db = new ErpContext(new DbContextOptionsBuilder<ErpContext>().UseSqlite(other).Options);
        await using var transaction = await db.Database.BeginTransactionAsync();

        var refusal = await Assert.ThrowsAsync<ArgumentException>(
            async () => await erp.Orders.FireAsync(db.Database.EnlistOrderKit(), ErpDatabase.Paid(order)));

        Assert.Contains("enlisted transaction", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("Placed 0 | 100 1", await erp.AccountAsync(order));
    }

    [Fact]
    public async Task A_provider_without_transactions_is_refused()
    {
        await using var db = new ErpContext(new DbContextOptionsBuilder<ErpContext>().UseInMemoryDatabase("erp").Options);

        var refusal = Assert.Throws<InvalidOperationException>(() => db.Database.EnlistOrderKit());

        Assert.Contains("not relational", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>The n-th step of the payment fails, for every n: before each statement, before the commit, and after it.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_transient_fault_at_any_step_leaves_each_effect_once(bool byHand)
    {
        await using var erp = await OpenAsync();
        var retried = 0;
        for (var step = 1; ; step++)
        {
            var order = await erp.PlaceAsync(step);
            var fault = new FaultPoint(step, erp.FailAsync);
            var attempts = 0;
            await using (var db = erp.NewContext(fault))
            {
                await (byHand ? PayByHandAsync(erp, db, order, () => attempts++) : PayAsync(erp, db, order, () => attempts++));
            }

            Assert.Equal("Paid 1 | 101 2", await erp.AccountAsync(order));
            retried += attempts - 1;
            if (!fault.WasMet)
            {
                Assert.Equal(1, attempts);
                Assert.True(retried >= 5, $"Only {retried} faults were met by a retry.");
                return;
            }
        }
    }

    [Fact]
    public async Task Entities_of_a_failed_attempt_are_not_taken_for_saved()
    {
        await using var erp = await OpenAsync();
        var order = ErpDatabase.Key(1);
        await using var db = erp.NewContext();
        var attempts = 0;
        await db.ExecuteWithOrderKitAsync(async (unitOfWork, cancellationToken) =>
        {
            db.Orders.Add(new ErpOrder { Id = order.Order.Value, Status = "Placed" });
            await db.SaveChangesAsync(cancellationToken);
            var result = await erp.Orders.FireAsync(unitOfWork, ErpDatabase.Placed(order), cancellationToken);
            if (++attempts == 1)
            {
                await erp.FailAsync(db.Database.GetDbConnection());
                await db.Orders.CountAsync(cancellationToken);
            }

            return result;
        });

        Assert.Equal(2, attempts);
        Assert.Equal("Placed 0 | 100 1", await erp.AccountAsync(order));
    }

    [Fact]
    public async Task Changes_and_transactions_from_before_are_refused()
    {
        await using var erp = await OpenAsync();
        await using var db = erp.NewContext();
        var pending = new Payment { OrderId = "x" };
        db.Payments.Add(pending);

        Assert.Contains("pending changes", (await RefuseAsync()).Message, StringComparison.Ordinal);
        db.Payments.Remove(pending);
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            Assert.Contains("EnlistOrderKit", (await RefuseAsync()).Message, StringComparison.Ordinal);
        });

        Task<InvalidOperationException> RefuseAsync() => Assert.ThrowsAsync<InvalidOperationException>(
            () => db.ExecuteWithOrderKitAsync((_, _) => Task.FromResult(true)));
    }

    private static async Task PayByHandAsync(ErpDatabase erp, ErpContext db, OrderKey order, Action began)
    {
        var orders = erp.Orders;
        var fact = ErpDatabase.Paid(order);
        db.Database.AutoSavepointsEnabled = false;
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            began();
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync();
            if (await orders.FireAsync(db.Database.EnlistOrderKit(), fact) is FireResult.Applied)
            {
                await MarkPaidAsync(db, order, CancellationToken.None);
                await db.SaveChangesAsync();
            }

            await transaction.CommitAsync();
        });
    }

    private static Task<FireResult> PayAsync(ErpDatabase erp, ErpContext db, OrderKey order, Action began) =>
        db.ExecuteWithOrderKitAsync(async (unitOfWork, cancellationToken) =>
        {
            began();
            var result = await erp.Orders.FireAsync(unitOfWork, ErpDatabase.Paid(order), cancellationToken);
            if (result is FireResult.Applied)
            {
                await MarkPaidAsync(db, order, cancellationToken);
            }

            return result;
        });

    private static async Task MarkPaidAsync(ErpContext db, OrderKey order, CancellationToken cancellationToken)
    {
        var row = await db.Orders.SingleAsync(o => o.Id == order.Order.Value, cancellationToken);
        row.Status = "Paid";
        db.Payments.Add(new Payment { OrderId = row.Id, Amount = row.Total });
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.EntityFrameworkCore.Tests;

public sealed class SqliteEnlistTests : EnlistTests
{
    protected override Task<ErpDatabase> OpenAsync() => new SqliteErpDatabase().CreateAsync();
}

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlEnlistTests : EnlistTests
{
    /// <summary>Npgsql's strategy knows the driver's exceptions only; a ContentionException would reach the caller without a retry.</summary>
    [Fact]
    public async Task A_deadlock_is_retried_by_the_strategy_of_the_provider()
    {
        await using var erp = await OpenAsync();
        OrderKey[] both = [await erp.PlaceAsync(1), await erp.PlaceAsync(2)];
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var attempts = 0;

        await Task.WhenAll(PayBothAsync(both, first, second.Task), PayBothAsync([both[1], both[0]], second, first.Task));

        Assert.Equal(3, attempts);
        Assert.Equal("101 101", $"{(await erp.Queries.GetAsync(both[0]))!.Order.Headline} {(await erp.Queries.GetAsync(both[1]))!.Order.Headline}");

        async Task PayBothAsync(OrderKey[] orders, TaskCompletionSource hasOne, Task otherHasOne)
        {
            await using var db = erp.NewContext();
            await db.ExecuteWithOrderKitAsync(async (unitOfWork, cancellationToken) =>
            {
                Interlocked.Increment(ref attempts);
                await FireAsync(orders[0]);
                hasOne.TrySetResult();
                await otherHasOne;
                await FireAsync(orders[1]);
                return true;

                async Task FireAsync(OrderKey order)
                {
                    var paid = ErpDatabase.Paid(order);
                    while (await erp.Orders.FireAsync(unitOfWork, paid, cancellationToken) is FireResult.Conflict)
                    {
                    }
                }
            });
        }
    }

    protected override Task<ErpDatabase> OpenAsync() => new PostgreSqlErpDatabase().CreateAsync();
}

public sealed class SqliteUnitOfWorkTests : UnitOfWorkTests
{
    protected override Task<ErpDatabase> OpenAsync(Action<IServiceCollection>? configure = null) => new SqliteErpDatabase().CreateAsync(configure);
}

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlUnitOfWorkTests : UnitOfWorkTests
{
    /// <summary>EF Core wraps the driver's exception, once more where the context does not retry; the owner of the unit must see through it.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_row_that_another_transaction_holds_is_contention(bool retries)
    {
        await using var erp = new PostgreSqlErpDatabase();
        await erp.CreateAsync();
        await erp.PlaceAsync(1);
        await using var other = await erp.DataSource.OpenConnectionAsync();
        await using var holding = await other.BeginTransactionAsync();
        await using (var hold = other.CreateCommand())
        {
            hold.CommandText = "SELECT 1 FROM \"Orders\" FOR UPDATE";
            await hold.ExecuteScalarAsync();
        }

        await using var db = retries
            ? erp.NewContext()
            : new ErpContext(new DbContextOptionsBuilder<ErpContext>().UseNpgsql(erp.DataSource).Options);
        await using var unit = await erp.Units.BeginAsync();

        var contention = await Assert.ThrowsAsync<ContentionException>(() => db.ExecuteInUnitOfWorkAsync(unit, async cancellationToken =>
        {
            await db.Database.ExecuteSqlRawAsync("SET LOCAL lock_timeout = '20ms'", cancellationToken);
            (await db.Orders.SingleAsync(cancellationToken)).Status = "Paid";
        }));

        Assert.True(contention.IsHeld);
    }

    protected override Task<ErpDatabase> OpenAsync(Action<IServiceCollection>? configure = null) => new PostgreSqlErpDatabase().CreateAsync(configure);
}

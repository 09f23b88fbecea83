using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Sql;
using OrderKit.StateMachine;
using OrderKit.Tests.Support;

namespace OrderKit.Tests.Snippets;

/// <summary>The code of docs/transactions.md.</summary>
public sealed class TransactionSnippets
{
    private static readonly OrderKey Order = OrderKey.For(OrderId.Derive(new ChannelCode("TB"), "2026020688213"));

    [Fact]
    public async Task Both_tables_follow_one_commit()
    {
        using var file = new TemporaryFile();
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().UseSqlite(file.ConnectionString);
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<OrderKitSchema>().EnsureAsync();
        var orders = provider.GetRequiredService<OrderLifecycle>();
        await using var connection = new SqliteConnection(file.ConnectionString);
        await connection.OpenAsync();
        await ExecuteAsync(connection, "CREATE TABLE erp_orders (id TEXT PRIMARY KEY, status TEXT)");
        var fact = new OrderFact { Trigger = "placed", Source = "erp", Order = Order };

        #region own-transaction
        await using var transaction = await connection.BeginTransactionAsync();

        var command = connection.CreateCommand();
        command.Transaction = (SqliteTransaction)transaction;
        command.CommandText = "INSERT INTO erp_orders (id, status) VALUES ('A-1', 'placed')";
        await command.ExecuteNonQueryAsync();

        var result = await orders.FireAsync(SqlUnitOfWork.Enlist(transaction), fact);
        if (result is FireResult.Conflict)
        {
            await transaction.RollbackAsync();                          // another writer was first: repeat all of it
        }
        else
        {
            await transaction.CommitAsync();                            // the ERP's row and the order, or neither
        }
        #endregion

        Assert.Equal(CommitState.PendingCommit, Assert.IsType<FireResult.Applied>(result).Commit);
        Assert.NotNull(await provider.GetRequiredService<OrderQueries>().GetAsync(Order));
    }

    [Fact]
    public async Task An_effect_writes_in_the_unit_of_work_that_it_is_given()
    {
        using var file = new TemporaryFile();
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().UseSqlite(file.ConnectionString);
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<OrderKitSchema>().EnsureAsync();
        await using var connection = new SqliteConnection(file.ConnectionString);
        await connection.OpenAsync();
        await ExecuteAsync(connection, "CREATE TABLE coupons (id TEXT PRIMARY KEY, buyer TEXT)");
        var operations = provider.GetRequiredService<Operations>();

        #region own-write
        var outcome = await operations.RunAsync(
            OperationKey.Of("coupon", "C-2026-88121"),
            Fingerprint.Of(("buyer", "B-17")),
            ResultCodec.Text,
            static async (operation, cancellationToken) =>
            {
                var transaction = ((SqlUnitOfWork)operation.UnitOfWork).Transaction;
                await using var command = transaction.Connection!.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = "INSERT INTO coupons (id, buyer) VALUES ('C-2026-88121', 'B-17')";
                await command.ExecuteNonQueryAsync(cancellationToken);
                return "granted";                                       // committed together with the operation's record
            });
        #endregion

        Assert.NotNull(outcome);
        await using var count = connection.CreateCommand();
        count.CommandText = "SELECT count(*) FROM coupons";
        Assert.Equal(1L, await count.ExecuteScalarAsync());
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string statement)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        await command.ExecuteNonQueryAsync();
    }
}

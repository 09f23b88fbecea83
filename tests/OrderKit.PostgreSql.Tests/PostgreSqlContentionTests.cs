using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Sql;
using OrderKit.Sql.Tests;
using OrderKit.StateMachine;

namespace OrderKit.PostgreSql.Tests;

/// <summary>What a caller hears whose host does not let the database wait, or whose transaction the database gives up for another.</summary>
[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlContentionTests
{
    private static readonly OperationKey Key = OperationKey.Of("refund", "R-1");
    private static readonly Fingerprint Asked = Fingerprint.Of(("amount", 19_900));

    [Fact]
    public async Task A_claim_that_another_one_holds_uncommitted_is_running_where_the_host_does_not_wait_for_it()
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        await using var hasty = Hasty(store);
        var effects = 0;
        await using (var host = await store.Units.BeginAsync())
        {
            await RunAsync(store, host, () => effects++);

            var joined = Assert.IsType<OperationOutcome<string>.Running>(await RunAsync(hasty, null, () => effects++));
            var leased = Assert.IsType<OperationOutcome<string>.Running>(await RunLeasedAsync(hasty, () => effects++));
            Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)), (joined.RetryAfter, leased.RetryAfter));
            await host.CommitAsync();
        }

        Assert.IsType<OperationOutcome<string>.Duplicate>(await RunAsync(hasty, null, () => effects++));
        Assert.IsType<OperationOutcome<string>.Duplicate>(await RunLeasedAsync(hasty, () => effects++));
        Assert.Equal(1, effects);
    }

    [Fact]
    public async Task Where_the_other_one_rolls_back_the_next_try_does_it()
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        await using var hasty = Hasty(store);
        var effects = 0;
        await using (var host = await store.Units.BeginAsync())
        {
            await RunAsync(store, host, () => { });
            Assert.IsType<OperationOutcome<string>.Running>(await RunAsync(hasty, null, () => effects++));
        }

        Assert.IsType<OperationOutcome<string>.Applied>(await RunAsync(hasty, null, () => effects++));
        Assert.Equal(1, effects);
    }

    [Fact]
    public async Task Who_waits_while_it_runs_claims_it_when_the_other_one_is_gone()
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        await using var hasty = Hasty(store);
        Task<OperationOutcome<string>> waiting;
        await using (var host = await store.Units.BeginAsync())
        {
            await RunAsync(store, host, () => { });
            Assert.IsType<OperationOutcome<string>.Running>(await RunLeasedAsync(hasty, () => { }));
            waiting = RunLeasedAsync(hasty, () => { }, OperationPolicy.Default with { WaitWhileRunning = TimeSpan.FromMinutes(5) });
        }

        Assert.IsType<OperationOutcome<string>.Applied>(await waiting);
    }

    [Fact]
    public async Task A_joined_claim_says_that_the_hosts_transaction_is_over_and_may_be_repeated()
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        await using var other = await store.Units.BeginAsync();
        await RunAsync(store, other, () => { });
        await using var host = await store.OpenHostAsync();
        var effects = 0;
        await using (var transaction = await host.BeginTransactionAsync())
        {
            await ExecuteAsync(host, transaction, "SET LOCAL lock_timeout = '20ms'");

            var contention = await Assert.ThrowsAsync<ContentionException>(() => RunAsync(store, SqlUnitOfWork.Enlist(transaction), () => effects++));

            Assert.Equal((true, true, PostgresErrorCodes.LockNotAvailable), (contention.IsHeld, contention.IsTransient, contention.SqlState));
            Assert.IsType<PostgresException>(contention.InnerException);
            var late = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(host, transaction, "SELECT 1"));
            Assert.Equal(PostgresErrorCodes.InFailedSqlTransaction, late.SqlState);
        }

        await other.DisposeAsync();
        await using (var transaction = await host.BeginTransactionAsync())
        {
            Assert.IsType<OperationOutcome<string>.Applied>(await RunAsync(store, SqlUnitOfWork.Enlist(transaction), () => effects++));
            await transaction.CommitAsync();
        }

        Assert.Equal(1, effects);
    }

    [Fact]
    public async Task A_host_that_set_a_savepoint_goes_on_behind_it()
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        await using var other = await store.Units.BeginAsync();
        await RunAsync(store, other, () => { });
        await using var host = await store.OpenHostAsync();
        await using var transaction = await host.BeginTransactionAsync();
        await ExecuteAsync(host, transaction, "SET LOCAL lock_timeout = '20ms'");
        await transaction.SaveAsync("before");

        await Assert.ThrowsAsync<ContentionException>(() => RunAsync(store, SqlUnitOfWork.Enlist(transaction), () => { }));
        await transaction.RollbackAsync("before");
        await store.Outbox.AppendAsync(SqlUnitOfWork.Enlist(transaction), [new OutboxMessage("m", "later", TenantId.Default, "lane", "order", default)]);
        await transaction.CommitAsync();

        Assert.Equal(1, (await store.Outbox.BacklogAsync("later")).Count);
    }

    [Theory, InlineData(PostgresErrorCodes.DeadlockDetected), InlineData(PostgresErrorCodes.SerializationFailure)]
    public async Task Facts_whose_transaction_the_database_gave_up_for_another_are_decided_again(string state)
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        var lifecycle = store.Services.GetRequiredService<OrderLifecycle>();
        OrderKey[] orders = [Samples.Key(1), Samples.Key(2)];
        await lifecycle.FireManyAsync([.. orders.Select(order => new OrderFact { Trigger = "placed", Source = "shop", Order = order, Id = "placed", Amount = new Money(1_000, Currency.CNY) })]);

        // Who is given up in a deadlock is the server's choice. This one gives up the first two that write an order.
        await store.RunAsync($"""
            CREATE SEQUENCE {store.Schemata}.tries;
            CREATE FUNCTION {store.Schemata}.give_up() RETURNS trigger LANGUAGE plpgsql AS $do$
            BEGIN
                IF nextval('{store.Schemata}.tries') <= 2 THEN RAISE EXCEPTION 'given up' USING ERRCODE = '{state}'; END IF;
                RETURN NEW;
            END $do$;
            CREATE TRIGGER give_up BEFORE UPDATE ON {store.Table("orders")} FOR EACH STATEMENT EXECUTE FUNCTION {store.Schemata}.give_up()
            """);
        var captured = orders.Select(order => new OrderFact { Trigger = "captured", Source = "alipay", Order = order, Evidence = "T-1" }).ToList();

        await using (var host = await store.Units.BeginAsync())
        {
            var contention = await Assert.ThrowsAsync<ContentionException>(async () => await lifecycle.FireManyAsync(host, captured));
            Assert.Equal((false, state), (contention.IsHeld, contention.SqlState));
        }

        Assert.All(await lifecycle.FireManyAsync(captured), result => Assert.IsType<FireResult.Applied>(result));
        foreach (var order in orders)
        {
            Assert.Equal(1_000, (await store.Queries.FindAsync(order))!.Snapshot.Counters.Captured);
        }
    }

    [Fact]
    public async Task Facts_on_an_order_that_is_held_for_too_long_are_told_so_and_may_be_fired_again()
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        await using var hasty = Hasty(store);
        var lifecycle = hasty.Services.GetRequiredService<OrderLifecycle>();
        var captured = new OrderFact { Trigger = "captured", Source = "alipay", Order = Samples.Key(1), Evidence = "T-1" };
        await lifecycle.FireAsync(new OrderFact { Trigger = "placed", Source = "shop", Order = Samples.Key(1), Id = "placed", Amount = new Money(1_000, Currency.CNY) });
        await using var host = await store.OpenHostAsync();
        await using (var transaction = await host.BeginTransactionAsync())
        {
            await ExecuteAsync(host, transaction, $"SELECT 1 FROM {store.Table("orders")} FOR UPDATE");

            Assert.True((await Assert.ThrowsAsync<ContentionException>(() => lifecycle.FireAsync(captured))).IsHeld);
        }

        Assert.IsType<FireResult.Applied>(await lifecycle.FireAsync(captured));
    }

    /// <summary>The same tables through a pool whose connections wait for no lock.</summary>
    private static PostgreSqlTestStore Hasty(PostgreSqlTestStore store) => new(
        schema: store.Schemata, dataSource: NpgsqlDataSource.Create($"{PostgreSqlTestStore.Server};Options=-c lock_timeout=20ms"), clock: store.Clock);

    private static Task<OperationOutcome<string>> RunAsync(PostgreSqlTestStore store, UnitOfWork? unit, Action effect)
    {
        var operations = store.Services.GetRequiredService<Operations>();
        return unit is null
            ? operations.RunAsync(Key, Asked, ResultCodec.Text, DoAsync)
            : operations.RunAsync(unit, Key, Asked, ResultCodec.Text, DoAsync);

        Task<string> DoAsync(JoinedOperation operation, CancellationToken cancellationToken)
        {
            effect();
            return Task.FromResult("done");
        }
    }

    private static Task<OperationOutcome<string>> RunLeasedAsync(PostgreSqlTestStore store, Action effect, OperationPolicy? policy = null) =>
        store.Services.GetRequiredService<Operations>().RunLeasedAsync(
            Key,
            Asked,
            ResultCodec.Text,
            (_, _) =>
            {
                effect();
                return Task.FromResult("done");
            },
            policy);

    private static async Task ExecuteAsync(System.Data.Common.DbConnection connection, System.Data.Common.DbTransaction transaction, string sql)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;
using OrderKit.Messaging;
using OrderKit.Sql;
using OrderKit.Sql.Tests;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace OrderKit.PostgreSql.Tests;

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlFaultTests
{
    [Fact]
    public async Task A_server_that_goes_away_in_a_commit_leaves_its_outcome_open_and_repeating_safe()
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();

        // A commit that takes as long as a statement: the deferred trigger waits for a lock that is held here.
        await store.RunAsync($"""
            CREATE FUNCTION {store.Schemata}.wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('{store.Schemata}')); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON {store.Table("orders")} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {store.Schemata}.wait()
            """);
        await using var holder = await store.OpenHostAsync();
        await using (var held = await holder.BeginTransactionAsync())
        {
            await ExecuteAsync(holder, $"SELECT pg_advisory_xact_lock(hashtext('{store.Schemata}'))");
            await using var unit = await store.Units.BeginAsync();
            Assert.NotEqual([0L], await store.Orders.SaveAsync(unit, [Samples.Full(Samples.Key(1))]));
            var pid = ((NpgsqlConnection)((SqlUnitOfWork)unit).Transaction.Connection!).ProcessID;
            var commit = unit.CommitAsync().AsTask();
            while (await ScalarAsync(holder, $"SELECT count(*) FROM pg_locks WHERE pid = {pid} AND NOT granted") == 0)
            {
                await Task.Yield();
            }

            await ExecuteAsync(holder, $"SELECT pg_terminate_backend({pid})");
            var failure = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => commit);
            Assert.NotNull(failure.InnerException);
            Assert.Contains("Repeat the same facts", failure.Message, StringComparison.Ordinal);
        }

        Assert.NotEqual([0L], await store.SaveAsync(Samples.Full(Samples.Key(1))));
        Assert.Equal(1, await store.CountAsync("journal"));
    }

    [Fact]
    public async Task A_server_that_goes_away_before_the_commit_is_told_as_it_is()
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        await using (var unit = await store.Units.BeginAsync())
        {
            await store.Orders.SaveAsync(unit, [Samples.Full(Samples.Key(1))]);
            await using var killer = await store.OpenHostAsync();
            await ExecuteAsync(killer, $"SELECT pg_terminate_backend({((NpgsqlConnection)((SqlUnitOfWork)unit).Transaction.Connection!).ProcessID})");

            await Assert.ThrowsAnyAsync<NpgsqlException>(async () => await store.Orders.SaveAsync(unit, [Samples.Full(Samples.Key(2))]));
        }

        Assert.Equal(0, await store.CountAsync("orders"));
        await store.SaveAsync(Samples.Full(Samples.Key(1)));
    }

    [Fact]
    public async Task A_hosts_transaction_that_is_aborted_already_is_told_as_it_is()
    {
        await using var store = await PostgreSqlTestStore.CreateAsync();
        await using var host = await store.OpenHostAsync();
        await using var transaction = await host.BeginTransactionAsync();
        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(host, "SELECT 1 / 0"));

        var failure = await Assert.ThrowsAsync<PostgresException>(async () => await store.Orders.SaveAsync(SqlUnitOfWork.Enlist(transaction), [Samples.Full(Samples.Key(1))]));

        Assert.Equal(PostgresErrorCodes.InFailedSqlTransaction, failure.SqlState);
    }

    /// <summary>The server answers the commit of a transaction in which a statement failed as though nothing were wrong, and rolls it back.</summary>
    [Fact]
    public async Task What_cannot_be_committed_because_a_failure_was_swallowed_is_told()
    {
        await using var store = await PostgreSqlTestStore.CreateAsync();
        await using (var unit = await store.Units.BeginAsync())
        {
            await store.Orders.SaveAsync(unit, [Samples.Full(Samples.Key(1))]);
            await SwallowAsync(unit);

            var failure = await Assert.ThrowsAsync<InvalidOperationException>(async () => await unit.CommitAsync());
            Assert.Contains("its exception was caught", failure.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, await store.CountAsync("orders"));
        await store.SaveAsync(Samples.Full(Samples.Key(1)));
    }

    [Fact]
    public async Task A_failure_of_a_store_that_was_swallowed_is_told_as_well()
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        await store.RunAsync($"ALTER TABLE {store.Table("quarantine")} RENAME TO away");
        await using (var unit = await store.Units.BeginAsync())
        {
            await store.Orders.SaveAsync(unit, [Samples.Full(Samples.Key(1))]);
            await Assert.ThrowsAnyAsync<PostgresException>(async () => await store.Quarantine.DecideAsync(unit, 1, QuarantineState.Discarded, "li", "a test"));

            await Assert.ThrowsAsync<InvalidOperationException>(async () => await unit.CommitAsync());
        }

        Assert.Equal(0, await store.CountAsync("orders"));
    }

    [Fact]
    public async Task An_operation_whose_effect_swallowed_a_failure_is_not_told_as_done()
    {
        await using var store = await PostgreSqlTestStore.CreateAsync();
        var operations = store.Services.GetRequiredService<Operations>();
        var key = new OperationKey(TenantId.Default, "refund", "1");

        await Assert.ThrowsAsync<InvalidOperationException>(() => operations.RunAsync(key, Fingerprint.Of(("amount", 1)), ResultCodec.None, (work, _) => SwallowAsync(work.UnitOfWork)));

        Assert.Null(await store.Operations.FindAsync(key));
    }

    [Fact]
    public async Task A_handler_that_swallows_a_failure_harms_no_message_beside_its_own()
    {
        await using var store = await PostgreSqlTestStore.CreateAsync();
        var handler = new Swallowing(store, "20");
        var pump = new InboxPump(store.Inbox, store.DeadLetters, store.Pauses, store.Units, new(handler));
        await new Inbox(store.Inbox, store.Units).AcceptAsync(
            [.. Enumerable.Range(0, 50).Select(i => new InboxMessage($"{i}", handler.Consumer, TenantId.Default, $"{i}", "notification", default))]);

        // The bad one may be tried again meanwhile: the server's clock runs on.
        Assert.Equal(49, (await pump.PumpAllAsync()).Delivered);
        Assert.Equal(49, await store.CountAsync("outbox"));
        Assert.Equal(0, await store.CountAsync("outbox", "message_id = '20'"));
    }

    [Fact]
    public async Task A_redrive_and_a_discard_of_one_letter_never_wait_for_each_other()
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        var message = new InboxMessage("a", "payments", TenantId.Default, "A", "notification", default);
        await new Inbox(store.Inbox, store.Units).AcceptAsync([message]);
        var options = Options.Create(new InboxPumpOptions { MaxAttempts = 1 });
        await new InboxPump(store.Inbox, store.DeadLetters, store.Pauses, store.Units, new(new Refusing()), options).PumpAllAsync();
        var number = Assert.Single((await store.DeadLetters.QueryAsync(new DeadLetterQuery())).Items).Number;

        // A redrive, half-way.
        await using var unit = await store.Units.BeginAsync();
        Assert.True(await store.Inbox.BringBackAsync(unit, message));
        var pid = ((NpgsqlConnection)((SqlUnitOfWork)unit).Transaction.Connection!).ProcessID;
        var discard = store.Services.GetRequiredService<DeadLetters>().DiscardAsync(number, "li", "a test");
        await using var watcher = await store.OpenHostAsync();
        while (await ScalarAsync(watcher, $"SELECT count(*) FROM pg_stat_activity WHERE {pid} = ANY (pg_blocking_pids(pid))") == 0)
        {
            await Task.Yield();
        }

        Assert.True(await store.DeadLetters.CloseAsync(unit, number, DeadLetterState.Redriven, "wang", null));
        await unit.CommitAsync();
        Assert.Equal(DiscardResult.AlreadyClosed, await discard);
        Assert.Equal(1, (await store.Inbox.BacklogAsync("payments")).Count);
    }

    [Fact]
    public async Task Transactions_of_one_pump_run_beside_each_other()
    {
        await using var store = await PostgreSqlTestStore.CreateAsync();
        var handler = new Meeting(3);
        var options = Options.Create(new InboxPumpOptions { MaxConcurrency = 3, MessagesPerTransaction = 1 });
        var pump = new InboxPump(store.Inbox, store.DeadLetters, store.Pauses, store.Units, new(handler), options);
        await new Inbox(store.Inbox, store.Units).AcceptAsync(
            [.. Enumerable.Range(0, 3).Select(i => new InboxMessage($"{i}", handler.Consumer, TenantId.Default, $"{i}", "notification", default))]);

        Assert.Equal(new PumpResult(3, 0), await pump.PumpAllAsync().WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_role_that_may_not_create_tables_can_do_the_daily_work()
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        var role = "r" + store.Schemata;
        await store.RunAsync($"""
            CREATE ROLE {role} LOGIN PASSWORD 'daily';
            GRANT USAGE ON SCHEMA {store.Schemata} TO {role};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {store.Schemata} TO {role};
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA {store.Schemata} TO {role}
            """);
        var connectionString = new NpgsqlConnectionStringBuilder(PostgreSqlTestStore.Server) { Username = role, Password = "daily", MaxPoolSize = 5 }.ConnectionString;
        await using (var daily = new PostgreSqlTestStore(schema: store.Schemata, dataSource: NpgsqlDataSource.Create(connectionString), clock: store.Clock))
        {
            await ((TestStore)daily).Schema.ValidateAsync();
            await DailyWork.RunAsync(daily);
        }

        await store.RunAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
    }

    [Fact]
    public async Task A_number_that_is_linked_while_a_fact_is_parked_for_it_loses_no_fact()
    {
        await using var store = await PostgreSqlTestStore.CreateAsync();
        var lifecycle = store.Services.GetRequiredService<OrderLifecycle>();
        for (var round = 1; round <= 20; round++)
        {
            var number = Samples.Number($"T-{round}");
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            async Task FireAsync(OrderFact fact)
            {
                await gate.Task;
                await lifecycle.FireAsync(fact);
            }

            var both = Task.WhenAll(
                FireAsync(new OrderFact { Trigger = "placed", Source = "taobao", Order = Samples.Key(round), Amount = new Money(1990, Currency.CNY), Quantity = 1, Links = [number] }),
                FireAsync(new OrderFact { Trigger = "captured", Source = "alipay", Reference = number, Evidence = $"E-{round}", Amount = new Money(1990, Currency.CNY) }),
                FireAsync(new OrderFact { Trigger = "captured", Source = "wechat", Order = Samples.Key(round), Evidence = $"W-{round}", Amount = new Money(10, Currency.CNY) }));
            gate.SetResult();
            await both;
            Assert.Equal(2_000, (await store.Queries.FindAsync(Samples.Key(round)))!.Snapshot.Counters.Captured);
        }

        Assert.Empty((await store.Queries.ParkedAsync(TenantId.Default)).Items);
    }

    [Fact]
    public async Task Any_number_of_facts_takes_one_round_trip_to_load_and_one_to_save()
    {
        await using var store = await PostgreSqlTestStore.CreateAsync();
        await store.SaveAsync([.. Enumerable.Range(1, 100).Select(n => Samples.Full(Samples.Key(n)))]);
        using var test = new Activity("test").Start();
        var roundTrips = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == test.TraceId)
                {
                    Interlocked.Increment(ref roundTrips);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        await using var unit = await store.Units.BeginAsync();
        roundTrips = 0;
        await store.Orders.LoadAsync(unit, [.. Enumerable.Range(1, 150).Select(n => new OrderLookup(Samples.Key(n), "taobao", "x", "y"))]);
        Assert.Equal(1, roundTrips);
        await store.Orders.SaveAsync(unit, [.. Enumerable.Range(1, 100).Select(n => Samples.Full(Samples.Key(n), 1)), .. Enumerable.Range(101, 50).Select(n => Samples.Full(Samples.Key(n)))]);
        Assert.Equal(2, roundTrips);
        await unit.CommitAsync();
    }

    /// <summary>The planner knows nothing of these tables but their size, as on the first day of a busy host.</summary>
    [Fact]
    public async Task No_statement_of_the_daily_work_reads_a_whole_table()
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        string[] tables = ["orders", "journal", "journal_details", "references", "deadlines", "outbox", "inbox", "cases", "parked"];
        foreach (var table in tables)
        {
            await store.RunAsync($"ALTER TABLE {store.Table(table)} SET (autovacuum_enabled = false)");
        }

        // One connection, whose counts can be had at once.
        var dataSource = NpgsqlDataSource.Create(PostgreSqlTestStore.Server + ";Maximum Pool Size=1");
        await using var one = new PostgreSqlTestStore(schema: store.Schemata, dataSource: dataSource, clock: store.Clock);
        for (var thousand = 1; thousand <= 5; thousand++)
        {
            await one.SaveAsync([.. Enumerable.Range(thousand * 1_000, 1_000).Select(n => Samples.Full(Samples.Key(n)))]);
        }

        await using (var unit = await one.Units.BeginAsync())
        {
            await one.Inbox.AcceptAsync(unit, [.. Enumerable.Range(0, 5_000).Select(n => new InboxMessage($"{n}", "others", TenantId.Default, $"{n}", "order", default))]);
            await unit.CommitAsync();
        }

        var before = await ScannedAsync(dataSource, store.Schemata);
        await DailyWork.RunAsync(one);
        var after = await ScannedAsync(dataSource, store.Schemata);

        // A table of a handful of rows is read as a whole by anybody.
        var scanned = after.Where(table => table.Value - before[table.Key] > 100).Select(table => $"{table.Key}: {table.Value - before[table.Key]} rows").ToList();
        Assert.True(scanned.Count == 0, string.Join("; ", scanned));
    }

    /// <summary>A node that is lost leaves very many rows: each batch that others take up costs what it takes, and looking in vain costs nothing.</summary>
    [Fact]
    public async Task A_batch_reads_what_it_takes_and_neither_what_is_held_nor_what_else_is_due()
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        foreach (var table in (string[])["outbox", "inbox", "operations", "deadlines", "orders"])
        {
            await store.RunAsync($"ALTER TABLE {store.Table(table)} SET (autovacuum_enabled = false)");
        }

        var dataSource = NpgsqlDataSource.Create(PostgreSqlTestStore.Server + ";Maximum Pool Size=1");
        await using var one = new PostgreSqlTestStore(schema: store.Schemata, dataSource: dataSource, clock: store.Clock);
        var (hour, names) = (TimeSpan.FromHours(1), Enumerable.Range(0, 5_000).Select(i => $"row-{i}").ToList());
        await using (var unit = await one.Units.BeginAsync())
        {
            await one.Outbox.AppendAsync(unit, [.. names.Select(name => new OutboxMessage(name, "events", TenantId.Default, name, "order", default))]);
            await one.Inbox.AcceptAsync(unit, [.. names.Select(name => new InboxMessage(name, "payments", TenantId.Default, name, "order", default))]);
            await one.Operations.ClaimAsync(
                unit, [.. names.Select(name => new OperationRequest(new OperationKey(TenantId.Default, "refund", name), Fingerprint.Nothing, Guid.NewGuid()))],
                new ClaimTerms(OperationState.Succeeded, hour, MaxAttempts: 1, TakesLapsed: false));
            await unit.CommitAsync();
        }

        await ReadsFewAsync(async () => (await one.Outbox.ClaimAsync("events", 10, hour)).Count, takes: 10);
        await ReadsFewAsync(async () => (await one.Inbox.ClaimAsync("payments", 10, hour)).Count, takes: 10);
        await one.Outbox.ClaimAsync("events", 5_000, hour);
        await one.Inbox.ClaimAsync("payments", 5_000, hour);
        await ReadsFewAsync(async () => (await one.Outbox.ClaimAsync("events", 10, hour)).Count, takes: 0);
        await ReadsFewAsync(async () => (await one.Inbox.ClaimAsync("payments", 10, hour)).Count, takes: 0);
        await ReadsFewAsync(async () => await one.Operations.SweepAsync(10), takes: 0);
        store.Advance(hour * 2);
        await ReadsFewAsync(async () => (await one.Outbox.ClaimAsync("events", 10, hour)).Count, takes: 10);
        await ReadsFewAsync(async () => (await one.Inbox.ClaimAsync("payments", 10, hour)).Count, takes: 10);
        await ReadsFewAsync(async () => await one.Operations.SweepAsync(10), takes: 10);

        async Task ReadsFewAsync(Func<Task<int>> take, int takes, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(take))] string what = "")
        {
            var before = (await ScannedAsync(dataSource, store.Schemata, "seq_tup_read + COALESCE(idx_tup_fetch, 0)")).Values.Sum();
            Assert.Equal(takes, await take());
            var read = (await ScannedAsync(dataSource, store.Schemata, "seq_tup_read + COALESCE(idx_tup_fetch, 0)")).Values.Sum() - before;
            Assert.True(read <= 100, $"{what} reads {read} rows.");
        }
    }

    /// <summary>Without statistics: once the messages behind the head are put off, a claim and a completion read what they take.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(20_000)]
    public async Task A_message_of_a_deep_lane_costs_what_one_of_a_shallow_lane_does(int depth)
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        foreach (var table in (string[])["outbox", "inbox"])
        {
            await store.RunAsync($"ALTER TABLE {store.Table(table)} SET (autovacuum_enabled = false)");
        }

        var dataSource = NpgsqlDataSource.Create(PostgreSqlTestStore.Server + ";Maximum Pool Size=1");
        await using var one = new PostgreSqlTestStore(schema: store.Schemata, dataSource: dataSource, clock: store.Clock);
        var minute = TimeSpan.FromMinutes(1);
        var names = Enumerable.Range(0, depth).Select(i => (Id: $"deep-{i}", Lane: "deep")).Concat(Enumerable.Range(0, 2_000).Select(i => (Id: $"{i}", Lane: $"{i % 500}"))).ToList();
        await using (var unit = await one.Units.BeginAsync())
        {
            await one.Outbox.AppendAsync(unit, [.. names.Select(name => new OutboxMessage(name.Id, "events", TenantId.Default, name.Lane, "order", default))]);
            await one.Inbox.AcceptAsync(unit, [.. names.Select(name => new InboxMessage(name.Id, "payments", TenantId.Default, name.Lane, "order", default))]);
            await unit.CommitAsync();
        }

        await TakeAsync();
        await TakeAsync();
        var before = await ReadAsync();
        var taken = 0;
        for (var i = 0; i < 20; i++)
        {
            taken += await TakeAsync();
        }

        // Claimed, locked, written, completed, and the next one let in, of both tables: some reads each, and none of those that wait.
        Assert.InRange((await ReadAsync() - before) / (double)taken, 1, 60);
        Assert.True(taken >= 400, $"{taken} were taken.");

        async Task<int> TakeAsync()
        {
            var outgoing = await one.Outbox.ClaimAsync("events", 20, minute);
            Assert.Equal(outgoing.Count, await one.Outbox.CompleteAsync(outgoing));
            var incoming = await one.Inbox.ClaimAsync("payments", 20, minute);
            await using var unit = await one.Units.BeginAsync();
            await one.Inbox.CompleteAsync(unit, incoming, minute);
            await unit.CommitAsync();
            return outgoing.Count + incoming.Count;
        }

        async Task<long> ReadAsync() => (await ScannedAsync(dataSource, store.Schemata, "seq_tup_read + COALESCE(idx_tup_fetch, 0)")).Values.Sum();
    }

    private static async Task<Dictionary<string, long>> ScannedAsync(NpgsqlDataSource dataSource, string schema, string rows = "seq_tup_read")
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await ExecuteAsync(connection, "SELECT pg_stat_force_next_flush()");
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT relname, {rows} FROM pg_stat_user_tables WHERE schemaname = '{schema}'";
        await using var reader = await command.ExecuteReaderAsync();
        var read = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
        {
            read.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return read;
    }

    private static async Task ExecuteAsync(System.Data.Common.DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> ScalarAsync(System.Data.Common.DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<bool> SwallowAsync(UnitOfWork unit)
    {
        var transaction = (NpgsqlTransaction)((SqlUnitOfWork)unit).Transaction;
        await using var command = new NpgsqlCommand("SELECT 1 / 0", transaction.Connection, transaction);
        await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteScalarAsync());
        return true;
    }

    /// <summary>Writes an effect for each message, and for one of them overlooks that a statement failed.</summary>
    private sealed class Swallowing(TestStore store, string bad) : IInboxHandler
    {
        public string Consumer => "payments";

        public async Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
        {
            var id = delivery.Message.MessageId;
            await store.Outbox.AppendAsync(unitOfWork, [new OutboxMessage(id, "effects", TenantId.Default, "A", "effect", default)], cancellationToken);
            if (id == bad)
            {
                await SwallowAsync(unitOfWork);
            }
        }
    }

    private sealed class Refusing : IInboxHandler
    {
        public string Consumer => "payments";

        public Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken) => throw new FormatException("No amount.");
    }

    /// <summary>Ends once so many are handled at the same time.</summary>
    private sealed class Meeting(int count) : IInboxHandler
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public string Consumer => "payments";

        public Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _count) == count)
            {
                _all.SetResult();
            }

            return _all.Task;
        }
    }
}

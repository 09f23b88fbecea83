using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderKit.Core;
using OrderKit.Eng;
using OrderKit.Idempotency;
using OrderKit.Sqlite;
using OrderKit.StateMachine;

namespace OrderKit.Benchmarks;

/// <summary>Measures the callback storm: claim, transition, journal and outbox, durable before each answer.</summary>
internal static class StormBenchmarks
{
    private const int Newest = 100_000;
    private const int Callers = 256;
    private const int NaiveCallers = 16;

    // ORDERKIT_STORM_ORDERS and ORDERKIT_STORM_SECONDS make it shorter during development.
    private static readonly int Orders = Settings.Number("ORDERKIT_STORM_ORDERS", 1_000_000);
    private static readonly TimeSpan Duration = Settings.Seconds("ORDERKIT_STORM_SECONDS", 60);

    // ORDERKIT_STORM_SECONDS=0 leaves out the storm and measures only the intake beside hand-written groups.
    private static readonly bool HasStorm = Duration > TimeSpan.Zero;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("orderkit-bench-storm-").FullName;
        try
        {
            var source = $"Data Source={Path.Combine(folder, "storm.db")}";
            const string Settings = "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";
            await RunAsync(
                "SQLite, synchronous=FULL",
                10,
                builder => builder.UseSqlite(options =>
                {
                    options.ConnectionString = source;
                    options.Synchronous = SqliteSynchronous.Full;
                }),
                Open,
                [1],
                async () => await SqliteGroupWriter.OpenAsync($"{source};Pooling=False").ConfigureAwait(false),
                [
                    (
                        "each its own connection, contending for the file",
                        () => RawClients.OnOwnConnectionsAsync(NaiveCallers, Open, Settings)),
                ]).ConfigureAwait(false);

            DbConnection Open() => new SqliteConnection($"{source};Pooling=False");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        if (await ThrowAwayPostgreSql.StartAsync(fsync: true).ConfigureAwait(false) is not { } server)
        {
            return;
        }

        await using (server.ConfigureAwait(false))
        {
            var prepared = $"{server.ConnectionString};Max Auto Prepare=100;Auto Prepare Min Usages=2;Maximum Pool Size=30";
            await RunAsync(
                "PostgreSQL, fsync on",
                7,
                builder => builder.UsePostgreSql(prepared),
                () => new NpgsqlConnection($"{server.ConnectionString};Pooling=False"),
                [1, 2],
                async () => await PostgreSqlGroupWriter.OpenAsync($"{server.ConnectionString};Pooling=False").ConfigureAwait(false),
                [
                    ("the driver's pool, as it comes", () => RawClients.OnPoolAsync(NpgsqlDataSource.Create(server.ConnectionString))),
                    ("the driver's pool, prepared by the driver", () => RawClients.OnPoolAsync(NpgsqlDataSource.Create(prepared))),
                ]).ConfigureAwait(false);
        }
    }

    /// <param name="title">The database.</param>
    /// <param name="bar">The factor over one by one that the intake must reach.</param>
    /// <param name="choose">Chooses the store.</param>
    /// <param name="open">Opens a plain connection.</param>
    /// <param name="writers">The numbers of writers to measure beside hand-written groups; the storm runs with the last.</param>
    /// <param name="openWriter">Opens a connection of a hand-written group.</param>
    /// <param name="raw">Hand-written clients that commit each callback.</param>
    private static async Task RunAsync(
        string title, int bar, Action<OrderKitBuilder> choose, Func<DbConnection> open, int[] writers, Func<Task<IGroupWriter>> openWriter,
        (string Name, Func<Task<RawClients>> Open)[] raw)
    {
        var stores = writers.Select(
            count => new DurableStore(builder => choose(builder.AddIntake(options => options.Writers = count)))).ToArray();
        await stores[^1].CreateAsync().ConfigureAwait(false);
        await FillAsync(stores[^1].Lifecycle, Orders).ConfigureAwait(false);
        if (HasStorm)
        {
            await StormAsync(title, bar, stores[^1], open, raw).ConfigureAwait(false);
        }

        for (var i = 0; i < stores.Length; i++)
        {
            // These streams have half as many orders; the first two have the orders of the storm.
            await StormSides.PrintAsync(title, Orders, 2 + (3 * i), stores[i], writers[i], openWriter, open).ConfigureAwait(false);
        }

        foreach (var store in stores)
        {
            await store.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task StormAsync(
        string title, int bar, DurableStore store, Func<DbConnection> open, (string Name, Func<Task<RawClients>> Open)[] raw)
    {
        var storm = new CallbackStorm(Orders, Math.Min(Newest, Orders / 5));
        var intake = store.Service<OrderIntake>();
        var operations = store.Service<Operations>();

        // Warm-up, not counted.
        var warm = await storm.RunAsync(Callers, Duration / 10, request => TakeAsync(intake, request)).ConfigureAwait(false);
        var naive = await storm.RunAsync(
            NaiveCallers, Duration / 4, request => OneByOneAsync(operations, store.Lifecycle, request)).ConfigureAwait(false);
        var grouped = await storm.RunAsync(Callers, Duration, request => TakeAsync(intake, request)).ConfigureAwait(false);
        var difference = await SumOfVersionsAsync(open()).ConfigureAwait(false) - Orders - warm.Effects - naive.Effects - grouped.Effects;

        // Last, because their rows have the shape of OrderKit's rows but not their meaning.
        var raws = new List<(string Name, StormResult Result)>();
        foreach (var (name, openRaw) in raw)
        {
            raws.Add((name, await RunRawAsync(storm, openRaw).ConfigureAwait(false)));
        }

        Console.WriteLine();
        Console.WriteLine($"### Callback storm on {title}: {Orders:N0} orders, callbacks about the newest "
            + $"{Math.Min(Newest, Orders / 5):N0}, each delivered 3 times");
        Console.WriteLine();
        Console.WriteLine("| | callers | seconds | answered/s | bar | effects/s | last quarter ÷ first | bar | p50 ms | p99 ms | p99.9 "
            + "ms | max ms |");
        Console.WriteLine("|---|---:|---:|---:|---|---:|---:|---|---:|---:|---:|---:|");
        Print("intake", Callers, grouped, "≥ 12,800", "≥ 0.85");
        Print("one by one", NaiveCallers, naive, "", "");
        foreach (var (name, result) in raws)
        {
            Print($"raw: {name}", NaiveCallers, result, "", "");
        }

        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{grouped.AnsweredPerSecond / naive.AnsweredPerSecond:N1} times as many as one by one (bar: {bar}). Rows in the journal "
                + $"less the effects that were told: {difference}."));
        foreach (var (name, result) in raws)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{grouped.AnsweredPerSecond / result.AnsweredPerSecond:N1} "
                + $"times as many as raw, {name} (bar: ≥ {bar})."));
        }
    }

    internal static async Task FillAsync(OrderLifecycle lifecycle, int orders)
    {
        for (var i = 0; i < orders; i += 2_000)
        {
            await lifecycle.FireManyAsync(
                [.. Enumerable.Range(i, Math.Min(2_000, orders - i)).Select(DurableFacts.Placed)]).ConfigureAwait(false);
        }
    }

    // The driver of SQLite blocks its threads, so 16 clients need as many threads.
    private static async Task<StormResult> RunRawAsync(CallbackStorm storm, Func<Task<RawClients>> open)
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, 2 * NaiveCallers), completions);
        var clients = await open().ConfigureAwait(false);
        await using (clients.ConfigureAwait(false))
        {
            await storm.RunAsync(NaiveCallers, Duration / 20, clients.DeliverAsync).ConfigureAwait(false);
            var result = await storm.RunAsync(NaiveCallers, Duration / 4, clients.DeliverAsync).ConfigureAwait(false);
            ThreadPool.SetMinThreads(workers, completions);
            return result;
        }
    }

    internal static async Task<bool> TakeAsync(OrderIntake intake, IntakeRequest request) =>
        await intake.TakeAsync(request).ConfigureAwait(false) switch
    {
        IntakeResult.Applied { Fired: FireResult.Applied } => true,
        IntakeResult.Duplicate { Refusal: null } => false,
        var other => throw new InvalidOperationException($"A callback of the benchmark was not taken: {other}"),
    };

    internal static async Task<bool> OneByOneAsync(Operations operations, OrderLifecycle lifecycle, IntakeRequest request) =>
        await operations.RunAsync(request.Key, request.Fingerprint, ResultCodec.None, async (operation, cancellationToken) =>
            await lifecycle.FireAsync(
                operation.UnitOfWork,
                request.Fact,
                cancellationToken).ConfigureAwait(false) is FireResult.Applied).ConfigureAwait(false) switch
        {
            OperationOutcome<bool>.Applied { Result: true } => true,
            OperationOutcome<bool>.Duplicate => false,
            var other => throw new InvalidOperationException($"A callback of the benchmark was not taken: {other}"),
        };

    // Each effect adds one version to its order.
    internal static async Task<long> SumOfVersionsAsync(DbConnection connection)
    {
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync().ConfigureAwait(false);
            var command = connection.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                command.CommandText = "SELECT sum(version) FROM orderkit_orders";
                return Convert.ToInt64(await command.ExecuteScalarAsync().ConfigureAwait(false), CultureInfo.InvariantCulture);
            }
        }
    }

    internal static void Print(string name, int callers, StormResult result, string bar, string endurance) =>
        Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {callers} | {result.Elapsed.TotalSeconds:N0} | {result.AnsweredPerSecond:N0} | {bar} | "
            + $"{result.EffectsPerSecond:N0} | {result.Endurance:N2} | {endurance} | {result.Percentile(0.5):N1} | "
            + $"{result.Percentile(0.99):N1} | {result.Percentile(0.999):N1} | {result.Latencies[^1]:N1} |"));
}

using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderKit.Eng;

namespace OrderKit.Benchmarks;

/// <summary>The cost of a durable fact on PostgreSQL beside hand-written ADO.NET, and the gain of sets.</summary>
internal static class PostgreSqlBenchmarks
{
    private const int OrdersInBlock = 15;
    private const string Prepare = "Max Auto Prepare=100;Auto Prepare Min Usages=2";

    public static async Task RunAsync()
    {
        if (await ThrowAwayPostgreSql.StartAsync(fsync: false).ConfigureAwait(false) is not { } without)
        {
            return;
        }

        await using (without.ConfigureAwait(false))
        {
            // A server that the user named keeps its fsync setting, so commits do not wait for it instead.
            var plain = $"{without.ConnectionString};Options=-c synchronous_commit=off";
            await PairsAsync(plain, without.IsOwn ? "fsync off" : "synchronous_commit off", 0.95).ConfigureAwait(false);
        }

        if (await ThrowAwayPostgreSql.StartAsync(fsync: true).ConfigureAwait(false) is not { } with)
        {
            return;
        }

        await using (with.ConfigureAwait(false))
        {
            await PairsAsync(with.ConnectionString, "fsync on", null).ConfigureAwait(false);
            await SetsAsync(with.ConnectionString).ConfigureAwait(false);
        }
    }

    private static async Task PairsAsync(string server, string durability, double? bar)
    {
        const string Template = "orderkit_bench_template";
        await RunAsync(server, $"DROP DATABASE IF EXISTS {Template}", $"CREATE DATABASE {Template}").ConfigureAwait(false);
        var store = Open(To(server, Template));
        await using (store.ConfigureAwait(false))
        {
            await store.CreateAsync().ConfigureAwait(false);
            await store.FireManyAsync(
                [.. Enumerable.Range(0, DurablePairs.Orders(OrdersInBlock)).Select(DurableFacts.Placed)]).ConfigureAwait(false);
        }

        // All start with the same statistics; without statistics the plans vary.
        await RunAsync(To(server, Template), "VACUUM ANALYZE").ConfigureAwait(false);
        await PairAsync(server, Template, "prepared by the driver", durability, Prepare, bar).ConfigureAwait(false);
        await PairAsync(server, Template, "nothing prepared", durability, "", bar).ConfigureAwait(false);
        await RunAsync(server, $"DROP DATABASE {Template}").ConfigureAwait(false);
    }

    private static async Task PairAsync(string server, string template, string prepared, string durability, string more, double? bar)
    {
        string[] copies = ["orderkit_bench_0", "orderkit_bench_1", "orderkit_bench_2"];
        foreach (var copy in copies)
        {
            await RunAsync(server, $"DROP DATABASE IF EXISTS {copy}", $"CREATE DATABASE {copy} TEMPLATE {template}").ConfigureAwait(false);
        }

        var (recording, watching) = (new Recording(), new Recording());
        string[] targets = [.. copies.Select(copy => $"{To(server, copy)};{more}")];
        var pool = NpgsqlDataSource.Create(targets[2]);
        await using (pool.ConfigureAwait(false))
        {
            var recorded = Open(targets[0], connection => new RecordingConnection(connection, recording.AddAsync));
            await using var recordedEnds = recorded.ConfigureAwait(false);
            var measured = Open(targets[1]);
            await using var measuredEnds = measured.ConfigureAwait(false);
            var watched = new PostgreSqlHandWritten(
                async () => new RecordingConnection(await pool.OpenConnectionAsync().ConfigureAwait(false), watching.AddAsync));
            var handWritten = new PostgreSqlHandWritten(async () => await pool.OpenConnectionAsync().ConfigureAwait(false));
            await DurablePairs.PrintAsync(
                $"Durable form on PostgreSQL, {durability}, {prepared}: FireAsync beside the same statements hand-written",
                bar, OrdersInBlock, recorded, recording, measured, watched, watching, handWritten).ConfigureAwait(false);
        }

        await DurablePairs.RequireSameAsync(
            [.. copies.Select(copy => new NpgsqlConnection($"{To(server, copy)};Pooling=False"))]).ConfigureAwait(false);
        foreach (var copy in copies)
        {
            await RunAsync(server, $"DROP DATABASE {copy}").ConfigureAwait(false);
        }
    }

    private static async Task SetsAsync(string server)
    {
        const string Name = "orderkit_bench_sets";
        await RunAsync(server, $"DROP DATABASE IF EXISTS {Name}", $"CREATE DATABASE {Name}").ConfigureAwait(false);
        foreach (var (more, prepared) in new[] { (Prepare, "prepared by the driver"), ("", "nothing prepared") })
        {
            var store = Open($"{To(server, Name)};{more}");
            await using (store.ConfigureAwait(false))
            {
                await store.CreateAsync().ConfigureAwait(false);
                await SetBenchmark.PrintAsync(
                    $"256 facts of different orders on PostgreSQL, fsync on, {prepared}", "≥ 7", store).ConfigureAwait(false);
            }

            await RunAsync(To(server, Name), "DROP SCHEMA public CASCADE", "CREATE SCHEMA public").ConfigureAwait(false);
        }

        await RunAsync(server, $"DROP DATABASE {Name}").ConfigureAwait(false);
    }

    private static DurableStore Open(string connectionString, Func<DbConnection, DbConnection>? wrap = null) =>
        new(builder => builder.UsePostgreSql(options =>
        {
            options.ConnectionString = connectionString;
            options.Wrap = wrap;
        }));

    private static string To(string server, string database) =>
        new NpgsqlConnectionStringBuilder(server) { Database = database }.ConnectionString;

    // Without a pool, because a database with an idle connection can be neither copied nor dropped.
    private static async Task RunAsync(string server, params IReadOnlyList<string> statements)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync().ConfigureAwait(false);
            foreach (var statement in statements)
            {
                var command = connection.CreateCommand();
                await using (command.ConfigureAwait(false))
                {
#pragma warning disable CA2100 // Texts of ours.
                    command.CommandText = statement;
#pragma warning restore CA2100
                    await command.ExecuteNonQueryAsync().ConfigureAwait(false);
                }
            }
        }
    }
}

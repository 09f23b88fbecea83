using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Eng;
using OrderKit.Sqlite;

namespace OrderKit.Benchmarks;

/// <summary>The cost of a durable fact on SQLite beside hand-written ADO.NET, and the gain of sets.</summary>
internal static class SqliteBenchmarks
{
    private const int OrdersInBlock = 60;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("orderkit-bench-").FullName;
        try
        {
            var template = Path.Combine(folder, "template.db");
            await FillAsync(template).ConfigureAwait(false);
            await PairAsync(folder, template, "OFF", 0.95).ConfigureAwait(false);
            await PairAsync(folder, template, "FULL", null).ConfigureAwait(false);
            await SetsAsync(Path.Combine(folder, "sets.db")).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task FillAsync(string template)
    {
        var store = Open(template);
        await using (store.ConfigureAwait(false))
        {
            await store.CreateAsync().ConfigureAwait(false);
            await store.FireManyAsync(
                [.. Enumerable.Range(0, DurablePairs.Orders(OrdersInBlock)).Select(DurableFacts.Placed)]).ConfigureAwait(false);
        }
    }

    private static async Task PairAsync(string folder, string template, string synchronous, double? bar)
    {
        string[] copies = [.. Enumerable.Range(0, 3).Select(i => Path.Combine(folder, $"{synchronous}-{i}.db"))];
        foreach (var copy in copies)
        {
            File.Copy(template, copy);
        }

        var (recording, watching) = (new Recording(), new Recording());
        var recorded = Open(copies[0], connection => new RecordingConnection(connection, recording.AddAsync), SqliteSynchronous.Normal);
        await using var recordedEnds = recorded.ConfigureAwait(false);

        DbConnection? writer = null;
        var measured = Open(copies[1], connection => writer = connection);
        await using var measuredEnds = measured.ConfigureAwait(false);
        if (synchronous != "FULL")
        {
            // The library has no such option, so it is set on its connection between two transactions.
            await measured.CreateAsync().ConfigureAwait(false);
            using var command = writer!.CreateCommand();
#pragma warning disable CA2100 // A word of ours.
            command.CommandText = $"PRAGMA synchronous = {synchronous}";
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }

        var options = new SqliteStoreOptions();
        var settings = $"PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA cache_size = {options.CachePages}; "
            + $"PRAGMA wal_autocheckpoint = {options.CheckpointPages}; PRAGMA temp_store = MEMORY;";
        var watched = new SqliteHandWritten(new RecordingConnection(new SqliteConnection(To(copies[2])), watching.AddAsync), settings);
        await using var watchedEnds = watched.ConfigureAwait(false);
        var handWritten = new SqliteHandWritten(new SqliteConnection(To(copies[2])), settings);
        await using var handWrittenEnds = handWritten.ConfigureAwait(false);

        await DurablePairs.PrintAsync(
            $"Durable form on SQLite, synchronous={synchronous}: FireAsync beside the same statements hand-written",
            bar, OrdersInBlock, recorded, recording, measured, watched, watching, handWritten).ConfigureAwait(false);
        await DurablePairs.RequireSameAsync([.. copies.Select(copy => new SqliteConnection(To(copy)))]).ConfigureAwait(false);
    }

    private static async Task SetsAsync(string path)
    {
        var store = Open(path, synchronous: SqliteSynchronous.Full);
        await using (store.ConfigureAwait(false))
        {
            await store.CreateAsync().ConfigureAwait(false);
            await SetBenchmark.PrintAsync(
                "256 facts of different orders on SQLite, synchronous=FULL",
                "≥ 10",
                store,
                Path.GetDirectoryName(path)).ConfigureAwait(false);
        }
    }

    private static DurableStore Open(
        string path, Func<DbConnection, DbConnection>? wrap = null, SqliteSynchronous synchronous = SqliteSynchronous.Full) =>
        new(builder => builder.UseSqlite(options =>
        {
            options.ConnectionString = To(path);
            options.Synchronous = synchronous;
            options.Wrap = wrap;
        }));

    private static string To(string path) => $"Data Source={path};Pooling=False";
}

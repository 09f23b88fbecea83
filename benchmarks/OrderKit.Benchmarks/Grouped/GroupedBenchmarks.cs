using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Idempotency;
using OrderKit.Sqlite;

namespace OrderKit.Benchmarks;

/// <summary>Measures the groups of the intake on SQLite: without disk flushes, for few callers, and for a single caller.</summary>
internal static class GroupedBenchmarks
{
    private const int Many = 256;
    private const int Few = 16;

    // ORDERKIT_GROUPED_ORDERS, ORDERKIT_GROUPED_SECONDS and ORDERKIT_GROUPED_PAIRS make it shorter during development.
    private static readonly int Orders = Settings.Number("ORDERKIT_GROUPED_ORDERS", 100_000);
    private static readonly TimeSpan Duration = Settings.Seconds("ORDERKIT_GROUPED_SECONDS", 30);
    private static readonly int Pairs = Settings.Number("ORDERKIT_GROUPED_PAIRS", 6_000);

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("orderkit-bench-grouped-").FullName;
        try
        {
            await BesideOneByOneAsync(Path.Combine(folder, "normal.db")).ConfigureAwait(false);
            await FewAsync(Path.Combine(folder, "full.db")).ConfigureAwait(false);
            await LonePairs.PrintAsync(folder, Pairs).ConfigureAwait(false);
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task BesideOneByOneAsync(string path)
    {
        var store = await OpenAsync(path, SqliteSynchronous.Normal).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            var storm = new CallbackStorm(Orders, Orders);
            var intake = store.Service<OrderIntake>();
            var operations = store.Service<Operations>();
            await storm.RunAsync(Many, Duration / 10, request => StormBenchmarks.TakeAsync(intake, request)).ConfigureAwait(false);
            await storm.RunAsync(
                Few, Duration / 10, request => StormBenchmarks.OneByOneAsync(operations, store.Lifecycle, request)).ConfigureAwait(false);
            var rounds = new List<(StormResult Grouped, StormResult Single)>();
            for (var i = 0; i < 5; i++)
            {
                rounds.Add((
                    await storm.RunAsync(Many, Duration / 10, request => StormBenchmarks.TakeAsync(intake, request)).ConfigureAwait(false),
                    await storm.RunAsync(
                        Few,
                        Duration / 10,
                        request => StormBenchmarks.OneByOneAsync(operations, store.Lifecycle, request)).ConfigureAwait(false)));
            }

            var (grouped, single) = (Sorted(
                rounds, round => round.Grouped.AnsweredPerSecond), Sorted(rounds, round => round.Single.AnsweredPerSecond));
            var ratios = Sorted(rounds, round => round.Grouped.AnsweredPerSecond / round.Single.AnsweredPerSecond);
            Console.WriteLine();
            Console.WriteLine($"### Grouped beside one by one on SQLite, synchronous=NORMAL: {Orders:N0} orders, each callback "
                + $"delivered 3 times");
            Console.WriteLine();
            Console.WriteLine("| rounds | intake, 256 callers: answered/s, median | one by one, 16 callers: answered/s, median | times "
                + "as many, median | min | max | bar |");
            Console.WriteLine("|---:|---:|---:|---:|---:|---:|---|");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {rounds.Count} | {grouped[rounds.Count / 2]:N0} | {single[rounds.Count / 2]:N0} | {ratios[rounds.Count / 2]:N2} | "
                    + $"{ratios[0]:N2} | {ratios[^1]:N2} | none |"));
        }
    }

    private static async Task FewAsync(string path)
    {
        var store = await OpenAsync(path, SqliteSynchronous.Full).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            var storm = new CallbackStorm(Orders, Orders);
            var intake = store.Service<OrderIntake>();
            await storm.RunAsync(Few, Duration / 10, request => StormBenchmarks.TakeAsync(intake, request)).ConfigureAwait(false);
            var result = await storm.RunAsync(Few, Duration, request => StormBenchmarks.TakeAsync(intake, request)).ConfigureAwait(false);
            Console.WriteLine();
            Console.WriteLine($"### {Few} callers through the intake on SQLite, synchronous=FULL: {Orders:N0} orders, each callback "
                + $"delivered 3 times");
            Console.WriteLine();
            Console.WriteLine("| callers | seconds | answered/s | p50 ms | p99 ms | p99.9 ms | bar | max ms |");
            Console.WriteLine("|---:|---:|---:|---:|---:|---:|---|---:|");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {Few} | {result.Elapsed.TotalSeconds:N0} | {result.AnsweredPerSecond:N0} | {result.Percentile(0.5):N2} | "
                    + $"{result.Percentile(0.99):N1} | {result.Percentile(0.999):N1} | ≤ 250 | {result.Latencies[^1]:N1} |"));
        }
    }

    private static double[] Sorted<T>(List<T> rounds, Func<T, double> of) => [.. rounds.Select(of).Order()];

    private static async Task<DurableStore> OpenAsync(string path, SqliteSynchronous synchronous)
    {
        var store = new DurableStore(builder => builder.UseSqlite(options =>
        {
            options.ConnectionString = $"Data Source={path}";
            options.Synchronous = synchronous;
        }));
        await store.CreateAsync().ConfigureAwait(false);
        await StormBenchmarks.FillAsync(store.Lifecycle, Orders).ConfigureAwait(false);
        return store;
    }
}

using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Eng;
using OrderKit.Idempotency;
using OrderKit.Sqlite;
using OrderKit.StateMachine;

namespace OrderKit.Benchmarks;

/// <summary>Measures a single caller of the intake beside the same statements in plain ADO.NET, in alternating calls.</summary>
internal static class LonePairs
{
    public static async Task PrintAsync(string folder, int pairs)
    {
        var warmUps = pairs / 3;
        var orders = ((pairs + warmUps) / DurableFacts.Life.Length) + 1;
        string[] copies = [.. Enumerable.Range(0, 3).Select(i => Path.Combine(folder, $"lone-{i}.db"))];
        var template = Open(copies[0], null, SqliteSynchronous.Normal);
        await using (template.ConfigureAwait(false))
        {
            await template.CreateAsync().ConfigureAwait(false);
            await StormBenchmarks.FillAsync(template.Lifecycle, orders).ConfigureAwait(false);
        }

        File.Copy(copies[0], copies[1]);
        File.Copy(copies[0], copies[2]);
        var recording = new Recording();
        var recorded = Open(copies[0], connection => new RecordingConnection(connection, recording.AddAsync), SqliteSynchronous.Normal);
        await using var recordedEnds = recorded.ConfigureAwait(false);
        var measured = Open(copies[1], null, SqliteSynchronous.Full);
        await using var measuredEnds = measured.ConfigureAwait(false);
        var options = new SqliteStoreOptions();
        var settings = $"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = {options.CachePages}; PRAGMA "
            + $"wal_autocheckpoint = {options.CheckpointPages}; PRAGMA temp_store = MEMORY;";
        var handWritten = new SqliteHandWritten(new SqliteConnection(To(copies[2])), settings);
        await using var handWrittenEnds = handWritten.ConfigureAwait(false);

        // Opens the connections, because their first statements belong to no call.
        await recorded.CreateAsync().ConfigureAwait(false);
        await measured.CreateAsync().ConfigureAwait(false);
        var (recordedIntake, measuredIntake) = (recorded.Service<OrderIntake>(), measured.Service<OrderIntake>());
        var (own, theirs) = (new double[pairs], new double[pairs]);
        var work = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = -warmUps; i < pairs; i++)
        {
            var request = Request(i + warmUps);
            recording.Take();
            await TakeAsync(recordedIntake, request).ConfigureAwait(false);
            var steps = recording.Take();
            work.Add($"{steps.Sum(step => step.Statements.Length)} in {steps.Count(step => step.Kind != StepKind.Begin)}");
            handWritten.Plan(steps);
            var (a, b) = await SideBySide.InTurnAsync(
                i, () => TimeAsync(() => TakeAsync(measuredIntake, request)), () => TimeAsync(handWritten.RunAsync)).ConfigureAwait(false);
            if (i >= 0)
            {
                (own[i], theirs[i]) = (a, b);
            }
        }

        await DurablePairs.RequireSameAsync([.. copies.Select(copy => new SqliteConnection(To(copy)))]).ConfigureAwait(false);
        Array.Sort(own);
        Array.Sort(theirs);
        Console.WriteLine();
        Console.WriteLine("### A lone caller of the intake on SQLite, synchronous=FULL, beside the same statements hand-written as one "
            + "transaction");
        Console.WriteLine();
        Console.WriteLine("| pairs of calls | intake: min µs | median µs | p99 µs | hand-written: min µs | median µs | p99 µs | median "
            + "÷ median | bar |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---|");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {pairs} | {own[0]:N0} | {own[pairs / 2]:N0} | {own[pairs * 99 / 100]:N0} | {theirs[0]:N0} | {theirs[pairs / 2]:N0} | "
                + $"{theirs[pairs * 99 / 100]:N0} | {own[pairs / 2] / theirs[pairs / 2]:N3} | ≤ 1.10 |"));
        Console.WriteLine();
        Console.WriteLine($"Statements in round trips (the commit is one): {string.Join(", ", work)}; one commit each. Both files hold "
            + $"the same rows afterwards.");
    }

    // The life of one order after the other.
    private static IntakeRequest Request(int i)
    {
        var (order, trigger) = (i / DurableFacts.Life.Length, DurableFacts.Life[i % DurableFacts.Life.Length]);
        var fact = DurableFacts.Told(trigger, order);
        return new IntakeRequest(
            OperationKey.Of("callback", $"20260206{i:D12}"), Fingerprint.Of(
                ("trigger", trigger), ("order", (long)order), ("evidence", fact.Evidence)), fact);
    }

    private static async Task TakeAsync(OrderIntake intake, IntakeRequest request)
    {
        if (await intake.TakeAsync(request).ConfigureAwait(false) is not IntakeResult.Applied { Fired: FireResult.Applied })
        {
            throw new InvalidOperationException("A fact of the benchmark was not applied.");
        }
    }

    private static async Task<double> TimeAsync(Func<Task> run)
    {
        var start = Stopwatch.GetTimestamp();
        await run().ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static DurableStore Open(string path, Func<DbConnection, DbConnection>? wrap, SqliteSynchronous synchronous) =>
        new(builder => builder.UseSqlite(options =>
        {
            options.ConnectionString = To(path);
            options.Synchronous = synchronous;
            options.Wrap = wrap;
        }));

    private static string To(string path) => $"Data Source={path};Pooling=False";
}

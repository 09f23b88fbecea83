using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;
using OrderKit.Messaging;

namespace OrderKit.Benchmarks;

/// <summary>Measures upkeep: sweeping expired rows, and reading the size of a backlog.</summary>
internal static class UpkeepBenchmarks
{
    private const int Batch = 1_000;

    // ORDERKIT_UPKEEP_EXPIRED, ORDERKIT_UPKEEP_WAITING and ORDERKIT_UPKEEP_PROBES make it shorter during development.
    private static readonly int Expired = Settings.Number("ORDERKIT_UPKEEP_EXPIRED", 100_000);
    private static readonly int WaitingRows = Settings.Number("ORDERKIT_UPKEEP_WAITING", 1_000_000);
    private static readonly int Probes = Settings.Number("ORDERKIT_UPKEEP_PROBES", 1_000);

    public static Task RunAsync() => DurableDatabases.RunOnEachAsync(RunAsync);

    private static async Task RunAsync(
        string title, Action<OrderKitBuilder, Func<DbConnection, DbConnection>?> choose, Func<DbConnection> open)
    {
        var store = new DurableStore(builder => choose(builder, null));
        await using (store.ConfigureAwait(false))
        {
            await store.CreateAsync().ConfigureAwait(false);
            await SweepAsync(title, store).ConfigureAwait(false);
            await ProbeAsync(title, store, open).ConfigureAwait(false);
        }
    }

    private static async Task SweepAsync(string title, DurableStore store)
    {
        var operations = new TimedOperationStore(store.Port<IOperationStore>());
        var units = store.Port<IUnitOfWorkFactory>();

        // As many rows that are not expired are in the table too; all are claimed as the intake claims.
        for (var i = 0; i < Expired; i += Batch)
        {
            foreach (var (kind, keep) in new[] { ("expired", TimeSpan.FromMilliseconds(1)), ("kept", TimeSpan.FromDays(7)) })
            {
                var unit = await units.BeginAsync().ConfigureAwait(false);
                await using (unit.ConfigureAwait(false))
                {
                    await operations.ClaimAsync(
                        unit,
                        [
                            .. Enumerable.Range(i, Math.Min(Batch, Expired - i))
                                .Select(n => new OperationRequest(
                                    OperationKey.Of("callback", $"{kind}-{n:D12}"), Fingerprint.Of(("order", (long)n)), Guid.NewGuid())),
                        ],
                        new ClaimTerms(OperationState.Succeeded, keep, MaxAttempts: 1, TakesLapsed: false)).ConfigureAwait(false);
                    await unit.CommitAsync().ConfigureAwait(false);
                }
            }
        }

        var total = await new Operations(operations, units).SweepAsync().ConfigureAwait(false);
        if (total != Expired)
        {
            throw new InvalidOperationException($"Of {Expired} expired rows {total} were swept.");
        }

        var times = operations.Sweeps.Select(sweep => sweep.Milliseconds).Order().ToArray();
        Console.WriteLine();
        Console.WriteLine($"### Operations.SweepAsync on {title}: {Expired:N0} expired rows, and as many that are kept");
        Console.WriteLine();
        Console.WriteLine("| transactions | rows in one, at most | bar | min ms | median ms | longest ms | bar |");
        Console.WriteLine("|---:|---:|---|---:|---:|---:|---|");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {times.Length} | {operations.Sweeps.Max(sweep => sweep.Rows):N0} | ≤ 1,000 | {times[0]:N1} | "
                + $"{times[times.Length / 2]:N1} | {times[^1]:N1} | ≤ 50 |"));

        // A sweep that is long at the same place in each run has a cause; others met a busy machine.
        var longest = operations.Sweeps.Index().OrderByDescending(sweep => sweep.Item.Milliseconds).Take(3)
            .Select(sweep => string.Create(CultureInfo.InvariantCulture, $"{sweep.Item.Milliseconds:N1} ms (the {sweep.Index + 1}.)"));
        Console.WriteLine();
        Console.WriteLine($"The longest: {string.Join(", ", longest)}.");
    }

    private static async Task ProbeAsync(string title, DurableStore store, Func<DbConnection> open)
    {
        await Waiting.WriteAsync(store, WaitingRows, WaitingRows, new byte[200]).ConfigureAwait(false);
        var outbox = store.Port<IOutboxStore>();
        var monitor = store.Service<LagMonitor>();
        const string Oldest = "SELECT o.created_at, o.attempts, o.due_at FROM orderkit_outbox o WHERE o.destination = 'events' ORDER BY "
            + "o.id LIMIT 1";
        const string Count = "SELECT count(*) FROM (SELECT 1 FROM orderkit_outbox c WHERE c.destination = 'events' ORDER BY c.id LIMIT "
            + "10001) counted";
        var connection = open();
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync().ConfigureAwait(false);
            var contenders = new (string Name, string Bar, Func<Task> Run)[]
            {
                ("the oldest row alone, plain ADO.NET", "≤ 2", () => Plain.FirstAsync(connection, null, Oldest)),
                ("counting up to 10,001 alone, plain ADO.NET", "", () => Plain.FirstAsync(connection, null, Count)),
                ("`IOutboxStore.BacklogAsync`: both", "≤ 2", async () => Require(
                    await outbox.BacklogAsync("events").ConfigureAwait(false))),
                ("`LagMonitor.SampleAsync`", "", async () => await monitor.SampleAsync().ConfigureAwait(false)),
            };
            var times = contenders.Select(_ => new double[Probes]).ToArray();
            for (var probe = -20; probe < Probes; probe++)
            {
                for (var c = 0; c < contenders.Length; c++)
                {
                    var start = Stopwatch.GetTimestamp();
                    await contenders[c].Run().ConfigureAwait(false);
                    if (probe >= 0)
                    {
                        times[c][probe] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    }
                }
            }

            Console.WriteLine();
            Console.WriteLine($"### Looking at {WaitingRows:N0} rows that wait in the outbox on {title}");
            Console.WriteLine();
            Console.WriteLine("| what is looked at | bar | min ms | median ms | p99 ms |");
            Console.WriteLine("|---|---|---:|---:|---:|");
            for (var c = 0; c < contenders.Length; c++)
            {
                Array.Sort(times[c]);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"| {contenders[c].Name} | {contenders[c].Bar} | {times[c][0]:N3} | "
                        + $"{times[c][Probes / 2]:N3} | {times[c][Probes * 99 / 100]:N3} |"));
            }

            Console.WriteLine();
            var explain = title.StartsWith("PostgreSQL", StringComparison.Ordinal)
                ? "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF)"
                : "EXPLAIN QUERY PLAN";
            foreach (var text in (string[])[Oldest, Count])
            {
                Console.WriteLine($"- {explain} {text}");
                foreach (var line in await Plain.RowsAsync(connection, null, $"{explain} {text}").ConfigureAwait(false))
                {
                    Console.WriteLine($"  - {line[^1].Value}");
                }
            }
        }
    }

    private static void Require(MessageBacklog backlog)
    {
        if (backlog.OldestAt is null || backlog.Count != Math.Min(10_001, WaitingRows))
        {
            throw new InvalidOperationException($"The backlog is {backlog}.");
        }
    }
}

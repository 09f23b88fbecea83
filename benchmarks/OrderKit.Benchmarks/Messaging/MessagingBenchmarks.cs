using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Eng;
using OrderKit.Messaging;
using static OrderKit.Benchmarks.SideBySide;

namespace OrderKit.Benchmarks;

/// <summary>Inbox and outbox with messages of 200 bytes: written in batches, delivered by the pumps.</summary>
internal static class MessagingBenchmarks
{
    private const int PayloadBytes = 200;
    private const int FewLanes = 100;
    private const int AcceptBatch = 500;
    private const int InboxBatch = 100;
    private const int LargeInboxBatch = 500;
    private const int Counted = 1_000;

    // ORDERKIT_MESSAGING_MESSAGES, ORDERKIT_MESSAGING_ROUNDS and ORDERKIT_MESSAGING_PUMPS change the run.
    private static readonly int Messages = Settings.Number("ORDERKIT_MESSAGING_MESSAGES", 20_000);
    private static readonly int Rounds = Settings.Number("ORDERKIT_MESSAGING_ROUNDS", 3);
    private static readonly int Pumps = Settings.Number("ORDERKIT_MESSAGING_PUMPS", 2);
    private static readonly byte[] Payload = MakePayload();
    private static int _round;

    public static Task RunAsync() => DurableDatabases.RunOnEachAsync(RunAsync);

    private static async Task RunAsync(
        string title, Action<OrderKitBuilder, Func<DbConnection, DbConnection>?> choose, Func<DbConnection> open)
    {
        var connection = open();
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync().ConfigureAwait(false);
            await Plain.ExecuteAsync(connection, null, SmallRowHandler.Table).ConfigureAwait(false);
        }

        var hasBar = title.StartsWith("PostgreSQL", StringComparison.Ordinal);
        await InboxAsync(title, hasBar ? "≥ 8,000" : "none", choose).ConfigureAwait(false);
        await OutboxAsync(title, hasBar ? "≥ 10,000" : "none", choose).ConfigureAwait(false);
    }

    private static async Task InboxAsync(string title, string bar, Action<OrderKitBuilder, Func<DbConnection, DbConnection>?> choose)
    {
        var lines = new List<string>();
        foreach (var (handler, batch, pumps, lanes) in Cases())
        {
            var store = await OpenAsync(choose, null, batch, new CountingSink(), handler).ConfigureAwait(false);
            await using (store.ConfigureAwait(false))
            {
                await InboxOnceAsync(store, pumps, lanes, Math.Min(Messages, 2_000)).ConfigureAwait(false);
                var rounds = new List<(double Accept, double Process, double Both, double Bytes)>();
                for (var i = 0; i < Rounds; i++)
                {
                    rounds.Add(await InboxOnceAsync(store, pumps, lanes, Messages).ConfigureAwait(false));
                }

                var both = rounds.Select(round => round.Both).Order().ToArray();
                lines.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {(handler == typeof(SmallRowsHandler) ? "sets" : "messages")} | {batch} | {LaneText(lanes)} | {pumps} | "
                        + $"{both[0]:N0} | {both[both.Length / 2]:N0} | {bar} | {Median(rounds.Select(round => round.Accept)):N0} | "
                        + $"{Median(rounds.Select(round => round.Process)):N0} | {Median(rounds.Select(round => round.Bytes)):N0} |"));
            }
        }

        var recording = new Recording();
        var recorded = await OpenAsync(
            choose, inner => new RecordingConnection(inner, recording.AddAsync), InboxBatch, new CountingSink()).ConfigureAwait(false);
        string work;
        await using (recorded.ConfigureAwait(false))
        {
            await AcceptAsync(recorded, Counted, Counted).ConfigureAwait(false);
            var accept = recording.Take();
            await recorded.Service<InboxPump>().PumpAllAsync().ConfigureAwait(false);
            work = $"Accepting {Counted:N0} in batches of {AcceptBatch}: {Describe(accept)}. Handling them in batches of {InboxBatch}: "
                + $"{Describe(recording.Take())}; the handler's row is one of the statements.";
        }

        Console.WriteLine();
        Console.WriteLine($"### Inbox on {title}: {Messages:N0} messages of {PayloadBytes} bytes, accepted in batches of {AcceptBatch}, "
            + $"then handled");
        Console.WriteLine();
        Console.WriteLine("| handler of | batch | lanes | pumps | messages/s, least | median | bar | accepted/s, median | handled/s, "
            + "median | B per message |");
        Console.WriteLine("|---|---:|---|---:|---:|---:|---|---:|---:|---:|");
        lines.ForEach(Console.WriteLine);
        Console.WriteLine();
        Console.WriteLine(work);
    }

    private static IEnumerable<(Type Handler, int Batch, int Pumps, int Lanes)> Cases() =>
        from handler in (Type[])[typeof(SmallRowHandler), typeof(SmallRowsHandler)]
        from shape in ((int, int, int)[])
            [(InboxBatch, 1, Messages), (InboxBatch, 1, FewLanes), (LargeInboxBatch, 1, Messages), (InboxBatch, Pumps, Messages)]
        select (handler, shape.Item1, shape.Item2, shape.Item3);

    private static async Task<(double Accept, double Process, double Both, double Bytes)> InboxOnceAsync(
        DurableStore store, int pumps, int lanes, int messages)
    {
        GC.Collect();
        var allocated = GC.GetTotalAllocatedBytes();
        var start = Stopwatch.GetTimestamp();
        await AcceptAsync(store, messages, lanes).ConfigureAwait(false);
        var accept = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        var pump = store.Service<InboxPump>();
        var handled = 0;
        await Task.WhenAll(Enumerable.Range(0, pumps).Select(_ => Task.Run(async () =>
        {
            while (Volatile.Read(ref handled) < messages)
            {
                var result = await pump.PumpOnceAsync().ConfigureAwait(false);
                Require(result.Failed + result.Dead, 0);
                Interlocked.Add(ref handled, result.Delivered);
                if (result.Delivered == 0)
                {
                    // The other pumps hold the heads of all lanes.
                    await Task.Delay(1).ConfigureAwait(false);
                }
            }
        }))).ConfigureAwait(false);
        var process = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Require(handled, messages);
        var bytes = (double)(GC.GetTotalAllocatedBytes() - allocated) / messages;
        return (messages / accept, messages / process, messages / (accept + process), bytes);
    }

    private static async Task AcceptAsync(DurableStore store, int messages, int lanes)
    {
        var inbox = store.Service<Inbox>();
        var round = _round++;
        for (var i = 0; i < messages; i += AcceptBatch)
        {
            await inbox.AcceptAsync(
            [
                .. Enumerable.Range(i, Math.Min(AcceptBatch, messages - i))
                    .Select(
                        n => new InboxMessage($"m{round}-{n}", "bench", TenantId.Default, $"lane-{n % lanes}", "bench.message", Payload)),
            ]).ConfigureAwait(false);
        }
    }

    private static async Task OutboxAsync(string title, string bar, Action<OrderKitBuilder, Func<DbConnection, DbConnection>?> choose)
    {
        var lines = new List<string>();
        foreach (var lanes in (int[])[Messages, FewLanes])
        {
            foreach (var batch in (int[])[100, 1_000])
            {
                var sink = new CountingSink();
                var store = await OpenAsync(choose, null, batch, sink).ConfigureAwait(false);
                await using (store.ConfigureAwait(false))
                {
                    await OutboxOnceAsync(store, lanes, Math.Min(Messages, 2_000)).ConfigureAwait(false);
                    var rounds = new List<(double PerSecond, double Bytes)>();
                    for (var i = 0; i < Rounds; i++)
                    {
                        rounds.Add(await OutboxOnceAsync(store, lanes, Messages).ConfigureAwait(false));
                    }

                    Require(sink.Given.Messages, Math.Min(Messages, 2_000) + (Rounds * Messages));
                    var perSecond = rounds.Select(round => round.PerSecond).Order().ToArray();
                    lines.Add(string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {LaneText(lanes)} | {batch} | {perSecond[0]:N0} | {perSecond[perSecond.Length / 2]:N0} | {bar} | "
                            + $"{Median(rounds.Select(round => round.Bytes)):N0} |"));
                }
            }
        }

        Console.WriteLine();
        Console.WriteLine($"### Outbox on {title}: {Messages:N0} messages of {PayloadBytes} bytes to a sink in this process, one "
            + $"dispatcher, MaxConcurrency 1");
        Console.WriteLine();
        Console.WriteLine("| lanes | batch | messages/s, least | median | bar | B per message |");
        Console.WriteLine("|---|---:|---:|---:|---|---:|");
        lines.ForEach(Console.WriteLine);
    }

    private static async Task<(double PerSecond, double Bytes)> OutboxOnceAsync(DurableStore store, int lanes, int messages)
    {
        await Waiting.WriteAsync(store, messages, lanes, Payload).ConfigureAwait(false);
        GC.Collect();
        var allocated = GC.GetTotalAllocatedBytes();
        var start = Stopwatch.GetTimestamp();
        var result = await store.Service<OutboxPump>().PumpAllAsync().ConfigureAwait(false);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Require(result.Delivered, messages);
        return (messages / elapsed, (double)(GC.GetTotalAllocatedBytes() - allocated) / messages);
    }

    private static async Task<DurableStore> OpenAsync(
        Action<OrderKitBuilder, Func<DbConnection, DbConnection>?> choose, Func<DbConnection, DbConnection>? wrap, int batch,
        IOutboxSink sink, Type? handler = null)
    {
        var store = new DurableStore(builder =>
        {
            choose(builder, wrap);
            builder.Services.AddSingleton(sink);
            builder.Services.Configure<OutboxPumpOptions>(options => options.BatchSize = batch);
            builder.AddInbox(
                options => (options.BatchSize, options.MessagesPerTransaction) = (batch, Math.Max(batch, options.MessagesPerTransaction)));
            builder.Services.AddSingleton(typeof(IInboxHandler), handler ?? typeof(SmallRowHandler));
        });
        await store.CreateAsync().ConfigureAwait(false);
        return store;
    }

    private static string Describe(RecordedStep[] steps) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(double)steps.Sum(step => step.Statements.Length) / Counted:N3} statements, "
            + $"{(double)steps.Count(step => step.Kind == StepKind.Commit) / Counted:N3} commits and "
            + $"{(double)steps.Count(step => step.Kind != StepKind.Begin) / Counted:N3} round trips per message");

    private static string LaneText(int lanes) => lanes == Messages ? "each its own" : lanes.ToString(CultureInfo.InvariantCulture);

    private static void Require(int count, int expected)
    {
        if (count != expected)
        {
            throw new InvalidOperationException($"There are {count} messages instead of {expected}.");
        }
    }

    private static byte[] MakePayload()
    {
        var payload = new byte[PayloadBytes];
        new Random(20_260_206).NextBytes(payload);
        return payload;
    }
}

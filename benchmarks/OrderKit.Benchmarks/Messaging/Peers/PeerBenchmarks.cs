using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrderKit.Eng;
using static OrderKit.Benchmarks.SideBySide;

namespace OrderKit.Benchmarks;

/// <summary>
/// OrderKit's inbox and outbox beside other messaging libraries: one PostgreSQL with fsync, until the effects of all messages are visible.
/// </summary>
internal static class PeerBenchmarks
{
    private const int Publishers = 16;
    private const int Group = 100;
    private const int PayloadBytes = 200;
    private const string Database = "orderkit_bench_peers";

    // ORDERKIT_PEERS_MESSAGES and ORDERKIT_PEERS_ROUNDS make it shorter during development.
    private static readonly int Messages = Settings.Number("ORDERKIT_PEERS_MESSAGES", 6_400);
    private static readonly int Rounds = Settings.Number("ORDERKIT_PEERS_ROUNDS", 3);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly byte[] Body = new byte[PayloadBytes];

    // How many messages a publisher writes in one transaction; none for the outbox, where it writes one.
    private static readonly (string Name, int? InGroup, double Bar)[] Cases =
    [
        ("inbox, one message per transaction", 1, 1.5),
        ("inbox, 100 messages per transaction", Group, 3),
        ("outbox to inbox, one message per transaction", null, 1.5),
    ];

    private static int _runs;

    public static async Task RunAsync()
    {
        if (await ThrowAwayPostgreSql.StartAsync(fsync: true).ConfigureAwait(false) is not { } server)
        {
            return;
        }

        await using (server.ConfigureAwait(false))
        {
            await ExecuteAsync(
                server.ConnectionString,
                $"DROP DATABASE IF EXISTS {Database} WITH (FORCE)",
                $"CREATE DATABASE {Database}").ConfigureAwait(false);
            var target = new NpgsqlConnectionStringBuilder(server.ConnectionString)
            {
                Database = Database, MaxPoolSize = 40, MaxAutoPrepare = 100, AutoPrepareMinUsages = 2,
            }.ConnectionString;
            await ExecuteAsync(target, PeerEffects.Table).ConfigureAwait(false);
            Peer[] peers = [OrderKitPeer.Create(), WolverinePeer.Create(), CapPeer.Create(), MassTransitPeer.Create()];
            var results = Cases.Select(_ => peers.Select(static _ => new List<Result>()).ToArray()).ToArray();
            for (var i = 0; i < Rounds * peers.Length; i++)
            {
                // Another library begins each round, so that none always meets what the same one left.
                var peer = ((i / peers.Length) + i) % peers.Length;
                await RoundAsync(peers[peer], target, (at, result) => results[at][peer].Add(result)).ConfigureAwait(false);
                NpgsqlConnection.ClearAllPools();
            }

            Print(peers, results);
            await ExecuteAsync(server.ConnectionString, $"DROP DATABASE {Database} WITH (FORCE)").ConfigureAwait(false);
        }
    }

    private static async Task RoundAsync(Peer peer, string connectionString, Action<int, Result> keep)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Error).AddConsole();
        peer.Configure(builder, connectionString);
        using var host = builder.Build();
        await host.StartAsync().ConfigureAwait(false);
        for (var i = 0; i < Cases.Length; i++)
        {
            if (Cases[i].InGroup is not null || peer.PublishAsync is not null)
            {
                await MeasureAsync(peer, host.Services, connectionString, Cases[i].InGroup, Publishers * Group / 4).ConfigureAwait(false);
                keep(i, await MeasureAsync(peer, host.Services, connectionString, Cases[i].InGroup, Messages).ConfigureAwait(false));
            }
        }

        await host.StopAsync().ConfigureAwait(false);
    }

    private static async Task<Result> MeasureAsync(Peer peer, IServiceProvider services, string connectionString, int? inGroup, int count)
    {
        var run = _runs++;
        var connection = new NpgsqlConnection($"{connectionString};Pooling=False");
        await using var connectionEnds = connection.ConfigureAwait(false);
        await connection.OpenAsync().ConfigureAwait(false);
        await Plain.ExecuteAsync(connection, null, "TRUNCATE bench_effects").ConfigureAwait(false);
        GC.Collect();
        var allocated = GC.GetTotalAllocatedBytes();
        var start = Stopwatch.GetTimestamp();
        var next = -1;
        var chunks = Enumerable.Range(0, count).Select(n => new PeerMessage($"m{run}-{n}", Body)).Chunk(inGroup ?? 1).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < chunks.Length)
            {
                var write = inGroup is null ? peer.PublishAsync!(services, chunks[i][0]) : peer.AcceptAsync(services, chunks[i]);
                await write.ConfigureAwait(false);
            }
        }))).ConfigureAwait(false);
        var written = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long effects;
        while ((effects = await CountAsync("count(DISTINCT message_id)").ConfigureAwait(false)) < count)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"{peer.Name} applied {effects} of {count} messages.");
            }

            await Task.Delay(5).ConfigureAwait(false);
        }

        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var bytes = (double)(GC.GetTotalAllocatedBytes() - allocated) / count;
        return new Result(count / elapsed, count / written, bytes, await CountAsync("count(*)").ConfigureAwait(false) - count);

        async Task<long> CountAsync(string what) =>
            (long)(await Plain.FirstAsync(connection, null, $"SELECT {what} FROM bench_effects").ConfigureAwait(false))![0].Value;
    }

    private static void Print(Peer[] peers, List<Result>[][] results)
    {
        for (var i = 0; i < Cases.Length; i++)
        {
            // What stores nothing is no match for what does.
            var durable = peers.Zip(results[i]).Skip(1).Where(
                static pair => pair.First.PublishAsync is not null).Select(static pair => pair.Second).ToArray();
            var bests = Enumerable.Range(0, Rounds).Select(round => durable.Max(rounds => rounds[round].PerSecond));
            Console.WriteLine();
            Console.WriteLine($"### Messaging on PostgreSQL, fsync on: {Cases[i].Name}, {Publishers} publishers, {Messages:N0} messages "
                + $"of {PayloadBytes} bytes, until all effects are visible");
            Console.WriteLine();
            Console.WriteLine("| | effect | messages/s, least | median | OrderKit ÷ it, median | written/s, median | B per message | "
                + "applied twice |");
            Console.WriteLine("|---|---|---:|---:|---:|---:|---:|---:|");
            foreach (var (peer, rounds) in peers.Zip(results[i]).Where(static pair => pair.Second.Count > 0))
            {
                var ratio = Median(results[i][0].Zip(rounds, static (own, other) => own.PerSecond / other.PerSecond));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {peer.Name} | {peer.Effect} | {rounds.Min(static round => round.PerSecond):N0} | "
                        + $"{Median(rounds.Select(static round => round.PerSecond)):N0} | {ratio:N2} | "
                    + $"{Median(rounds.Select(static round => round.WrittenPerSecond)):N0} | "
                    + $"{Median(rounds.Select(static round => round.Bytes)):N0} | {rounds.Sum(static round => round.Twice)} |"));
            }

            Console.WriteLine();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Median(results[i][0].Zip(bests, static (own, best) => own.PerSecond / best)):N2} times the best peer that stores its "
                    + $"messages, median of {Rounds} rounds in turn (bar: ≥ {Cases[i].Bar})."));
        }

        Console.WriteLine();
        foreach (var peer in peers)
        {
            Console.WriteLine($"- {peer.Name}: {peer.Settings}.");
        }
    }

    private static async Task ExecuteAsync(string target, params IReadOnlyList<string> statements)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(target) { Pooling = false }.ConnectionString);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync().ConfigureAwait(false);
            foreach (var statement in statements)
            {
                await Plain.ExecuteAsync(connection, null, statement).ConfigureAwait(false);
            }
        }
    }

    /// <param name="PerSecond">Messages a second until all effects are visible.</param>
    /// <param name="WrittenPerSecond">Messages a second until all are written.</param>
    /// <param name="Bytes">What the process allocated for each.</param>
    /// <param name="Twice">How many effects were applied more than once.</param>
    private sealed record Result(double PerSecond, double WrittenPerSecond, double Bytes, long Twice);
}

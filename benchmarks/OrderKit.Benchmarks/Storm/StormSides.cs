using System.Data.Common;
using System.Globalization;
using static OrderKit.Benchmarks.SideBySide;

namespace OrderKit.Benchmarks;

/// <summary>
/// The intake beside the same rows written by hand, in turn, on one database: in groups of the same size with as many writers, and by one
/// client
/// that commits each callback. Each side has orders of its own, since what the hand-written sides write has the shape of OrderKit's rows
/// only.
/// </summary>
internal static class StormSides
{
    private const int Callers = 256;
    private const int Newest = 50_000;

    // ORDERKIT_STORM_ROUNDS and ORDERKIT_STORM_ROUND_SECONDS make it shorter during development.
    private static readonly int Rounds = Settings.Number("ORDERKIT_STORM_ROUNDS", 3);
    private static readonly TimeSpan Duration = Settings.Seconds("ORDERKIT_STORM_ROUND_SECONDS", 10);

    /// <param name="title">The database.</param>
    /// <param name="orders">How many orders it has.</param>
    /// <param name="stream">The first of three streams of callbacks that nobody else uses.</param>
    /// <param name="store">OrderKit on it.</param>
    /// <param name="writers">How many transactions are written at the same time.</param>
    /// <param name="openWriter">Opens a connection of the hand-written sides.</param>
    /// <param name="open">Opens a plain connection.</param>
    public static async Task PrintAsync(
        string title, int orders, int stream, DurableStore store, int writers, Func<Task<IGroupWriter>> openWriter, Func<DbConnection> open)
    {
        var newest = Math.Min(Newest, orders / 10);
        var intake = store.Service<OrderIntake>();
        var size = new IntakeOptions().MaxItems;
        var before = await StormBenchmarks.SumOfVersionsAsync(open()).ConfigureAwait(false);
        var own = new CallbackStorm(orders, newest, stream);
        var effects = (await own.RunAsync(
            Callers, Duration / 2, request => StormBenchmarks.TakeAsync(intake, request)).ConfigureAwait(false)).Effects;

        // Opened after the first rows of OrderKit are there, since they are written again.
        var connections = await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => openWriter())).ConfigureAwait(false);
        var groups = new HandWrittenGroups(size, connections);
        await using var groupsEnd = groups.ConfigureAwait(false);
        var client = await openWriter().ConfigureAwait(false);
        await using var clientEnds = client.ConfigureAwait(false);
        var sides = new (string Name, int Callers, CallbackStorm Storm, Func<IntakeRequest, Task<bool>> Deliver)[]
        {
            ("intake", Callers, own, request => StormBenchmarks.TakeAsync(intake, request)),
            ("hand-written, in groups", Callers, new CallbackStorm(orders, newest, stream + 1), groups.DeliverAsync),
            (
                "hand-written, one client",
                1,
                new CallbackStorm(orders, newest, stream + 2),
                async request => (await client.WriteAsync([request]).ConfigureAwait(false))[0]),
        };
        foreach (var (_, callers, storm, deliver) in sides)
        {
            effects += (await storm.RunAsync(callers, Duration / 2, deliver).ConfigureAwait(false)).Effects;
        }

        var results = sides.Select(static _ => new List<StormResult>()).ToArray();
        for (var i = 0; i < Rounds * sides.Length; i++)
        {
            // Another side begins each round, so that none always meets what the same one left.
            var side = ((i / sides.Length) + i) % sides.Length;
            GC.Collect();
            var result = await sides[side].Storm.RunAsync(sides[side].Callers, Duration, sides[side].Deliver).ConfigureAwait(false);
            results[side].Add(result);
            effects += result.Effects;
        }

        Console.WriteLine();
        Console.WriteLine(
            $"### Intake beside hand-written groups on {title}: {writers} writer(s), groups of at most {size}, {orders:N0} orders, each "
                + $"callback delivered 3 times");
        Console.WriteLine();
        Console.WriteLine("| | callers | answered/s, least | median | intake ÷ it, median | bar | p50 ms, median | p99 ms, median | B "
            + "per callback | processor µs per callback |");
        Console.WriteLine("|---|---:|---:|---:|---:|---|---:|---:|---:|---:|");
        foreach (var (side, bar) in Enumerable.Range(0, sides.Length).Zip((string[])["", "≥ 0.8", "≥ 2"]))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {sides[side].Name} | {sides[side].Callers} | {results[side].Min(static result => result.AnsweredPerSecond):N0} | "
                + $"{Of(side, static result => result.AnsweredPerSecond):N0} | "
                + $"{Median(results[0].Zip(results[side], static (a, b) => a.AnsweredPerSecond / b.AnsweredPerSecond)):N2} | {bar} | "
                + $"{Of(side, static result => result.Percentile(0.5)):N1} | {Of(side, static result => result.Percentile(0.99)):N1} | "
                + $"{Of(side, static result => result.AllocatedBytes / result.Answered):N0} | "
                + $"{Of(side, static result => result.Processor.TotalMicroseconds / result.Answered):N0} |"));
        }

        var difference = await StormBenchmarks.SumOfVersionsAsync(open()).ConfigureAwait(false) - before - effects;
        Console.WriteLine();
        Console.WriteLine(
            $"{Rounds} rounds of {Duration.TotalSeconds} s each, in turn. Bytes and processor time include the callers. "
            + $"Versions less the effects that were reported: {difference}.");

        double Of(int side, Func<StormResult, double> of) => Median(results[side].Select(of));
    }
}

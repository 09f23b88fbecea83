using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using OrderKit.Core;
using OrderKit.Eng;

namespace OrderKit.Benchmarks;

/// <summary>Measures facts through OrderKit beside the same statements hand-written, in alternating blocks.</summary>
internal static class DurablePairs
{
    // Until the JIT has compiled everything: OrderKit has more code than the hand-written side.
    private const int WarmUps = 15;
    private const int Pairs = 32;

    /// <summary>The number of orders that are needed.</summary>
    public static int Orders(int ordersInBlock) => ordersInBlock * (1 + WarmUps + Pairs);

    /// <param name="title">The title of the table.</param>
    /// <param name="bar">The least median ratio; null for no bar.</param>
    /// <param name="ordersInBlock">The number of orders in a block; each gets six facts.</param>
    /// <param name="recorded">OrderKit on one copy of the database, over recording connections.</param>
    /// <param name="recording">The recording of these connections.</param>
    /// <param name="measured">OrderKit on another copy.</param>
    /// <param name="watched">The hand-written side on a third copy, over recording connections.</param>
    /// <param name="watching">The recording of those connections.</param>
    /// <param name="handWritten">The hand-written side on the third copy.</param>
    public static async Task PrintAsync(
        string title, double? bar, int ordersInBlock, DurableStore recorded, Recording recording, DurableStore measured,
        IHandWritten watched, Recording watching, IHandWritten handWritten)
    {
        var (own, theirs, ratios) = (new double[Pairs], new double[Pairs], new double[Pairs]);
        var (ownProcessor, theirProcessor) = (new double[Pairs], new double[Pairs]);
        var work = "";

        // Opens the connections, because their first statements belong to no fact.
        await recorded.CreateAsync().ConfigureAwait(false);
        await measured.CreateAsync().ConfigureAwait(false);
        for (var block = 0; block < 1 + WarmUps + Pairs; block++)
        {
            var facts = DurableFacts.LifeOf(block * ordersInBlock, ordersInBlock);
            recording.Take();
            await recorded.FireAsync(facts).ConfigureAwait(false);
            var steps = recording.Take();
            if (block == 0)
            {
                watching.Take();
                watched.Plan(steps);
                await watched.RunAsync().ConfigureAwait(false);
                work = Compare(steps, watching.Take(), facts);
                await watched.DisposeAsync().ConfigureAwait(false);
                await measured.FireAsync(facts).ConfigureAwait(false);
                continue;
            }

            handWritten.Plan(steps);
            var (a, b) = await SideBySide.InTurnAsync(
                block, () => TimeAsync(() => measured.FireAsync(facts)), () => TimeAsync(handWritten.RunAsync)).ConfigureAwait(false);
            if (block > WarmUps)
            {
                var i = block - WarmUps - 1;
                (own[i], theirs[i], ratios[i]) = (facts.Length / a.Elapsed, facts.Length / b.Elapsed, b.Elapsed / a.Elapsed);
                (ownProcessor[i], theirProcessor[i]) = (a.Processor / facts.Length * 1e6, b.Processor / facts.Length * 1e6);
            }
        }

        foreach (var values in (double[][])[own, theirs, ratios, ownProcessor, theirProcessor])
        {
            Array.Sort(values);
        }

        const int Middle = Pairs / 2;
        Console.WriteLine();
        Console.WriteLine($"### {title}");
        Console.WriteLine();
        Console.WriteLine("| pairs of blocks | facts in each | OrderKit facts/s | hand-written facts/s | ratio, median | min | max | "
            + "bar | processor µs per fact, median |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---|---|");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {Pairs} | {ordersInBlock * DurableFacts.Life.Length} | {own[Middle]:N0} | {theirs[Middle]:N0} | {ratios[Middle]:N3} | "
                + $"{ratios[0]:N3} | {ratios[^1]:N3} | {(bar is { } least ? $"≥ {least}" : "none")} | {ownProcessor[Middle]:N0} beside "
                + $"{theirProcessor[Middle]:N0} |"));
        Console.WriteLine();
        Console.WriteLine(work);
    }

    /// <summary>Asserts that the same work left the same rows in all copies.</summary>
    public static async Task RequireSameAsync(IReadOnlyList<DbConnection> copies)
    {
        var contents = new List<string>();
        foreach (var copy in copies)
        {
            contents.Add(await DurableStore.ContentAsync(copy).ConfigureAwait(false));
        }

        if (contents.Distinct(StringComparer.Ordinal).Count() != 1)
        {
            throw new InvalidOperationException($"The copies differ afterwards: {string.Join(" | ", contents)}");
        }
    }

    private static async Task<(double Elapsed, double Processor)> TimeAsync(Func<Task> run)
    {
        GC.Collect();
        var processor = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        await run().ConfigureAwait(false);
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }

    /// <summary>Asserts for each fact that both sides sent the same statements in the same round trips, with the same commits.</summary>
    private static string Compare(RecordedStep[] own, RecordedStep[] theirs, OrderFact[] facts)
    {
        var (a, b) = (PerFact(own), PerFact(theirs));
        if (a.Count != facts.Length || b.Count != facts.Length)
        {
            throw new InvalidOperationException($"{facts.Length} facts took {a.Count} transactions here and {b.Count} there.");
        }

        for (var i = 0; i < facts.Length; i++)
        {
            if (!a[i].Select(Shape).SequenceEqual(b[i].Select(Shape)))
            {
                throw new InvalidOperationException(
                    $"The fact '{facts[i].Trigger}' took other statements here than "
                        + $"there:\n{string.Join('\n', a[i].Select(Shape))}\n--\n{string.Join('\n', b[i].Select(Shape))}");
            }
        }

        var counts = facts.Zip(a).DistinctBy(pair => pair.First.Trigger).Select(pair =>
            $"{pair.First.Trigger} {pair.Second.Sum(step => step.Statements.Length)} in "
                + $"{pair.Second.Count(step => step.Kind != StepKind.Begin)}");
        return $"Both sides, asserted fact by fact: statements in round trips (the commit is one): {string.Join(", ", counts)}; one "
            + $"commit each.";
    }

    private static List<List<RecordedStep>> PerFact(RecordedStep[] steps)
    {
        var facts = new List<List<RecordedStep>>();
        foreach (var step in steps)
        {
            if (step.Kind == StepKind.Begin)
            {
                facts.Add([]);
            }

            facts[^1].Add(step);
        }

        return facts;
    }

    private static string Shape(RecordedStep step) =>
        $"{step.Kind}: {string.Join("; ", step.Statements.Select(statement => statement.Text))}";
}

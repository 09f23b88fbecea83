using System.Diagnostics;
using System.Globalization;

namespace OrderKit.Benchmarks;

/// <summary>Measures facts of many orders in one call beside the same facts one by one.</summary>
internal static class SetBenchmark
{
    private const int Orders = 256;
    private const int Groups = 4;

    /// <param name="title">The title of the table.</param>
    /// <param name="bar">The factor that the set must reach.</param>
    /// <param name="store">An empty store.</param>
    /// <param name="folder">The folder of its files, if known. Sets save disk flushes, so the speed of a flush is printed too.</param>
    public static async Task PrintAsync(string title, string bar, DurableStore store, string? folder = null)
    {
        var (sets, singles, ratios) = (new List<double>(), new List<double>(), new List<double>());
        for (var group = 0; group < Groups; group++)
        {
            var (a, b) = (group * 2 * Orders, ((group * 2) + 1) * Orders);
            await store.FireManyAsync([.. Enumerable.Range(a, 2 * Orders).Select(DurableFacts.Placed)]).ConfigureAwait(false);
            foreach (var trigger in DurableFacts.Life)
            {
                var set = Enumerable.Range(a, Orders).Select(order => DurableFacts.Told(trigger, order)).ToArray();
                var single = Enumerable.Range(b, Orders).Select(order => DurableFacts.Told(trigger, order)).ToArray();
                var start = Stopwatch.GetTimestamp();
                await store.FireManyAsync(set).ConfigureAwait(false);
                var together = Stopwatch.GetElapsedTime(start).TotalSeconds;
                start = Stopwatch.GetTimestamp();
                await store.FireAsync(single).ConfigureAwait(false);
                var apart = Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (group > 0)
                {
                    sets.Add(Orders / together);
                    singles.Add(Orders / apart);
                    ratios.Add(apart / together);
                }
            }
        }

        var disk = folder is null ? "" : string.Create(CultureInfo.InvariantCulture, $"One page written and flushed on this disk: "
            + $"{FlushMicroseconds(folder):N0} µs (median of 200).");
        sets.Sort();
        singles.Sort();
        ratios.Sort();
        Console.WriteLine();
        Console.WriteLine($"### {title}");
        Console.WriteLine();
        Console.WriteLine("| pairs | `FireManyAsync` facts/s | `FireAsync` facts/s | times as fast, median | min | max | bar |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---|");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {ratios.Count} | {sets[sets.Count / 2]:N0} | {singles[singles.Count / 2]:N0} | {ratios[ratios.Count / 2]:N1} | "
                + $"{ratios[0]:N1} | {ratios[^1]:N1} | {bar} |"));
        if (disk.Length > 0)
        {
            Console.WriteLine();
            Console.WriteLine(disk);
        }
    }

    private static double FlushMicroseconds(string folder)
    {
        var page = new byte[4096];
        var times = new double[200];
        using var file = new FileStream(Path.Combine(folder, "flush"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var i = 0; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            file.Write(page);
            file.Flush(flushToDisk: true);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        return times[times.Length / 2];
    }
}

using System.Diagnostics;
using System.Globalization;

namespace OrderKit.Benchmarks;

/// <summary>Facts of many orders in one call, beside the same facts one by one.</summary>
internal static class SetBenchmark
{
    private const int Orders = 256;
    private const int Groups = 5;

    /// <param name="title">What the table is called.</param>
    /// <param name="bar">How many times as fast the set must be.</param>
    /// <param name="store">An empty store.</param>
    public static async Task PrintAsync(string title, string bar, DurableStore store)
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
            $"| {ratios.Count} | {sets[sets.Count / 2]:N0} | {singles[singles.Count / 2]:N0} | {ratios[ratios.Count / 2]:N1} | {ratios[0]:N1} | {ratios[^1]:N1} | {bar} |"));
    }
}

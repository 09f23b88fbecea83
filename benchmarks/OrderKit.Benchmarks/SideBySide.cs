using System.Diagnostics;
using System.Globalization;

namespace OrderKit.Benchmarks;

/// <summary>Runs contenders in turn, round after round, so that a noisy machine affects all of them.</summary>
internal static class SideBySide
{
    public static void Print(string title, int rounds, params IReadOnlyList<Contender> contenders)
    {
        var nanoseconds = contenders.Select(_ => new double[rounds]).ToArray();
        var bytes = new double[contenders.Count];
        for (var warmUp = 0; warmUp < 5; warmUp++)
        {
            foreach (var contender in contenders)
            {
                contender.Run();
            }
        }

        for (var round = 0; round < rounds; round++)
        {
            for (var c = 0; c < contenders.Count; c++)
            {
                var allocated = GC.GetAllocatedBytesForCurrentThread();
                var start = Stopwatch.GetTimestamp();
                contenders[c].Run();
                nanoseconds[c][round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / contenders[c].Operations;
                bytes[c] = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / contenders[c].Operations;
            }
        }

        Console.WriteLine();
        Console.WriteLine($"### {title}");
        Console.WriteLine();
        Console.WriteLine("| case | bar | min ns | median ns | B |");
        Console.WriteLine("|---|---|---:|---:|---:|");
        for (var c = 0; c < contenders.Count; c++)
        {
            Array.Sort(nanoseconds[c]);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {contenders[c].Name} | {contenders[c].Bar} | {nanoseconds[c][0]:N1} | {nanoseconds[c][rounds / 2]:N1} | "
                    + $"{bytes[c]:N0} |"));
        }
    }

    public static double Median(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;

    /// <summary>Runs two sides once each. The order alternates, so that neither always follows the other.</summary>
    public static async Task<(T First, T Second)> InTurnAsync<T>(int round, Func<Task<T>> first, Func<Task<T>> second)
    {
        if (round % 2 == 0)
        {
            var a = await first().ConfigureAwait(false);
            return (a, await second().ConfigureAwait(false));
        }

        var b = await second().ConfigureAwait(false);
        return (await first().ConfigureAwait(false), b);
    }
}

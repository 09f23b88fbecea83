namespace OrderKit.Benchmarks;

/// <summary>The result of a storm.</summary>
/// <param name="Elapsed">The duration.</param>
/// <param name="Quarters">Deliveries answered in each quarter of the duration.</param>
/// <param name="Effects">The number of effects.</param>
/// <param name="Latencies">The latency of each answer in milliseconds, sorted.</param>
/// <param name="AllocatedBytes">The bytes that the process allocated.</param>
/// <param name="Processor">The processor time of the process.</param>
internal sealed record StormResult(
    TimeSpan Elapsed, long[] Quarters, long Effects, double[] Latencies, double AllocatedBytes, TimeSpan Processor)
{
    public long Answered => Quarters.Sum();

    public double AnsweredPerSecond => Answered / Elapsed.TotalSeconds;

    public double EffectsPerSecond => Effects / Elapsed.TotalSeconds;

    /// <summary>The last quarter divided by the first.</summary>
    public double Endurance => (double)Quarters[^1] / Quarters[0];

    public double Percentile(double share) => Latencies[(int)Math.Min(Latencies.Length - 1, Latencies.Length * share)];
}

namespace OrderKit.Benchmarks;

/// <summary>What a storm came to.</summary>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Quarters">Deliveries answered in each quarter of the time.</param>
/// <param name="Effects">How many took effect.</param>
/// <param name="Latencies">How long each answer took, in milliseconds, shortest first.</param>
/// <param name="AllocatedBytes">What the process allocated.</param>
/// <param name="Processor">The processor time of the process.</param>
internal sealed record StormResult(TimeSpan Elapsed, long[] Quarters, long Effects, double[] Latencies, double AllocatedBytes, TimeSpan Processor)
{
    public long Answered => Quarters.Sum();

    public double AnsweredPerSecond => Answered / Elapsed.TotalSeconds;

    public double EffectsPerSecond => Effects / Elapsed.TotalSeconds;

    /// <summary>The last quarter beside the first.</summary>
    public double Endurance => (double)Quarters[^1] / Quarters[0];

    public double Percentile(double share) => Latencies[(int)Math.Min(Latencies.Length - 1, Latencies.Length * share)];
}

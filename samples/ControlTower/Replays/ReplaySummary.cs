namespace ControlTower.Replays;

/// <summary>The totals of a load, for the console.</summary>
public sealed record ReplaySummary(
    Invoices.SalesBook Book, IReadOnlyList<string> RefusedRows, ReplayCounts Counts, IReadOnlyDictionary<string, int> OpenCases,
    long Parked, long Releases, long FollowUps,
    TimeSpan Elapsed)
{
    public double FactsPerSecond => Counts.Facts / Math.Max(0.001, Elapsed.TotalSeconds);
}

using System.Globalization;

namespace PaymentStorm;

/// <summary>The result of a storm.</summary>
/// <param name="Sent">Callbacks delivered and answered.</param>
/// <param name="Duplicates">Callbacks answered as duplicates.</param>
/// <param name="Effects">Callbacks that took effect.</param>
/// <param name="Lost">Payments that were acknowledged and are missing in the store.</param>
/// <param name="Double">Payments that are in the store twice.</param>
/// <param name="PerSecond">Callbacks answered per second.</param>
/// <param name="Median">The median latency.</param>
/// <param name="Slow">The 99th percentile of the latency.</param>
internal sealed record Account(
    long Sent, long Duplicates, long Effects, long Lost, long Double, double PerSecond, TimeSpan Median, TimeSpan Slow)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"sent {Sent} duplicates {Duplicates} effects {Effects} lost {Lost} double {Double} callbacks/s {PerSecond:F0} p50 "
            + $"{Median.TotalMilliseconds:F1} ms p99 {Slow.TotalMilliseconds:F1} ms");
}

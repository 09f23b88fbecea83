using System.Globalization;

namespace PaymentStorm;

/// <summary>What a storm came to.</summary>
/// <param name="Sent">Callbacks delivered and answered.</param>
/// <param name="Duplicates">Those that were answered as told before.</param>
/// <param name="Effects">Those that took effect.</param>
/// <param name="Lost">Payments that were answered and that the store does not have.</param>
/// <param name="Double">Payments that the store has twice.</param>
/// <param name="PerSecond">Callbacks answered in a second.</param>
/// <param name="Median">Half were answered within that time.</param>
/// <param name="Slow">All but one in a hundred were answered within that time.</param>
internal sealed record Account(long Sent, long Duplicates, long Effects, long Lost, long Double, double PerSecond, TimeSpan Median, TimeSpan Slow)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"sent {Sent} duplicates {Duplicates} effects {Effects} lost {Lost} double {Double} callbacks/s {PerSecond:F0} p50 {Median.TotalMilliseconds:F1} ms p99 {Slow.TotalMilliseconds:F1} ms");
}

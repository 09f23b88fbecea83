using OrderKit.Core;

namespace OrderKit.Export.Tests;

/// <summary>A row of every kind.</summary>
internal sealed record Sale(string? Trade, decimal? Count, DateTimeOffset? At, Money? Paid)
{
    public static ReportTable<Sale> Table { get; } = new ReportTable<Sale>("Sales")
        .Text("Trade", "交易号", row => row.Trade)
        .Number("Count", "数量", row => row.Count)
        .Instant("At", "时间", row => row.At)
        .Amount("Paid", "实付", row => row.Paid);

    public static Sale Usual { get; } = new(
        "2026020622001499999999999901", 3, new DateTimeOffset(2026, 2, 6, 15, 30, 0, TimeSpan.Zero), Money.FromMajor(199.5m, Currency.CNY));

    public static async IAsyncEnumerable<T> Stream<T>(params IEnumerable<T> rows)
    {
        foreach (var row in rows)
        {
            await Task.Yield();
            yield return row;
        }
    }
}

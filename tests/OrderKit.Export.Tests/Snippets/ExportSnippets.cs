using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Export.Tests;

/// <summary>The code that the documentation shows; a test holds the two together.</summary>
public sealed class ExportSnippets
{
    #region report-table
    private static readonly ReportTable<PaidOrder> Paid = new ReportTable<PaidOrder>("Paid orders")
        .Text("Trade", "交易号", row => row.Trade)              // 28 digits, and none of them is lost
        .Instant("Paid at", "支付时间", row => row.PaidAt)
        .Amount("Amount", "金额", row => row.Amount);           // a number, and its currency beside it
    #endregion

    [Fact]
    public async Task A_report_is_written_as_CSV_and_as_XLSX()
    {
        using var database = new InMemoryDatabase();
        IDuplicateOrderQueryStore store = new InMemoryDuplicateOrderStore(database, new InMemoryOutboxStore(database));
        using var csv = new MemoryStream();
        using var xlsx = new MemoryStream();
        var paidOrders = Sales.Of(new PaidOrder("2026020622001499999999999901", DateTimeOffset.UnixEpoch, Money.FromMajor(1m, Currency.CNY)));

        #region export
        await CsvReports.WriteAsync(Paid, paidOrders, csv);

        // Suspected duplicates of one channel and day, for the desk that reconciles, with Chinese headers and times of Shanghai.
        var found = DuplicateOrderReport.RowsAsync(store, new DuplicateOrderQuery { PaymentChannel = "alipay", From = new DateTimeOffset(2026, 2, 6, 0, 0, 0, TimeSpan.FromHours(8)) });
        var shanghai = new XlsxReportOptions { Language = ReportLanguage.Chinese, Zone = TimeZoneInfo.CreateCustomTimeZone("UTC+8", TimeSpan.FromHours(8), "UTC+8", "UTC+8") };
        await XlsxReports.WriteAsync(DuplicateOrderReport.Table, found, xlsx, shanghai);
        #endregion

        Assert.True(csv.Length > 0 && xlsx.Length > 0);
    }

    private sealed record PaidOrder(string Trade, DateTimeOffset PaidAt, Money Amount);

    private static class Sales
    {
        public static IAsyncEnumerable<PaidOrder> Of(params PaidOrder[] orders) => Sale.Stream(orders);
    }
}

using System.Text;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Export.Tests;

public sealed class DuplicateOrderReportTests
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 6, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Suspected_duplicates_of_a_payment_channel_are_exported_over_all_pages()
    {
        using var database = new InMemoryDatabase(new FakeTimeProvider(Noon));
        var store = new InMemoryDuplicateOrderStore(database, new InMemoryOutboxStore(database));
        var orders = new DuplicateOrders(store, new DuplicateRules());
        for (var i = 0; i < 1_203; i++)
        {
            await using var unit = await database.BeginAsync();
            await orders.CheckAsync(unit, new OrderCandidate
            {
                Order = OrderKey.For(OrderId.Derive(new ChannelCode("WEB"), $"{i}")),
                PlacedAt = Noon.AddSeconds(i % 60),
                Buyer = "B-1",
                Amount = Money.FromMajor(199m, Currency.CNY),
                PaymentChannel = "alipay",
            });
            await unit.CommitAsync();
        }

        using var csv = new MemoryStream();
        var written = await CsvReports.WriteAsync(
            DuplicateOrderReport.Table, DuplicateOrderReport.RowsAsync(store, new DuplicateOrderQuery { PaymentChannel = "alipay", PageSize = 1 }), csv);

        Assert.Equal(1_202, written);
        var lines = Encoding.UTF8.GetString(csv.ToArray()).TrimEnd().Split("\r\n");
        Assert.Equal("\uFEFFTenant,Order,Earlier order,Rule,State,Placed at,Seconds apart,Released at the latest,Payment channel,Amount,Amount currency", lines[0]);
        Assert.Equal(1_203, lines.Distinct(StringComparer.Ordinal).Count());
        Assert.All(lines[1..], line => Assert.EndsWith(",alipay,199.00,CNY", line, StringComparison.Ordinal));
        Assert.DoesNotContain("B-1", string.Concat(lines), StringComparison.Ordinal);
    }
}

using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>Suspected duplicates as a report for reconciliation; <c>OrderKit.Export</c> writes it.</summary>
public static class DuplicateOrderReport
{
    private const int LargestPage = 1_000;

    /// <summary>The columns of the report. They identify orders, never buyers.</summary>
    public static ReportTable<SuspectedDuplicate> Table { get; } = new ReportTable<SuspectedDuplicate>("Suspected duplicates")
        .Text("Tenant", "租户", static row => row.Order.Tenant.Value)
        .Text("Order", "订单", static row => row.Order.Order.Value)
        .Text("Earlier order", "先前订单", static row => row.Earlier.Order.Value)
        .Text("Rule", "规则", static row => row.Rule)
        .Text("State", "状态", static row => DuplicateOrderNoticeCodec.NameOf(row.State))
        .Instant("Placed at", "下单时间", static row => row.FoundAt)
        .Number("Seconds apart", "间隔秒数", static row => row.Apart.Ticks / (decimal)TimeSpan.TicksPerSecond)
        .Instant("Released at the latest", "自动放行时间", static row => row.AutoReleaseAt)
        .Text("Payment channel", "支付渠道", static row => row.PaymentChannel)
        .Amount("Amount", "金额", static row => row.Amount);

    /// <summary>Reads all rows that match a query, oldest first. One page is in memory at a time.</summary>
    public static IAsyncEnumerable<SuspectedDuplicate> RowsAsync(
        IDuplicateOrderQueryStore store, DuplicateOrderQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(query);
        return ReportRows.OfPagesAsync(
            (continuation, token) => store.QueryAsync(
                query with { PageSize = LargestPage, Continuation = continuation ?? query.Continuation }, token),
            cancellationToken);
    }
}

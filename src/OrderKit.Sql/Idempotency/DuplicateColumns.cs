using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Sql;

/// <summary>The columns of suspected duplicates and of decisions about them.</summary>
internal static class DuplicateColumns
{
    internal static readonly SqlColumns<SuspectedDuplicate> Suspicions = new(
        SqlColumn<SuspectedDuplicate>.Text("tenant", s => s.Order.Tenant.Value),
        SqlColumn<SuspectedDuplicate>.Text("order_id", s => s.Order.Order.Value),
        SqlColumn<SuspectedDuplicate>.Text("rule", s => s.Rule),
        SqlColumn<SuspectedDuplicate>.Text("earlier_order_id", s => s.Earlier.Order.Value),
        SqlColumn<SuspectedDuplicate>.Number("state", s => (long)s.State),
        SqlColumn<SuspectedDuplicate>.Instant("found_at", s => s.FoundAt),
        SqlColumn<SuspectedDuplicate>.Number("apart", s => s.Apart.Ticks / TimeSpan.TicksPerMicrosecond),
        SqlColumn<SuspectedDuplicate>.Instant("auto_release_at", s => s.AutoReleaseAt),
        SqlColumn<SuspectedDuplicate>.Text("payment_channel", s => s.PaymentChannel),
        SqlColumn<SuspectedDuplicate>.Number("amount", s => s.Amount?.MinorUnits),
        SqlColumn<SuspectedDuplicate>.Text("currency", s => s.Amount?.Currency.Code),
        SqlColumn<SuspectedDuplicate>.Number("currency_digits", s => s.Amount?.Currency.MinorDigits));

    internal const string Act = "tenant, order_id, decision, operator, reason, at";

    /// <summary>Reads the columns of <see cref="Suspicions"/>, starting at the first.</summary>
    internal static SuspectedDuplicate ReadSuspicion(SqlRow row)
    {
        var tenant = new TenantId(row.Text(0));
        return new SuspectedDuplicate(
            new OrderKey(tenant, OrderId.Parse(row.Text(1))),
            row.Text(2),
            new OrderKey(tenant, OrderId.Parse(row.Text(3))),
            (SuspicionState)row.Int32(4),
            row.Instant(5),
            TimeSpan.FromTicks(row.Int64(6) * TimeSpan.TicksPerMicrosecond),
            row.NullableInstant(7),
            row.NullableText(8),
            row.NullableInt64(9) is { } amount ? new Money(amount, Currency.Custom(row.Text(10), row.Int32(11))) : null);
    }

    internal static DuplicateAct ReadAct(SqlRow row) => new(
        new OrderKey(new TenantId(row.Text(0)), OrderId.Parse(row.Text(1))), (SuspicionState)row.Int32(2), row.Text(3), row.Text(4),
        row.Instant(5));
}

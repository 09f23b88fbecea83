using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Sql;

/// <summary>How an order lies in its row.</summary>
internal static class OrderRow
{
    internal static readonly SqlColumns<StoredOrder> Columns = new(
        SqlColumn<StoredOrder>.Text("tenant", o => o.Key.Tenant.Value),
        SqlColumn<StoredOrder>.Text("order_id", o => o.Key.Order.Value),
        SqlColumn<StoredOrder>.Number("model", o => unchecked((long)o.Snapshot.Model.Value)),
        SqlColumn<StoredOrder>.Number("version", o => o.Snapshot.Version),
        SqlColumn<StoredOrder>.Number("states", o => unchecked((long)o.Snapshot.States.Packed)),
        SqlColumn<StoredOrder>.Number("since_0", o => o.Snapshot.Since.First),
        SqlColumn<StoredOrder>.Number("since_1", o => o.Snapshot.Since.Second),
        SqlColumn<StoredOrder>.Number("since_2", o => o.Snapshot.Since.Third),
        SqlColumn<StoredOrder>.Number("since_3", o => o.Snapshot.Since.Fourth),
        SqlColumn<StoredOrder>.Number("holds", o => o.Snapshot.Holds),
        SqlColumn<StoredOrder>.Number("cases", o => o.Snapshot.Cases),
        SqlColumn<StoredOrder>.Number("anchors", o => o.Snapshot.Anchors),
        SqlColumn<StoredOrder>.Number("profile", o => o.Snapshot.Profile),
        SqlColumn<StoredOrder>.Number("due", o => o.Snapshot.Counters.Due),
        SqlColumn<StoredOrder>.Number("captured", o => o.Snapshot.Counters.Captured),
        SqlColumn<StoredOrder>.Number("refunded", o => o.Snapshot.Counters.Refunded),
        SqlColumn<StoredOrder>.Number("ordered", o => o.Snapshot.Counters.Ordered),
        SqlColumn<StoredOrder>.Number("packed", o => o.Snapshot.Counters.Packed),
        SqlColumn<StoredOrder>.Number("shipped", o => o.Snapshot.Counters.Shipped),
        SqlColumn<StoredOrder>.Number("delivered", o => o.Snapshot.Counters.Delivered),
        SqlColumn<StoredOrder>.Number("returned", o => o.Snapshot.Counters.Returned),
        SqlColumn<StoredOrder>.Text("currency", o => o.Currency.Code),
        SqlColumn<StoredOrder>.Number("currency_digits", o => o.Currency.MinorDigits),
        SqlColumn<StoredOrder>.Text("headline", o => o.Headline),
        SqlColumn<StoredOrder>.Instant("placed_at", o => o.PlacedAt),
        SqlColumn<StoredOrder>.Instant("updated_at", o => o.UpdatedAt),
        SqlColumn<StoredOrder>.Instant("ship_by", o => o.ShipBy),
        SqlColumn<StoredOrder>.Instant("deliver_by", o => o.DeliverBy));

    /// <summary>How many columns <see cref="Select"/> names.</summary>
    internal static int Width => Columns.Count + 1;

    /// <summary>The columns in the order in which <see cref="Read"/> reads them.</summary>
    internal static string Select(string alias) => $"{alias}.order_no, {Columns.NamesOf(alias)}";

    internal static StoredOrder Read(SqlRow row, int from = 0) => new()
    {
        OrderNo = row.Int64(from),
        Key = ReadKey(row, from + 1),
        Snapshot = new OrderSnapshot
        {
            Model = new ModelFingerprint(unchecked((ulong)row.Int64(from + 3))),
            Version = row.Int64(from + 4),
            States = new StateCodes(unchecked((ulong)row.Int64(from + 5))),
            Since = new FacetVersions(row.Int64(from + 6), row.Int64(from + 7), row.Int64(from + 8), row.Int64(from + 9)),
            Holds = (uint)row.Int64(from + 10),
            Cases = (uint)row.Int64(from + 11),
            Anchors = (uint)row.Int64(from + 12),
            Profile = row.Int32(from + 13),
            Counters = new OrderCounters(
                row.Int64(from + 14), row.Int64(from + 15), row.Int64(from + 16), row.Int64(from + 17),
                row.Int64(from + 18), row.Int64(from + 19), row.Int64(from + 20), row.Int64(from + 21)),
        },
        Currency = Currency.Custom(row.Text(from + 22), row.Int32(from + 23)),
        Headline = row.Text(from + 24),
        PlacedAt = row.Instant(from + 25),
        UpdatedAt = row.Instant(from + 26),
        ShipBy = row.NullableInstant(from + 27),
        DeliverBy = row.NullableInstant(from + 28),
    };

    /// <summary>Reads tenant and order id.</summary>
    internal static OrderKey ReadKey(SqlRow row, int from = 0) => new(new TenantId(row.Text(from)), OrderId.Parse(row.Text(from + 1)));
}

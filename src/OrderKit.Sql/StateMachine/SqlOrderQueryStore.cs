using System.Globalization;
using System.Text;
using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Sql;

/// <summary>The reading side of orders over SQL.</summary>
internal sealed class SqlOrderQueryStore(SqlDatabase database) : IOrderQueryStore
{
    private const string OrderNo = "(SELECT s.order_no FROM {orders} s WHERE s.tenant = $1 AND s.order_id = $2)";

    private static readonly string Find = $"SELECT {OrderRow.Select("o")} FROM {{orders}} o WHERE o.tenant = $1 AND o.order_id = $2";

    private const string FindByNumber =
        "SELECT o.tenant, o.order_id FROM {references} r JOIN {orders} o ON o.order_no = r.order_no WHERE r.tenant = $1 AND r.value = $2 AND r.kind = $3 ORDER BY r.order_no";

    private const string Headlines = "SELECT headline, count(*) FROM {orders} WHERE tenant = $1 GROUP BY headline";

    private static readonly string Journal =
        $"SELECT {JournalColumns.Select("j")} FROM {{journal}} j WHERE j.order_no = {OrderNo} AND j.version > $3 ORDER BY j.version LIMIT $4";

    private const string Details = $"SELECT version, salt, note, payload FROM {{journal_details}} WHERE order_no = {OrderNo} ORDER BY version";

    private const string References = $"SELECT tenant, kind, value FROM {{references}} WHERE order_no = {OrderNo} ORDER BY kind, value";

    private const string Deadlines =
        $"SELECT {SqlDeadlineStore.Columns} FROM {{deadlines}} d JOIN {{orders}} o ON o.order_no = d.order_no WHERE d.order_no = {OrderNo} ORDER BY d.facet";

    public ValueTask<StoredOrder?> FindAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        database.ReadAsync(
            session => session.Call(Find).With(order.Tenant.Value, order.Order.Value).FirstAsync<StoredOrder>(static row => OrderRow.Read(row), cancellationToken),
            cancellationToken);

    public async ValueTask<IReadOnlyList<OrderKey>> FindAsync(OrderReference number, CancellationToken cancellationToken = default) =>
        await database.ListAsync(
            FindByNumber, [number.Tenant.Value, number.Value, number.Kind.Code], static row => OrderRow.ReadKey(row), cancellationToken)
            .ConfigureAwait(false);

    public async ValueTask<Page<StoredOrder>> SearchAsync(OrderQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        Continuations.RequirePageSize(query.PageSize, nameof(query));
        var values = new List<object?> { query.Tenant.Value };
        return await database.PageAsync(
            BuildSearch(query, values), values, query.PageSize, static row => OrderRow.Read(row), static order => order,
            static order => Continuations.Write(order.UpdatedAt, order.OrderNo), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyDictionary<string, long>> CountByHeadlineAsync(TenantId tenant, CancellationToken cancellationToken = default)
    {
        var counts = await database.ListAsync(
            Headlines, [tenant.Value], static row => KeyValuePair.Create(row.Text(0), row.Int64(1)), cancellationToken)
            .ConfigureAwait(false);
        return new Dictionary<string, long>(counts, StringComparer.Ordinal);
    }

    public async ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(
        OrderKey order, long afterVersion = 0, int max = 10_000, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return await database.ListAsync(
            Journal, [order.Tenant.Value, order.Order.Value, afterVersion, max], static row => JournalColumns.Read(row), cancellationToken)
            .ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<JournalDetail>> ReadDetailsAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        await database.ListAsync(
            Details, [order.Tenant.Value, order.Order.Value],
            static row => new JournalDetail(
                row.Int64(0), row.Bytes(1), row.NullableBytes(2) is { } note ? OrderParts.StrictUtf8.GetString(note) : null, row.Bytes(3)),
            cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<OrderReference>> ReferencesOfAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        await database.ListAsync(
            References, [order.Tenant.Value, order.Order.Value], static row => OrderParts.ReadReference(row), cancellationToken)
            .ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<DueDeadline>> DeadlinesOfAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        await database.ListAsync(
            Deadlines, [order.Tenant.Value, order.Order.Value], static row => SqlDeadlineStore.Read(row), cancellationToken)
            .ConfigureAwait(false);

    public async ValueTask<Page<ParkedFact>> ParkedAsync(
        TenantId tenant, int pageSize = 100, string? continuation = null, CancellationToken cancellationToken = default)
    {
        Continuations.RequirePageSize(pageSize, nameof(pageSize));
        var values = new List<object?> { tenant.Value };
        var sql = new StringBuilder($"SELECT {OrderParts.ParkedSelect} FROM {{parked}} WHERE tenant = $1");
        if (continuation is not null)
        {
            var (instant, number) = Continuations.Read(continuation);
            sql.Append(" AND (parked_at, parked_no) > (").Add(values, instant).Append(", ").Add(values, number).Append(')');
        }

        sql.Append(" ORDER BY parked_at, parked_no");
        return await database.PageAsync(
            sql, values, pageSize, static row => OrderParts.ReadParked(row), static row => row.Fact,
            static row => Continuations.Write(row.Fact.ParkedAt, row.ParkedNo), cancellationToken).ConfigureAwait(false);
    }

    private static StringBuilder BuildSearch(OrderQuery query, List<object?> values)
    {
        var sql = new StringBuilder($"SELECT {OrderRow.Select("o")} FROM {{orders}} o WHERE o.tenant = $1");
        if (query.Text is { Length: > 0 } text)
        {
            // A range instead of LIKE: it needs no escaping, and every index can serve it.
            sql.Append(" AND o.order_no IN (SELECT r.order_no FROM {references} r WHERE r.tenant = $1");
            AddPrefix(sql, values, "r.value", text);
            sql.Append(" UNION SELECT k.order_no FROM {orders} k WHERE k.tenant = $1");
            AddPrefix(sql, values, "k.order_id", text);
            sql.Append(')');
        }

        if (query.Headlines.Count > 0)
        {
            sql.Append(" AND o.headline IN (");
            for (var i = 0; i < query.Headlines.Count; i++)
            {
                sql.Append(i == 0 ? "" : ", ").Add(values, query.Headlines[i]);
            }

            sql.Append(')');
        }

        if (query.States.Count > 0)
        {
            var codes = string.Join(", ", query.States.Select(state => state.ToString(CultureInfo.InvariantCulture)));
            sql.Append(CultureInfo.InvariantCulture, $" AND (o.states & 65535 IN ({codes}) OR (o.states >> 16) & 65535 IN ({codes}) OR (o.states >> 32) & 65535 IN ({codes}) OR (o.states >> 48) & 65535 IN ({codes}))");
        }

        if (query.HasOpenCase is { } hasCase)
        {
            sql.Append(hasCase ? " AND o.cases <> 0" : " AND o.cases = 0");
        }

        if (query.IsHeld is { } isHeld)
        {
            sql.Append(isHeld ? " AND o.holds <> 0" : " AND o.holds = 0");
        }

        sql.Filter(" AND o.placed_at >= ", values, query.PlacedFrom).Filter(" AND o.placed_at < ", values, query.PlacedBefore);
        if (query.Continuation is { } continuation)
        {
            var (instant, number) = Continuations.Read(continuation);
            sql.Append(" AND (o.updated_at, o.order_no) < (").Add(values, instant).Append(", ").Add(values, number).Append(')');
        }

        return sql.Append(" ORDER BY o.updated_at DESC, o.order_no DESC");
    }

    private static void AddPrefix(StringBuilder sql, List<object?> values, string column, string prefix)
    {
        sql.Append(" AND ").Append(column).Append(" >= ").Add(values, prefix);
        if (TextRange.After(prefix) is { } end)
        {
            sql.Append(" AND ").Append(column).Append(" < ").Add(values, end);
        }
    }
}

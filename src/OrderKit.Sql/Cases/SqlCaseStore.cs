using System.Text;
using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>The read side of cases in SQL.</summary>
internal sealed class SqlCaseStore(SqlDatabase database) : ICaseStore
{
    private const string Count = "SELECT code, count(*) FROM {cases} WHERE tenant = $1 AND closed_at IS NULL GROUP BY code";

    public async ValueTask<Page<OrderCase>> QueryAsync(CaseQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        Continuations.RequirePageSize(query.PageSize, nameof(query));
        var values = new List<object?> { query.Tenant.Value };
        var sql = new StringBuilder(
            """
            SELECT o.tenant, o.order_id, c.code, c.owner, c.reason, c.opened_version, c.opened_at, c.due_at, c.closed_at, c.closed_version,
                c.case_no
            FROM {cases} c JOIN {orders} o ON o.order_no = c.order_no
            WHERE c.tenant = $1
            """);
        if (query.Order is { } order)
        {
            sql.Append(" AND c.order_no = (SELECT s.order_no FROM {orders} s WHERE s.tenant = ").Add(values, order.Tenant.Value)
                .Append(" AND s.order_id = ").Add(values, order.Order.Value).Append(')');
        }

        sql.Filter(" AND c.code = ", values, query.Code).Filter(" AND c.owner = ", values, query.Owner);
        if (!query.IncludeClosed)
        {
            sql.Append(" AND c.closed_at IS NULL");
        }

        if (query.Continuation is { } continuation)
        {
            var (instant, number) = Continuations.Read(continuation);
            if (instant is { } due)
            {
                sql.Append(" AND (c.due_at > ").Add(values, due).Append(" OR c.due_at IS NULL OR (c.due_at = ").Add(values, due)
                    .Append(" AND c.case_no > ").Add(values, number).Append("))");
            }
            else
            {
                sql.Append(" AND c.due_at IS NULL AND c.case_no > ").Add(values, number);
            }
        }

        sql.Append(" ORDER BY c.due_at NULLS LAST, c.case_no");
        return await database.PageAsync(
            sql, values, query.PageSize, static row => (Case: Read(row), CaseNo: row.Int64(10)), static row => row.Case,
            static row => Continuations.Write(row.Case.DueAt, row.CaseNo), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyDictionary<string, int>> CountOpenAsync(TenantId tenant, CancellationToken cancellationToken = default)
    {
        var counts = await database.ReadAsync(
            session => session.Call(Count).With(tenant.Value).ListAsync(
                static row => KeyValuePair.Create(row.Text(0), row.Int32(1)), cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return new Dictionary<string, int>(counts, StringComparer.Ordinal);
    }

    private static OrderCase Read(SqlRow row) => new(
        new OrderKey(new TenantId(row.Text(0)), OrderId.Parse(row.Text(1))),
        row.Text(2),
        row.Text(3),
        row.Text(4),
        row.Int64(5),
        row.Instant(6),
        row.NullableInstant(7),
        row.NullableInstant(8),
        row.NullableInt64(9));
}

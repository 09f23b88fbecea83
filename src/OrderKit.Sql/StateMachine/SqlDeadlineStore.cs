using OrderKit.StateMachine;


namespace OrderKit.Sql;

/// <summary>The acting side of deadlines over SQL.</summary>
internal sealed class SqlDeadlineStore(SqlDatabase database) : IDeadlineStore
{
    internal const string Columns = "d.order_no, o.tenant, o.order_id, d.facet, d.due_at, d.version, d.trigger_name, d.probe";

    // Clock and limit are sub-queries, as in the outbox: what is not due is not read, and what is not further than the limit.
    private const string ClaimSkipping = $$"""
        WITH due AS (
            SELECT s.order_no, s.facet FROM {deadlines} s WHERE s.claimable_at <= (SELECT {now})
            ORDER BY s.claimable_at LIMIT (SELECT $1) FOR UPDATE SKIP LOCKED),
        d AS (
            UPDATE {deadlines} s SET claimable_at = {now} + $2 FROM due
            WHERE s.order_no = due.order_no AND s.facet = due.facet AND s.order_no = ANY (ARRAY(SELECT due.order_no FROM due))
            RETURNING s.order_no, s.facet, s.due_at, s.version, s.trigger_name, s.probe)
        SELECT {{Columns}} FROM d CROSS JOIN LATERAL (SELECT k.tenant, k.order_id FROM {orders} k WHERE k.order_no = d.order_no LIMIT 1) o
        """;

    private const string Find = $$"""
        SELECT {{Columns}} FROM {deadlines} d JOIN {orders} o ON o.order_no = d.order_no
        WHERE d.claimable_at <= (SELECT {now}) ORDER BY d.claimable_at LIMIT (SELECT $1)
        """;

    private const string Lease = "UPDATE {deadlines} SET claimable_at = {now} + $3 WHERE order_no = $1 AND facet = $2";

    private const string Postpone =
        "UPDATE {deadlines} SET claimable_at = {now} + $5 WHERE order_no = $1 AND facet = $2 AND version = $3 AND due_at = $4";

    private const string PostponeMany = """
        UPDATE {deadlines} s SET claimable_at = {now} + $5
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[]) AS r (order_no, facet, version, due_at)
        WHERE s.order_no = r.order_no AND s.facet = r.facet AND s.version = r.version AND s.due_at = r.due_at AND s.order_no = ANY ($1::bigint[])
        """;

    private const string Count = "SELECT count(*), min(due_at) FROM {deadlines}";

    public async ValueTask<IReadOnlyList<DueDeadline>> ClaimDueAsync(int max, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        var claimed = database.Dialect.WritesSets
            ? await database.WriteAsync(
                session => session.Call(ClaimSkipping).With(max, lease).ListAsync(static row => Read(row), cancellationToken),
                cancellationToken).ConfigureAwait(false)
            : await database.TransactAsync(
                session => ClaimOneByOneAsync(session, max, lease, cancellationToken), cancellationToken).ConfigureAwait(false);
        claimed.Sort(static (a, b) => (a.DueAt, a.OrderNo, a.Facet).CompareTo((b.DueAt, b.OrderNo, b.Facet)));
        return claimed;
    }

    public async ValueTask PostponeAsync(
        IReadOnlyList<DueDeadline> deadlines, TimeSpan delay, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(deadlines);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        if (deadlines.Count == 0)
        {
            return;
        }

        await database.TransactAsync(
            async session =>
            {
                if (session.Dialect.WritesSets)
                {
                    return await session.Call(PostponeMany).With(
                        deadlines.Select(d => d.OrderNo).ToArray(), deadlines.Select(d => (long)d.Facet).ToArray(),
                        deadlines.Select(d => d.Version).ToArray(),
                        session.Dialect.FromInstants([.. deadlines.Select(d => (DateTimeOffset?)d.DueAt)]), delay)
                        .ExecuteAsync(cancellationToken).ConfigureAwait(false);
                }

                foreach (var deadline in deadlines)
                {
                    await session.Call(Postpone).With(deadline.OrderNo, deadline.Facet, deadline.Version, deadline.DueAt, delay)
                        .ExecuteAsync(cancellationToken).ConfigureAwait(false);
                }

                return deadlines.Count;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<(long Armed, DateTimeOffset? NextAt)> CountAsync(CancellationToken cancellationToken = default) =>
        database.ReadAsync(
            session => session.Call(Count).FirstAsync(static row => (row.Int64(0), row.NullableInstant(1)), cancellationToken),
            cancellationToken);

    internal static DueDeadline Read(SqlRow row) => new(
        row.Int64(0), OrderRow.ReadKey(row, 1), row.Int32(3), row.Instant(4), row.Int64(5), row.Text(6), row.NullableText(7));

    private static async ValueTask<List<DueDeadline>> ClaimOneByOneAsync(
        SqlSession session, int max, TimeSpan lease, CancellationToken cancellationToken)
    {
        var due = await session.Call(Find).With(max).ListAsync(static row => Read(row), cancellationToken).ConfigureAwait(false);
        foreach (var deadline in due)
        {
            await session.Call(Lease).With(deadline.OrderNo, deadline.Facet, lease).ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }

        return due;
    }
}

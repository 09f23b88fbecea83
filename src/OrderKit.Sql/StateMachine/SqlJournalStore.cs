using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>The journal as a whole over SQL.</summary>
internal sealed class SqlJournalStore(SqlDatabase database) : IJournalStore
{
    private const int CountLimit = 10_001;
    private const byte LeavesLayout = 1;

    // One statement, so that order and rows are of one moment.
    private static readonly string Scan = $$"""
        SELECT {{OrderRow.Select("o")}}, {{JournalColumns.Select("j")}}
        FROM (SELECT * FROM {orders} s WHERE s.order_no > $1 ORDER BY s.order_no LIMIT $2) o
        LEFT JOIN {journal} j ON j.order_no = o.order_no
        ORDER BY o.order_no, j.version
        """;

    // The same, kept on the index by a planner that does not know how many rows an order has.
    private static readonly string ScanLateral = $$"""
        SELECT {{OrderRow.Select("o")}}, {{JournalColumns.Select("j")}}
        FROM (SELECT * FROM {orders} s WHERE s.order_no > $1 ORDER BY s.order_no LIMIT $2) o
        LEFT JOIN LATERAL (SELECT * FROM {journal} s WHERE s.order_no = o.order_no OFFSET 0) j ON true
        ORDER BY o.order_no, j.version
        """;

    private static readonly string Unsealed = UnsealedBy("s.order_no, s.version");

    // As the index of SQLite has them. The rows of one order are written in the order of their versions.
    private static readonly string UnsealedAsWritten = UnsealedBy("s.rowid");

    private const string CountUnsealed = "SELECT count(*) FROM (SELECT 1 FROM {journal} WHERE segment IS NULL LIMIT $1) counted";

    private const string SegmentColumns = "number, previous, sealed_at, hash, leaves";

    private const string Last = $"SELECT {SegmentColumns} FROM {{journal_segments}} ORDER BY number DESC LIMIT 1";

    private const string Segments = $"SELECT {SegmentColumns} FROM {{journal_segments}} WHERE number >= $1 ORDER BY number LIMIT $2";

    private const string Append =
        "INSERT INTO {journal_segments} (number, previous, sealed_at, hash, leaves) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";

    private const string Mark = "UPDATE {journal} SET segment = $1 WHERE order_no = $2 AND version = $3 AND segment IS NULL";

    private const string MarkMany = """
        UPDATE {journal} j SET segment = $1 FROM unnest($2::bigint[], $3::bigint[]) AS r (order_no, version)
        WHERE j.order_no = r.order_no AND j.version = r.version AND j.order_no = ANY ($2::bigint[]) AND j.segment IS NULL
        """;

    private static readonly string Row = $$"""
        SELECT o.order_no, o.tenant, o.order_id, {{JournalColumns.Select("j")}}
        FROM {journal} j JOIN {orders} o ON o.order_no = j.order_no WHERE j.order_no = $1 AND j.version = $2
        """;

    private static readonly string Rows = $$"""
        SELECT r.at, o.order_no, o.tenant, o.order_id, {{JournalColumns.Select("j")}}
        FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS r (order_no, version, at)
        CROSS JOIN LATERAL (SELECT * FROM {journal} s WHERE s.order_no = r.order_no AND s.version = r.version LIMIT 1) j
        CROSS JOIN LATERAL (SELECT k.order_no, k.tenant, k.order_id FROM {orders} k WHERE k.order_no = r.order_no LIMIT 1) o
        """;

    private const string Marked = "SELECT order_no, version FROM {journal} WHERE segment = $1 ORDER BY order_no, version LIMIT $2";

    public async ValueTask<IReadOnlyList<OrderJournal>> ScanAsync(long afterOrderNo, int maxOrders, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxOrders, 1);
        var rows = await database.ReadAsync(
            session => session.Call(session.Dialect.WritesSets ? ScanLateral : Scan).With(afterOrderNo, maxOrders)
                .ListAsync(
                    static row => (Order: OrderRow.Read(row), Entry: row.IsNull(OrderRow.Width) ? null : JournalColumns.Read(row, OrderRow.Width)), cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return [.. rows.GroupBy(row => row.Order.OrderNo)
            .Select(group => new OrderJournal(group.Key, group.First().Order, [.. group.Where(row => row.Entry is not null).Select(row => row.Entry!)]))];
    }

    public async ValueTask<IReadOnlyList<JournalRow>> ReadUnsealedAsync(int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return await database.ReadAsync(
            session => session.Call(session.Dialect.WritesSets ? Unsealed : UnsealedAsWritten).With(max).ListAsync(static row => Read(row), cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<int> CountUnsealedAsync(CancellationToken cancellationToken = default) =>
        (int)(await database.ReadAsync(session => session.Call(CountUnsealed).With(CountLimit).NumberAsync(cancellationToken), cancellationToken).ConfigureAwait(false) ?? 0);

    public ValueTask<JournalSegment?> LastSegmentAsync(CancellationToken cancellationToken = default) =>
        database.ReadAsync(session => session.Call(Last).FirstAsync<JournalSegment>(static row => ReadSegment(row), cancellationToken), cancellationToken);

    public async ValueTask<bool> AppendSegmentAsync(JournalSegment segment, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(segment);
        return await database.TransactAsync(
            async session =>
            {
                if (await session.Call(Append)
                    .With(segment.Number, segment.Previous.ToArray(), segment.SealedAt, segment.Hash.ToArray(), Encode(segment.Leaves))
                    .ExecuteAsync(cancellationToken).ConfigureAwait(false) == 0)
                {
                    return false;
                }

                if (session.Dialect.WritesSets)
                {
                    await session.Call(MarkMany)
                        .With(segment.Number, segment.Leaves.Select(leaf => leaf.OrderNo).ToArray(), segment.Leaves.Select(leaf => leaf.Version).ToArray())
                        .ExecuteAsync(cancellationToken).ConfigureAwait(false);
                    return true;
                }

                foreach (var leaf in segment.Leaves)
                {
                    await session.Call(Mark).With(segment.Number, leaf.OrderNo, leaf.Version).ExecuteAsync(cancellationToken).ConfigureAwait(false);
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<JournalSegment>> ReadSegmentsAsync(long from, int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return await database.ReadAsync(
            session => session.Call(Segments).With(from, max).ListAsync(static row => ReadSegment(row), cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<JournalRow?>> ReadRowsAsync(
        IReadOnlyList<(long OrderNo, long Version)> rows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var found = new JournalRow?[rows.Count];
        if (found.Length == 0)
        {
            return found;
        }

        return await database.ReadAsync(
            async session =>
            {
                if (session.Dialect.WritesSets)
                {
                    var read = await session.Call(Rows).With(rows.Select(row => row.OrderNo).ToArray(), rows.Select(row => row.Version).ToArray())
                        .ListAsync(static row => (At: row.Int32(0), Row: Read(row, 1)), cancellationToken).ConfigureAwait(false);
                    foreach (var (at, row) in read)
                    {
                        found[at - 1] = row;
                    }

                    return found;
                }

                for (var i = 0; i < found.Length; i++)
                {
                    found[i] = await session.Call(Row).With(rows[i].OrderNo, rows[i].Version)
                        .FirstAsync<JournalRow>(static row => Read(row), cancellationToken).ConfigureAwait(false);
                }

                return found;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<(long OrderNo, long Version)>> ReadMarkedAsync(long segment, int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return await database.ReadAsync(
            session => session.Call(Marked).With(segment, max + 1L).ListAsync(static row => (row.Int64(0), row.Int64(1)), cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    private static JournalRow Read(SqlRow row, int from = 0) => new(row.Int64(from), OrderRow.ReadKey(row, from + 1), JournalColumns.Read(row, from + 3));

    private static JournalSegment ReadSegment(SqlRow row) =>
        new(row.Int64(0), Digest.FromBytes(row.Bytes(1)), Decode(row.Bytes(4)), row.Instant(2), Digest.FromBytes(row.Bytes(3)));

    private static byte[] Encode(IReadOnlyList<JournalLeaf> leaves)
    {
        var writer = new CanonicalWriter();
        writer.WriteVersion(LeavesLayout);
        writer.WriteInt32(leaves.Count);
        foreach (var leaf in leaves)
        {
            writer.WriteInt64(leaf.OrderNo);
            writer.WriteInt64(leaf.Version);
            writer.WriteDigest(leaf.Hash);
        }

        return writer.WrittenSpan.ToArray();
    }

    private static List<JournalLeaf> Decode(ReadOnlySpan<byte> content)
    {
        var reader = new CanonicalReader(content);
        reader.ReadVersion(LeavesLayout);
        var leaves = new List<JournalLeaf>();
        for (var rest = reader.ReadInt32(); rest > 0; rest--)
        {
            leaves.Add(new JournalLeaf(reader.ReadInt64(), reader.ReadInt64(), reader.ReadDigest()));
        }

        reader.RequireEnd();
        return leaves;
    }

    private static string UnsealedBy(string order) => $$"""
        SELECT o.order_no, o.tenant, o.order_id, {{JournalColumns.Select("j")}}
        FROM (SELECT * FROM {journal} s WHERE s.segment IS NULL ORDER BY {{order}} LIMIT $1) j
        JOIN {orders} o ON o.order_no = j.order_no
        ORDER BY j.order_no, j.version
        """;
}

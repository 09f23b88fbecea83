using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Text;
using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>The store of orders that works set by set: one round trip for any number of facts.</summary>
/// <remarks>
/// Reads go through <c>LATERAL … LIMIT 1</c>, which keeps the planner on the indexes whatever it believes about sizes: a table
/// without statistics must not cost a scan.
/// </remarks>
internal sealed class SetOrderStore(SqlDatabase database) : SqlOrderStore(database)
{
    private const string Resolve = """
        SELECT n.at, o.tenant, o.order_id
        FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS n (tenant, value, kind, at)
        CROSS JOIN LATERAL (
            SELECT r.order_no FROM {references} r WHERE r.tenant = n.tenant AND r.value = n.value AND r.kind = n.kind ORDER BY r.order_no OFFSET 0) r
        CROSS JOIN LATERAL (SELECT s.tenant, s.order_id FROM {orders} s WHERE s.order_no = r.order_no LIMIT 1) o
        ORDER BY n.at, r.order_no
        """;

    private static readonly string Load = $$"""
        SELECT n.at, {{OrderRow.Select("o")}}, j.version, j.trigger_name, j.amount, j.quantity, j.currency, (k.found IS NOT NULL)::int
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS n (tenant, order_id, source, fact_id, revokes, at)
        CROSS JOIN LATERAL (SELECT {{OrderRow.Select("s")}} FROM {orders} s WHERE s.tenant = n.tenant AND s.order_id = n.order_id LIMIT 1) o
        LEFT JOIN LATERAL (
            SELECT e.version, e.trigger_name, e.amount, e.quantity, e.currency FROM {journal} e
            WHERE e.order_no = o.order_no AND e.source = n.source AND e.fact_id = n.fact_id LIMIT 1) j ON true
        LEFT JOIN LATERAL (
            SELECT 1 AS found FROM {journal} e WHERE e.order_no = o.order_no AND e.source = n.source AND e.fact_id = n.revokes LIMIT 1) k ON true
        ORDER BY n.at
        """;

    private static readonly string ParkOne = BuildPark(OrderParts.Parked.Whole);
    private static readonly string ParkMany = BuildPark(SqlRows.Many);

    private const string TakeParked = $$"""
        DELETE FROM {parked} WHERE parked_no = ANY (ARRAY(
            SELECT p.parked_no FROM unnest($1::text[], $2::text[], $3::text[]) AS n (tenant, value, kind)
            CROSS JOIN LATERAL (SELECT q.parked_no FROM {parked} q WHERE q.tenant = n.tenant AND q.value = n.value AND q.kind = n.kind OFFSET 0) p))
        RETURNING {{OrderParts.ParkedSelect}}
        """;

    private static readonly ConcurrentDictionary<SaveShape, string> Saves = new();

    private static readonly int[][] FirstOnly = [[0]];

    public override async ValueTask<IReadOnlyList<IReadOnlyList<OrderKey>>> ResolveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default)
    {
        var session = Database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(numbers);
        if (numbers.Count < 2)
        {
            return numbers.Count == 0
                ? []
                : [await RowOrderStore.ResolveAsync(session, numbers[0], cancellationToken).ConfigureAwait(false)];
        }

        var found = new IReadOnlyList<OrderKey>[numbers.Count];
        Array.Fill(found, []);
        var rows = await session.Call(Resolve).With(Tenants(numbers), Values(numbers), Kinds(numbers))
            .ListAsync(static row => (At: row.Int32(0), Key: OrderRow.ReadKey(row, 1)), cancellationToken).ConfigureAwait(false);
        foreach (var group in rows.GroupBy(row => row.At))
        {
            found[group.Key - 1] = [.. group.Select(row => row.Key)];
        }

        return found;
    }

    public override async ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderLookup> lookups, CancellationToken cancellationToken = default)
    {
        var session = Database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(lookups);
        if (lookups.Count < 2)
        {
            return lookups.Count == 0
                ? []
                : [await RowOrderStore.LoadAsync(session, lookups[0], cancellationToken).ConfigureAwait(false)];
        }

        var findings = new OrderFinding[lookups.Count];
        var rows = await session.Call(Load)
            .With(
                Texts(lookups, l => l.Order.Tenant.Value), Texts(lookups, l => l.Order.Order.Value), Texts(lookups, l => l.Source), Texts(lookups, l => l.FactId),
                lookups.Select(l => l.Revokes is null ? null : SqlValue.Text(l.Revokes)).ToArray())
            .ListAsync(static row => (At: row.Int32(0), Finding: RowOrderStore.ReadFinding(row, 1)), cancellationToken)
            .ConfigureAwait(false);
        foreach (var (at, finding) in rows)
        {
            findings[at - 1] = finding;
        }

        return findings;
    }

    public override async ValueTask<IReadOnlyList<long>> SaveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderChange> changes, CancellationToken cancellationToken = default)
    {
        var session = CheckOn(unitOfWork, changes);
        var saved = new long[changes.Count];
        foreach (var wave in changes.Count == 1 ? FirstOnly : Waves(changes))
        {
            await SaveAsync(session, changes, wave, saved, cancellationToken).ConfigureAwait(false);
        }

        return saved;
    }

    protected override async ValueTask ParkAsync(SqlSession session, IReadOnlyList<ParkedFact> facts, CancellationToken cancellationToken)
    {
        // Another transaction that links one of these numbers waits for these locks, or has committed: the caller then reads its link.
        var locks = NumberLocks.Keys(Database.Names, facts.Select(fact => fact.Number));
        var values = new List<object>(OrderParts.Parked.Count);
        OrderParts.Parked.AddRows(values, facts, session.Dialect);
        var sql = facts.Count == 1 ? ParkOne : ParkMany;
        await RunAsync(session, sql, values, locks, static row => row.Int64(0), cancellationToken).ConfigureAwait(false);
    }

    protected override async ValueTask<List<(long ParkedNo, ParkedFact Fact)>> TakeParkedAsync(
        SqlSession session, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken)
    {
        var locks = NumberLocks.Keys(Database.Names, numbers);
        return await RunAsync(
            session, TakeParked, [Tenants(numbers), Values(numbers), Kinds(numbers)], locks,
            static row => OrderParts.ReadParked(row), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the changes at some places, each of another order, and notes the numbers of the orders at the same places.</summary>
    private async ValueTask SaveAsync(
        SqlSession session, IReadOnlyList<OrderChange> changes, IReadOnlyList<int> places, long[] saved, CancellationToken cancellationToken)
    {
        var batch = new OrderBatch(changes, places);
        var dialect = session.Dialect;
        var values = new List<object>(100);
        var shape = new SaveShape(
            Add(values, OrderRow.Columns, batch.Created, dialect),
            AddChanged(values, batch, dialect),
            Add(values, JournalColumns.Columns, batch.Entries, dialect),
            Add(values, OrderParts.Details, batch.Details, dialect),
            Add(values, OrderParts.Messages, batch.Messages, dialect),
            Add(values, OrderParts.Deadlines, batch.Armed, dialect),
            Add(values, OrderParts.Disarmed, batch.Disarmed, dialect),
            Add(values, OrderParts.Links, batch.Links, dialect),
            Add(values, OrderParts.Cases, batch.Opened, dialect),
            Add(values, OrderParts.Closed, batch.Closed, dialect));
        var sql = Saves.GetOrAdd(shape, static key => BuildSave(in key));
        var numbers = NumberLocks.Keys(Database.Names, batch.Numbers);
        foreach (var (at, orderNo) in await SaveAsync(session, sql, values, numbers, cancellationToken).ConfigureAwait(false))
        {
            saved[at] = orderNo;
        }

        foreach (var group in batch.Intricate.GroupBy(item => item.At).Where(group => saved[group.Key] != 0))
        {
            await RowOrderStore.WriteCasesAsync(session, saved[group.Key], group.Select(item => item.Row), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Changes of one order follow one another; those of different orders are written together.</summary>
    private static IEnumerable<IReadOnlyList<int>> Waves(IReadOnlyList<OrderChange> changes)
    {
        var wave = new List<int>(changes.Count);
        var inWave = new HashSet<OrderKey>(changes.Count);
        for (var i = 0; i < changes.Count; i++)
        {
            if (!inWave.Add(changes[i].Order.Key))
            {
                yield return wave;
                wave = [];
                inWave.Clear();
                inWave.Add(changes[i].Order.Key);
            }

            wave.Add(i);
        }

        if (wave.Count > 0)
        {
            yield return wave;
        }
    }

    private static string[] Tenants(IReadOnlyList<OrderReference> numbers) => [.. numbers.Select(number => number.Tenant.Value)];

    private static string[] Values(IReadOnlyList<OrderReference> numbers) => [.. numbers.Select(number => number.Value)];

    private static string[] Kinds(IReadOnlyList<OrderReference> numbers) => [.. numbers.Select(number => number.Kind.Code)];

    private static string[] Texts<T>(IReadOnlyList<T> rows, Func<T, string> get) => [.. rows.Select(row => SqlValue.Text(get(row)))];

    private static ValueTask<List<(int At, long OrderNo)>> SaveAsync(
        SqlSession session, string sql, List<object> values, long[] locks, CancellationToken cancellationToken) =>
        RunAsync(session, sql, values, locks, static row => (row.Int32(0), row.Int64(1)), cancellationToken);

    /// <summary>Runs a statement after the locks that it needs, in one round trip.</summary>
    /// <remarks>They are two statements: one that waits for a lock goes on with what it saw before it waited.</remarks>
    private static async ValueTask<List<T>> RunAsync<T>(
        SqlSession session, string sql, List<object> values, long[] locks, Func<SqlRow, T> read, CancellationToken cancellationToken)
    {
        if (locks.Length == 0 || !session.Connection.CanCreateBatch)
        {
            if (locks.Length > 0)
            {
                await session.Call(NumberLocks.Sql).With(locks).ExecuteAsync(cancellationToken).ConfigureAwait(false);
            }

            return await session.Call(sql).With([.. values]).ListAsync(read, cancellationToken).ConfigureAwait(false);
        }

        // Until it has come back.
        var hadFailed = session.HasFailed;
        session.HasFailed = true;
        var batch = session.Connection.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Transaction = session.Transaction;
            Add(session, batch, NumberLocks.Sql, [locks]);
            Add(session, batch, sql, values);
            try
            {
                var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        // The first result only says that the locks are ours.
                    }

                    await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                    var rows = new List<T>();
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        rows.Add(read(new SqlRow(reader, session.Dialect)));
                    }

                    session.HasFailed = hadFailed;
                    return rows;
                }
            }
            catch (DbException exception) when (session.Dialect.ContentionOf(exception) is not null)
            {
                throw session.Dialect.ContentionOf(exception)!;
            }
        }
    }

    private static void Add(SqlSession session, DbBatch batch, string sql, List<object> values)
    {
        var command = batch.CreateBatchCommand();
        command.CommandText = session.Database.Render(sql, isConstant: true).Text;
        for (var i = 0; i < values.Count; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = session.Dialect.ParameterName(i + 1);
            parameter.Value = values[i];
            command.Parameters.Add(parameter);
        }

        batch.BatchCommands.Add(command);
    }

    private static SqlRows AddChanged(List<object> values, OrderBatch batch, SqlDialect dialect)
    {
        if (batch.Changed.Count == 0)
        {
            return default;
        }

        AddNumbers(values, batch.Changed, row => row.At);
        AddNumbers(values, batch.Expected, version => version);
        return OrderRow.Columns.AddRows(values, [.. batch.Changed.Select(row => row.Row)], dialect);
    }

    private static SqlRows Add<TRow>(List<object> values, SqlColumns<TRow> columns, List<(int At, TRow Row)> rows, SqlDialect dialect)
    {
        if (rows.Count == 0)
        {
            return default;
        }

        AddNumbers(values, rows, row => row.At);
        return columns.AddRows(values, [.. rows.Select(row => row.Row)], dialect);
    }

    private static void AddNumbers<T>(List<object> values, List<T> rows, Func<T, long> get) =>
        values.Add(rows.Count == 1 ? SqlValue.Number(get(rows[0])) : rows.Select(get).ToArray());

    /// <summary>Writes one statement: the compare-and-swap first, and everything else only for the orders that won it.</summary>
    private static string BuildSave(in SaveShape shape)
    {
        var sql = new StringBuilder("WITH ");
        var next = 1;
        var winners = new List<string>(2);
        if (shape.Created.Any)
        {
            sql.Append(CultureInfo.InvariantCulture, $"n AS (SELECT * FROM {OrderRow.Columns.Table(ref next, shape.Created, ["at"])}),\n");
            sql.Append(CultureInfo.InvariantCulture, $"made AS (INSERT INTO {{orders}} ({OrderRow.Columns.Names}) SELECT {OrderRow.Columns.NamesOf("n")} FROM n ORDER BY n.at ON CONFLICT DO NOTHING RETURNING order_no, tenant, order_id),\n");
            winners.Add("SELECT n.at, made.order_no FROM made JOIN n ON n.tenant = made.tenant AND n.order_id = made.order_id");
        }

        if (shape.Changed.Any)
        {
            var orders = OrderRow.Columns.Table(ref next, shape.Changed, ["at", "expected"]);

            // Each order is found by its key through the index before it is joined to anything: the planner has no other way to go.
            sql.Append(CultureInfo.InvariantCulture, $"c AS (SELECT r.*, o.order_no FROM {orders} CROSS JOIN LATERAL (SELECT s.order_no FROM {{orders}} s WHERE s.tenant = r.tenant AND s.order_id = r.order_id AND s.version = r.expected LIMIT 1) o),\n");
        }

        sql.Append(CultureInfo.InvariantCulture, $"e AS (SELECT * FROM {JournalColumns.Columns.Table(ref next, shape.Entries, ["at"])}),\n");
        if (shape.Changed.Any)
        {
            // A fact that is in the journal already makes its change lose, as if another writer had been first: he was.
            sql.Append("told AS (SELECT DISTINCT c.at FROM e JOIN c ON c.at = e.at CROSS JOIN LATERAL (SELECT 1 FROM {journal} j WHERE j.order_no = c.order_no AND j.source = e.source AND j.fact_id = e.fact_id LIMIT 1) x),\n");
            sql.Append(CultureInfo.InvariantCulture, $"moved AS (UPDATE {{orders}} o SET {OrderRow.Columns.Assignments("c", "tenant", "order_id")} FROM c WHERE o.order_no = c.order_no AND o.order_no = ANY (ARRAY(SELECT c.order_no FROM c)) AND o.version = c.expected AND c.at NOT IN (SELECT told.at FROM told) RETURNING c.at, o.order_no),\n");
            winners.Add("SELECT moved.at, moved.order_no FROM moved");
        }

        if (shape.Messages.Any)
        {
            // One instant for all that is written together.
            sql.Append("t AS MATERIALIZED (SELECT {now} AS now),\n");
        }

        sql.Append(CultureInfo.InvariantCulture, $"won AS ({string.Join(" UNION ALL ", winners)})");
        sql.Append(CultureInfo.InvariantCulture, $",\nj AS (INSERT INTO {{journal}} (order_no, {JournalColumns.Columns.Names}) SELECT won.order_no, {JournalColumns.Columns.NamesOf("e")} FROM e JOIN won ON won.at = e.at ON CONFLICT DO NOTHING)");
        if (shape.Details.Any)
        {
            Insert(sql, "d", "journal_details", OrderParts.Details, shape.Details, "ON CONFLICT DO NOTHING", ref next);
        }

        if (shape.Messages.Any)
        {
            sql.Append(CultureInfo.InvariantCulture, $",\nm AS (INSERT INTO {{outbox}} ({OrderParts.Messages.Names}, created_at, due_at) SELECT {OrderParts.Messages.NamesOf("r")}, t.now, t.now FROM {OrderParts.Messages.Table(ref next, shape.Messages, ["at"], "nth")} JOIN won ON won.at = r.at CROSS JOIN t ORDER BY r.nth)");
        }

        if (shape.Armed.Any)
        {
            Insert(sql, "a", "deadlines", OrderParts.Deadlines, shape.Armed, $"ON CONFLICT (order_no, facet) DO UPDATE SET {OrderParts.Deadlines.Assignments("excluded", "facet")}", ref next);
        }

        if (shape.Disarmed.Any)
        {
            var disarmed = OrderParts.Disarmed.Table(ref next, shape.Disarmed, ["at"]);
            sql.Append(CultureInfo.InvariantCulture, $",\nv AS (DELETE FROM {{deadlines}} d USING {disarmed} JOIN won ON won.at = r.at WHERE d.order_no = won.order_no AND d.facet = r.facet AND d.order_no = ANY (ARRAY(SELECT won.order_no FROM won)))");
        }

        if (shape.Links.Any)
        {
            Insert(sql, "l", "references", OrderParts.Links, shape.Links, "ON CONFLICT DO NOTHING", ref next);
        }

        if (shape.Opened.Any)
        {
            Insert(sql, "p", "cases", OrderParts.Cases, shape.Opened, "ON CONFLICT DO NOTHING", ref next);
        }

        if (shape.Closed.Any)
        {
            var closed = OrderParts.Closed.Table(ref next, shape.Closed, ["at"]);
            sql.Append(CultureInfo.InvariantCulture, $",\nq AS (UPDATE {{cases}} s SET {OrderParts.Closed.Assignments("r", "code")} FROM {closed} JOIN won ON won.at = r.at WHERE s.order_no = won.order_no AND s.code = r.code AND s.closed_at IS NULL AND s.order_no = ANY (ARRAY(SELECT won.order_no FROM won)))");
        }

        return sql.Append("\nSELECT at, order_no FROM won").ToString();
    }

    private static void Insert<TRow>(StringBuilder sql, string name, string table, SqlColumns<TRow> columns, SqlRows rows, string onConflict, ref int next) =>
        sql.Append(CultureInfo.InvariantCulture, $",\n{name} AS (INSERT INTO {{{table}}} (order_no, {columns.Names}) SELECT won.order_no, {columns.NamesOf("r")} FROM {columns.Table(ref next, rows, ["at"])} JOIN won ON won.at = r.at {onConflict})");

    private static string BuildPark(SqlRows rows)
    {
        var next = 1;
        return $"INSERT INTO {{parked}} ({OrderParts.Parked.Names}) SELECT {OrderParts.Parked.NamesOf("r")} FROM {OrderParts.Parked.Table(ref next, rows, [])} ON CONFLICT DO NOTHING RETURNING parked_no";
    }

    /// <summary>Which parts a statement writes, and what the rows of each look like. There is a statement for each shape that occurs.</summary>
    private readonly record struct SaveShape(
        SqlRows Created, SqlRows Changed, SqlRows Entries, SqlRows Details, SqlRows Messages, SqlRows Armed, SqlRows Disarmed, SqlRows Links, SqlRows Opened, SqlRows Closed);
}

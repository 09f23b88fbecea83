using System.Globalization;
using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>Stores messages in lanes over SQL, with the statements that the outbox and the inbox share.</summary>
/// <remarks>
/// <para>
/// A claim reads the due messages in the order of an index and looks up the head of each message's lane. <c>due_at</c> is also the end of a
/// lease. Therefore a message that is claimed, or that is retried later, is not due and is not read.
/// </para>
/// <para>
/// Every claim would read the messages behind the head of their lane. If there are many, a claim puts them off: <c>waiting = 1</c> removes
/// them from that index, and <c>blocks = 1</c> marks their head. Removing such a head from its lane lets in the next message, which is
/// marked in turn. So each message is put off once and let in once, however deep its lane is. A message is put off only while its head is
/// locked, and a statement that begins after the head is gone looks up the next message. Therefore no message is put off without a head
/// that lets it in. If one statement can't write a set, its head is looked up again before its followers are put off.
/// </para>
/// </remarks>
internal abstract class SqlLaneStore<TDelivery> : ILaneStore<TDelivery>
    where TDelivery : MessageDelivery
{
    // Reading this many messages behind their heads again is cheaper than putting them off.
    private const int FewFollowers = 50;

    // The number of due messages that are put off at once, and the number of rounds after which a claim that has found messages ends.
    private const int Walk = 5_000;
    private const int MaxRounds = 4;

    private static readonly (DateTimeOffset DueAt, long Id) Beginning = (DateTimeOffset.UnixEpoch, 0);

    // PostgreSQL reads a whole page of equal keys even for the first of them. So the next number is first looked up nearby.
    private static readonly int[] NearbyNumbers = [16, 1_024];

    private readonly string _claimMany;
    private readonly string _find;
    private readonly string _claim;
    private readonly string _walk;
    private readonly string _putOffMany;
    private readonly string _putOff;
    private readonly string _block;
    private readonly string _letInMany;
    private readonly string _letIn;
    private readonly string _takeOut;
    private readonly string _takeOutMany;
    private readonly string _start;
    private readonly string _retry;
    private readonly string _releaseMany;
    private readonly string _release;
    private readonly string _count;
    private readonly string _oldest;

    /// <summary>Builds the statements.</summary>
    /// <param name="database">The database.</param>
    /// <param name="table">The table, as a name in braces.</param>
    /// <param name="name">The column of the destination or consumer.</param>
    /// <param name="since">The column of the time when a message was written or accepted.</param>
    /// <param name="pending">The condition for a pending row <c>~</c>, starting with <c>AND</c>. Empty if all rows are pending.</param>
    /// <param name="takeOut">The statement that removes a row from its lane, without its condition.</param>
    protected SqlLaneStore(SqlDatabase database, string table, string name, string since, string pending, string takeOut)
    {
        Database = database;
        string Pending(string row) => pending.Replace("~", row, StringComparison.Ordinal);
        var isPending = pending.Replace("~.", "", StringComparison.Ordinal);
        var lane = $"h.{name} = $1 AND h.tenant = o.tenant AND h.lane = o.lane{Pending("h")}";
        var columns = $"o.id, o.message_id, o.{name}, o.tenant, o.lane, o.type, o.body, o.attempts, o.epoch, o.{since}, {{now}}";

        // The clock and the limits are sub-queries, so PostgreSQL reads along the index and stops, and does not sort all due messages.
        // The head of a lane is a sub-query too. With a join, a planner without statistics may read the whole table.
        var head = $"(SELECT h.id FROM {table} h WHERE {lane} AND h.waiting = 0 ORDER BY h.held DESC, h.id LIMIT 1) AS head";
        var due = $$"""
            FROM {{table}} o
            WHERE o.{{name}} = $1 AND o.waiting = 0{{Pending("o")}} AND o.due_at <= (SELECT {now}) AND (o.due_at, o.id) > ($2, $3)
            ORDER BY o.due_at, o.id LIMIT (SELECT $4)
            """;
        // Locked by key: "+ 0" and IS TRUE keep a planner without statistics from looking for it along the index of due messages.
        _claimMany = $$"""
            WITH due AS MATERIALIZED (
                SELECT o.id, w.due_at, o.held
                FROM (SELECT o.id, o.due_at, {{head}} {{due}}) w
                CROSS JOIN LATERAL (
                    SELECT o.id, o.held FROM {{table}} o
                    WHERE o.id = w.id AND o.waiting + 0 = 0{{Pending("o")}} AND (o.due_at <= (SELECT {now})) IS TRUE
                    FOR UPDATE SKIP LOCKED) o
                WHERE w.id = w.head LIMIT (SELECT $5))
            UPDATE {{table}} o SET due_at = {now} + $6, epoch = o.epoch + 1, held = 1
            FROM due WHERE o.id = due.id AND o.id = ANY (ARRAY(SELECT due.id FROM due))
            RETURNING {{columns}}, due.held, due.due_at
            """;
        _find = $"""
            SELECT {columns}, o.held, w.due_at
            FROM (SELECT o.id, o.due_at, {head} {due}) w CROSS JOIN {table} o
            WHERE w.id = w.head AND o.id = w.id LIMIT (SELECT $5)
            """;
        _claim = $"UPDATE {table} SET due_at = {{now}} + $2, epoch = epoch + 1, held = 1 WHERE id = $1";

        // Looks up the head of each lane once, however many of its messages are read.
        _walk = $"""
            WITH met AS MATERIALIZED (SELECT o.id, o.due_at, o.tenant, o.lane {due}),
                lanes AS MATERIALIZED (SELECT o.tenant, o.lane, {head} FROM (SELECT DISTINCT met.tenant, met.lane FROM met) o)
            SELECT met.id, met.due_at, lanes.head FROM met JOIN lanes ON lanes.tenant = met.tenant AND lanes.lane = met.lane
            ORDER BY met.due_at, met.id
            """;
        _putOffMany = $"""
            WITH heads AS MATERIALIZED (
                    SELECT h.id FROM unnest($1::bigint[]) AS met (id)
                    CROSS JOIN LATERAL (SELECT h.id FROM {table} h WHERE h.id = met.id{Pending("h")} FOR UPDATE SKIP LOCKED) h),
                blocking AS (
                    UPDATE {table} o SET blocks = 1, waiting = 0
                    WHERE o.id = ANY (ARRAY(SELECT heads.id FROM heads)) AND (o.blocks = 0 OR o.waiting = 1)),
                followers AS MATERIALIZED (
                    SELECT f.id FROM unnest($2::bigint[], $3::bigint[]) AS met (id, head)
                    CROSS JOIN LATERAL (
                        SELECT f.id FROM {table} f WHERE f.id = met.id AND f.held = 0{Pending("f")} FOR UPDATE SKIP LOCKED) f
                    WHERE met.head IN (SELECT heads.id FROM heads))
            UPDATE {table} o SET waiting = 1 WHERE o.id = ANY (ARRAY(SELECT followers.id FROM followers))
            """;
        _block = $"UPDATE {table} SET blocks = 1, waiting = 0 WHERE id = $1{isPending}";
        _putOff = $"UPDATE {table} SET waiting = 1 WHERE id = $1 AND held = 0{isPending}";

        string Next(string condition) => $"(SELECT h.id FROM {table} h WHERE {lane} AND h.waiting = 1{condition} ORDER BY h.id LIMIT 1)";
        string NextWithin(int numbers) =>
            Next(string.Create(CultureInfo.InvariantCulture, $" AND h.id > o.id AND h.id < o.id + {numbers}"));
        var nearby = string.Join(", ", NearbyNumbers.Select(NextWithin));
        _letInMany = $"""
            WITH next AS MATERIALIZED (
                SELECT h.id
                FROM (SELECT COALESCE({Next(" AND h.id < o.id")}, {nearby}, {Next("")}) AS id
                    FROM unnest($2::bigint[], $3::text[], $4::text[]) AS o (id, tenant, lane)) n
                CROSS JOIN LATERAL (SELECT h.id FROM {table} h WHERE h.id = n.id FOR UPDATE) h)
            UPDATE {table} o SET waiting = 0, blocks = 1 WHERE o.id = ANY (ARRAY(SELECT next.id FROM next))
            """;
        _letIn = $"""
            UPDATE {table} SET waiting = 0, blocks = 1
            WHERE id = (
                SELECT h.id FROM {table} h WHERE h.{name} = $1 AND h.tenant = $2 AND h.lane = $3 AND h.waiting = 1{Pending("h")}
                ORDER BY h.id LIMIT 1)
            """;

        var stands = $"id = $1 AND epoch = $2{isPending}";
        _takeOut = $"{takeOut} WHERE {stands} RETURNING id, blocks";
        _takeOutMany = $"""
            WITH done AS MATERIALIZED ({Standing(table, Pending("o"))})
            {takeOut} WHERE id = ANY (ARRAY(SELECT done.id FROM done)) RETURNING id, blocks
            """;
        _start = $"UPDATE {table} SET attempts = $3 WHERE {stands}";
        _retry = $"UPDATE {table} SET due_at = {{now}} + $3, epoch = epoch + 1, held = 0, attempts = $4, last_error = $5 WHERE {stands}";
        _release = $"UPDATE {table} SET due_at = {{now}}, epoch = epoch + 1, held = 0 WHERE {stands}";
        _releaseMany = $$"""
            WITH done AS MATERIALIZED ({{Standing(table, Pending("o"))}})
            UPDATE {{table}} o SET due_at = {now}, epoch = epoch + 1, held = 0 WHERE o.id = ANY (ARRAY(SELECT done.id FROM done))
            """;

        // In the order of an index. Otherwise PostgreSQL collects a million rows before it counts ten thousand.
        _count = $"SELECT count(*) FROM (SELECT 1 FROM {table} o WHERE o.{name} = $1{Pending("o")} ORDER BY o.id LIMIT $2) counted";
        _oldest = $$"""
            SELECT o.{{since}}, o.attempts, CASE WHEN o.due_at <= {now} THEN 1 ELSE 0 END
            FROM {{table}} o WHERE o.{{name}} = $1{{Pending("o")}} ORDER BY o.id LIMIT 1
            """;
    }

    public abstract WakeUp Written { get; }

    protected SqlDatabase Database { get; }

    private bool WritesSets => Database.Dialect.WritesSets;

    public async ValueTask<IReadOnlyList<TDelivery>> ClaimAsync(
        string name, int max, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        var claimed = new List<(TDelivery Delivery, DateTimeOffset DueAt)>();
        var from = Beginning;
        for (var round = 1; ; round++)
        {
            claimed.AddRange(await ClaimSomeAsync(name, max - claimed.Count, lease, from, cancellationToken).ConfigureAwait(false));
            if (claimed.Count >= max)
            {
                break;
            }

            // Fewer than the maximum: there are no more messages, other claims hold them, or many are behind their heads.
            var met = await MeetAsync(name, from, Reads(max), cancellationToken).ConfigureAwait(false);
            var isEnd = met.Count < Reads(max);
            if (Followers(met).Count > FewFollowers)
            {
                met = await MeetAsync(name, from, Walk, cancellationToken).ConfigureAwait(false);
                isEnd = met.Count < Walk;
                if (await PutOffAsync(Followers(met), cancellationToken).ConfigureAwait(false) > 0)
                {
                    met.Clear();
                    isEnd = false;
                }
            }

            if (isEnd)
            {
                break;
            }

            if (met.Count > 0)
            {
                // These messages or their heads are locked at the moment.
                from = (met[^1].DueAt, met[^1].Id);
            }

            if (claimed.Count > 0 && round >= MaxRounds)
            {
                break;
            }
        }

        claimed.Sort(static (a, b) => (a.DueAt, a.Delivery.Id).CompareTo((b.DueAt, b.Delivery.Id)));
        return [.. claimed.Select(static row => row.Delivery)];
    }

    public async ValueTask<bool> StartAsync(TDelivery delivery, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return await Database.WriteAsync(
            session => session.Call(_start).With(delivery.Id, delivery.Epoch, delivery.Attempt).ExecuteAsync(cancellationToken),
            cancellationToken).ConfigureAwait(false) == 1;
    }

    public async ValueTask<bool> RetryAsync(TDelivery delivery, TimeSpan delay, string error, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return await Database.WriteAsync(
            session => session.Call(_retry).With(delivery.Id, delivery.Epoch, delay, delivery.Attempt, SqlText.Storable(error))
                .ExecuteAsync(cancellationToken),
            cancellationToken).ConfigureAwait(false) == 1;
    }

    public async ValueTask ReleaseAsync(IReadOnlyList<TDelivery> deliveries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(deliveries);
        if (deliveries.Count > 0)
        {
            await RunAsync(
                async session =>
                {
                    if (WritesSets)
                    {
                        return await session.Call(_releaseMany).With(Ids(deliveries), Epochs(deliveries))
                            .ExecuteAsync(cancellationToken).ConfigureAwait(false);
                    }

                    foreach (var delivery in deliveries)
                    {
                        await session.Call(_release).With(delivery.Id, delivery.Epoch)
                            .ExecuteAsync(cancellationToken).ConfigureAwait(false);
                    }

                    return deliveries.Count;
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    public abstract ValueTask<bool> RemoveAsync(UnitOfWork unitOfWork, TDelivery delivery, CancellationToken cancellationToken = default);

    public ValueTask<MessageBacklog> BacklogAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Database.ReadAsync(
            async session =>
            {
                var oldest = await session.Call(_oldest).With(name).FirstAsync(
                    static row => new MessageBacklog(1, row.Instant(0)) { OldestAttempts = row.Int32(1), OldestIsDue = row.Int32(2) == 1 },
                    cancellationToken).ConfigureAwait(false);
                if (oldest is null)
                {
                    return new MessageBacklog(0, null);
                }

                var count = await session.Call(_count).With(name, MessageBacklog.CountLimit)
                    .NumberAsync(cancellationToken).ConfigureAwait(false);
                return oldest with { Count = (int)Math.Max(1, count ?? 0) };
            },
            cancellationToken);
    }

    /// <summary>Creates a delivery from the columns that were read.</summary>
    protected abstract TDelivery Make(
        long id, string messageId, string name, TenantId tenant, string lane, string type, byte[] body, int attempt, long epoch);

    /// <summary>
    /// Removes claimed rows from their lanes and lets in the next ones. Returns the numbers of the rows with a valid claim.
    /// </summary>
    /// <param name="session">The session of a transaction.</param>
    /// <param name="deliveries">The claims.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="arguments">The additional parameters of the statement, from <c>$3</c> on.</param>
    protected async ValueTask<HashSet<long>> TakeOutAsync(
        SqlSession session, IReadOnlyList<TDelivery> deliveries, CancellationToken cancellationToken, params object[] arguments)
    {
        var taken = new List<(long Id, bool Blocks)>(deliveries.Count);
        if (WritesSets && deliveries.Count > 1)
        {
            taken = await session.Call(_takeOutMany).With([Ids(deliveries), Epochs(deliveries), .. arguments])
                .ListAsync(static row => (row.Int64(0), row.Int32(1) == 1), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            foreach (var delivery in deliveries)
            {
                taken.AddRange(await session.Call(_takeOut).With([delivery.Id, delivery.Epoch, .. arguments])
                    .ListAsync(static row => (row.Int64(0), row.Int32(1) == 1), cancellationToken).ConfigureAwait(false));
            }
        }

        var blocking = taken.Where(static row => row.Blocks).Select(static row => row.Id).ToHashSet();
        if (blocking.Count > 0)
        {
            await LetInAsync(
                session, [.. deliveries.Where(delivery => blocking.Contains(delivery.Id))], cancellationToken).ConfigureAwait(false);
        }

        return [.. taken.Select(static row => row.Id)];
    }

    protected static long[] Ids(IReadOnlyList<TDelivery> deliveries) => [.. deliveries.Select(static delivery => delivery.Id)];

    protected static long[] Epochs(IReadOnlyList<TDelivery> deliveries) => [.. deliveries.Select(static delivery => delivery.Epoch)];

    // One look-up by key for each claim, whatever the planner assumes about the table: a sub-query that locks never becomes a join.
    private static string Standing(string table, string pending) => $"""
        SELECT o.id FROM unnest($1::bigint[], $2::bigint[]) AS claim (id, epoch)
        CROSS JOIN LATERAL (SELECT o.id FROM {table} o WHERE o.id = claim.id AND o.epoch = claim.epoch{pending} FOR UPDATE) o
        """;

    private async ValueTask<List<(TDelivery Delivery, DateTimeOffset DueAt)>> ClaimSomeAsync(
        string name, int max, TimeSpan lease, (DateTimeOffset DueAt, long Id) from, CancellationToken cancellationToken)
    {
        var reads = Reads(max);
        if (WritesSets)
        {
            return await Database.WriteAsync(
                session => session.Call(_claimMany).With(name, from.DueAt, from.Id, reads, max, lease)
                    .ListAsync(row => Read(row, 0), cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }

        return await Database.TransactAsync(
            async session =>
            {
                var found = await session.Call(_find).With(name, from.DueAt, from.Id, reads, max)
                    .ListAsync(row => Read(row, 1), cancellationToken).ConfigureAwait(false);
                foreach (var (delivery, _) in found)
                {
                    await session.Call(_claim).With(delivery.Id, lease).ExecuteAsync(cancellationToken).ConfigureAwait(false);
                }

                return found;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<List<(long Id, DateTimeOffset DueAt, long? Head)>> MeetAsync(
        string name, (DateTimeOffset DueAt, long Id) from, int reads, CancellationToken cancellationToken) => Database.ReadAsync(
        session => session.Call(_walk).With(name, from.DueAt, from.Id, reads)
            .ListAsync(static row => (row.Int64(0), row.Instant(1), row.NullableInt64(2)), cancellationToken),
        cancellationToken);

    // Enough for a claim beside another one that holds as many. A claim stops reading at its maximum.
    private static int Reads(int max) => (2 * max) + FewFollowers;

    private static List<(long Id, DateTimeOffset DueAt, long? Head)> Followers(List<(long Id, DateTimeOffset DueAt, long? Head)> met) =>
        [.. met.Where(static row => row.Head is { } head && head != row.Id)];

    private async ValueTask<int> PutOffAsync(
        List<(long Id, DateTimeOffset DueAt, long? Head)> followers, CancellationToken cancellationToken)
    {
        if (followers.Count <= FewFollowers)
        {
            return 0;
        }

        return await RunAsync(
            async session =>
            {
                if (WritesSets)
                {
                    var heads = followers.Select(static row => row.Head!.Value).Distinct().ToArray();
                    return await session.Call(_putOffMany)
                        .With(heads, followers.Select(static row => row.Id).ToArray(),
                            followers.Select(static row => row.Head!.Value).ToArray())
                        .ExecuteAsync(cancellationToken).ConfigureAwait(false);
                }

                var count = 0;
                foreach (var lane in followers.GroupBy(static row => row.Head!.Value, static row => row.Id))
                {
                    // The head may be gone since the messages were read. Then nothing would let its followers in again.
                    if (await session.Call(_block).With(lane.Key).ExecuteAsync(cancellationToken).ConfigureAwait(false) == 0)
                    {
                        continue;
                    }

                    foreach (var id in lane)
                    {
                        count += await session.Call(_putOff).With(id).ExecuteAsync(cancellationToken).ConfigureAwait(false);
                    }
                }

                return count;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask LetInAsync(SqlSession session, IReadOnlyList<TDelivery> gone, CancellationToken cancellationToken)
    {
        if (WritesSets)
        {
            foreach (var name in gone.GroupBy(static delivery => delivery.Name, StringComparer.Ordinal))
            {
                await session.Call(_letInMany)
                    .With(name.Key, name.Select(static d => d.Id).ToArray(), name.Select(static d => d.Tenant.Value).ToArray(),
                        name.Select(static d => d.Lane).ToArray())
                    .ExecuteAsync(cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        foreach (var delivery in gone)
        {
            await session.Call(_letIn).With(delivery.Name, delivery.Tenant.Value, delivery.Lane)
                .ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // If one statement writes a set, it is a transaction by itself.
    private ValueTask<T> RunAsync<T>(Func<SqlSession, ValueTask<T>> write, CancellationToken cancellationToken) =>
        WritesSets ? Database.WriteAsync(write, cancellationToken) : Database.TransactAsync(write, cancellationToken);

    private (TDelivery Delivery, DateTimeOffset DueAt) Read(SqlRow row, int epochsToCome)
    {
        var delivery = Make(
            row.Int64(0), row.Text(1), row.Text(2), new TenantId(row.Text(3)), row.Text(4), row.Text(5), row.Bytes(6), row.Int32(7) + 1,
            row.Int64(8) + epochsToCome);
        var since = row.Instant(9);
        return ((TDelivery)(delivery with { FirstAt = since, Age = row.Instant(10) - since, IsTakenOver = row.Int32(11) == 1 }),
            row.Instant(12));
    }
}

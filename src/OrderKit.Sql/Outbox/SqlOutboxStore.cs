using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>The delivering side of the outbox over SQL.</summary>
/// <remarks>
/// <c>due_at</c> is also the end of a claim: a row that is claimed or waits is simply not due, so nothing is scanned that cannot be
/// taken. The followers of a row that failed are put off with it, for the same reason.
/// </remarks>
internal sealed class SqlOutboxStore(SqlDatabase database) : IOutboxStore
{
    private const int BacklogLimit = 10_001;

    // The head of a lane is its row with the smallest id, due or not. As a scalar sub-query it stays a look-up per candidate;
    // as NOT EXISTS a planner without statistics may hash the whole table. The clock is a sub-query, or PostgreSQL, for which it may
    // change from row to row, reads what is not due as well. That many candidates may be heads (COALESCE) and that the limit is not
    // known (a sub-query too) has it walk along the index and stop, where it would otherwise gather and sort all that is due.
    private const string IsDueHead = """
        o.destination = $1 AND o.due_at <= (SELECT {now})
            AND COALESCE(o.id = (SELECT h.id FROM {outbox} h WHERE h.destination = o.destination AND h.lane = o.lane AND h.tenant = o.tenant ORDER BY h.id LIMIT 1), FALSE)
        ORDER BY o.due_at, o.id LIMIT (SELECT $2)
        """;

    private const string Columns = "o.id, o.message_id, o.destination, o.tenant, o.lane, o.type, o.body, o.attempts, o.epoch, o.created_at, {now}";

    private const string ClaimMany = $$"""
        WITH due AS (SELECT o.id, o.due_at FROM {outbox} o WHERE {{IsDueHead}} FOR UPDATE OF o SKIP LOCKED)
        UPDATE {outbox} o SET due_at = {now} + $3, epoch = o.epoch + 1, attempts = o.attempts + 1
        FROM due WHERE o.id = due.id AND o.id = ANY (ARRAY(SELECT due.id FROM due))
        RETURNING {{Columns}}, due.due_at
        """;

    private const string Find = $"SELECT {Columns} FROM {{outbox}} o WHERE {IsDueHead}";

    private const string Claim = "UPDATE {outbox} SET due_at = {now} + $2, epoch = epoch + 1, attempts = attempts + 1 WHERE id = $1";

    private const string Complete = "DELETE FROM {outbox} WHERE id = $1 AND epoch = $2";

    private const string CompleteMany = """
        DELETE FROM {outbox} o USING unnest($1::bigint[], $2::bigint[]) AS d (id, epoch)
        WHERE o.id = d.id AND o.id = ANY ($1::bigint[]) AND o.epoch = d.epoch
        """;

    private const string Insert = """
        INSERT INTO {outbox} (destination, lane, message_id, tenant, type, body, created_at, due_at)
        VALUES ($1, $2, $3, $4, $5, $6, {now}, {now})
        """;

    private const string InsertMany = """
        INSERT INTO {outbox} (destination, lane, message_id, tenant, type, body, created_at, due_at)
        SELECT r.destination, r.lane, r.message_id, r.tenant, r.type, r.body, {now}, {now}
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[])
            WITH ORDINALITY AS r (destination, lane, message_id, tenant, type, body, nth)
        ORDER BY r.nth
        """;

    private const string Retry =
        "UPDATE {outbox} SET due_at = {now} + $3, epoch = epoch + 1, last_error = $4 WHERE id = $1 AND epoch = $2";

    private const string PutOffFollowers = """
        UPDATE {outbox} SET due_at = {now} + $4
        WHERE destination = $1 AND lane = $2 AND tenant = $5 AND id > $3 AND due_at < {now} + $4
        """;

    // In the order of an index, or PostgreSQL gathers a million rows before it counts ten thousand.
    private const string Count = "SELECT count(*) FROM (SELECT 1 FROM {outbox} c WHERE c.destination = $1 ORDER BY c.id LIMIT $2) counted";

    private const string Oldest = """
        SELECT o.created_at, o.attempts, CASE WHEN o.due_at <= {now} THEN 1 ELSE 0 END
        FROM {outbox} o WHERE o.destination = $1 ORDER BY o.id LIMIT 1
        """;

    public WakeUp Written => database.OutboxWritten;

    public async ValueTask AppendAsync(UnitOfWork unitOfWork, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(messages);
        foreach (var message in messages)
        {
            // Before the first statement: one that failed half-way would end a host's transaction.
            SqlText.RequireStorable(message.Destination, message.Lane, message.MessageId, message.Tenant.Value, message.Type);
        }

        unitOfWork.AfterCommit(Written.Set);
        if (messages.Count > 1 && database.Dialect.WritesSets)
        {
            await session.Call(InsertMany).With(
                messages.Select(m => m.Destination).ToArray(), messages.Select(m => m.Lane).ToArray(), messages.Select(m => m.MessageId).ToArray(),
                messages.Select(m => m.Tenant.Value).ToArray(), messages.Select(m => m.Type).ToArray(), messages.Select(m => SqlValue.Bytes(m.Body)).ToArray())
                .ExecuteAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        foreach (var message in messages)
        {
            await session.Call(Insert).With(message.Destination, message.Lane, message.MessageId, message.Tenant.Value, message.Type, message.Body)
                .ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<bool> RemoveAsync(UnitOfWork unitOfWork, OutboxDelivery delivery, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(delivery);
        return await session.Call(Complete).With(delivery.Id, delivery.Epoch).ExecuteAsync(cancellationToken).ConfigureAwait(false) == 1;
    }

    public async ValueTask<IReadOnlyList<OutboxDelivery>> ClaimAsync(string destination, int max, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(destination);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        if (!database.Dialect.WritesSets)
        {
            return await database.TransactAsync(session => ClaimOneByOneAsync(session, destination, max, lease, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        var claimed = await database.WriteAsync(
            session => session.Call(ClaimMany).With(destination, max, lease).ListAsync(static row => (Delivery: Read(row), DueAt: row.Instant(11)), cancellationToken),
            cancellationToken).ConfigureAwait(false);
        claimed.Sort(static (a, b) => (a.DueAt, a.Delivery.Id).CompareTo((b.DueAt, b.Delivery.Id)));
        return [.. claimed.Select(row => row.Delivery)];
    }

    public async ValueTask<int> CompleteAsync(IReadOnlyList<OutboxDelivery> deliveries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(deliveries);
        if (deliveries.Count == 0)
        {
            return 0;
        }

        if (database.Dialect.WritesSets)
        {
            return await database.WriteAsync(
                session => session.Call(CompleteMany).With(deliveries.Select(d => d.Id).ToArray(), deliveries.Select(d => d.Epoch).ToArray())
                    .ExecuteAsync(cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }

        return await database.TransactAsync(
            async session =>
            {
                var completed = 0;
                foreach (var delivery in deliveries)
                {
                    completed += await session.Call(Complete).With(delivery.Id, delivery.Epoch).ExecuteAsync(cancellationToken).ConfigureAwait(false);
                }

                return completed;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<bool> RetryAsync(OutboxDelivery delivery, TimeSpan pause, string error, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return database.TransactAsync(
            async session =>
            {
                if (await session.Call(Retry).With(delivery.Id, delivery.Epoch, pause, SqlText.Storable(error)).ExecuteAsync(cancellationToken).ConfigureAwait(false) == 0)
                {
                    return false;
                }

                await session.Call(PutOffFollowers).With(delivery.Message.Destination, delivery.Message.Lane, delivery.Id, pause, delivery.Message.Tenant.Value)
                    .ExecuteAsync(cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken);
    }

    public ValueTask<OutboxBacklog> BacklogAsync(string destination, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(destination);
        return database.ReadAsync(
            async session => await session.Call(Oldest).With(destination).FirstAsync(
                    static row => new OutboxBacklog(1, row.Instant(0)) { OldestAttempts = row.Int32(1), OldestIsDue = row.Int32(2) == 1 }, cancellationToken)
                .ConfigureAwait(false) is { } oldest
                ? oldest with { Count = (int)Math.Max(1, await session.Call(Count).With(destination, BacklogLimit).NumberAsync(cancellationToken).ConfigureAwait(false) ?? 0) }
                : new OutboxBacklog(0, null),
            cancellationToken);
    }

    private static async ValueTask<List<OutboxDelivery>> ClaimOneByOneAsync(
        SqlSession session, string destination, int max, TimeSpan lease, CancellationToken cancellationToken)
    {
        var claimed = await session.Call(Find).With(destination, max)
            .ListAsync(static row => Claimed(Read(row)), cancellationToken).ConfigureAwait(false);
        foreach (var delivery in claimed)
        {
            await session.Call(Claim).With(delivery.Id, lease).ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }

        return claimed;
    }

    private static OutboxDelivery Claimed(OutboxDelivery found) => found with { Attempt = found.Attempt + 1, Epoch = found.Epoch + 1 };

    private static OutboxDelivery Read(SqlRow row) => new(
        row.Int64(0),
        new OutboxMessage(row.Text(1), row.Text(2), new TenantId(row.Text(3)), row.Text(4), row.Text(5), row.Bytes(6)),
        row.Int32(7),
        row.Int64(8))
    {
        WrittenAt = row.Instant(9),
        Age = row.Instant(10) - row.Instant(9),
    };
}

using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.Sql;

/// <summary>The inbox over SQL.</summary>
/// <remarks>
/// The head of a lane is the row that is held, and otherwise the one with the smallest id: a row of a transaction that was slow to
/// commit may be older than the one that is being handled, and must not be handled beside it.
/// </remarks>
internal sealed class SqlInboxStore(SqlDatabase database) : IInboxStore
{
    private const int BacklogLimit = 10_001;

    // The ids follow the order of the messages. The rows are locked in the order of their keys, in which everybody locks them.
    private const string AcceptMany = """
        INSERT INTO {inbox} (id, consumer, tenant, message_id, lane, type, body, received_at, due_at)
        SELECT n.id, n.consumer, n.tenant, n.message_id, n.lane, n.type, n.body, n.at, n.at - n.head_start
        FROM (
            SELECT nextval('{inbox_ids}') AS id, r.consumer, r.tenant, r.message_id, r.lane, r.type, r.body, r.head_start, r.nth, {now} AS at
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::interval[])
                WITH ORDINALITY AS r (consumer, tenant, message_id, lane, type, body, head_start, nth)
            ORDER BY r.nth) n
        ORDER BY n.consumer COLLATE "C", n.tenant COLLATE "C", n.message_id COLLATE "C", n.nth
        ON CONFLICT (consumer, tenant, message_id) DO NOTHING
        RETURNING consumer, tenant, message_id
        """;

    private const string Accept = """
        INSERT INTO {inbox} (consumer, tenant, message_id, lane, type, body, received_at, due_at)
        VALUES ($1, $2, $3, $4, $5, $6, {now}, {now} - $7)
        ON CONFLICT (consumer, tenant, message_id) DO NOTHING
        """;

    // The clock, the comparison with the head and the limit are written as in the outbox, for the same reasons.
    private const string IsDueHead = """
        i.consumer = $1 AND i.state = 0 AND i.due_at <= (SELECT {now})
            AND COALESCE(i.id = (SELECT h.id FROM {inbox} h WHERE h.consumer = i.consumer AND h.lane = i.lane AND h.tenant = i.tenant AND h.state = 0
                ORDER BY h.held DESC, h.id LIMIT 1), FALSE)
        ORDER BY i.due_at, i.id LIMIT (SELECT $2)
        """;

    private const string Columns = "i.id, i.message_id, i.consumer, i.tenant, i.lane, i.type, i.body, i.attempts, i.epoch, i.received_at, {now}";

    private const string ClaimMany = $$"""
        WITH due AS (SELECT i.id, i.due_at FROM {inbox} i WHERE {{IsDueHead}} FOR UPDATE OF i SKIP LOCKED)
        UPDATE {inbox} i SET due_at = {now} + $3, epoch = i.epoch + 1, attempts = i.attempts + 1, held = 1
        FROM due WHERE i.id = due.id AND i.id = ANY (ARRAY(SELECT due.id FROM due))
        RETURNING {{Columns}}, due.due_at
        """;

    private const string Find = $"SELECT {Columns} FROM {{inbox}} i WHERE {IsDueHead}";

    private const string Claim = "UPDATE {inbox} SET due_at = {now} + $2, epoch = epoch + 1, attempts = attempts + 1, held = 1 WHERE id = $1";

    private const string End =
        "UPDATE {inbox} SET state = $3, held = 0, due_at = {now} + $4, body = $5, last_error = NULL WHERE id = $1 AND epoch = $2 AND state = 0";

    private const string CompleteMany = """
        UPDATE {inbox} i SET state = 1, held = 0, due_at = {now} + $3, body = $4, last_error = NULL
        FROM unnest($1::bigint[], $2::bigint[]) AS d (id, epoch)
        WHERE i.id = d.id AND i.id = ANY ($1::bigint[]) AND i.epoch = d.epoch AND i.state = 0
        RETURNING i.id
        """;

    private const string Retry =
        "UPDATE {inbox} SET due_at = {now} + $3, epoch = epoch + 1, held = 0, last_error = $4 WHERE id = $1 AND epoch = $2 AND state = 0";

    private const string PutOffFollowers = """
        UPDATE {inbox} SET due_at = {now} + $4
        WHERE consumer = $1 AND lane = $2 AND tenant = $5 AND state = 0 AND id > $3 AND due_at < {now} + $4
        """;

    private const string Forget = "DELETE FROM {inbox} WHERE consumer = $1 AND tenant = $2 AND message_id = $3 AND state = 2";

    private const string Settle =
        "UPDATE {inbox} SET state = 1, due_at = {now} + $4 WHERE consumer = $1 AND tenant = $2 AND message_id = $3 AND state = 2";

    private const string SweepSkipping = """
        DELETE FROM {inbox} WHERE id = ANY (ARRAY(
            SELECT s.id FROM {inbox} s WHERE s.state = 1 AND s.due_at <= (SELECT {now}) ORDER BY s.due_at LIMIT (SELECT $1) FOR UPDATE SKIP LOCKED))
        """;

    private const string Sweep =
        "DELETE FROM {inbox} WHERE id IN (SELECT s.id FROM {inbox} s WHERE s.state = 1 AND s.due_at <= (SELECT {now}) ORDER BY s.due_at LIMIT (SELECT $1))";

    private const string Count = "SELECT count(*) FROM (SELECT 1 FROM {inbox} c WHERE c.consumer = $1 AND c.state = 0 ORDER BY c.id LIMIT $2) counted";

    private const string Oldest = """
        SELECT i.received_at, i.attempts, CASE WHEN i.due_at <= {now} THEN 1 ELSE 0 END
        FROM {inbox} i WHERE i.consumer = $1 AND i.state = 0 ORDER BY i.id LIMIT 1
        """;

    public WakeUp Received { get; } = new();

    public async ValueTask<IReadOnlyList<InboxReceipt>> AcceptAsync(
        UnitOfWork unitOfWork, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(messages);
        foreach (var message in messages)
        {
            // Before the first statement: one that failed half-way would end a host's transaction.
            SqlText.RequireStorable(message.Consumer, message.Tenant.Value, message.MessageId, message.Lane, message.Type);
        }

        var receipts = new InboxReceipt[messages.Count];
        if (messages.Count == 0)
        {
            return receipts;
        }

        unitOfWork.AfterCommit(Received.Set);

        if (!database.Dialect.WritesSets)
        {
            for (var i = 0; i < receipts.Length; i++)
            {
                var message = messages[i];
                var isNew = await session.Call(Accept)
                    .With(message.Consumer, message.Tenant.Value, message.MessageId, message.Lane, message.Type, message.Body, message.HeadStart)
                    .ExecuteAsync(cancellationToken).ConfigureAwait(false) == 1;
                receipts[i] = isNew ? InboxReceipt.Accepted : InboxReceipt.AlreadyReceived;
            }

            return receipts;
        }

        var accepted = await session.Call(AcceptMany).With(
            messages.Select(m => m.Consumer).ToArray(), messages.Select(m => m.Tenant.Value).ToArray(), messages.Select(m => m.MessageId).ToArray(),
            messages.Select(m => m.Lane).ToArray(), messages.Select(m => m.Type).ToArray(), messages.Select(m => SqlValue.Bytes(m.Body)).ToArray(),
            messages.Select(m => m.HeadStart).ToArray())
            .ListAsync(static row => (row.Text(0), row.Text(1), row.Text(2)), cancellationToken).ConfigureAwait(false);
        var isAccepted = accepted.ToHashSet();
        for (var i = 0; i < receipts.Length; i++)
        {
            // The first of equal ones was written; the rest of them are its redeliveries.
            receipts[i] = isAccepted.Remove((messages[i].Consumer, messages[i].Tenant.Value, messages[i].MessageId))
                ? InboxReceipt.Accepted
                : InboxReceipt.AlreadyReceived;
        }

        return receipts;
    }

    public async ValueTask<IReadOnlyList<InboxDelivery>> ClaimAsync(string consumer, int max, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(consumer);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        if (!database.Dialect.WritesSets)
        {
            return await database.TransactAsync(session => ClaimOneByOneAsync(session, consumer, max, lease, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        var claimed = await database.WriteAsync(
            session => session.Call(ClaimMany).With(consumer, max, lease).ListAsync(static row => (Delivery: Read(row), DueAt: row.Instant(11)), cancellationToken),
            cancellationToken).ConfigureAwait(false);
        claimed.Sort(static (a, b) => (a.DueAt, a.Delivery.Id).CompareTo((b.DueAt, b.Delivery.Id)));
        return [.. claimed.Select(row => row.Delivery)];
    }

    public async ValueTask CompleteAsync(
        UnitOfWork unitOfWork, IReadOnlyList<InboxDelivery> deliveries, TimeSpan retention, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(deliveries);
        ArgumentOutOfRangeException.ThrowIfLessThan(retention, TimeSpan.Zero);
        if (deliveries.Count > 1 && database.Dialect.WritesSets)
        {
            var done = (await session.Call(CompleteMany).With(deliveries.Select(d => d.Id).ToArray(), deliveries.Select(d => d.Epoch).ToArray(), retention, Array.Empty<byte>())
                .ListAsync(static row => row.Int64(0), cancellationToken).ConfigureAwait(false)).ToHashSet();
            if (deliveries.FirstOrDefault(delivery => !done.Contains(delivery.Id)) is { } lost)
            {
                throw new InboxFenceLostException(lost);
            }

            return;
        }

        foreach (var delivery in deliveries)
        {
            if (!await EndAsync(session, delivery, InboxRowState.Done, retention, cancellationToken).ConfigureAwait(false))
            {
                throw new InboxFenceLostException(delivery);
            }
        }
    }

    public ValueTask<bool> RetryAsync(InboxDelivery delivery, TimeSpan pause, string error, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentOutOfRangeException.ThrowIfLessThan(pause, TimeSpan.Zero);
        return database.TransactAsync(
            async session =>
            {
                if (await session.Call(Retry).With(delivery.Id, delivery.Epoch, pause, SqlText.Storable(error)).ExecuteAsync(cancellationToken).ConfigureAwait(false) == 0)
                {
                    return false;
                }

                await session.Call(PutOffFollowers).With(delivery.Message.Consumer, delivery.Message.Lane, delivery.Id, pause, delivery.Message.Tenant.Value)
                    .ExecuteAsync(cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken);
    }

    public async ValueTask<bool> SetAsideAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(delivery);
        return await EndAsync(session, delivery, InboxRowState.SetAside, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> BringBackAsync(UnitOfWork unitOfWork, InboxMessage message, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(message);
        SqlText.RequireStorable(message.Consumer, message.Tenant.Value, message.MessageId, message.Lane, message.Type);
        await session.Call(Forget).With(message.Consumer, message.Tenant.Value, message.MessageId).ExecuteAsync(cancellationToken).ConfigureAwait(false);
        return (await AcceptAsync(unitOfWork, [message], cancellationToken).ConfigureAwait(false))[0] == InboxReceipt.Accepted;
    }

    public async ValueTask<bool> SettleAsync(UnitOfWork unitOfWork, InboxMessage message, TimeSpan retention, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThan(retention, TimeSpan.Zero);
        return await session.Call(Settle).With(message.Consumer, message.Tenant.Value, message.MessageId, retention)
            .ExecuteAsync(cancellationToken).ConfigureAwait(false) == 1;
    }

    public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return database.WriteAsync(
            session => session.Call(database.Dialect.WritesSets ? SweepSkipping : Sweep).With(max).ExecuteAsync(cancellationToken), cancellationToken);
    }

    public ValueTask<InboxBacklog> BacklogAsync(string consumer, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(consumer);
        return database.ReadAsync(
            async session => await session.Call(Oldest).With(consumer).FirstAsync(
                    static row => new InboxBacklog(1, row.Instant(0)) { OldestAttempts = row.Int32(1), OldestIsDue = row.Int32(2) == 1 }, cancellationToken)
                .ConfigureAwait(false) is { } oldest
                ? oldest with { Count = (int)Math.Max(1, await session.Call(Count).With(consumer, BacklogLimit).NumberAsync(cancellationToken).ConfigureAwait(false) ?? 0) }
                : new InboxBacklog(0, null),
            cancellationToken);
    }

    private static async ValueTask<bool> EndAsync(SqlSession session, InboxDelivery delivery, InboxRowState state, TimeSpan pause, CancellationToken cancellationToken) =>
        await session.Call(End).With(delivery.Id, delivery.Epoch, (int)state, pause, Array.Empty<byte>()).ExecuteAsync(cancellationToken).ConfigureAwait(false) == 1;

    private static async ValueTask<List<InboxDelivery>> ClaimOneByOneAsync(
        SqlSession session, string consumer, int max, TimeSpan lease, CancellationToken cancellationToken)
    {
        var claimed = await session.Call(Find).With(consumer, max)
            .ListAsync(static row => Claimed(Read(row)), cancellationToken).ConfigureAwait(false);
        foreach (var delivery in claimed)
        {
            await session.Call(Claim).With(delivery.Id, lease).ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }

        return claimed;
    }

    private static InboxDelivery Claimed(InboxDelivery found) => found with { Attempt = found.Attempt + 1, Epoch = found.Epoch + 1 };

    private static InboxDelivery Read(SqlRow row) => new(
        row.Int64(0),
        new InboxMessage(row.Text(1), row.Text(2), new TenantId(row.Text(3)), row.Text(4), row.Text(5), row.Bytes(6)),
        row.Int32(7),
        row.Int64(8))
    {
        ReceivedAt = row.Instant(9),
        Age = row.Instant(10) - row.Instant(9),
    };
}

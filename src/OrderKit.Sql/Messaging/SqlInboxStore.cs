using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.Sql;

/// <summary>The inbox over SQL.</summary>
internal sealed class SqlInboxStore(SqlDatabase database)
    : SqlLaneStore<InboxDelivery>(database, "{inbox}", "consumer", "received_at", " AND ~.state = 0", End), IInboxStore
{
    private const string End = "UPDATE {inbox} SET state = $3, held = 0, due_at = {now} + $4, body = $5, last_error = NULL";

    // The ids follow the order of the messages. The rows are locked in the order of their keys, in which everybody locks them.
    private const string AcceptMany = """
        INSERT INTO {inbox} (id, consumer, tenant, message_id, lane, type, body, received_at, due_at)
        SELECT n.id, n.consumer, n.tenant, n.message_id, n.lane, n.type, n.body, n.at, n.at - n.head_start
        FROM (
            SELECT
                nextval('{inbox_ids}') AS id, r.consumer, r.tenant, r.message_id, r.lane, r.type, r.body, r.head_start, r.nth, {now} AS at
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

    private const string Forget = "DELETE FROM {inbox} WHERE consumer = $1 AND tenant = $2 AND message_id = $3 AND state = 2";

    private const string Settle =
        "UPDATE {inbox} SET state = 1, due_at = {now} + $4 WHERE consumer = $1 AND tenant = $2 AND message_id = $3 AND state = 2";

    private const string SweepSkipping = """
        DELETE FROM {inbox} WHERE id = ANY (ARRAY(
            SELECT s.id FROM {inbox} s WHERE s.state = 1 AND s.due_at <= (SELECT {now})
            ORDER BY s.due_at LIMIT (SELECT $1) FOR UPDATE SKIP LOCKED))
        """;

    private const string Sweep =
        "DELETE FROM {inbox} WHERE id IN "
        + "(SELECT s.id FROM {inbox} s WHERE s.state = 1 AND s.due_at <= (SELECT {now}) ORDER BY s.due_at LIMIT (SELECT $1))";

    public override WakeUp Written { get; } = new();

    public async ValueTask<IReadOnlyList<InboxReceipt>> AcceptAsync(
        UnitOfWork unitOfWork, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken = default)
    {
        var session = Database.On(unitOfWork);
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

        unitOfWork.AfterCommit(Written.Set);
        if (messages.Count == 1 || !Database.Dialect.WritesSets)
        {
            for (var i = 0; i < receipts.Length; i++)
            {
                var message = messages[i];
                var isNew = await session.Call(Accept)
                    .With(message.Consumer, message.Tenant.Value, message.MessageId, message.Lane, message.Type, message.Body,
                        message.HeadStart)
                    .ExecuteAsync(cancellationToken).ConfigureAwait(false) == 1;
                receipts[i] = isNew ? InboxReceipt.Accepted : InboxReceipt.Duplicate;
            }

            return receipts;
        }

        var accepted = await session.Call(AcceptMany).With(
            messages.Select(m => m.Consumer).ToArray(), messages.Select(m => m.Tenant.Value).ToArray(),
            messages.Select(m => m.MessageId).ToArray(), messages.Select(m => m.Lane).ToArray(), messages.Select(m => m.Type).ToArray(),
            messages.Select(m => SqlValue.Bytes(m.Body)).ToArray(), messages.Select(m => m.HeadStart).ToArray())
            .ListAsync(static row => (row.Text(0), row.Text(1), row.Text(2)), cancellationToken).ConfigureAwait(false);
        var isAccepted = accepted.ToHashSet();
        for (var i = 0; i < receipts.Length; i++)
        {
            // The first of equal ones was written; the rest of them are its redeliveries.
            receipts[i] = isAccepted.Remove((messages[i].Consumer, messages[i].Tenant.Value, messages[i].MessageId))
                ? InboxReceipt.Accepted
                : InboxReceipt.Duplicate;
        }

        return receipts;
    }

    public async ValueTask CompleteAsync(
        UnitOfWork unitOfWork, IReadOnlyList<InboxDelivery> deliveries, TimeSpan retention, CancellationToken cancellationToken = default)
    {
        var session = Database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(deliveries);
        ArgumentOutOfRangeException.ThrowIfLessThan(retention, TimeSpan.Zero);
        var done = await TakeOutAsync(
            session, deliveries, cancellationToken, (int)InboxRowState.Done, retention, Array.Empty<byte>()).ConfigureAwait(false);
        if (deliveries.FirstOrDefault(delivery => !done.Contains(delivery.Id)) is { } lost)
        {
            throw new InboxFenceLostException(lost);
        }
    }

    public override async ValueTask<bool> RemoveAsync(
        UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken = default)
    {
        var session = Database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(delivery);
        return (await TakeOutAsync(session, [delivery], cancellationToken, (int)InboxRowState.SetAside, TimeSpan.Zero, Array.Empty<byte>())
            .ConfigureAwait(false)).Count == 1;
    }

    public async ValueTask<bool> BringBackAsync(UnitOfWork unitOfWork, InboxMessage message, CancellationToken cancellationToken = default)
    {
        var session = Database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(message);
        SqlText.RequireStorable(message.Consumer, message.Tenant.Value, message.MessageId, message.Lane, message.Type);
        await session.Call(Forget).With(message.Consumer, message.Tenant.Value, message.MessageId)
            .ExecuteAsync(cancellationToken).ConfigureAwait(false);
        return (await AcceptAsync(unitOfWork, [message], cancellationToken).ConfigureAwait(false))[0] == InboxReceipt.Accepted;
    }

    public async ValueTask<bool> SettleAsync(
        UnitOfWork unitOfWork, InboxMessage message, TimeSpan retention, CancellationToken cancellationToken = default)
    {
        var session = Database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThan(retention, TimeSpan.Zero);
        return await session.Call(Settle).With(message.Consumer, message.Tenant.Value, message.MessageId, retention)
            .ExecuteAsync(cancellationToken).ConfigureAwait(false) == 1;
    }

    public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return Database.WriteAsync(
            session => session.Call(Database.Dialect.WritesSets ? SweepSkipping : Sweep).With(max).ExecuteAsync(cancellationToken),
            cancellationToken);
    }

    protected override InboxDelivery Make(
        long id, string messageId, string name, TenantId tenant, string lane, string type, byte[] body, int attempt, long epoch) =>
        new(id, new InboxMessage(messageId, name, tenant, lane, type, body), attempt, epoch);
}

using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>The outbox over SQL.</summary>
internal sealed class SqlOutboxStore(SqlDatabase database)
    : SqlLaneStore<OutboxDelivery>(database, "{outbox}", "destination", "created_at", pending: "", takeOut: "DELETE FROM {outbox}"),
    IOutboxStore
{
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

    public override WakeUp Written => Database.OutboxWritten;

    public async ValueTask AppendAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken = default)
    {
        var session = Database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(messages);
        foreach (var message in messages)
        {
            // Before the first statement: one that failed half-way would end a host's transaction.
            SqlText.RequireStorable(message.Destination, message.Lane, message.MessageId, message.Tenant.Value, message.Type);
        }

        unitOfWork.AfterCommit(Written.Set);
        if (messages.Count > 1 && Database.Dialect.WritesSets)
        {
            await session.Call(InsertMany).With(
                messages.Select(m => m.Destination).ToArray(), messages.Select(m => m.Lane).ToArray(),
                messages.Select(m => m.MessageId).ToArray(), messages.Select(m => m.Tenant.Value).ToArray(),
                messages.Select(m => m.Type).ToArray(), messages.Select(m => SqlValue.Bytes(m.Body)).ToArray())
                .ExecuteAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        foreach (var message in messages)
        {
            await session.Call(Insert).With(
                message.Destination, message.Lane, message.MessageId, message.Tenant.Value, message.Type, message.Body)
                .ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask<bool> RemoveAsync(
        UnitOfWork unitOfWork, OutboxDelivery delivery, CancellationToken cancellationToken = default)
    {
        var session = Database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(delivery);
        return (await TakeOutAsync(session, [delivery], cancellationToken).ConfigureAwait(false)).Count == 1;
    }

    public async ValueTask<int> CompleteAsync(IReadOnlyList<OutboxDelivery> deliveries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(deliveries);
        if (deliveries.Count == 0)
        {
            return 0;
        }

        var done = await Database.TransactAsync(
            session => TakeOutAsync(session, deliveries, cancellationToken), cancellationToken).ConfigureAwait(false);
        return done.Count;
    }

    protected override OutboxDelivery Make(
        long id, string messageId, string name, TenantId tenant, string lane, string type, byte[] body, int attempt, long epoch) =>
        new(id, new OutboxMessage(messageId, name, tenant, lane, type, body), attempt, epoch);
}

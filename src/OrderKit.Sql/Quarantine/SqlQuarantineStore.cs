using System.Globalization;
using System.Text;
using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>Stores quarantined messages in SQL.</summary>
internal sealed class SqlQuarantineStore(SqlDatabase database) : IQuarantineStore
{
    private const string Columns =
        "number, tenant, source, message_id, reason, detail, content, received_at, state, operator_id, note, decided_at";

    private const string Add = """
        INSERT INTO {quarantine} (tenant, source, message_id, reason, detail, content, received_at) VALUES ($1, $2, $3, $4, $5, $6, {now})
        ON CONFLICT DO NOTHING
        """;

    private const string Decide =
        "UPDATE {quarantine} SET state = $2, operator_id = $3, note = $4, decided_at = {now} WHERE number = $1 AND state = 0";

    private const string Find = $"SELECT {Columns} FROM {{quarantine}} WHERE number = $1";

    public async ValueTask<bool> AddAsync(UnitOfWork unitOfWork, QuarantinedMessage message, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(message);
        return await session.Call(Add)
            .With(
                message.Tenant.Value, message.Source, message.MessageId, message.Reason, SqlText.Storable(message.Detail), message.Content)
            .ExecuteAsync(cancellationToken).ConfigureAwait(false) > 0;
    }

    public async ValueTask<bool> DecideAsync(
        UnitOfWork unitOfWork, long number, QuarantineState state, string operatorId, string note,
        CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentException.ThrowIfNullOrWhiteSpace(operatorId);
        ArgumentNullException.ThrowIfNull(note);
        return await session.Call(Decide).With(
            number, (long)state, operatorId, note).ExecuteAsync(cancellationToken).ConfigureAwait(false) > 0;
    }

    public ValueTask<QuarantinedMessage?> FindAsync(long number, CancellationToken cancellationToken = default) =>
        database.ReadAsync(
            session => session.Call(Find).With(number).FirstAsync(static row => Read(row), cancellationToken), cancellationToken);

    public async ValueTask<Page<QuarantinedMessage>> QueryAsync(QuarantineQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        Continuations.RequirePageSize(query.PageSize, nameof(query));
        var values = new List<object?> { query.Tenant.Value };
        var sql = new StringBuilder($"SELECT {Columns} FROM {{quarantine}} WHERE tenant = $1");
        sql.Filter(" AND source = ", values, query.Source).Filter(" AND reason = ", values, query.Reason);
        if (query.State is { } state)
        {
            // A literal, because the index is limited to one state.
            sql.Append(CultureInfo.InvariantCulture, $" AND state = {(int)state}");
        }

        sql.Filter(" AND number > ", values, query.Continuation is { } continuation ? Continuations.Read(continuation).Number : null);
        sql.Append(" ORDER BY number");
        return await database.PageAsync(
            sql, values, query.PageSize, Read, static row => row, static row => Continuations.Write(null, row.Number), cancellationToken)
            .ConfigureAwait(false);
    }

    private static QuarantinedMessage Read(SqlRow row) => new()
    {
        Number = row.Int64(0),
        Tenant = new TenantId(row.Text(1)),
        Source = row.Text(2),
        MessageId = row.Text(3),
        Reason = row.Text(4),
        Detail = row.Text(5),
        Content = row.Bytes(6),
        ReceivedAt = row.Instant(7),
        State = (QuarantineState)row.Int64(8),
        Operator = row.NullableText(9),
        Note = row.NullableText(10),
        DecidedAt = row.NullableInstant(11),
    };
}

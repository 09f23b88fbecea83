using System.Text;
using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.Sql;

/// <summary>The dead letters over SQL.</summary>
internal sealed class SqlDeadLetterStore(SqlDatabase database) : IDeadLetterStore
{
    private const string Columns =
        "number, flow, name, tenant, message_id, lane, type, body, error_class, error_text, attempts, first_at, dead_at, state";

    private const string Insert = """
        INSERT INTO {dead_letters} (flow, name, tenant, message_id, lane, type, body, error_class, error_text, attempts, first_at, dead_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, {now})
        """;

    private const string Find = $"SELECT {Columns} FROM {{dead_letters}} WHERE number = $1";

    private const string Close = "UPDATE {dead_letters} SET state = $2 WHERE number = $1 AND state = 0";

    private const string InsertAct = 
        "INSERT INTO {dead_letter_acts} (letter, to_state, done_by, done_at, note) VALUES ($1, $2, $3, {now}, $4)";

    private const string InsertActWithoutNote = 
        "INSERT INTO {dead_letter_acts} (letter, to_state, done_by, done_at) VALUES ($1, $2, $3, {now})";

    private const string Acts = "SELECT letter, to_state, done_by, done_at, note FROM {dead_letter_acts} WHERE letter = $1 ORDER BY act_no";

    public async ValueTask AddAsync(UnitOfWork unitOfWork, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(letters);
        foreach (var letter in letters)
        {
            SqlText.RequireStorable(letter.Name, letter.Tenant.Value, letter.MessageId, letter.Lane, letter.Type);
        }

        foreach (var letter in letters)
        {
            await session.Call(Insert).With(
                (int)letter.Flow, letter.Name, letter.Tenant.Value, letter.MessageId, letter.Lane, letter.Type, letter.Body,
                SqlText.Storable(letter.ErrorClass), SqlText.Storable(letter.ErrorText), letter.Attempts, letter.FirstAt)
                .ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<Page<DeadLetter>> QueryAsync(DeadLetterQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        Continuations.RequirePageSize(query.PageSize, nameof(query));
        var values = new List<object?> { query.Continuation is { } continuation ? Continuations.Read(continuation).Number : 0L };
        var sql = new StringBuilder($"SELECT {Columns} FROM {{dead_letters}} WHERE number > $1")
            .Filter(" AND state = ", values, (int?)query.State).Filter(" AND flow = ", values, (int?)query.Flow)
            .Filter(" AND tenant = ", values, query.Tenant?.Value).Filter(" AND name = ", values, query.Name)
            .Filter(" AND lane = ", values, query.Lane).Filter(" AND message_id = ", values, query.MessageId)
            .Filter(" AND error_class = ", values, query.ErrorClass).Append(" ORDER BY number");
        return await database.PageAsync(
            sql, values, query.PageSize, Read, static row => row, static row => Continuations.Write(null, row.Number), cancellationToken)
            .ConfigureAwait(false);
    }

    public ValueTask<DeadLetter?> FindAsync(long number, CancellationToken cancellationToken = default) =>
        database.ReadAsync(session => session.Call(Find).With(number).FirstAsync(Read, cancellationToken), cancellationToken);

    public async ValueTask<bool> CloseAsync(
        UnitOfWork unitOfWork, long number, DeadLetterState to, string by, string? note, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentOutOfRangeException.ThrowIfEqual(to, DeadLetterState.Dead);
        ArgumentException.ThrowIfNullOrEmpty(by);
        SqlText.RequireStorable(by, note);
        if (await session.Call(Close).With(number, (int)to).ExecuteAsync(cancellationToken).ConfigureAwait(false) == 0)
        {
            return false;
        }

        // Without the column where there is no note: a parameter without a value has no type.
        var act = note is null
            ? session.Call(InsertActWithoutNote).With(number, (int)to, by)
            : session.Call(InsertAct).With(number, (int)to, by, note);
        await act.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    public async ValueTask<IReadOnlyList<DeadLetterAct>> ActsAsync(long number, CancellationToken cancellationToken = default) =>
        await database.ListAsync(
            Acts, [number],
            static row => new DeadLetterAct(
                row.Int64(0), (DeadLetterState)row.Int32(1), row.Text(2), row.Instant(3), row.NullableText(4)),
            cancellationToken).ConfigureAwait(false);

    private static DeadLetter Read(SqlRow row) => new()
    {
        Number = row.Int64(0),
        Flow = (MessageFlow)row.Int32(1),
        Name = row.Text(2),
        Tenant = new TenantId(row.Text(3)),
        MessageId = row.Text(4),
        Lane = row.Text(5),
        Type = row.Text(6),
        Body = row.Bytes(7),
        ErrorClass = row.Text(8),
        ErrorText = row.Text(9),
        Attempts = row.Int32(10),
        FirstAt = row.Instant(11),
        DeadAt = row.Instant(12),
        State = (DeadLetterState)row.Int32(13),
    };
}

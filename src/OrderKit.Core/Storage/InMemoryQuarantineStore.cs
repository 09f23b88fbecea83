namespace OrderKit.Core.Storage;

/// <summary>The quarantine of an <see cref="InMemoryDatabase"/>.</summary>
/// <remarks>Safe for several threads.</remarks>
public sealed class InMemoryQuarantineStore(InMemoryDatabase database) : IQuarantineStore
{
    private readonly SortedDictionary<long, QuarantinedMessage> _rows = [];
    private long _lastNumber;

    /// <inheritdoc/>
    public ValueTask<bool> AddAsync(UnitOfWork unitOfWork, QuarantinedMessage message, CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(message);
        if (_rows.Values.Any(row => row.Tenant == message.Tenant && row.Source == message.Source
            && row.MessageId == message.MessageId && row.Reason == message.Reason))
        {
            return new(false);
        }

        var number = ++_lastNumber;
        _rows.Add(number, message with
        {
            Number = number,
            Content = message.Content.ToArray(),
            ReceivedAt = database.Now,
            State = QuarantineState.Waiting,
            Operator = null,
            Note = null,
            DecidedAt = null,
        });
        unit.OnRollback(() => _rows.Remove(number));
        return new(true);
    }

    /// <inheritdoc/>
    public ValueTask<bool> DecideAsync(
        UnitOfWork unitOfWork,
        long number,
        QuarantineState state,
        string operatorId,
        string note,
        CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentException.ThrowIfNullOrWhiteSpace(operatorId);
        ArgumentNullException.ThrowIfNull(note);
        if (!_rows.TryGetValue(number, out var row) || row.State != QuarantineState.Waiting)
        {
            return new(false);
        }

        _rows[number] = row with { State = state, Operator = operatorId, Note = note, DecidedAt = database.Now };
        unit.OnRollback(() => _rows[number] = row);
        return new(true);
    }

    /// <inheritdoc/>
    public ValueTask<QuarantinedMessage?> FindAsync(long number, CancellationToken cancellationToken = default) =>
        database.ReadAsync(() => _rows.GetValueOrDefault(number), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Page<QuarantinedMessage>> QueryAsync(QuarantineQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        Continuations.RequirePageSize(query.PageSize, nameof(query));
        var after = query.Continuation is { } continuation ? Continuations.Read(continuation).Number : 0;
        return database.ReadAsync(
            () =>
            {
                var rows = _rows.Values
                    .Where(row => row.Number > after && row.Tenant == query.Tenant && (query.Source is null || row.Source == query.Source)
                        && (query.Reason is null || row.Reason == query.Reason) && (query.State is null || row.State == query.State))
                    .Take(query.PageSize + 1).ToList();
                return Continuations.Page(rows, query.PageSize, static row => row, static row => Continuations.Write(null, row.Number));
            },
            cancellationToken);
    }
}

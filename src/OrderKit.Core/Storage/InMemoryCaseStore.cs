namespace OrderKit.Core.Storage;

/// <summary>The cases of an <see cref="InMemoryDatabase"/>. The deciding engine writes them with <see cref="Apply"/>.</summary>
public sealed class InMemoryCaseStore : ICaseStore
{
    private readonly InMemoryDatabase _database;
    private readonly Dictionary<OrderKey, List<CaseRow>> _rows = [];
    private readonly Action _takeBack;

    // The rows that the current unit changed, as they were before; null for a new row.
    private readonly List<(OrderKey Order, int Index, CaseRow? Before)> _written = [];
    private InMemoryUnitOfWork? _writer;
    private long _lastId;

    /// <summary>Makes an empty store.</summary>
    public InMemoryCaseStore(InMemoryDatabase database)
    {
        _database = database ?? throw new ArgumentNullException(nameof(database));
        _takeBack = TakeBack;
    }

    /// <summary>
    /// Opens cases, and closes the open case of the kind if <see cref="OrderCase.ClosedAt"/> is set. Opening an open case, or closing a
    /// closed one, changes nothing.
    /// </summary>
    public void Apply(UnitOfWork unitOfWork, IReadOnlyList<OrderCase> cases)
    {
        var unit = _database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(cases);
        if (cases.Count == 0)
        {
            return;
        }

        if (!ReferenceEquals(_writer, unit))
        {
            _writer = unit;
            _written.Clear();
            unit.OnRollback(_takeBack);
        }

        for (var i = 0; i < cases.Count; i++)
        {
            ApplyOne(cases[i]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<Page<OrderCase>> QueryAsync(CaseQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        Continuations.RequirePageSize(query.PageSize, nameof(query));
        var after = query.Continuation is { } text ? Position(Continuations.Read(text)) : (DateTimeOffset.MinValue, 0);
        return _database.ReadAsync(() => Query(query, after), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, int>> CountOpenAsync(TenantId tenant, CancellationToken cancellationToken = default) =>
        _database.ReadAsync<IReadOnlyDictionary<string, int>>(
            () =>
            {
                var counts = new Dictionary<string, int>();
                foreach (var (order, rows) in _rows)
                {
                    foreach (var row in rows)
                    {
                        if (order.Tenant == tenant && row.Case.ClosedAt is null)
                        {
                            counts[row.Case.Code] = counts.GetValueOrDefault(row.Case.Code) + 1;
                        }
                    }
                }

                return counts;
            },
            cancellationToken);

    private void ApplyOne(OrderCase change)
    {
        if (!_rows.TryGetValue(change.Order, out var rows))
        {
            if (change.ClosedAt is not null)
            {
                return;
            }

            _rows.Add(change.Order, rows = []);
        }

        var open = rows.FindIndex(row => row.Case.ClosedAt is null && row.Case.Code == change.Code);
        if (change.ClosedAt is { } closedAt)
        {
            if (open >= 0)
            {
                _written.Add((change.Order, open, rows[open]));
                rows[open] = rows[open] with
                {
                    Case = rows[open].Case with { ClosedAt = Instants.ToMicroseconds(closedAt), ClosedVersion = change.ClosedVersion },
                };
            }
        }
        else if (open < 0)
        {
            _written.Add((change.Order, rows.Count, null));
            rows.Add(new CaseRow(++_lastId, change with
            {
                OpenedAt = Instants.ToMicroseconds(change.OpenedAt),
                DueAt = change.DueAt is { } dueAt ? Instants.ToMicroseconds(dueAt) : null,
                ClosedVersion = null,
            }));
        }
    }

    private void TakeBack()
    {
        for (var i = _written.Count - 1; i >= 0; i--)
        {
            var (order, index, before) = _written[i];
            var rows = _rows[order];
            if (before is not null)
            {
                rows[index] = before;
                continue;
            }

            rows.RemoveAt(index);
            if (rows.Count == 0)
            {
                _rows.Remove(order);
            }
        }

        _written.Clear();
        _writer = null;
    }

    private Page<OrderCase> Query(CaseQuery query, (DateTimeOffset DueAt, long Id) after)
    {
        var found = new List<CaseRow>();
        foreach (var (order, rows) in _rows)
        {
            if (order.Tenant != query.Tenant || (query.Order is { } only && only != order))
            {
                continue;
            }

            foreach (var row in rows)
            {
                if ((query.Code is null || query.Code == row.Case.Code)
                    && (query.Owner is null || query.Owner == row.Case.Owner)
                    && (query.IncludeClosed || row.Case.ClosedAt is null)
                    && Position(row).CompareTo(after) > 0)
                {
                    found.Add(row);
                }
            }
        }

        found.Sort(static (left, right) => Position(left).CompareTo(Position(right)));
        return Continuations.Page(found, query.PageSize, static row => row.Case, static row => Continuations.Write(row.Case.DueAt, row.Id));
    }

    private static (DateTimeOffset DueAt, long Id) Position(CaseRow row) => Position((row.Case.DueAt, row.Id));

    // A case without a due time comes last.
    private static (DateTimeOffset DueAt, long Id) Position((DateTimeOffset? DueAt, long Id) row) =>
        (row.DueAt ?? DateTimeOffset.MaxValue, row.Id);

    private sealed record CaseRow(long Id, OrderCase Case);
}

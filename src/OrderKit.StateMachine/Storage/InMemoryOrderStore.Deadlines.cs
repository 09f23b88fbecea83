namespace OrderKit.StateMachine.Storage;

public sealed partial class InMemoryOrderStore
{
    private const int CompactAbove = 1024;

    private readonly DeadlineWheel _wheel = new();
    private readonly List<DeadlineWheelEntry> _passed = [];

    // Those that may be claimed, first the one that could be for the longest time. A leased one is in the wheel with the end
    // of its lease: a deadline whose worker dies again and again goes behind those that waited, and starves none of them.
    private readonly PriorityQueue<DeadlineWheelEntry, (long DueAt, int Order, int Tag)> _due = new();
    private readonly Func<DeadlineWheelEntry, bool> _stands;
    private int _armed;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DueDeadline>> ClaimDueAsync(int max, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        return _database.WriteAsync<IReadOnlyList<DueDeadline>>(() => ClaimDue(max, lease), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask PostponeAsync(DueDeadline deadline, TimeSpan pause, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(deadline);
        ArgumentOutOfRangeException.ThrowIfLessThan(pause, TimeSpan.Zero);
        await _database.WriteAsync(
            () =>
            {
                if (Find(deadline) is not var (order, current))
                {
                    return false;
                }

                var later = current with { Tag = order.NewTag(deadline.Facet) };
                SetDeadline(order, deadline.Facet, later);
                _wheel.Add(_database.After(pause).UtcTicks, order.Number, later.Tag);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(DueDeadline deadline, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(deadline);
        await _database.WriteAsync(
            () =>
            {
                if (Find(deadline) is not var (order, _))
                {
                    return false;
                }

                SetDeadline(order, deadline.Facet, null);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<(long Armed, DateTimeOffset? NextAt)> CountAsync(CancellationToken cancellationToken = default) =>
        _database.ReadAsync<(long Armed, DateTimeOffset? NextAt)>(() => (_armed, NextAt()), cancellationToken);

    private static DueDeadline Describe(InMemoryOrder order, int facet, InMemoryDeadline deadline) =>
        new(order.Number, order.Key, facet, deadline.DueAt, deadline.Version, deadline.Trigger, deadline.Probe);

    private void Arm(InMemoryOrder order, in DeadlineChange change)
    {
        if (change.DueAt is { } dueAt)
        {
            Schedule(order, change.Facet, new InMemoryDeadline(
                Kept.Cut(dueAt), change.Version, change.Trigger, change.Probe, order.NewTag(change.Facet)));
        }
        else
        {
            SetDeadline(order, change.Facet, null);
        }
    }

    private void Schedule(InMemoryOrder order, int facet, InMemoryDeadline deadline)
    {
        SetDeadline(order, facet, deadline);
        _wheel.Add(deadline.DueAt.UtcTicks, order.Number, deadline.Tag);
    }

    private void SetDeadline(InMemoryOrder order, int facet, InMemoryDeadline? deadline)
    {
        _armed += (deadline is null ? 0 : 1) - (order.Deadlines[facet] is null ? 0 : 1);
        order.Deadlines[facet] = deadline;
    }

    private List<DueDeadline> ClaimDue(int max, TimeSpan lease)
    {
        var now = _database.Now;
        TakePassed(now);
        var claimed = new List<DueDeadline>();
        var until = _database.After(lease);
        while (claimed.Count < max && _due.TryDequeue(out var entry, out _))
        {
            if (!Stands(entry))
            {
                continue;
            }

            var order = _numbered[entry.Order - 1]!;
            var facet = FacetOf(entry);
            var deadline = order.Deadlines[facet]! with { Tag = order.NewTag(facet) };
            order.Deadlines[facet] = deadline;
            _wheel.Add(until.UtcTicks, order.Number, deadline.Tag);
            claimed.Add(Describe(order, facet, deadline));
        }

        return claimed;
    }

    // Void entries are dropped only here, in a transaction of its own: a unit that is rolled back finds its old ones again.
    private void TakePassed(DateTimeOffset now)
    {
        if (_wheel.Count > CompactAbove && _wheel.Count > 2 * _armed)
        {
            _wheel.Compact(_stands);
        }

        _wheel.TakeDue(now.UtcTicks, _passed);
        foreach (var entry in _passed)
        {
            if (Stands(entry))
            {
                _due.Enqueue(entry, (entry.DueAt, entry.Order, entry.Tag));
            }
        }

        _passed.Clear();
    }

    private DateTimeOffset? NextAt()
    {
        while (_due.TryPeek(out var entry, out _) && !Stands(entry))
        {
            _due.Dequeue();
        }

        var next = _due.TryPeek(out var first, out _) ? first.DueAt : _wheel.NextAt(_stands);
        return next is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null;
    }

    private static int FacetOf(DeadlineWheelEntry entry) => entry.Tag & (StateCodes.MaxFacets - 1);

    private bool Stands(DeadlineWheelEntry entry) =>
        _numbered[entry.Order - 1] is { } order && order.Deadlines[FacetOf(entry)]?.Tag == entry.Tag;

    private (InMemoryOrder Order, InMemoryDeadline Deadline)? Find(DueDeadline deadline) =>
        _orders.TryGetValue(deadline.Order, out var order)
        && order.Deadlines[deadline.Facet] is { } current && current.Version == deadline.Version && current.DueAt == deadline.DueAt
            ? (order, current)
            : null;
}

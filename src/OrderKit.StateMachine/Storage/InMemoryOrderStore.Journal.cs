namespace OrderKit.StateMachine.Storage;

public sealed partial class InMemoryOrderStore
{
    private const int CountLimit = 10_001;

    private readonly List<JournalSegment> _segments = [];

    private readonly SortedSet<(int Order, long Version)> _unsealed = [];

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<OrderJournal>> ScanAsync(long afterOrderNo, int maxOrders, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterOrderNo);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxOrders);
        return _database.ReadAsync<IReadOnlyList<OrderJournal>>(
            () =>
            {
                var journals = new List<OrderJournal>();
                for (var i = afterOrderNo; i < _numbered.Count && journals.Count < maxOrders; i++)
                {
                    if (_numbered[(int)i] is { } order)
                    {
                        journals.Add(new OrderJournal(order.Number, order.Head!, [.. order.Journal]));
                    }
                }

                return journals;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalRow>> ReadUnsealedAsync(int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        return _database.ReadAsync<IReadOnlyList<JournalRow>>(
            () => [.. _unsealed.Take(max).Select(row => RowAt(row.Order, row.Version)!)], cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<int> CountUnsealedAsync(CancellationToken cancellationToken = default) =>
        _database.ReadAsync(() => (int)Math.Min(_unsealed.Count, CountLimit), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<JournalSegment?> LastSegmentAsync(CancellationToken cancellationToken = default) =>
        _database.ReadAsync(() => _segments.Count == 0 ? null : _segments[^1], cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The segment's number leaves a gap after the last one.</exception>
    public ValueTask<bool> AppendSegmentAsync(JournalSegment segment, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(segment);
        return _database.WriteAsync(
            () =>
            {
                if (segment.Number <= _segments.Count)
                {
                    return false;
                }

                if (segment.Number > _segments.Count + 1)
                {
                    throw new ArgumentException(
                        $"Segment {segment.Number} does not follow {_segments.Count}. Segments are numbered without a gap.", nameof(
                            segment));
                }

                _segments.Add(Kept.Segment(segment));
                foreach (var leaf in segment.Leaves)
                {
                    Mark(leaf, segment.Number);
                }

                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalSegment>> ReadSegmentsAsync(long from, int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        return _database.ReadAsync<IReadOnlyList<JournalSegment>>(
            () =>
            {
                var first = (int)Math.Clamp(from - 1, 0, _segments.Count);
                return _segments.GetRange(first, Math.Min(max, _segments.Count - first));
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalRow?>> ReadRowsAsync(
        IReadOnlyList<(long OrderNo, long Version)> rows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return _database.ReadAsync<IReadOnlyList<JournalRow?>>(
            () => [.. rows.Select(row => RowAt(row.OrderNo, row.Version))],
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<(long OrderNo, long Version)>> ReadMarkedAsync(
        long segment, int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        return _database.ReadAsync<IReadOnlyList<(long OrderNo, long Version)>>(
            () =>
            [
                .. _numbered.OfType<InMemoryOrder>().SelectMany(
                    static order => order.Journal, static (order, entry) => (order.Number, entry))
                    .Where(row => row.entry.Segment == segment).Take(max + 1).Select(static row => ((long)row.Number, row.entry.Version)),
            ],
            cancellationToken);
    }

    private void Mark(JournalLeaf leaf, long segment)
    {
        if (RowAt(leaf.OrderNo, leaf.Version) is { Entry: { Segment: null } entry })
        {
            _numbered[(int)leaf.OrderNo - 1]!.Journal[(int)leaf.Version - 1] = entry with { Segment = segment };
            _unsealed.Remove(((int)leaf.OrderNo, leaf.Version));
        }
    }

    private JournalRow? RowAt(long number, long version) =>
        number >= 1 && number <= _numbered.Count && _numbered[(int)number - 1] is { } order && version >= 1
            && version <= order.Journal.Count
            ? new JournalRow(order.Number, order.Key, order.Journal[(int)version - 1])
            : null;
}

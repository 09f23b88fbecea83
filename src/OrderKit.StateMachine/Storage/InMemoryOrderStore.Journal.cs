using System.Numerics;

namespace OrderKit.StateMachine.Storage;

public sealed partial class InMemoryOrderStore
{
    private const int CountLimit = 10_001;

    private readonly List<JournalSegment> _segments = [];

    // A bit for each order that may have unsealed rows: cheap to set, and read in order of the numbers.
    private readonly List<ulong> _mayBeUnsealed = [];
    private long _unsealed;

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
        return _database.ReadAsync<IReadOnlyList<JournalRow>>(() => Unsealed(max), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<int> CountUnsealedAsync(CancellationToken cancellationToken = default) =>
        _database.ReadAsync(() => (int)Math.Min(_unsealed, CountLimit), cancellationToken);

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
                        $"Segment {segment.Number} does not follow {_segments.Count}. Segments are numbered without a gap.", nameof(segment));
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
            () =>
            {
                var entries = new JournalRow?[rows.Count];
                for (var i = 0; i < entries.Length; i++)
                {
                    entries[i] = Numbered(rows[i].OrderNo) is { } order && rows[i].Version >= 1 && rows[i].Version <= order.Journal.Count
                        ? new JournalRow(order.Number, order.Key, order.Journal[(int)rows[i].Version - 1])
                        : null;
                }

                return entries;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<(long OrderNo, long Version)>> ReadMarkedAsync(
        long segment, int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        return _database.ReadAsync<IReadOnlyList<(long OrderNo, long Version)>>(() => Marked(segment, max + 1L), cancellationToken);
    }

    private void MarkUnsealed(InMemoryOrder order, int rows)
    {
        _unsealed += rows;
        var index = order.Number - 1;
        while (_mayBeUnsealed.Count <= index >> 6)
        {
            _mayBeUnsealed.Add(0);
        }

        _mayBeUnsealed[index >> 6] |= 1UL << (index & 63);
    }

    private List<JournalRow> Unsealed(int max)
    {
        var rows = new List<JournalRow>();
        for (var word = 0; word < _mayBeUnsealed.Count; word++)
        {
            for (var bits = _mayBeUnsealed[word]; bits != 0; bits &= bits - 1)
            {
                var order = _numbered[(word << 6) + BitOperations.TrailingZeroCount(bits)];
                if (order is null or { UnsealedRows: 0 })
                {
                    _mayBeUnsealed[word] &= ~(bits & (~bits + 1));
                    continue;
                }

                foreach (var entry in order.Journal)
                {
                    if (entry.Segment is not null)
                    {
                        continue;
                    }

                    rows.Add(new JournalRow(order.Number, order.Key, entry));
                    if (rows.Count == max)
                    {
                        return rows;
                    }
                }
            }
        }

        return rows;
    }

    private List<(long OrderNo, long Version)> Marked(long segment, long max)
    {
        var rows = new List<(long OrderNo, long Version)>();
        foreach (var order in _numbered)
        {
            foreach (var entry in order?.Journal ?? [])
            {
                if (entry.Segment != segment)
                {
                    continue;
                }

                rows.Add((order!.Number, entry.Version));
                if (rows.Count == max)
                {
                    return rows;
                }
            }
        }

        return rows;
    }

    private void Mark(JournalLeaf leaf, long segment)
    {
        if (Numbered(leaf.OrderNo) is { } order && leaf.Version >= 1 && leaf.Version <= order.Journal.Count
            && order.Journal[(int)leaf.Version - 1] is { Segment: null } entry)
        {
            order.Journal[(int)leaf.Version - 1] = entry with { Segment = segment };
            order.UnsealedRows--;
            _unsealed--;
        }
    }

    private InMemoryOrder? Numbered(long number) => number >= 1 && number <= _numbered.Count ? _numbered[(int)number - 1] : null;
}

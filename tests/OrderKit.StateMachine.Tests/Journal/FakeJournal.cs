using OrderKit.Core.Storage;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests;

/// <summary>A journal and leases in memory that a test can falsify.</summary>
internal sealed class FakeJournal(TimeProvider clock) : IJournalStore, ILeaseStore
{
    private readonly Dictionary<string, Lease> _leases = [];

    public SortedDictionary<long, (StoredOrder Order, SortedDictionary<long, JournalEntry> Rows)> Orders { get; } = [];

    public SortedDictionary<long, JournalSegment> Segments { get; } = [];

    /// <summary>Called before a segment is appended: another sealer may come between.</summary>
    public Action? BeforeAppend { get; set; }

    public int LeasesHeld => _leases.Count;

    public long Add(ShopOrder order)
    {
        var number = Orders.Count == 0 ? 1 : Orders.Keys.Max() + 1;
        Orders.Add(number, (order.Stored with { OrderNo = number }, new(order.Entries.ToDictionary(e => e.Version))));
        return number;
    }

    public void Change(long orderNo, long version, Func<JournalEntry, JournalEntry> change) =>
        Orders[orderNo].Rows[version] = change(Orders[orderNo].Rows[version]);

    public ValueTask<IReadOnlyList<OrderJournal>> ScanAsync(long afterOrderNo, int maxOrders, CancellationToken cancellationToken = default) =>
        new([.. Orders.Where(o => o.Key > afterOrderNo).Take(maxOrders).Select(o => new OrderJournal(o.Key, o.Value.Order, [.. o.Value.Rows.Values]))]);

    public ValueTask<IReadOnlyList<JournalRow>> ReadUnsealedAsync(int max, CancellationToken cancellationToken = default) =>
        new([.. AllRows().Where(r => r.Entry.Segment is null).Take(max)]);

    public ValueTask<int> CountUnsealedAsync(CancellationToken cancellationToken = default) => new(AllRows().Count(r => r.Entry.Segment is null));

    public ValueTask<JournalSegment?> LastSegmentAsync(CancellationToken cancellationToken = default) =>
        new(Segments.Count == 0 ? null : Segments.Values.Last());

    public ValueTask<bool> AppendSegmentAsync(JournalSegment segment, CancellationToken cancellationToken = default)
    {
        var before = BeforeAppend;
        BeforeAppend = null;
        before?.Invoke();
        if (!Segments.TryAdd(segment.Number, segment))
        {
            return new(false);
        }

        foreach (var leaf in segment.Leaves)
        {
            Change(leaf.OrderNo, leaf.Version, e => e with { Segment = segment.Number });
        }

        return new(true);
    }

    public ValueTask<IReadOnlyList<JournalSegment>> ReadSegmentsAsync(long from, int max, CancellationToken cancellationToken = default) =>
        new([.. Segments.Values.Where(s => s.Number >= from).Take(max)]);

    public ValueTask<IReadOnlyList<JournalRow?>> ReadRowsAsync(IReadOnlyList<(long OrderNo, long Version)> rows, CancellationToken cancellationToken = default) =>
        new([.. rows.Select(r => Orders.TryGetValue(r.OrderNo, out var order) && order.Rows.TryGetValue(r.Version, out var entry)
            ? new JournalRow(r.OrderNo, order.Order.Key, entry)
            : null)]);

    public ValueTask<IReadOnlyList<(long OrderNo, long Version)>> ReadMarkedAsync(long segment, int max, CancellationToken cancellationToken = default) =>
        new([.. AllRows().Where(r => r.Entry.Segment == segment).Take(max + 1).Select(r => (r.OrderNo, r.Entry.Version))]);

    public ValueTask<Lease?> TryAcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        if (_leases.TryGetValue(name, out var held) && held.Owner != owner && held.Until > now)
        {
            return new((Lease?)null);
        }

        return new(_leases[name] = new Lease(name, owner, (held?.Epoch ?? 0) + 1, now + duration));
    }

    public ValueTask ReleaseAsync(Lease lease, CancellationToken cancellationToken = default)
    {
        if (_leases.TryGetValue(lease.Name, out var held) && held.Owner == lease.Owner)
        {
            _leases.Remove(lease.Name);
        }

        return default;
    }

    private IEnumerable<JournalRow> AllRows() =>
        Orders.SelectMany(o => o.Value.Rows.Values.Select(e => new JournalRow(o.Key, o.Value.Order.Key, e)));
}

using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.StateMachine.Storage;

public sealed partial class InMemoryOrderStore
{
    /// <inheritdoc/>
    public ValueTask<StoredOrder?> FindAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(() => _orders.TryGetValue(order, out var found) ? found.Head : null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<OrderKey>> FindAsync(OrderReference number, CancellationToken cancellationToken = default) =>
        _database.ReadAsync<IReadOnlyList<OrderKey>>(() => _links.TryGetValue(number, out var orders) ? orders : [], cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Page<StoredOrder>> SearchAsync(OrderQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        Continuations.RequirePageSize(query.PageSize, nameof(query));
        var (at, number) = query.Continuation is { } text ? Continuations.Read(text) : (null, long.MaxValue);
        var after = (at ?? DateTimeOffset.MaxValue, number);
        return _database.ReadAsync(() => Search(query, after), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, long>> CountByHeadlineAsync(
        TenantId tenant, CancellationToken cancellationToken = default) =>
        _database.ReadAsync<IReadOnlyDictionary<string, long>>(
            () =>
            {
                var counts = new Dictionary<string, long>();
                foreach (var order in _orders.Values)
                {
                    if (order.Key.Tenant == tenant)
                    {
                        counts[order.Head!.Headline] = counts.GetValueOrDefault(order.Head.Headline) + 1;
                    }
                }

                return counts;
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(
        OrderKey order, long afterVersion = 0, int max = 10_000, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterVersion);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        return _database.ReadAsync<IReadOnlyList<JournalEntry>>(
            () =>
            {
                if (!_orders.TryGetValue(order, out var found) || afterVersion >= found.Journal.Count)
                {
                    return [];
                }

                return found.Journal.GetRange((int)afterVersion, Math.Min(max, found.Journal.Count - (int)afterVersion));
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalDetail>> ReadDetailsAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        _database.ReadAsync<IReadOnlyList<JournalDetail>>(
            () =>
                _orders.TryGetValue(order, out var found)
                    ? [.. found.Details.OrderBy(static detail => detail.Version)]
                    : [], cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<OrderReference>> ReferencesOfAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        _database.ReadAsync<IReadOnlyList<OrderReference>>(
            () => _orders.TryGetValue(order, out var found) ? [.. found.Links] : [], cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DueDeadline>> DeadlinesOfAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        _database.ReadAsync<IReadOnlyList<DueDeadline>>(
            () => _orders.TryGetValue(order, out var found) ? [.. DeadlinesOf(found)] : [], cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Page<ParkedFact>> ParkedAsync(
        TenantId tenant, int pageSize = 100, string? continuation = null, CancellationToken cancellationToken = default)
    {
        Continuations.RequirePageSize(pageSize, nameof(pageSize));
        var (parkedAt, id) = continuation is null ? (null, 0) : Continuations.Read(continuation);
        return _database.ReadAsync(
            () =>
            {
                var rows = _parked.Page(tenant, parkedAt ?? DateTimeOffset.MinValue, id, pageSize + 1);
                return Continuations.Page(
                    rows, pageSize, static row => row.Parked, static row => Continuations.Write(row.Parked.ParkedAt, row.Id));
            },
            cancellationToken);
    }

    private Page<StoredOrder> Search(OrderQuery query, (DateTimeOffset At, long Number) after)
    {
        // The best of what was seen, the worst of them on top: a page costs one look at each order, not sorting them all.
        var best = new PriorityQueue<InMemoryOrder, (DateTimeOffset UpdatedAt, long Number)>(query.PageSize + 1);
        foreach (var order in _orders.Values)
        {
            var position = (order.Head!.UpdatedAt, (long)order.Number);
            if (position.CompareTo(after) < 0
                && (best.Count <= query.PageSize || (best.TryPeek(out _, out var worst) && position.CompareTo(worst) > 0))
                && Matches(query, order))
            {
                best.Enqueue(order, position);
                if (best.Count > query.PageSize + 1)
                {
                    best.Dequeue();
                }
            }
        }

        var hasMore = best.Count > query.PageSize;
        if (hasMore)
        {
            best.Dequeue();
        }

        var page = new StoredOrder[best.Count];
        for (var i = page.Length - 1; i >= 0; i--)
        {
            page[i] = best.Dequeue().Head!;
        }

        return new Page<StoredOrder>(page, hasMore ? Continuations.Write(page[^1].UpdatedAt, page[^1].OrderNo) : null);
    }

    private static bool Matches(OrderQuery query, InMemoryOrder order)
    {
        var head = order.Head!;
        return order.Key.Tenant == query.Tenant
            && (query.Headlines.Count == 0 || query.Headlines.Contains(head.Headline))
            && (query.States.Count == 0 || HasState(head.Snapshot.States, query.States))
            && (query.HasOpenCase is not { } hasCase || hasCase == (head.Snapshot.Cases != 0))
            && (query.IsHeld is not { } isHeld || isHeld == (head.Snapshot.Holds != 0))
            && (query.PlacedFrom is not { } from || head.PlacedAt >= from)
            && (query.PlacedBefore is not { } before || head.PlacedAt < before)
            && (string.IsNullOrEmpty(query.Text) || HasText(order, query.Text));
    }

    private static bool HasState(StateCodes states, IReadOnlyList<int> wanted)
    {
        for (var facet = 0; facet < StateCodes.MaxFacets; facet++)
        {
            if (wanted.Contains(states[facet]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasText(InMemoryOrder order, string text)
    {
        foreach (var link in order.Links)
        {
            if (link.Value.StartsWith(text, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return order.Key.Order.Value.StartsWith(text, StringComparison.Ordinal);
    }
}

using OrderKit.Core;

namespace OrderKit.Idempotency.Storage;

/// <summary>The reading side of suspected duplicates: committed rows only.</summary>
public interface IDuplicateOrderQueryStore
{
    /// <summary>Lists suspected duplicates.</summary>
    ValueTask<Page<SuspectedDuplicate>> QueryAsync(DuplicateOrderQuery query, CancellationToken cancellationToken = default);

    /// <summary>Held suspicions of all tenants whose time has come by the store's clock, the longest overdue first.</summary>
    ValueTask<IReadOnlyList<SuspectedDuplicate>> DueAsync(int max, CancellationToken cancellationToken = default);

    /// <summary>The decisions about an order, in the order made.</summary>
    ValueTask<IReadOnlyList<DuplicateAct>> ReadActsAsync(OrderKey order, CancellationToken cancellationToken = default);
}

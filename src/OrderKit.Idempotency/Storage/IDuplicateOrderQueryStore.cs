using OrderKit.Core;

namespace OrderKit.Idempotency.Storage;

/// <summary>The read side of suspected duplicates. It returns only committed rows.</summary>
public interface IDuplicateOrderQueryStore
{
    /// <summary>Lists suspected duplicates.</summary>
    ValueTask<Page<SuspectedDuplicate>> QueryAsync(DuplicateOrderQuery query, CancellationToken cancellationToken = default);

    /// <summary>Reads held suspicions of all tenants whose hold has ended by the store's clock, the longest overdue first.</summary>
    ValueTask<IReadOnlyList<SuspectedDuplicate>> DueAsync(int max, CancellationToken cancellationToken = default);

    /// <summary>Reads the decisions about an order, oldest first.</summary>
    ValueTask<IReadOnlyList<DuplicateAct>> ReadActsAsync(OrderKey order, CancellationToken cancellationToken = default);
}

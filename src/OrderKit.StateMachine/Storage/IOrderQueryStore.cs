using OrderKit.Core;

namespace OrderKit.StateMachine.Storage;

/// <summary>The reading side of orders. Each call sees committed rows only.</summary>
public interface IOrderQueryStore
{
    /// <summary>Gets an order; <see langword="null"/> where it does not exist.</summary>
    ValueTask<StoredOrder?> FindAsync(OrderKey order, CancellationToken cancellationToken = default);

    /// <summary>Finds the orders that a number is linked to.</summary>
    ValueTask<IReadOnlyList<OrderKey>> FindAsync(OrderReference number, CancellationToken cancellationToken = default);

    /// <summary>Lists orders, a page at a time.</summary>
    ValueTask<Page<StoredOrder>> SearchAsync(OrderQuery query, CancellationToken cancellationToken = default);

    /// <summary>Counts the orders of a tenant by headline code.</summary>
    ValueTask<IReadOnlyDictionary<string, long>> CountByHeadlineAsync(TenantId tenant, CancellationToken cancellationToken = default);

    /// <summary>Reads an order's journal from a version on.</summary>
    ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(
        OrderKey order, long afterVersion = 0, int max = 10_000, CancellationToken cancellationToken = default);

    /// <summary>Reads what of an order's journal may be personal and was not erased.</summary>
    ValueTask<IReadOnlyList<JournalDetail>> ReadDetailsAsync(OrderKey order, CancellationToken cancellationToken = default);

    /// <summary>All numbers of an order.</summary>
    ValueTask<IReadOnlyList<OrderReference>> ReferencesOfAsync(OrderKey order, CancellationToken cancellationToken = default);

    /// <summary>The armed deadlines of an order.</summary>
    ValueTask<IReadOnlyList<DueDeadline>> DeadlinesOfAsync(OrderKey order, CancellationToken cancellationToken = default);

    /// <summary>Facts that wait for their order, oldest first.</summary>
    ValueTask<Page<ParkedFact>> ParkedAsync(
        TenantId tenant, int pageSize = 100, string? continuation = null, CancellationToken cancellationToken = default);
}

using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>Answers questions about orders.</summary>
/// <remarks>Safe for several threads; reads committed rows only.</remarks>
public sealed class OrderQueries(IOrderQueryStore store, ICaseStore cases, OrderModelRegistry models)
{
    /// <summary>Gets an order; <see langword="null"/> where it does not exist.</summary>
    public async Task<OrderDetails?> GetAsync(OrderKey order, CancellationToken cancellationToken = default)
    {
        if (await store.FindAsync(order, cancellationToken).ConfigureAwait(false) is not { } stored)
        {
            return null;
        }

        var snapshot = stored.Snapshot;
        var model = models.Find(snapshot.Model);
        var query = new CaseQuery { Tenant = order.Tenant, Order = order };
        var open = await cases.QueryAsync(query, cancellationToken).ConfigureAwait(false);
        return new OrderDetails(
            stored,
            model,
            model?.Knows(in snapshot) == true ? model.HeadlineOf(in snapshot) : null,
            await store.ReferencesOfAsync(order, cancellationToken).ConfigureAwait(false),
            open.Items);
    }

    /// <summary>Finds the orders that any system's number belongs to.</summary>
    public async Task<IReadOnlyList<OrderKey>> FindAsync(OrderReference number, CancellationToken cancellationToken = default) =>
        await store.FindAsync(number, cancellationToken).ConfigureAwait(false);

    /// <summary>Lists orders, a page at a time.</summary>
    /// <exception cref="ArgumentException">The page size is out of range, or the continuation is not one of ours.</exception>
    public async Task<Page<StoredOrder>> SearchAsync(OrderQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.PageSize is < 1 or > 1000)
        {
            throw new ArgumentException($"The page size is {query.PageSize}; it lies between 1 and 1,000.", nameof(query));
        }

        return await store.SearchAsync(query, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists cases, oldest due first.</summary>
    public async Task<Page<OrderCase>> CasesAsync(CaseQuery query, CancellationToken cancellationToken = default) =>
        await cases.QueryAsync(query, cancellationToken).ConfigureAwait(false);

    /// <summary>Lists facts that wait for their order, oldest first.</summary>
    public async Task<Page<ParkedFact>> ParkedAsync(
        TenantId tenant, int pageSize = 100, string? continuation = null, CancellationToken cancellationToken = default) =>
        await store.ParkedAsync(tenant, pageSize, continuation, cancellationToken).ConfigureAwait(false);

    /// <summary>Says for every command whether it is possible now, and if not, why.</summary>
    public async Task<IReadOnlyList<TriggerPermission>> PermissionsAsync(OrderKey order, CancellationToken cancellationToken = default)
    {
        if (await store.FindAsync(order, cancellationToken).ConfigureAwait(false) is not { } stored)
        {
            return [];
        }

        var snapshot = stored.Snapshot;
        return models.Find(snapshot.Model) is { } model && model.Knows(in snapshot) ? model.PermissionsOf(order, in snapshot) : [];
    }

    /// <summary>Tells an order's whole story; <see langword="null"/> where it does not exist.</summary>
    /// <exception cref="InvalidOperationException">This host does not know the order's model.</exception>
    public async Task<Timeline?> TimelineAsync(
        OrderKey order, TimelineOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (await store.FindAsync(order, cancellationToken).ConfigureAwait(false) is not { } stored)
        {
            return null;
        }

        var model = models.Find(stored.Snapshot.Model)
            ?? throw new InvalidOperationException(
                $"Order {order.Order} is decided under the model {stored.Snapshot.Model}, which this host does not know. "
                + "Register that model.");
        var journal = await ReadJournalAsync(stored, cancellationToken).ConfigureAwait(false);
        var open = await cases.QueryAsync(
            new CaseQuery { Tenant = order.Tenant, Order = order, IncludeClosed = true }, cancellationToken).ConfigureAwait(false);
        return TimelineBuilder.Build(
            model,
            stored,
            journal,
            open.Items,
            await store.DeadlinesOfAsync(order, cancellationToken).ConfigureAwait(false),
            await store.ReferencesOfAsync(order, cancellationToken).ConfigureAwait(false),
            options ?? new TimelineOptions());
    }

    /// <summary>Proposes payments to refund, each by its own route, until the order keeps no more than is due.</summary>
    public async Task<IReadOnlyList<RefundProposal>> ProposeRefundsAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        await store.FindAsync(order, cancellationToken).ConfigureAwait(false) is { } stored
            ? RefundProposal.Of(stored, await ReadJournalAsync(stored, cancellationToken).ConfigureAwait(false))
            : [];

    private async Task<List<JournalEntry>> ReadJournalAsync(StoredOrder order, CancellationToken cancellationToken)
    {
        var journal = new List<JournalEntry>();
        while (journal.Count < order.Snapshot.Version)
        {
            var page = await store.ReadJournalAsync(order.Key, journal.Count, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (page.Count == 0)
            {
                break;
            }

            journal.AddRange(page);
        }

        return journal;
    }
}

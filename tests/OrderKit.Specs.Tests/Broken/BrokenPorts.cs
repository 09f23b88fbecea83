using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>An <see cref="IOrderStore"/> in which single methods can be broken.</summary>
internal sealed class BrokenOrders(IOrderStore inner) : IOrderStore
{
    public Func<IOrderStore, UnitOfWork, IReadOnlyList<OrderReference>, Task<IReadOnlyList<IReadOnlyList<OrderKey>>>>? Resolve { get; set; }

    public Func<IOrderStore, UnitOfWork, IReadOnlyList<OrderLookup>, Task<IReadOnlyList<OrderFinding>>>? Load { get; set; }

    public Func<IOrderStore, UnitOfWork, IReadOnlyList<OrderChange>, Task<IReadOnlyList<long>>>? Save { get; set; }

    public Func<IOrderStore, UnitOfWork, IReadOnlyList<ParkedFact>, Task>? Park { get; set; }

    public Func<IOrderStore, UnitOfWork, IReadOnlyList<OrderReference>, Task<IReadOnlyList<ParkedFact>>>? Take { get; set; }

    public Func<IOrderStore, UnitOfWork, OrderKey, Task<int>>? Erase { get; set; }

    public ValueTask<IReadOnlyList<IReadOnlyList<OrderKey>>> ResolveAsync(UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
        Resolve is null ? inner.ResolveAsync(unitOfWork, numbers, cancellationToken) : new(Resolve(inner, unitOfWork, numbers));

    public ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(UnitOfWork unitOfWork, IReadOnlyList<OrderLookup> lookups, CancellationToken cancellationToken = default) =>
        Load is null ? inner.LoadAsync(unitOfWork, lookups, cancellationToken) : new(Load(inner, unitOfWork, lookups));

    public ValueTask<IReadOnlyList<long>> SaveAsync(UnitOfWork unitOfWork, IReadOnlyList<OrderChange> changes, CancellationToken cancellationToken = default) =>
        Save is null ? inner.SaveAsync(unitOfWork, changes, cancellationToken) : new(Save(inner, unitOfWork, changes));

    public ValueTask ParkAsync(UnitOfWork unitOfWork, IReadOnlyList<ParkedFact> facts, CancellationToken cancellationToken = default) =>
        Park is null ? inner.ParkAsync(unitOfWork, facts, cancellationToken) : new(Park(inner, unitOfWork, facts));

    public ValueTask<IReadOnlyList<ParkedFact>> TakeParkedAsync(UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
        Take is null ? inner.TakeParkedAsync(unitOfWork, numbers, cancellationToken) : new(Take(inner, unitOfWork, numbers));

    public ValueTask<int> EraseDetailsAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
        Erase is null ? inner.EraseDetailsAsync(unitOfWork, order, cancellationToken) : new(Erase(inner, unitOfWork, order));
}

/// <summary>An <see cref="IOrderQueryStore"/> in which single methods can be broken.</summary>
internal sealed class BrokenQueries(IOrderQueryStore inner) : IOrderQueryStore
{
    public Func<IOrderQueryStore, OrderKey, Task<StoredOrder?>>? Find { get; set; }

    public Func<IOrderQueryStore, OrderReference, Task<IReadOnlyList<OrderKey>>>? FindNumber { get; set; }

    public Func<IOrderQueryStore, OrderQuery, Task<Page<StoredOrder>>>? Search { get; set; }

    public Func<IOrderQueryStore, TenantId, Task<IReadOnlyDictionary<string, long>>>? CountByHeadline { get; set; }

    public Func<IOrderQueryStore, OrderKey, long, int, Task<IReadOnlyList<JournalEntry>>>? ReadJournal { get; set; }

    public Func<IOrderQueryStore, OrderKey, Task<IReadOnlyList<JournalDetail>>>? ReadDetails { get; set; }

    public Func<IOrderQueryStore, OrderKey, Task<IReadOnlyList<OrderReference>>>? ReferencesOf { get; set; }

    public Func<IOrderQueryStore, OrderKey, Task<IReadOnlyList<DueDeadline>>>? DeadlinesOf { get; set; }

    public Func<IOrderQueryStore, TenantId, int, string?, Task<Page<ParkedFact>>>? Parked { get; set; }

    public ValueTask<StoredOrder?> FindAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        Find is null ? inner.FindAsync(order, cancellationToken) : new(Find(inner, order));

    public ValueTask<IReadOnlyList<OrderKey>> FindAsync(OrderReference number, CancellationToken cancellationToken = default) =>
        FindNumber is null ? inner.FindAsync(number, cancellationToken) : new(FindNumber(inner, number));

    public ValueTask<Page<StoredOrder>> SearchAsync(OrderQuery query, CancellationToken cancellationToken = default) =>
        Search is null ? inner.SearchAsync(query, cancellationToken) : new(Search(inner, query));

    public ValueTask<IReadOnlyDictionary<string, long>> CountByHeadlineAsync(TenantId tenant, CancellationToken cancellationToken = default) =>
        CountByHeadline is null ? inner.CountByHeadlineAsync(tenant, cancellationToken) : new(CountByHeadline(inner, tenant));

    public ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(OrderKey order, long afterVersion = 0, int max = 10_000, CancellationToken cancellationToken = default) =>
        ReadJournal is null ? inner.ReadJournalAsync(order, afterVersion, max, cancellationToken) : new(ReadJournal(inner, order, afterVersion, max));

    public ValueTask<IReadOnlyList<JournalDetail>> ReadDetailsAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        ReadDetails is null ? inner.ReadDetailsAsync(order, cancellationToken) : new(ReadDetails(inner, order));

    public ValueTask<IReadOnlyList<OrderReference>> ReferencesOfAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        ReferencesOf is null ? inner.ReferencesOfAsync(order, cancellationToken) : new(ReferencesOf(inner, order));

    public ValueTask<IReadOnlyList<DueDeadline>> DeadlinesOfAsync(OrderKey order, CancellationToken cancellationToken = default) =>
        DeadlinesOf is null ? inner.DeadlinesOfAsync(order, cancellationToken) : new(DeadlinesOf(inner, order));

    public ValueTask<Page<ParkedFact>> ParkedAsync(TenantId tenant, int pageSize = 100, string? continuation = null, CancellationToken cancellationToken = default) =>
        Parked is null ? inner.ParkedAsync(tenant, pageSize, continuation, cancellationToken) : new(Parked(inner, tenant, pageSize, continuation));
}

/// <summary>An <see cref="IJournalStore"/> in which single methods can be broken.</summary>
internal sealed class BrokenJournal(IJournalStore inner) : IJournalStore
{
    public Func<IJournalStore, long, int, Task<IReadOnlyList<OrderJournal>>>? Scan { get; set; }

    public Func<IJournalStore, int, Task<IReadOnlyList<JournalRow>>>? ReadUnsealed { get; set; }

    public Func<IJournalStore, Task<int>>? CountUnsealed { get; set; }

    public Func<IJournalStore, Task<JournalSegment?>>? LastSegment { get; set; }

    public Func<IJournalStore, JournalSegment, Task<bool>>? Append { get; set; }

    public Func<IJournalStore, long, int, Task<IReadOnlyList<JournalSegment>>>? ReadSegments { get; set; }

    public Func<IJournalStore, IReadOnlyList<(long OrderNo, long Version)>, Task<IReadOnlyList<JournalRow?>>>? ReadRows { get; set; }

    public Func<IJournalStore, long, int, Task<IReadOnlyList<(long OrderNo, long Version)>>>? ReadMarked { get; set; }

    public ValueTask<IReadOnlyList<OrderJournal>> ScanAsync(long afterOrderNo, int maxOrders, CancellationToken cancellationToken = default) =>
        Scan is null ? inner.ScanAsync(afterOrderNo, maxOrders, cancellationToken) : new(Scan(inner, afterOrderNo, maxOrders));

    public ValueTask<IReadOnlyList<JournalRow>> ReadUnsealedAsync(int max, CancellationToken cancellationToken = default) =>
        ReadUnsealed is null ? inner.ReadUnsealedAsync(max, cancellationToken) : new(ReadUnsealed(inner, max));

    public ValueTask<int> CountUnsealedAsync(CancellationToken cancellationToken = default) =>
        CountUnsealed is null ? inner.CountUnsealedAsync(cancellationToken) : new(CountUnsealed(inner));

    public ValueTask<JournalSegment?> LastSegmentAsync(CancellationToken cancellationToken = default) =>
        LastSegment is null ? inner.LastSegmentAsync(cancellationToken) : new(LastSegment(inner));

    public ValueTask<bool> AppendSegmentAsync(JournalSegment segment, CancellationToken cancellationToken = default) =>
        Append is null ? inner.AppendSegmentAsync(segment, cancellationToken) : new(Append(inner, segment));

    public ValueTask<IReadOnlyList<JournalSegment>> ReadSegmentsAsync(long from, int max, CancellationToken cancellationToken = default) =>
        ReadSegments is null ? inner.ReadSegmentsAsync(from, max, cancellationToken) : new(ReadSegments(inner, from, max));

    public ValueTask<IReadOnlyList<JournalRow?>> ReadRowsAsync(IReadOnlyList<(long OrderNo, long Version)> rows, CancellationToken cancellationToken = default) =>
        ReadRows is null ? inner.ReadRowsAsync(rows, cancellationToken) : new(ReadRows(inner, rows));

    public ValueTask<IReadOnlyList<(long OrderNo, long Version)>> ReadMarkedAsync(long segment, int max, CancellationToken cancellationToken = default) =>
        ReadMarked is null ? inner.ReadMarkedAsync(segment, max, cancellationToken) : new(ReadMarked(inner, segment, max));
}

/// <summary>An <see cref="IDeadlineStore"/> in which single methods can be broken.</summary>
internal sealed class BrokenDeadlines(IDeadlineStore inner) : IDeadlineStore
{
    public Func<IDeadlineStore, int, TimeSpan, Task<IReadOnlyList<DueDeadline>>>? Claim { get; set; }

    public Func<IDeadlineStore, IReadOnlyList<DueDeadline>, TimeSpan, Task>? Postpone { get; set; }

    public Func<IDeadlineStore, Task<(long Armed, DateTimeOffset? NextAt)>>? Count { get; set; }

    public ValueTask<IReadOnlyList<DueDeadline>> ClaimDueAsync(int max, TimeSpan lease, CancellationToken cancellationToken = default) =>
        Claim is null ? inner.ClaimDueAsync(max, lease, cancellationToken) : new(Claim(inner, max, lease));

    public ValueTask PostponeAsync(IReadOnlyList<DueDeadline> deadlines, TimeSpan delay, CancellationToken cancellationToken = default) =>
        Postpone is null ? inner.PostponeAsync(deadlines, delay, cancellationToken) : new(Postpone(inner, deadlines, delay));

    public ValueTask<(long Armed, DateTimeOffset? NextAt)> CountAsync(CancellationToken cancellationToken = default) =>
        Count is null ? inner.CountAsync(cancellationToken) : new(Count(inner));
}

/// <summary>An <see cref="IOutboxStore"/> in which single methods can be broken.</summary>
internal sealed class BrokenOutbox(IOutboxStore inner) : BrokenLanes<IOutboxStore, OutboxDelivery>(inner), IOutboxStore
{
    public Func<IOutboxStore, IReadOnlyList<OutboxDelivery>, Task<int>>? Complete { get; set; }

    public Func<IOutboxStore, UnitOfWork, IReadOnlyList<OutboxMessage>, Task>? Append { get; set; }

    public ValueTask AppendAsync(UnitOfWork unitOfWork, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken = default) =>
        Append is null ? Sound.AppendAsync(unitOfWork, messages, cancellationToken) : new(Append(Sound, unitOfWork, messages));

    public ValueTask<int> CompleteAsync(IReadOnlyList<OutboxDelivery> deliveries, CancellationToken cancellationToken = default) =>
        Complete is null ? Sound.CompleteAsync(deliveries, cancellationToken) : new(Complete(Sound, deliveries));
}

/// <summary>An <see cref="ILeaseStore"/> in which single methods can be broken.</summary>
internal sealed class BrokenLeases(ILeaseStore inner) : ILeaseStore
{
    public Func<ILeaseStore, string, string, TimeSpan, Task<Lease?>>? Acquire { get; set; }

    public Func<ILeaseStore, Lease, Task>? Release { get; set; }

    public ValueTask<Lease?> TryAcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default) =>
        Acquire is null ? inner.TryAcquireAsync(name, owner, duration, cancellationToken) : new(Acquire(inner, name, owner, duration));

    public ValueTask ReleaseAsync(Lease lease, CancellationToken cancellationToken = default) =>
        Release is null ? inner.ReleaseAsync(lease, cancellationToken) : new(Release(inner, lease));
}

/// <summary>An <see cref="IOperationStore"/> in which single methods can be broken.</summary>
internal sealed class BrokenOperations(IOperationStore inner) : IOperationStore
{
    public Func<IOperationStore, UnitOfWork, IReadOnlyList<OperationRequest>, ClaimTerms, Task<IReadOnlyList<ClaimAnswer>>>? Claim { get; set; }

    public Func<IOperationStore, UnitOfWork, IReadOnlyList<OperationChange>, Task<IReadOnlyList<bool>>>? Change { get; set; }

    public Func<IOperationStore, UnitOfWork, IReadOnlyList<OperationClaim>, Task<IReadOnlyList<bool>>>? Release { get; set; }

    public Func<IOperationStore, OperationKey, Task<StoredOperation?>>? Find { get; set; }

    public Func<IOperationStore, TenantId, int, Task<IReadOnlyList<StoredOperation>>>? List { get; set; }

    public Func<IOperationStore, int, Task<int>>? Sweep { get; set; }

    public ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms, CancellationToken cancellationToken = default) =>
        Claim is null ? inner.ClaimAsync(unitOfWork, requests, terms, cancellationToken) : new(Claim(inner, unitOfWork, requests, terms));

    public ValueTask<IReadOnlyList<bool>> ChangeAsync(UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default) =>
        Change is null ? inner.ChangeAsync(unitOfWork, changes, cancellationToken) : new(Change(inner, unitOfWork, changes));

    public ValueTask<IReadOnlyList<bool>> ReleaseAsync(UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default) =>
        Release is null ? inner.ReleaseAsync(unitOfWork, claims, cancellationToken) : new(Release(inner, unitOfWork, claims));

    public ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default) =>
        Find is null ? inner.FindAsync(key, cancellationToken) : new(Find(inner, key));

    public ValueTask<IReadOnlyList<StoredOperation>> ListInterruptedAsync(TenantId tenant, int max, CancellationToken cancellationToken = default) =>
        List is null ? inner.ListInterruptedAsync(tenant, max, cancellationToken) : new(List(inner, tenant, max));

    public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default) =>
        Sweep is null ? inner.SweepAsync(max, cancellationToken) : new(Sweep(inner, max));
}

/// <summary>An <see cref="IQuarantineStore"/> in which single methods can be broken.</summary>
internal sealed class BrokenQuarantine(IQuarantineStore inner) : IQuarantineStore
{
    public Func<IQuarantineStore, UnitOfWork, QuarantinedMessage, Task<bool>>? Add { get; set; }

    public Func<IQuarantineStore, UnitOfWork, long, QuarantineState, string, string, Task<bool>>? Decide { get; set; }

    public Func<IQuarantineStore, QuarantineQuery, Task<Page<QuarantinedMessage>>>? Query { get; set; }

    public ValueTask<bool> AddAsync(UnitOfWork unitOfWork, QuarantinedMessage message, CancellationToken cancellationToken = default) =>
        Add is null ? inner.AddAsync(UnwrappingOrders.Unwrap(unitOfWork), message, cancellationToken) : new(Add(inner, UnwrappingOrders.Unwrap(unitOfWork), message));

    public ValueTask<bool> DecideAsync(
        UnitOfWork unitOfWork, long number, QuarantineState state, string operatorId, string note, CancellationToken cancellationToken = default) =>
        Decide is null
            ? inner.DecideAsync(UnwrappingOrders.Unwrap(unitOfWork), number, state, operatorId, note, cancellationToken)
            : new(Decide(inner, UnwrappingOrders.Unwrap(unitOfWork), number, state, operatorId, note));

    public ValueTask<QuarantinedMessage?> FindAsync(long number, CancellationToken cancellationToken = default) => inner.FindAsync(number, cancellationToken);

    public ValueTask<Page<QuarantinedMessage>> QueryAsync(QuarantineQuery query, CancellationToken cancellationToken = default) =>
        Query is null ? inner.QueryAsync(query, cancellationToken) : new(Query(inner, query));
}

/// <summary>An <see cref="ICaseStore"/> in which single methods can be broken.</summary>
internal sealed class BrokenCases(ICaseStore inner) : ICaseStore
{
    public Func<ICaseStore, CaseQuery, Task<Page<OrderCase>>>? Query { get; set; }

    public Func<ICaseStore, TenantId, Task<IReadOnlyDictionary<string, int>>>? CountOpen { get; set; }

    public ValueTask<Page<OrderCase>> QueryAsync(CaseQuery query, CancellationToken cancellationToken = default) =>
        Query is null ? inner.QueryAsync(query, cancellationToken) : new(Query(inner, query));

    public ValueTask<IReadOnlyDictionary<string, int>> CountOpenAsync(TenantId tenant, CancellationToken cancellationToken = default) =>
        CountOpen is null ? inner.CountOpenAsync(tenant, cancellationToken) : new(CountOpen(inner, tenant));
}

using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Messaging;
using OrderKit.StateMachine;

namespace OrderKit.Specs;

/// <summary>The ports of a participant, with a connection that can break at each call.</summary>
internal sealed class FaultyStore(IStoreActor inner, Faults faults) : IStoreActor
{
    public IUnitOfWorkFactory Units { get; } = new FaultyUnits(inner.Units, faults);

    public IOrderStore Orders { get; } = new FaultyOrders(inner.Orders, faults);

    public IOrderQueryStore Queries => inner.Queries;

    public IJournalStore Journal { get; } = new FaultyJournal(inner.Journal, faults);

    public IDeadlineStore Deadlines { get; } = new FaultyDeadlines(inner.Deadlines, faults);

    public IOutboxStore Outbox { get; } = new FaultyOutbox(inner.Outbox, faults);

    public ILeaseStore Leases { get; } = new FaultyLeases(inner.Leases, faults);

    public IOperationStore Operations { get; } = new FaultyOperations(inner.Operations, faults);

    public IQuarantineStore Quarantine => inner.Quarantine;

    public ICaseStore Cases => inner.Cases;

    public IDuplicateOrderStore DuplicateOrders => inner.DuplicateOrders;

    public IDuplicateOrderQueryStore DuplicateOrderQueries => inner.DuplicateOrderQueries;

    public IInboxStore Inbox => inner.Inbox;

    public IDeadLetterStore DeadLetters => inner.DeadLetters;

    public IDeliveryPauseStore Pauses => inner.Pauses;

    private static UnitOfWork Inner(UnitOfWork unit) => unit is FaultyUnit faulty ? faulty.Inner : unit;

    private sealed class FaultyUnits(IUnitOfWorkFactory inner, Faults faults) : IUnitOfWorkFactory
    {
        // A unit whose begin was not heard of ends with its connection.
        public async ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default) => new FaultyUnit(
            await faults.CallAsync(() => inner.BeginAsync(cancellationToken), static unit => unit.DisposeAsync()).ConfigureAwait(false), faults);
    }

    private sealed class FaultyUnit(UnitOfWork inner, Faults faults) : UnitOfWork
    {
        public UnitOfWork Inner { get; } = inner;

        public override bool IsEnlisted => Inner.IsEnlisted;

        public override ValueTask CommitAsync(CancellationToken cancellationToken = default) => faults.CallAsync(() => Inner.CommitAsync(cancellationToken));

        public override ValueTask DisposeAsync() => Inner.DisposeAsync();
    }

    private sealed class FaultyOrders(IOrderStore inner, Faults faults) : IOrderStore
    {
        public ValueTask<IReadOnlyList<IReadOnlyList<OrderKey>>> ResolveAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.ResolveAsync(Inner(unitOfWork), numbers, cancellationToken));

        public ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderLookup> lookups, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.LoadAsync(Inner(unitOfWork), lookups, cancellationToken));

        public ValueTask<IReadOnlyList<long>> SaveAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderChange> changes, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.SaveAsync(Inner(unitOfWork), changes, cancellationToken));

        public ValueTask ParkAsync(UnitOfWork unitOfWork, IReadOnlyList<ParkedFact> facts, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.ParkAsync(Inner(unitOfWork), facts, cancellationToken));

        public ValueTask<IReadOnlyList<ParkedFact>> TakeParkedAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.TakeParkedAsync(Inner(unitOfWork), numbers, cancellationToken));

        public ValueTask<int> EraseDetailsAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.EraseDetailsAsync(Inner(unitOfWork), order, cancellationToken));
    }

    private sealed class FaultyDeadlines(IDeadlineStore inner, Faults faults) : IDeadlineStore
    {
        public ValueTask<IReadOnlyList<DueDeadline>> ClaimDueAsync(int max, TimeSpan lease, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.ClaimDueAsync(max, lease, cancellationToken));

        public ValueTask PostponeAsync(DueDeadline deadline, TimeSpan pause, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.PostponeAsync(deadline, pause, cancellationToken));

        public ValueTask RemoveAsync(DueDeadline deadline, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.RemoveAsync(deadline, cancellationToken));

        public ValueTask<(long Armed, DateTimeOffset? NextAt)> CountAsync(CancellationToken cancellationToken = default) => inner.CountAsync(cancellationToken);
    }

    private sealed class FaultyOutbox(IOutboxStore inner, Faults faults) : IOutboxStore
    {
        public ValueTask AppendAsync(UnitOfWork unitOfWork, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.AppendAsync(Inner(unitOfWork), messages, cancellationToken));

        public ValueTask<bool> RemoveAsync(UnitOfWork unitOfWork, OutboxDelivery delivery, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.RemoveAsync(Inner(unitOfWork), delivery, cancellationToken));

        public ValueTask<IReadOnlyList<OutboxDelivery>> ClaimAsync(string destination, int max, TimeSpan lease, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.ClaimAsync(destination, max, lease, cancellationToken));

        public ValueTask<int> CompleteAsync(IReadOnlyList<OutboxDelivery> deliveries, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.CompleteAsync(deliveries, cancellationToken));

        public ValueTask<bool> RetryAsync(OutboxDelivery delivery, TimeSpan pause, string error, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.RetryAsync(delivery, pause, error, cancellationToken));

        public ValueTask<OutboxBacklog> BacklogAsync(string destination, CancellationToken cancellationToken = default) => inner.BacklogAsync(destination, cancellationToken);
    }

    private sealed class FaultyOperations(IOperationStore inner, Faults faults) : IOperationStore
    {
        public ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.ClaimAsync(Inner(unitOfWork), requests, terms, cancellationToken));

        public ValueTask<IReadOnlyList<bool>> ChangeAsync(UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.ChangeAsync(Inner(unitOfWork), changes, cancellationToken));

        public ValueTask<IReadOnlyList<bool>> ReleaseAsync(UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.ReleaseAsync(Inner(unitOfWork), claims, cancellationToken));

        public ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.FindAsync(key, cancellationToken));

        public ValueTask<IReadOnlyList<StoredOperation>> ListInterruptedAsync(TenantId tenant, int max, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.ListInterruptedAsync(tenant, max, cancellationToken));

        public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.SweepAsync(max, cancellationToken));
    }

    private sealed class FaultyLeases(ILeaseStore inner, Faults faults) : ILeaseStore
    {
        public ValueTask<Lease?> TryAcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.TryAcquireAsync(name, owner, duration, cancellationToken));

        public ValueTask ReleaseAsync(Lease lease, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.ReleaseAsync(lease, cancellationToken));
    }

    private sealed class FaultyJournal(IJournalStore inner, Faults faults) : IJournalStore
    {
        public ValueTask<IReadOnlyList<OrderJournal>> ScanAsync(long afterOrderNo, int maxOrders, CancellationToken cancellationToken = default) =>
            inner.ScanAsync(afterOrderNo, maxOrders, cancellationToken);

        public ValueTask<IReadOnlyList<JournalRow>> ReadUnsealedAsync(int max, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.ReadUnsealedAsync(max, cancellationToken));

        public ValueTask<int> CountUnsealedAsync(CancellationToken cancellationToken = default) => inner.CountUnsealedAsync(cancellationToken);

        public ValueTask<JournalSegment?> LastSegmentAsync(CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.LastSegmentAsync(cancellationToken));

        public ValueTask<bool> AppendSegmentAsync(JournalSegment segment, CancellationToken cancellationToken = default) =>
            faults.CallAsync(() => inner.AppendSegmentAsync(segment, cancellationToken));

        public ValueTask<IReadOnlyList<JournalSegment>> ReadSegmentsAsync(long from, int max, CancellationToken cancellationToken = default) =>
            inner.ReadSegmentsAsync(from, max, cancellationToken);

        public ValueTask<IReadOnlyList<JournalRow?>> ReadRowsAsync(
            IReadOnlyList<(long OrderNo, long Version)> rows, CancellationToken cancellationToken = default) => inner.ReadRowsAsync(rows, cancellationToken);

        public ValueTask<IReadOnlyList<(long OrderNo, long Version)>> ReadMarkedAsync(long segment, int max, CancellationToken cancellationToken = default) =>
            inner.ReadMarkedAsync(segment, max, cancellationToken);
    }
}

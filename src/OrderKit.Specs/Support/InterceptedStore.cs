using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Messaging;
using OrderKit.StateMachine;

namespace OrderKit.Specs;

/// <summary>The ports of a participant, with an interceptor of all calls except reports and listings.</summary>
internal sealed class InterceptedStore(IStoreActor inner, IStoreCalls calls) : IStoreActor
{
    public IUnitOfWorkFactory Units { get; } = new InterceptedUnits(inner.Units, calls);

    public IOrderStore Orders { get; } = new InterceptedOrders(inner.Orders, calls);

    public IJournalStore Journal { get; } = new InterceptedJournal(inner.Journal, calls);

    public IDeadlineStore Deadlines { get; } = new InterceptedDeadlines(inner.Deadlines, calls);

    public IOutboxStore Outbox { get; } = new InterceptedOutbox(inner.Outbox, calls);

    public ILeaseStore Leases { get; } = new InterceptedLeases(inner.Leases, calls);

    public IQuarantineStore Quarantine { get; } = new InterceptedQuarantine(inner.Quarantine, calls);

    public IOperationStore Operations { get; } = new InterceptedOperations(inner.Operations, calls);

    public IDuplicateOrderStore DuplicateOrders { get; } = new InterceptedDuplicateOrders(inner.DuplicateOrders, calls);

    public IInboxStore Inbox { get; } = new InterceptedInbox(inner.Inbox, calls);

    public IDeadLetterStore DeadLetters { get; } = new InterceptedDeadLetters(inner.DeadLetters, calls);

    public IDeliveryPauseStore Pauses { get; } = new InterceptedPauses(inner.Pauses, calls);

    public IOrderQueryStore Queries => inner.Queries;

    public ICaseStore Cases => inner.Cases;

    public IDuplicateOrderQueryStore DuplicateOrderQueries => inner.DuplicateOrderQueries;

    private static UnitOfWork Inner(UnitOfWork unit) => unit is InterceptedUnit intercepted ? intercepted.Inner : unit;

    private static async ValueTask<bool> DoneAsync(ValueTask act)
    {
        await act;
        return true;
    }

    private static async ValueTask WithoutResultAsync(ValueTask<bool> call) => await call;

    private sealed class InterceptedUnits(IUnitOfWorkFactory inner, IStoreCalls calls) : IUnitOfWorkFactory
    {
        // A unit whose begin is unknown ends with its connection.
        public async ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default) => new InterceptedUnit(
            await calls.CallAsync(new StoreCall(StoreCallKind.Begin, "begin"), () => inner.BeginAsync(cancellationToken),
                static unit => unit.DisposeAsync()), calls);
    }

    private sealed class InterceptedUnit(UnitOfWork inner, IStoreCalls calls) : UnitOfWork
    {
        private bool _hasEnded;

        public UnitOfWork Inner { get; } = inner;

        public override bool IsEnlisted => Inner.IsEnlisted;

        public override bool IsLent
        {
            get => Inner.IsLent;
            set => Inner.IsLent = value;
        }

        public override void AfterCommit(Action act) => Inner.AfterCommit(act);

        public override async ValueTask CommitAsync(CancellationToken cancellationToken = default)
        {
            await calls.CallAsync(new StoreCall(StoreCallKind.Commit, "commit"), () => DoneAsync(Inner.CommitAsync(cancellationToken)));
            _hasEnded = true;
        }

        public override ValueTask DisposeAsync()
        {
            if (_hasEnded)
            {
                return Inner.DisposeAsync();
            }

            _hasEnded = true;
            return calls.RollBackAsync(Inner.DisposeAsync);
        }
    }

    private sealed class InterceptedOrders(IOrderStore inner, IStoreCalls calls) : IOrderStore
    {
        public ValueTask<IReadOnlyList<IReadOnlyList<OrderKey>>> ResolveAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Inside, "Orders.Resolve"),
                () => inner.ResolveAsync(Inner(unitOfWork), numbers, cancellationToken));

        public ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderLookup> lookups, CancellationToken cancellationToken = default) =>
            calls.CallAsync(
                new StoreCall(StoreCallKind.Inside, "Orders.Load"), () => inner.LoadAsync(Inner(unitOfWork), lookups, cancellationToken));

        public ValueTask<IReadOnlyList<long>> SaveAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderChange> changes, CancellationToken cancellationToken = default) =>
            calls.CallAsync(
                new StoreCall(StoreCallKind.Inside, "Orders.Save"), () => inner.SaveAsync(Inner(unitOfWork), changes, cancellationToken));

        public ValueTask ParkAsync(UnitOfWork unitOfWork, IReadOnlyList<ParkedFact> facts, CancellationToken cancellationToken = default) =>
            WithoutResultAsync(
                calls.CallAsync(new StoreCall(StoreCallKind.Inside, "Orders.Park"),
                    () => DoneAsync(inner.ParkAsync(Inner(unitOfWork), facts, cancellationToken))));

        public ValueTask<IReadOnlyList<ParkedFact>> TakeParkedAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Inside, "Orders.TakeParked"),
                () => inner.TakeParkedAsync(Inner(unitOfWork), numbers, cancellationToken));

        public ValueTask<int> EraseDetailsAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Inside, "Orders.EraseDetails"),
                () => inner.EraseDetailsAsync(Inner(unitOfWork), order, cancellationToken));
    }

    private sealed class InterceptedJournal(IJournalStore inner, IStoreCalls calls) : IJournalStore
    {
        public ValueTask<IReadOnlyList<OrderJournal>> ScanAsync(
            long afterOrderNo, int maxOrders, CancellationToken cancellationToken = default) =>
            inner.ScanAsync(afterOrderNo, maxOrders, cancellationToken);

        public ValueTask<IReadOnlyList<JournalRow>> ReadUnsealedAsync(int max, CancellationToken cancellationToken = default) =>
            calls.CallAsync(
                new StoreCall(StoreCallKind.Read, "Journal.ReadUnsealed"), () => inner.ReadUnsealedAsync(max, cancellationToken));

        public ValueTask<int> CountUnsealedAsync(CancellationToken cancellationToken = default) =>
            inner.CountUnsealedAsync(cancellationToken);

        public ValueTask<JournalSegment?> LastSegmentAsync(CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Read, "Journal.LastSegment"), () => inner.LastSegmentAsync(cancellationToken));

        public ValueTask<bool> AppendSegmentAsync(JournalSegment segment, CancellationToken cancellationToken = default) =>
            calls.CallAsync(
                new StoreCall(StoreCallKind.Alone, "Journal.AppendSegment"), () => inner.AppendSegmentAsync(segment, cancellationToken));

        public ValueTask<IReadOnlyList<JournalSegment>> ReadSegmentsAsync(
            long from, int max, CancellationToken cancellationToken = default) =>
            inner.ReadSegmentsAsync(from, max, cancellationToken);

        public ValueTask<IReadOnlyList<JournalRow?>> ReadRowsAsync(
            IReadOnlyList<(long OrderNo, long Version)> rows, CancellationToken cancellationToken = default) =>
            inner.ReadRowsAsync(rows, cancellationToken);

        public ValueTask<IReadOnlyList<(long OrderNo, long Version)>> ReadMarkedAsync(
            long segment, int max, CancellationToken cancellationToken = default) =>
            inner.ReadMarkedAsync(segment, max, cancellationToken);
    }

    private sealed class InterceptedDeadlines(IDeadlineStore inner, IStoreCalls calls) : IDeadlineStore
    {
        public ValueTask<IReadOnlyList<DueDeadline>> ClaimDueAsync(
            int max, TimeSpan lease, CancellationToken cancellationToken = default) =>
            calls.CallAsync(
                new StoreCall(StoreCallKind.Alone, "Deadlines.ClaimDue"), () => inner.ClaimDueAsync(max, lease, cancellationToken));

        public ValueTask PostponeAsync(
            IReadOnlyList<DueDeadline> deadlines, TimeSpan delay, CancellationToken cancellationToken = default) =>
            WithoutResultAsync(calls.CallAsync(
                new StoreCall(StoreCallKind.Alone, "Deadlines.Postpone"),
                () => DoneAsync(inner.PostponeAsync(deadlines, delay, cancellationToken))));

        public ValueTask<(long Armed, DateTimeOffset? NextAt)> CountAsync(CancellationToken cancellationToken = default) =>
            inner.CountAsync(cancellationToken);
    }

    private abstract class InterceptedLanes<TDelivery>(ILaneStore<TDelivery> inner, IStoreCalls calls, string port) : ILaneStore<TDelivery>
        where TDelivery : MessageDelivery
    {
        public WakeUp Written => inner.Written;

        protected IStoreCalls Calls => calls;

        public ValueTask<IReadOnlyList<TDelivery>> ClaimAsync(
            string name, int max, TimeSpan lease, CancellationToken cancellationToken = default) =>
            calls.CallAsync(
                new StoreCall(StoreCallKind.Alone, port + ".Claim"), () => inner.ClaimAsync(name, max, lease, cancellationToken));

        public ValueTask<bool> StartAsync(TDelivery delivery, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Alone, port + ".Start"), () => inner.StartAsync(delivery, cancellationToken));

        public ValueTask<bool> RetryAsync(
            TDelivery delivery, TimeSpan delay, string error, CancellationToken cancellationToken = default) =>
            calls.CallAsync(
                new StoreCall(StoreCallKind.Alone, port + ".Retry"), () => inner.RetryAsync(delivery, delay, error, cancellationToken));

        public ValueTask ReleaseAsync(IReadOnlyList<TDelivery> deliveries, CancellationToken cancellationToken = default) =>
            WithoutResultAsync(
                calls.CallAsync(new StoreCall(StoreCallKind.Alone, port + ".Release"),
                    () => DoneAsync(inner.ReleaseAsync(deliveries, cancellationToken))));

        public ValueTask<bool> RemoveAsync(UnitOfWork unitOfWork, TDelivery delivery, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Inside, port + ".Remove"),
                () => inner.RemoveAsync(Inner(unitOfWork), delivery, cancellationToken));

        public ValueTask<MessageBacklog> BacklogAsync(string name, CancellationToken cancellationToken = default) =>
            inner.BacklogAsync(name, cancellationToken);
    }

    private sealed class InterceptedOutbox(IOutboxStore inner, IStoreCalls calls)
        : InterceptedLanes<OutboxDelivery>(inner, calls, "Outbox"), IOutboxStore
    {
        public ValueTask AppendAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken = default) =>
            WithoutResultAsync(
                Calls.CallAsync(new StoreCall(StoreCallKind.Inside, "Outbox.Append"),
                    () => DoneAsync(inner.AppendAsync(Inner(unitOfWork), messages, cancellationToken))));

        public ValueTask<int> CompleteAsync(IReadOnlyList<OutboxDelivery> deliveries, CancellationToken cancellationToken = default) =>
            Calls.CallAsync(
                new StoreCall(StoreCallKind.Alone, "Outbox.Complete"), () => inner.CompleteAsync(deliveries, cancellationToken));
    }

    private sealed class InterceptedLeases(ILeaseStore inner, IStoreCalls calls) : ILeaseStore
    {
        public ValueTask<Lease?> TryAcquireAsync(
            string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Alone, "Leases.TryAcquire"),
                () => inner.TryAcquireAsync(name, owner, duration, cancellationToken));

        public ValueTask ReleaseAsync(Lease lease, CancellationToken cancellationToken = default) =>
            WithoutResultAsync(
                calls.CallAsync(
                    new StoreCall(StoreCallKind.Alone, "Leases.Release"), () => DoneAsync(inner.ReleaseAsync(lease, cancellationToken))));
    }

    private sealed class InterceptedQuarantine(IQuarantineStore inner, IStoreCalls calls) : IQuarantineStore
    {
        public ValueTask<bool> AddAsync(UnitOfWork unitOfWork, QuarantinedMessage message, CancellationToken cancellationToken = default) =>
            calls.CallAsync(
                new StoreCall(StoreCallKind.Inside, "Quarantine.Add"), () => inner.AddAsync(Inner(unitOfWork), message, cancellationToken));

        public ValueTask<bool> DecideAsync(
            UnitOfWork unitOfWork, long number, QuarantineState state, string operatorId, string note,
            CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Inside, "Quarantine.Decide"),
                () => inner.DecideAsync(Inner(unitOfWork), number, state, operatorId, note, cancellationToken));

        public ValueTask<QuarantinedMessage?> FindAsync(long number, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Read, "Quarantine.Find"), () => inner.FindAsync(number, cancellationToken));

        public ValueTask<Page<QuarantinedMessage>> QueryAsync(QuarantineQuery query, CancellationToken cancellationToken = default) =>
            inner.QueryAsync(query, cancellationToken);
    }

    private sealed class InterceptedOperations(IOperationStore inner, IStoreCalls calls) : IOperationStore
    {
        public ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms,
            CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Inside, "Operations.Claim"),
                () => inner.ClaimAsync(Inner(unitOfWork), requests, terms, cancellationToken));

        public ValueTask<IReadOnlyList<bool>> ChangeAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Inside, "Operations.Change"),
                () => inner.ChangeAsync(Inner(unitOfWork), changes, cancellationToken));

        public ValueTask<IReadOnlyList<bool>> ReleaseAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Inside, "Operations.Release"),
                () => inner.ReleaseAsync(Inner(unitOfWork), claims, cancellationToken));

        public ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Read, "Operations.Find"), () => inner.FindAsync(key, cancellationToken));

        public ValueTask<IReadOnlyList<StoredOperation>> ListInterruptedAsync(
            TenantId tenant, int max, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Read, "Operations.ListInterrupted"),
                () => inner.ListInterruptedAsync(tenant, max, cancellationToken));

        public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Alone, "Operations.Sweep"), () => inner.SweepAsync(max, cancellationToken));
    }

    private sealed class InterceptedDuplicateOrders(IDuplicateOrderStore inner, IStoreCalls calls) : IDuplicateOrderStore
    {
        public ValueTask<IReadOnlyList<GuardFinding?>> GuardAsync(
            UnitOfWork unitOfWork, IReadOnlyList<DuplicateGuard> guards, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Inside, "DuplicateOrders.Guard"),
                () => inner.GuardAsync(Inner(unitOfWork), guards, cancellationToken));

        public ValueTask<int> ReleaseAsync(
            UnitOfWork unitOfWork, OrderKey order, IReadOnlyList<string> rules, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Inside, "DuplicateOrders.Release"),
                () => inner.ReleaseAsync(Inner(unitOfWork), order, rules, cancellationToken));

        public ValueTask<IReadOnlyList<bool>> SaveAsync(
            UnitOfWork unitOfWork, IReadOnlyList<SuspectedDuplicate> suspicions, IReadOnlyList<OutboxMessage> messages,
            CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Inside, "DuplicateOrders.Save"),
                () => inner.SaveAsync(Inner(unitOfWork), suspicions, messages, cancellationToken));

        public ValueTask<IReadOnlyList<SuspectedDuplicate>> LoadAsync(
            UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Inside, "DuplicateOrders.Load"),
                () => inner.LoadAsync(Inner(unitOfWork), order, cancellationToken));

        public ValueTask<IReadOnlyList<DuplicateAct>> LoadActsAsync(
            UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Inside, "DuplicateOrders.LoadActs"),
                () => inner.LoadActsAsync(Inner(unitOfWork), order, cancellationToken));

        public ValueTask<IReadOnlyList<bool>> DecideAsync(
            UnitOfWork unitOfWork, IReadOnlyList<DuplicateDecision> decisions, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Inside, "DuplicateOrders.Decide"),
                () => inner.DecideAsync(Inner(unitOfWork), decisions, cancellationToken));
    }

    private sealed class InterceptedInbox(IInboxStore inner, IStoreCalls calls)
        : InterceptedLanes<InboxDelivery>(inner, calls, "Inbox"), IInboxStore
    {
        public ValueTask<IReadOnlyList<InboxReceipt>> AcceptAsync(
            UnitOfWork unitOfWork, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken = default) =>
            Calls.CallAsync(new StoreCall(StoreCallKind.Inside, "Inbox.Accept"),
                () => inner.AcceptAsync(Inner(unitOfWork), messages, cancellationToken));

        public ValueTask CompleteAsync(
            UnitOfWork unitOfWork, IReadOnlyList<InboxDelivery> deliveries, TimeSpan retention,
            CancellationToken cancellationToken = default) =>
            WithoutResultAsync(
                Calls.CallAsync(new StoreCall(StoreCallKind.Inside, "Inbox.Complete"),
                    () => DoneAsync(inner.CompleteAsync(Inner(unitOfWork), deliveries, retention, cancellationToken))));

        public ValueTask<bool> BringBackAsync(UnitOfWork unitOfWork, InboxMessage message, CancellationToken cancellationToken = default) =>
            Calls.CallAsync(new StoreCall(StoreCallKind.Inside, "Inbox.BringBack"),
                () => inner.BringBackAsync(Inner(unitOfWork), message, cancellationToken));

        public ValueTask<bool> SettleAsync(
            UnitOfWork unitOfWork, InboxMessage message, TimeSpan retention, CancellationToken cancellationToken = default) =>
            Calls.CallAsync(new StoreCall(StoreCallKind.Inside, "Inbox.Settle"),
                () => inner.SettleAsync(Inner(unitOfWork), message, retention, cancellationToken));

        public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default) =>
            Calls.CallAsync(new StoreCall(StoreCallKind.Alone, "Inbox.Sweep"), () => inner.SweepAsync(max, cancellationToken));
    }

    private sealed class InterceptedDeadLetters(IDeadLetterStore inner, IStoreCalls calls) : IDeadLetterStore
    {
        public ValueTask AddAsync(
            UnitOfWork unitOfWork, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken = default) =>
            WithoutResultAsync(
                calls.CallAsync(new StoreCall(StoreCallKind.Inside, "DeadLetters.Add"),
                    () => DoneAsync(inner.AddAsync(Inner(unitOfWork), letters, cancellationToken))));

        public ValueTask<Page<DeadLetter>> QueryAsync(DeadLetterQuery query, CancellationToken cancellationToken = default) =>
            inner.QueryAsync(query, cancellationToken);

        public ValueTask<DeadLetter?> FindAsync(long number, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Read, "DeadLetters.Find"), () => inner.FindAsync(number, cancellationToken));

        public ValueTask<bool> CloseAsync(
            UnitOfWork unitOfWork, long number, DeadLetterState to, string by, string? note,
            CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Inside, "DeadLetters.Close"),
                () => inner.CloseAsync(Inner(unitOfWork), number, to, by, note, cancellationToken));

        public ValueTask<IReadOnlyList<DeadLetterAct>> ActsAsync(long number, CancellationToken cancellationToken = default) =>
            inner.ActsAsync(number, cancellationToken);
    }

    private sealed class InterceptedPauses(IDeliveryPauseStore inner, IStoreCalls calls) : IDeliveryPauseStore
    {
        public ValueTask<bool> PauseAsync(
            MessageFlow flow, string name, string by, string? reason, CancellationToken cancellationToken = default) =>
            calls.CallAsync(
                new StoreCall(StoreCallKind.Alone, "Pauses.Pause"), () => inner.PauseAsync(flow, name, by, reason, cancellationToken));

        public ValueTask<bool> ResumeAsync(MessageFlow flow, string name, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Alone, "Pauses.Resume"), () => inner.ResumeAsync(flow, name, cancellationToken));

        public ValueTask<DeliveryPause?> FindAsync(MessageFlow flow, string name, CancellationToken cancellationToken = default) =>
            calls.CallAsync(new StoreCall(StoreCallKind.Read, "Pauses.Find"), () => inner.FindAsync(flow, name, cancellationToken));
    }
}

using System.Runtime.CompilerServices;
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
            var hadEnded = _hasEnded;
            _hasEnded = true;
            return hadEnded ? Inner.DisposeAsync() : calls.RollBackAsync(Inner.DisposeAsync);
        }
    }

    /// <summary>Passes on the calls of one port. The name of a call is that of the port and of the member that makes it.</summary>
    private abstract class Port(IStoreCalls calls, string port)
    {
        protected ValueTask<T> InsideAsync<T>(Func<ValueTask<T>> act, [CallerMemberName] string member = "") =>
            CallAsync(StoreCallKind.Inside, act, member);

        protected ValueTask<T> AloneAsync<T>(Func<ValueTask<T>> act, [CallerMemberName] string member = "") =>
            CallAsync(StoreCallKind.Alone, act, member);

        protected ValueTask<T> ReadAsync<T>(Func<ValueTask<T>> act, [CallerMemberName] string member = "") =>
            CallAsync(StoreCallKind.Read, act, member);

        protected async ValueTask InsideAsync(Func<ValueTask> act, [CallerMemberName] string member = "") =>
            await CallAsync(StoreCallKind.Inside, () => DoneAsync(act()), member);

        protected async ValueTask AloneAsync(Func<ValueTask> act, [CallerMemberName] string member = "") =>
            await CallAsync(StoreCallKind.Alone, () => DoneAsync(act()), member);

        private ValueTask<T> CallAsync<T>(StoreCallKind kind, Func<ValueTask<T>> act, string member) =>
            calls.CallAsync(new StoreCall(kind, $"{port}.{member[..^"Async".Length]}"), act);
    }

    private sealed class InterceptedOrders(IOrderStore inner, IStoreCalls calls) : Port(calls, "Orders"), IOrderStore
    {
        public ValueTask<IReadOnlyList<IReadOnlyList<OrderKey>>> ResolveAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.ResolveAsync(Inner(unitOfWork), numbers, cancellationToken));

        public ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderLookup> lookups, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.LoadAsync(Inner(unitOfWork), lookups, cancellationToken));

        public ValueTask<IReadOnlyList<long>> SaveAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderChange> changes, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.SaveAsync(Inner(unitOfWork), changes, cancellationToken));

        public ValueTask ParkAsync(UnitOfWork unitOfWork, IReadOnlyList<ParkedFact> facts, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.ParkAsync(Inner(unitOfWork), facts, cancellationToken));

        public ValueTask<IReadOnlyList<ParkedFact>> TakeParkedAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.TakeParkedAsync(Inner(unitOfWork), numbers, cancellationToken));

        public ValueTask<int> EraseDetailsAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.EraseDetailsAsync(Inner(unitOfWork), order, cancellationToken));
    }

    private sealed class InterceptedJournal(IJournalStore inner, IStoreCalls calls) : Port(calls, "Journal"), IJournalStore
    {
        public ValueTask<IReadOnlyList<OrderJournal>> ScanAsync(
            long afterOrderNo, int maxOrders, CancellationToken cancellationToken = default) =>
            inner.ScanAsync(afterOrderNo, maxOrders, cancellationToken);

        public ValueTask<IReadOnlyList<JournalRow>> ReadUnsealedAsync(int max, CancellationToken cancellationToken = default) =>
            ReadAsync(() => inner.ReadUnsealedAsync(max, cancellationToken));

        public ValueTask<int> CountUnsealedAsync(CancellationToken cancellationToken = default) =>
            inner.CountUnsealedAsync(cancellationToken);

        public ValueTask<JournalSegment?> LastSegmentAsync(CancellationToken cancellationToken = default) =>
            ReadAsync(() => inner.LastSegmentAsync(cancellationToken));

        public ValueTask<bool> AppendSegmentAsync(JournalSegment segment, CancellationToken cancellationToken = default) =>
            AloneAsync(() => inner.AppendSegmentAsync(segment, cancellationToken));

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

    private sealed class InterceptedDeadlines(IDeadlineStore inner, IStoreCalls calls) : Port(calls, "Deadlines"), IDeadlineStore
    {
        public ValueTask<IReadOnlyList<DueDeadline>> ClaimDueAsync(
            int max, TimeSpan lease, CancellationToken cancellationToken = default) =>
            AloneAsync(() => inner.ClaimDueAsync(max, lease, cancellationToken));

        public ValueTask PostponeAsync(
            IReadOnlyList<DueDeadline> deadlines, TimeSpan delay, CancellationToken cancellationToken = default) =>
            AloneAsync(() => inner.PostponeAsync(deadlines, delay, cancellationToken));

        public ValueTask<(long Armed, DateTimeOffset? NextAt)> CountAsync(CancellationToken cancellationToken = default) =>
            inner.CountAsync(cancellationToken);
    }

    private abstract class InterceptedLanes<TDelivery>(ILaneStore<TDelivery> inner, IStoreCalls calls, string port)
        : Port(calls, port), ILaneStore<TDelivery>
        where TDelivery : MessageDelivery
    {
        public WakeUp Written => inner.Written;

        public ValueTask<IReadOnlyList<TDelivery>> ClaimAsync(
            string name, int max, TimeSpan lease, CancellationToken cancellationToken = default) =>
            AloneAsync(() => inner.ClaimAsync(name, max, lease, cancellationToken));

        public ValueTask<bool> StartAsync(TDelivery delivery, CancellationToken cancellationToken = default) =>
            AloneAsync(() => inner.StartAsync(delivery, cancellationToken));

        public ValueTask<bool> RetryAsync(
            TDelivery delivery, TimeSpan delay, string error, CancellationToken cancellationToken = default) =>
            AloneAsync(() => inner.RetryAsync(delivery, delay, error, cancellationToken));

        public ValueTask ReleaseAsync(IReadOnlyList<TDelivery> deliveries, CancellationToken cancellationToken = default) =>
            AloneAsync(() => inner.ReleaseAsync(deliveries, cancellationToken));

        public ValueTask<bool> RemoveAsync(UnitOfWork unitOfWork, TDelivery delivery, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.RemoveAsync(Inner(unitOfWork), delivery, cancellationToken));

        public ValueTask<MessageBacklog> BacklogAsync(string name, CancellationToken cancellationToken = default) =>
            inner.BacklogAsync(name, cancellationToken);
    }

    private sealed class InterceptedOutbox(IOutboxStore inner, IStoreCalls calls)
        : InterceptedLanes<OutboxDelivery>(inner, calls, "Outbox"), IOutboxStore
    {
        public ValueTask AppendAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.AppendAsync(Inner(unitOfWork), messages, cancellationToken));

        public ValueTask<int> CompleteAsync(IReadOnlyList<OutboxDelivery> deliveries, CancellationToken cancellationToken = default) =>
            AloneAsync(() => inner.CompleteAsync(deliveries, cancellationToken));
    }

    private sealed class InterceptedLeases(ILeaseStore inner, IStoreCalls calls) : Port(calls, "Leases"), ILeaseStore
    {
        public ValueTask<Lease?> TryAcquireAsync(
            string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default) =>
            AloneAsync(() => inner.TryAcquireAsync(name, owner, duration, cancellationToken));

        public ValueTask ReleaseAsync(Lease lease, CancellationToken cancellationToken = default) =>
            AloneAsync(() => inner.ReleaseAsync(lease, cancellationToken));
    }

    private sealed class InterceptedQuarantine(IQuarantineStore inner, IStoreCalls calls) : Port(calls, "Quarantine"), IQuarantineStore
    {
        public ValueTask<bool> AddAsync(UnitOfWork unitOfWork, QuarantinedMessage message, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.AddAsync(Inner(unitOfWork), message, cancellationToken));

        public ValueTask<bool> DecideAsync(
            UnitOfWork unitOfWork, long number, QuarantineState state, string operatorId, string note,
            CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.DecideAsync(Inner(unitOfWork), number, state, operatorId, note, cancellationToken));

        public ValueTask<QuarantinedMessage?> FindAsync(long number, CancellationToken cancellationToken = default) =>
            ReadAsync(() => inner.FindAsync(number, cancellationToken));

        public ValueTask<Page<QuarantinedMessage>> QueryAsync(QuarantineQuery query, CancellationToken cancellationToken = default) =>
            inner.QueryAsync(query, cancellationToken);
    }

    private sealed class InterceptedOperations(IOperationStore inner, IStoreCalls calls) : Port(calls, "Operations"), IOperationStore
    {
        public ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms,
            CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.ClaimAsync(Inner(unitOfWork), requests, terms, cancellationToken));

        public ValueTask<IReadOnlyList<bool>> ChangeAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.ChangeAsync(Inner(unitOfWork), changes, cancellationToken));

        public ValueTask<IReadOnlyList<bool>> ReleaseAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.ReleaseAsync(Inner(unitOfWork), claims, cancellationToken));

        public ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default) =>
            ReadAsync(() => inner.FindAsync(key, cancellationToken));

        public ValueTask<IReadOnlyList<StoredOperation>> ListInterruptedAsync(
            TenantId tenant, int max, CancellationToken cancellationToken = default) =>
            ReadAsync(() => inner.ListInterruptedAsync(tenant, max, cancellationToken));

        public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default) =>
            AloneAsync(() => inner.SweepAsync(max, cancellationToken));
    }

    private sealed class InterceptedDuplicateOrders(IDuplicateOrderStore inner, IStoreCalls calls)
        : Port(calls, "DuplicateOrders"), IDuplicateOrderStore
    {
        public ValueTask<IReadOnlyList<GuardFinding?>> GuardAsync(
            UnitOfWork unitOfWork, IReadOnlyList<DuplicateGuard> guards, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.GuardAsync(Inner(unitOfWork), guards, cancellationToken));

        public ValueTask<int> ReleaseAsync(
            UnitOfWork unitOfWork, OrderKey order, IReadOnlyList<string> rules, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.ReleaseAsync(Inner(unitOfWork), order, rules, cancellationToken));

        public ValueTask<IReadOnlyList<bool>> SaveAsync(
            UnitOfWork unitOfWork, IReadOnlyList<SuspectedDuplicate> suspicions, IReadOnlyList<OutboxMessage> messages,
            CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.SaveAsync(Inner(unitOfWork), suspicions, messages, cancellationToken));

        public ValueTask<IReadOnlyList<SuspectedDuplicate>> LoadAsync(
            UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.LoadAsync(Inner(unitOfWork), order, cancellationToken));

        public ValueTask<IReadOnlyList<DuplicateAct>> LoadActsAsync(
            UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.LoadActsAsync(Inner(unitOfWork), order, cancellationToken));

        public ValueTask<IReadOnlyList<bool>> DecideAsync(
            UnitOfWork unitOfWork, IReadOnlyList<DuplicateDecision> decisions, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.DecideAsync(Inner(unitOfWork), decisions, cancellationToken));
    }

    private sealed class InterceptedInbox(IInboxStore inner, IStoreCalls calls)
        : InterceptedLanes<InboxDelivery>(inner, calls, "Inbox"), IInboxStore
    {
        public ValueTask<IReadOnlyList<InboxReceipt>> AcceptAsync(
            UnitOfWork unitOfWork, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.AcceptAsync(Inner(unitOfWork), messages, cancellationToken));

        public ValueTask CompleteAsync(
            UnitOfWork unitOfWork, IReadOnlyList<InboxDelivery> deliveries, TimeSpan retention,
            CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.CompleteAsync(Inner(unitOfWork), deliveries, retention, cancellationToken));

        public ValueTask<bool> BringBackAsync(UnitOfWork unitOfWork, InboxMessage message, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.BringBackAsync(Inner(unitOfWork), message, cancellationToken));

        public ValueTask<bool> SettleAsync(
            UnitOfWork unitOfWork, InboxMessage message, TimeSpan retention, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.SettleAsync(Inner(unitOfWork), message, retention, cancellationToken));

        public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default) =>
            AloneAsync(() => inner.SweepAsync(max, cancellationToken));
    }

    private sealed class InterceptedDeadLetters(IDeadLetterStore inner, IStoreCalls calls) : Port(calls, "DeadLetters"), IDeadLetterStore
    {
        public ValueTask AddAsync(
            UnitOfWork unitOfWork, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.AddAsync(Inner(unitOfWork), letters, cancellationToken));

        public ValueTask<Page<DeadLetter>> QueryAsync(DeadLetterQuery query, CancellationToken cancellationToken = default) =>
            inner.QueryAsync(query, cancellationToken);

        public ValueTask<DeadLetter?> FindAsync(long number, CancellationToken cancellationToken = default) =>
            ReadAsync(() => inner.FindAsync(number, cancellationToken));

        public ValueTask<bool> CloseAsync(
            UnitOfWork unitOfWork, long number, DeadLetterState to, string by, string? note,
            CancellationToken cancellationToken = default) =>
            InsideAsync(() => inner.CloseAsync(Inner(unitOfWork), number, to, by, note, cancellationToken));

        public ValueTask<IReadOnlyList<DeadLetterAct>> ActsAsync(long number, CancellationToken cancellationToken = default) =>
            inner.ActsAsync(number, cancellationToken);
    }

    private sealed class InterceptedPauses(IDeliveryPauseStore inner, IStoreCalls calls) : Port(calls, "Pauses"), IDeliveryPauseStore
    {
        public ValueTask<bool> PauseAsync(
            MessageFlow flow, string name, string by, string? reason, CancellationToken cancellationToken = default) =>
            AloneAsync(() => inner.PauseAsync(flow, name, by, reason, cancellationToken));

        public ValueTask<bool> ResumeAsync(MessageFlow flow, string name, CancellationToken cancellationToken = default) =>
            AloneAsync(() => inner.ResumeAsync(flow, name, cancellationToken));

        public ValueTask<DeliveryPause?> FindAsync(MessageFlow flow, string name, CancellationToken cancellationToken = default) =>
            ReadAsync(() => inner.FindAsync(flow, name, cancellationToken));
    }
}

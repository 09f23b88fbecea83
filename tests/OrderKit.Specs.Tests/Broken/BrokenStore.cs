using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;
using OrderKit.Messaging.Storage;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>The in-memory store with something broken.</summary>
internal sealed class BrokenStore : IStoreUnderTest
{
    public BrokenStore()
    {
        Units = new BrokenUnits(Sound.Units);
        Orders = new BrokenOrders(new UnwrappingOrders(Sound.Orders));
        Queries = new BrokenQueries(Sound.Queries);
        Journal = new BrokenJournal(Sound.Journal);
        Deadlines = new BrokenDeadlines(Sound.Deadlines);
        Outbox = new BrokenOutbox(Sound.Outbox);
        Leases = new BrokenLeases(Sound.Leases);
        Operations = new BrokenOperations(new UnwrappingOperations(Sound.Operations));
        Quarantine = new BrokenQuarantine(Sound.Quarantine);
        Cases = new BrokenCases(Sound.Cases);
        DuplicateOrders = new BrokenDuplicateOrders(Sound.DuplicateOrders);
        DuplicateOrderQueries = new BrokenDuplicateOrderQueries(Sound.DuplicateOrderQueries);
        Inbox = new BrokenInbox(Sound.Inbox);
        DeadLetters = new BrokenDeadLetters(Sound.DeadLetters);
        Pauses = new BrokenPauses(Sound.Pauses);
    }

    /// <summary>The store behind it, which keeps every rule.</summary>
    public InMemoryStoreUnderTest Sound { get; } = new();

    public TenantId Tenant => Sound.Tenant;

    public StoreAbilities Abilities => Sound.Abilities;

    public BrokenUnits Units { get; }

    public BrokenOrders Orders { get; }

    public BrokenQueries Queries { get; }

    public BrokenJournal Journal { get; }

    public BrokenDeadlines Deadlines { get; }

    public BrokenOutbox Outbox { get; }

    public BrokenLeases Leases { get; }

    public BrokenOperations Operations { get; }

    public BrokenQuarantine Quarantine { get; }

    public BrokenCases Cases { get; }

    public BrokenDuplicateOrders DuplicateOrders { get; }

    public BrokenDuplicateOrderQueries DuplicateOrderQueries { get; }

    public BrokenInbox Inbox { get; }

    public BrokenDeadLetters DeadLetters { get; }

    public BrokenPauses Pauses { get; }

    public Func<TimeSpan, TimeSpan>? Advance { get; set; }

    IUnitOfWorkFactory IStoreActor.Units => Units;

    IOrderStore IStoreActor.Orders => Orders;

    IOrderQueryStore IStoreActor.Queries => Queries;

    IJournalStore IStoreActor.Journal => Journal;

    IDeadlineStore IStoreActor.Deadlines => Deadlines;

    IOutboxStore IStoreActor.Outbox => Outbox;

    ILeaseStore IStoreActor.Leases => Leases;

    IOperationStore IStoreActor.Operations => Operations;

    IQuarantineStore IStoreActor.Quarantine => Quarantine;

    ICaseStore IStoreActor.Cases => Cases;

    IDuplicateOrderStore IStoreActor.DuplicateOrders => DuplicateOrders;

    IDuplicateOrderQueryStore IStoreActor.DuplicateOrderQueries => DuplicateOrderQueries;

    IInboxStore IStoreActor.Inbox => Inbox;

    IDeadLetterStore IStoreActor.DeadLetters => DeadLetters;

    IDeliveryPauseStore IStoreActor.Pauses => Pauses;

    public Task AdvanceAsync(TimeSpan by) => Sound.AdvanceAsync(Advance?.Invoke(by) ?? by);

    public Task<IStoreActor> OpenAnotherAsync() => Task.FromResult<IStoreActor>(this);

    public ValueTask DisposeAsync() => Sound.DisposeAsync();
}

/// <summary>Hands the unit inside a <see cref="BrokenUnit"/> to the store that knows it.</summary>
internal sealed class UnwrappingOrders(IOrderStore inner) : IOrderStore
{
    public ValueTask<IReadOnlyList<IReadOnlyList<OrderKey>>> ResolveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
        inner.ResolveAsync(Unwrap(unitOfWork), numbers, cancellationToken);

    public ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderLookup> lookups, CancellationToken cancellationToken = default) =>
        inner.LoadAsync(Unwrap(unitOfWork), lookups, cancellationToken);

    public ValueTask<IReadOnlyList<long>> SaveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderChange> changes, CancellationToken cancellationToken = default) =>
        inner.SaveAsync(Unwrap(unitOfWork), changes, cancellationToken);

    public ValueTask ParkAsync(UnitOfWork unitOfWork, IReadOnlyList<ParkedFact> facts, CancellationToken cancellationToken = default) =>
        inner.ParkAsync(Unwrap(unitOfWork), facts, cancellationToken);

    public ValueTask<IReadOnlyList<ParkedFact>> TakeParkedAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
        inner.TakeParkedAsync(Unwrap(unitOfWork), numbers, cancellationToken);

    public ValueTask<int> EraseDetailsAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
        inner.EraseDetailsAsync(Unwrap(unitOfWork), order, cancellationToken);

    internal static UnitOfWork Unwrap(UnitOfWork unitOfWork) => unitOfWork is BrokenUnit broken ? broken.Inner : unitOfWork;
}

/// <summary>Does the same for operations.</summary>
internal sealed class UnwrappingOperations(IOperationStore inner) : IOperationStore
{
    public ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms, CancellationToken cancellationToken = default) =>
        inner.ClaimAsync(UnwrappingOrders.Unwrap(unitOfWork), requests, terms, cancellationToken);

    public ValueTask<IReadOnlyList<bool>> ChangeAsync(UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default) =>
        inner.ChangeAsync(UnwrappingOrders.Unwrap(unitOfWork), changes, cancellationToken);

    public ValueTask<IReadOnlyList<bool>> ReleaseAsync(UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default) =>
        inner.ReleaseAsync(UnwrappingOrders.Unwrap(unitOfWork), claims, cancellationToken);

    public ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default) => inner.FindAsync(key, cancellationToken);

    public ValueTask<IReadOnlyList<StoredOperation>> ListInterruptedAsync(TenantId tenant, int max, CancellationToken cancellationToken = default) =>
        inner.ListInterruptedAsync(tenant, max, cancellationToken);

    public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default) => inner.SweepAsync(max, cancellationToken);
}

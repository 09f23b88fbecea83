using OrderKit.Core;
using OrderKit.Messaging;
using OrderKit.StateMachine;

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
        Cases = new BrokenCases(Sound.Cases);
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

    public BrokenCases Cases { get; }

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

    ICaseStore IStoreActor.Cases => Cases;

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

    private static UnitOfWork Unwrap(UnitOfWork unitOfWork) => unitOfWork is BrokenUnit broken ? broken.Inner : unitOfWork;
}

using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency.Storage;
using OrderKit.Messaging.Storage;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>The in-memory store, new for each case.</summary>
internal sealed class InMemoryStoreUnderTest : IStoreUnderTest
{
    private static int _tenants;

    /// <summary>What the clock shows at first.</summary>
    public static readonly DateTimeOffset Start = new(2026, 2, 6, 4, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Start);
    private readonly InMemoryDatabase _database;
    private readonly InMemoryOrderStore _orders;
    private readonly InMemoryOutboxStore _outbox;
    private readonly InMemoryCaseStore _cases;
    private readonly InMemoryLeaseStore _leases;
    private readonly InMemoryOperationStore _operations;
    private readonly InMemoryQuarantineStore _quarantine;
    private readonly InMemoryDuplicateOrderStore _duplicates;

    public InMemoryStoreUnderTest()
    {
        _database = new InMemoryDatabase(_clock) { WaitLimit = TimeSpan.FromSeconds(5) };
        _outbox = new InMemoryOutboxStore(_database);
        _cases = new InMemoryCaseStore(_database);
        _leases = new InMemoryLeaseStore(_database);
        _operations = new InMemoryOperationStore(_database);
        _quarantine = new InMemoryQuarantineStore(_database);
        _duplicates = new InMemoryDuplicateOrderStore(_database, _outbox);
        _orders = new InMemoryOrderStore(_database, _outbox, _cases);
        Inbox = new InMemoryInboxStore(_database);
        DeadLetters = new InMemoryDeadLetterStore(_database);
        Pauses = new InMemoryDeliveryPauseStore(_database);
    }

    public TenantId Tenant { get; } = new($"tenant-{Interlocked.Increment(ref _tenants)}");

    public StoreAbilities Abilities => StoreAbilities.None;

    public IUnitOfWorkFactory Units => _database;

    public IOrderStore Orders => _orders;

    public IOrderQueryStore Queries => _orders;

    public IJournalStore Journal => _orders;

    public IDeadlineStore Deadlines => _orders;

    public IOutboxStore Outbox => _outbox;

    public ILeaseStore Leases => _leases;

    public IOperationStore Operations => _operations;

    public IQuarantineStore Quarantine => _quarantine;

    public ICaseStore Cases => _cases;

    public IDuplicateOrderStore DuplicateOrders => _duplicates;

    public IDuplicateOrderQueryStore DuplicateOrderQueries => _duplicates;

    public IInboxStore Inbox { get; }

    public IDeadLetterStore DeadLetters { get; }

    public IDeliveryPauseStore Pauses { get; }

    /// <summary>The outbox's writing side.</summary>
    public InMemoryOutboxStore OutboxWriter => _outbox;

    /// <summary>The cases' writing side.</summary>
    public InMemoryCaseStore CaseWriter => _cases;

    public static ValueTask<IStoreUnderTest> OpenAsync() => new(new InMemoryStoreUnderTest());

    public Task AdvanceAsync(TimeSpan by)
    {
        _clock.Advance(by);
        return Task.CompletedTask;
    }

    // One process has one memory: the second participant is another caller of the same stores.
    public Task<IStoreActor> OpenAnotherAsync() => Task.FromResult<IStoreActor>(this);

    public ValueTask DisposeAsync()
    {
        _database.Dispose();
        return default;
    }
}

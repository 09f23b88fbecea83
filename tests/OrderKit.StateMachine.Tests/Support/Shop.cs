using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests;

/// <summary>A host on in-memory stores, with a clock that only the test moves.</summary>
internal sealed class Shop : IDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 2, 6, 4, 0, 0, TimeSpan.Zero);

    public Shop(params OrderModel[] models)
    {
        Database = new InMemoryDatabase(Clock);
        Outbox = new InMemoryOutboxStore(Database);
        Cases = new InMemoryCaseStore(Database);
        Leases = new InMemoryLeaseStore(Database);
        Store = new InMemoryOrderStore(Database, Outbox, Cases);
        Lifecycle = Host(models);
    }

    public FakeTimeProvider Clock { get; } = new(Noon);

    public InMemoryDatabase Database { get; }

    public InMemoryOutboxStore Outbox { get; }

    public InMemoryCaseStore Cases { get; }

    public InMemoryLeaseStore Leases { get; }

    public InMemoryOrderStore Store { get; }

    public OrderLifecycle Lifecycle { get; }

    public DateTimeOffset Now => Clock.GetUtcNow();

    public static OrderKey Key(string name, string tenant = "default") => new(new TenantId(tenant), OrderId.Derive(new ChannelCode("TB"), name));

    public static OrderReference Number(ReferenceKind kind, string value) => new(TenantId.Default, kind, value);

    public static OrderFact Placed(string name = "A", long due = 1000, long ordered = 2) => new()
    {
        Trigger = "placed",
        Source = "taobao",
        Order = Key(name),
        Id = $"{name}-placed",
        OccurredAt = Noon.AddMinutes(-1),
        Amount = new Money(due, Currency.CNY),
        Quantity = ordered,
    };

    public static OrderFact Fact(string trigger, string name = "A", string? id = null, long? amount = null, long? quantity = null, string source = "erp") => new()
    {
        Trigger = trigger,
        Source = source,
        Order = Key(name),
        Id = id ?? trigger,
        OccurredAt = Noon,
        Amount = amount is { } figure ? new Money(figure, Currency.CNY) : null,
        Quantity = quantity,
    };

    /// <summary>Another process on the same store.</summary>
    public OrderLifecycle Host(params OrderModel[] models) => Host(Store, models);

    public OrderLifecycle Host(IOrderStore store, params OrderModel[] models) =>
        new(store, Database, new OrderModelRegistry(models.Length == 0 ? [OrderModels.Retail] : models), Clock);

    public DeadlineRunner Runner(DeadlineOptions? options = null, OrderLifecycle? lifecycle = null, params IDeadlineProbe[] probes) =>
        new(
            Store, lifecycle ?? Lifecycle, new ScopedServices<IDeadlineProbe>(probes), Options.Create(options ?? new DeadlineOptions()),
            timeProvider: Clock);

    public Task<FireResult> TellAsync(OrderFact fact) => Lifecycle.FireAsync(fact);

    public Task<FireResult> TellAsync(string trigger, string name = "A", long? amount = null, long? quantity = null) =>
        Lifecycle.FireAsync(Fact(trigger, name, amount: amount, quantity: quantity));

    /// <summary>Tells facts one after the other; the owners of goods tell what commands would have been refused for.</summary>
    public async Task TellAllAsync(params string[] triggers)
    {
        foreach (var trigger in triggers)
        {
            await Lifecycle.FireAsync(trigger == "placed" ? Placed() : Fact(trigger) with { Standing = FactStanding.Fact });
        }
    }

    public async Task<StoredOrder> OrderAsync(string name = "A") => Assert.IsType<StoredOrder>(await Store.FindAsync(Key(name)));

    public async Task<OrderCounters> SumsAsync(string name = "A") => (await OrderAsync(name)).Snapshot.Counters;

    /// <summary>The state codes, as in <c>100/200</c>.</summary>
    public async Task<string> StatesAsync(string name = "A")
    {
        var states = (await OrderAsync(name)).Snapshot.States;
        return $"{states[0]}/{states[1]}";
    }

    public async Task<IReadOnlyList<JournalEntry>> JournalAsync(string name = "A") => await Store.ReadJournalAsync(Key(name));

    public async Task<IReadOnlyList<DueDeadline>> DeadlinesAsync(string name = "A") => await Store.DeadlinesOfAsync(Key(name));

    public async Task<IReadOnlyList<ParkedFact>> ParkedAsync() => (await Store.ParkedAsync(TenantId.Default)).Items;

    public async Task<IReadOnlyList<string>> OpenCasesAsync(string name = "A") =>
        [.. (await Cases.QueryAsync(new CaseQuery { Order = Key(name) })).Items.Select(c => c.Code)];

    /// <summary>Takes all events out of the outbox, in their order.</summary>
    public async Task<List<OrderEvent>> EventsAsync()
    {
        var events = new List<OrderEvent>();
        while (await Outbox.ClaimAsync("events", 1000, TimeSpan.FromMinutes(1)) is { Count: > 0 } claimed)
        {
            events.AddRange(claimed.Select(delivery => OrderEventCodec.Decode(delivery.Message.Body)));
            await Outbox.CompleteAsync(claimed);
        }

        return events;
    }

    /// <summary>What is true of every order at every moment.</summary>
    public async Task<IReadOnlyList<JournalEntry>> AssertWholeAsync(OrderKey key, params OrderModel[] models)
    {
        var order = Assert.IsType<StoredOrder>(await Store.FindAsync(key));
        var journal = await Store.ReadJournalAsync(key);
        var model = models.Append(OrderModels.Retail).First(m => m.Fingerprint == order.Snapshot.Model);

        Assert.Equal(Enumerable.Range(1, journal.Count).Select(i => (long)i), journal.Select(e => e.Version));
        Assert.Equal(order.Snapshot, OrderSnapshot.Of(journal));
        Assert.Equal(journal.Count, journal.Select(e => (e.Source, e.FactId)).Distinct().Count());
        Assert.Equal(
            model.CaseCodes(order.Snapshot.Cases).Order(),
            (await Cases.QueryAsync(new CaseQuery { Tenant = key.Tenant, Order = key })).Items.Select(c => c.Code).Order());
        return journal;
    }

    public void Dispose() => Database.Dispose();
}

/// <summary>A probe that answers as a test says.</summary>
internal sealed class TestProbe(Func<DueDeadline, ProbeAnswer> answer, string name = "payment-close") : IDeadlineProbe
{
    private int _asked;

    public int Asked => _asked;

    public string Name { get; } = name;

    public Task<ProbeAnswer> AskAsync(DueDeadline deadline, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        return Task.FromResult(answer(deadline));
    }
}

/// <summary>A store in which something happens between loading and saving, as between two machines.</summary>
internal sealed class RivalStore(IOrderStore inner) : IOrderStore
{
    /// <summary>Told once before each save, in its unit of work.</summary>
    public Queue<Func<UnitOfWork, Task>> BeforeSave { get; } = new();

    public Action? AfterSave { get; set; }

    public int Writes { get; private set; }

    public ValueTask<IReadOnlyList<IReadOnlyList<OrderKey>>> ResolveAsync(UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
        inner.ResolveAsync(unitOfWork, numbers, cancellationToken);

    public ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(UnitOfWork unitOfWork, IReadOnlyList<OrderLookup> lookups, CancellationToken cancellationToken = default) =>
        inner.LoadAsync(unitOfWork, lookups, cancellationToken);

    public async ValueTask<IReadOnlyList<long>> SaveAsync(UnitOfWork unitOfWork, IReadOnlyList<OrderChange> changes, CancellationToken cancellationToken = default)
    {
        if (BeforeSave.TryDequeue(out var rival))
        {
            await rival(unitOfWork);
        }

        Writes++;
        var saved = await inner.SaveAsync(unitOfWork, changes, cancellationToken);
        AfterSave?.Invoke();
        return saved;
    }

    public ValueTask ParkAsync(UnitOfWork unitOfWork, IReadOnlyList<ParkedFact> facts, CancellationToken cancellationToken = default)
    {
        Writes++;
        return inner.ParkAsync(unitOfWork, facts, cancellationToken);
    }

    public ValueTask<IReadOnlyList<ParkedFact>> TakeParkedAsync(UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
        inner.TakeParkedAsync(unitOfWork, numbers, cancellationToken);

    public ValueTask<int> EraseDetailsAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
        inner.EraseDetailsAsync(unitOfWork, order, cancellationToken);
}

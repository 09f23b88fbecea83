using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Messaging;
using OrderKit.StateMachine;

namespace OrderKit.Specs;

/// <summary>The services of a host on a store whose connection can break, with the invariants of every order.</summary>
internal sealed class ServiceUnderTest : IOutboxSink
{
    private static readonly TimeSpan Longer = TimeSpan.FromMinutes(2);

    private readonly IStoreUnderTest _store;
    private readonly InterceptedStore _faulty;
    private readonly FakeTimeProvider _clock;
    private readonly OutboxPump _plainPump;
    private readonly Dictionary<OrderKey, List<OrderEvent>> _events = [];

    private ServiceUnderTest(IStoreUnderTest store, DateTimeOffset now)
    {
        _store = store;
        _faulty = new InterceptedStore(store, Faults);
        _clock = new FakeTimeProvider(now);
        Lifecycle = NewLifecycle(_faulty);
        Runner = new DeadlineRunner(_faulty.Deadlines, Lifecycle, new ScopedServices<IDeadlineProbe>(new Agreeing()));
        Pump = new OutboxPump(_faulty.Outbox, _faulty.DeadLetters, _faulty.Pauses, _faulty.Units, new(this));
        Sealer = new JournalSealer(_faulty.Journal, _faulty.Leases, _clock, Options.Create(new JournalSealingOptions { BatchSize = 3 }));
        _plainPump = new OutboxPump(store.Outbox, store.DeadLetters, store.Pauses, store.Units, new(this));
    }

    public Faults Faults { get; } = new();

    public OrderLifecycle Lifecycle { get; }

    public DeadlineRunner Runner { get; }

    public OutboxPump Pump { get; }

    public JournalSealer Sealer { get; }

    /// <summary>Whether the sink fails at its next delivery.</summary>
    public bool SinkFails { get; set; }

    public static async Task<ServiceUnderTest> OpenAsync(IStoreUnderTest store)
    {
        // Service and store must have the same time, as hosts and databases do.
        var lease = await store.Leases.TryAcquireAsync("clock", "clock", Longer);
        return new ServiceUnderTest(store, lease!.Until - Longer);
    }

    /// <summary>Creates the lifecycle of another host with a connection that does not break.</summary>
    public OrderLifecycle NewLifecycle(IStoreActor actor) =>
        new(actor.Orders, actor.Units, new OrderModelRegistry([OrderModels.Retail]), _clock);

    public OrderKey Key(string name) => Sample.Key(_store, name);

    public OrderFact Placed(string name) => new()
    {
        Trigger = "placed",
        Source = "shop",
        Order = Key(name),
        Id = "placed",
        OccurredAt = _clock.GetUtcNow(),
        Amount = new Money(1000, Currency.CNY),
        Quantity = 2,
        Note = $"note of {name}",
    };

    public OrderFact Fact(string trigger, string name, long? amount = null) => new()
    {
        Trigger = trigger,
        Source = "owner",
        Order = Key(name),
        Id = trigger,
        Amount = amount is { } figure ? new Money(figure, Currency.CNY) : null,
    };

    public async Task AdvanceAsync(TimeSpan by)
    {
        _clock.Advance(by);
        await _store.AdvanceAsync(by);
    }

    /// <summary>
    /// Repeats an action with a fault at each of its calls in turn, before and after the effect, until a run has no fault.
    /// </summary>
    public async Task AtEachFaultAsync(Func<string, Task> prepare, Func<string, Task> act, Func<string, Task> check)
    {
        foreach (var after in (bool[])[false, true])
        {
            var met = true;
            for (var call = 1; met; call++)
            {
                Expect.That(call < 500, "An action must end.");
                var name = $"{(after ? "after" : "before")}-{call}";
                await prepare(name);
                Faults.Arm(call, after);
                await InsistAsync(() => act(name));
                met = Faults.Met;
                Faults.Arm(0, after: false);
                try
                {
                    await check(name);
                }
                catch (SpecFailedException broken)
                {
                    throw new SpecFailedException($"Fault {name}: {broken.Message}", broken);
                }
            }
        }
    }

    /// <summary>
    /// Checks the invariants of an order: its journal is complete and matches it, and each change has its event, deadline and cases.
    /// </summary>
    public async Task<IReadOnlyList<JournalEntry>> ProveAsync(OrderKey key)
    {
        var order = await _store.Queries.FindAsync(key);
        Expect.That(order is not null, "An order with accepted facts must exist.");
        var journal = await _store.Queries.ReadJournalAsync(key);
        Expect.Sequence(Enumerable.Range(1, journal.Count).Select(version => (long)version), journal.Select(row => row.Version));
        Expect.Equal(journal.Count, journal.Select(row => (row.Source, row.FactId)).Distinct().Count());
        var snapshot = order!.Snapshot;
        Expect.Equal(OrderSnapshot.Of(journal), snapshot);

        var model = OrderModels.Retail;
        var cases = await _store.Cases.QueryAsync(new CaseQuery { Tenant = key.Tenant, Order = key });
        Expect.Set(model.CaseCodes(snapshot.Cases), cases.Items.Select(open => open.Code));

        var armed = (await _store.Queries.DeadlinesOfAsync(key)).Select(deadline => (deadline.Facet, deadline.Version)).ToList();
        var waiting = Enumerable.Range(0, model.Facets.Count).Where(facet => model.StateOf(snapshot.States[facet])?.Deadline is not null);
        Expect.Set(waiting.Select(facet => (facet, snapshot.Since[facet])), armed);

        await _plainPump.PumpAllAsync();
        var told = _events.GetValueOrDefault(key, []).Select(told => told.Version).ToList();
        Expect.Sequence(
            journal.Where(row => row.IsTransition || row.Kind == DecisionKind.Contradictory).Select(row => row.Version), told.Distinct());
        Expect.Sequence(told.Order(), told);
        return journal;
    }

    public int DeliveriesOf(OrderKey key) => _events.GetValueOrDefault(key, []).Count;

    public async Task<bool> IsIdleAsync() => (await _store.Outbox.BacklogAsync("events")).Count == 0;

    Task IOutboxSink.DeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
    {
        if (SinkFails)
        {
            SinkFails = false;
            throw new InjectedFaultException(happened: false);
        }

        var told = OrderEventCodec.Decode(delivery.Message.Body);
        Expect.Equal(OrderEventCodec.MessageIdOf(told.Order.Order.Value, told.Version), delivery.Message.MessageId);
        if (!_events.TryGetValue(told.Order, out var events))
        {
            _events.Add(told.Order, events = []);
        }

        events.Add(told);
        return Task.CompletedTask;
    }

    /// <summary>Repeats an action after the leases have lapsed, as callers do that get no answer.</summary>
    private async Task InsistAsync(Func<Task> act)
    {
        while (true)
        {
            try
            {
                await act();
                return;
            }
            catch (InjectedFaultException)
            {
                await AdvanceAsync(Longer);
            }
        }
    }

    private sealed class Agreeing : IDeadlineProbe
    {
        public string Name => "payment-close";

        public Task<ProbeAnswer> AskAsync(DueDeadline deadline, CancellationToken cancellationToken) =>
            Task.FromResult<ProbeAnswer>(new ProbeAnswer.Proceed());
    }
}

using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Messaging;
using OrderKit.StateMachine;

namespace OrderKit.Specs;

/// <summary>The services of a host on a store whose connection can break, and what is true of every order after each of their acts.</summary>
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
        Runner = new DeadlineRunner(_faulty.Deadlines, Lifecycle, [new Agreeing()]);
        Pump = new OutboxPump(_faulty.Outbox, _faulty.DeadLetters, _faulty.Pauses, _faulty.Units, this);
        Sealer = new JournalSealer(_faulty.Journal, _faulty.Leases, _clock, Options.Create(new JournalSealingOptions { BatchSize = 3 }));
        _plainPump = new OutboxPump(store.Outbox, store.DeadLetters, store.Pauses, store.Units, this);
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
        // Service and store agree on the time, as hosts and databases do.
        var lease = await store.Leases.TryAcquireAsync("clock", "clock", Longer).ConfigureAwait(false);
        return new ServiceUnderTest(store, lease!.Until - Longer);
    }

    /// <summary>A lifecycle of another host on a connection that does not break.</summary>
    public OrderLifecycle NewLifecycle(IStoreActor actor) => new(actor.Orders, actor.Units, new OrderModelRegistry([OrderModels.Retail]), _clock);

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
        await _store.AdvanceAsync(by).ConfigureAwait(false);
    }

    /// <summary>Tries something with a fault at each of its calls in turn, before and after that call's effect, until a try meets none.</summary>
    public async Task AtEachFaultAsync(Func<string, Task> prepare, Func<string, Task> act, Func<string, Task> check)
    {
        foreach (var after in (bool[])[false, true])
        {
            var met = true;
            for (var call = 1; met; call++)
            {
                Expect.That(call < 500, "An act has an end.");
                var name = $"{(after ? "after" : "before")}-{call}";
                await prepare(name).ConfigureAwait(false);
                Faults.Arm(call, after);
                await InsistAsync(() => act(name)).ConfigureAwait(false);
                met = Faults.Met;
                Faults.Arm(0, after: false);
                try
                {
                    await check(name).ConfigureAwait(false);
                }
                catch (SpecFailedException broken)
                {
                    throw new SpecFailedException($"Fault {name}: {broken.Message}", broken);
                }
            }
        }
    }

    /// <summary>What is true of every order at every moment: its journal is whole and is it, and each change has one event, one deadline, its cases.</summary>
    public async Task<IReadOnlyList<JournalEntry>> ProveAsync(OrderKey key)
    {
        var order = await _store.Queries.FindAsync(key).ConfigureAwait(false);
        Expect.That(order is not null, "An order whose facts were accepted is there.");
        var journal = await _store.Queries.ReadJournalAsync(key).ConfigureAwait(false);
        Expect.Sequence(Enumerable.Range(1, journal.Count).Select(version => (long)version), journal.Select(row => row.Version));
        Expect.Equal(journal.Count, journal.Select(row => (row.Source, row.FactId)).Distinct().Count());
        var snapshot = order!.Snapshot;
        Expect.Equal(JournalFold.Of(journal), snapshot);

        var model = OrderModels.Retail;
        var cases = await _store.Cases.QueryAsync(new CaseQuery { Tenant = key.Tenant, Order = key }).ConfigureAwait(false);
        Expect.Set(model.CaseCodes(snapshot.Cases), cases.Items.Select(open => open.Code));

        var armed = (await _store.Queries.DeadlinesOfAsync(key).ConfigureAwait(false)).Select(deadline => (deadline.Facet, deadline.Version)).ToList();
        var waiting = Enumerable.Range(0, model.Facets.Count).Where(facet => model.StateOf(snapshot.States[facet])?.Deadline is not null);
        Expect.Set(waiting.Select(facet => (facet, snapshot.Since[facet])), armed);

        await _plainPump.PumpAllAsync().ConfigureAwait(false);
        var told = _events.GetValueOrDefault(key, []).Select(told => told.Version).ToList();
        Expect.Sequence(journal.Where(row => row.IsTransition || row.Kind == DecisionKind.Contradictory).Select(row => row.Version), told.Distinct());
        Expect.Sequence(told.Order(), told);
        return journal;
    }

    public int DeliveriesOf(OrderKey key) => _events.GetValueOrDefault(key, []).Count;

    public async Task<bool> IsIdleAsync() => (await _store.Outbox.BacklogAsync("events").ConfigureAwait(false)).Count == 0;

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

    /// <summary>Does as callers do who hear nothing: the same again, once leases have lapsed.</summary>
    private async Task InsistAsync(Func<Task> act)
    {
        while (true)
        {
            try
            {
                await act().ConfigureAwait(false);
                return;
            }
            catch (InjectedFaultException)
            {
                await AdvanceAsync(Longer).ConfigureAwait(false);
            }
        }
    }

    private sealed class Agreeing : IDeadlineProbe
    {
        public string Name => "payment-close";

        public Task<ProbeAnswer> AskAsync(DueDeadline deadline, CancellationToken cancellationToken) => Task.FromResult<ProbeAnswer>(new ProbeAnswer.Proceed());
    }
}

using OrderKit.Core;
using OrderKit.StateMachine.Storage;
using static OrderKit.StateMachine.Tests.Shop;

namespace OrderKit.StateMachine.Tests;

/// <summary>Deadlines that are due together: fired in one transaction, and each for itself where that fails.</summary>
public sealed class DeadlineSetTests : IDisposable
{
    private static readonly TestProbe Yes = new(_ => new ProbeAnswer.Proceed());
    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task A_set_is_written_at_once()
    {
        var store = new RivalStore(_shop.Store);
        await PlaceAsync(250);

        Assert.Equal(250, await Runner(store, batch: 100).RunDueAsync());

        Assert.Equal(3, store.Writes);
        Assert.Equal("140/290", await _shop.StatesAsync("O249"));
    }

    [Fact]
    public async Task An_order_that_the_store_refuses_fails_alone()
    {
        await PlaceAsync(20);
        var store = new RefusingStore(_shop.Store, Key("O7"));

        await Assert.ThrowsAsync<InvalidDataException>(() => Runner(store, batch: 10).RunDueAsync());

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(i == 7 ? "100/200" : "140/290", await _shop.StatesAsync($"O{i}"));
        }

        // The failed one is left to its lease; the next call goes on with the rest.
        Assert.Equal(10, await Runner(store, batch: 100).RunDueAsync());
        _shop.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await Runner(_shop.Store, batch: 100).RunDueAsync());
        Assert.Equal(2, (await _shop.AssertWholeAsync(Key("O7"))).Count);
        Assert.Equal(2, (await _shop.AssertWholeAsync(Key("O8"))).Count);
    }

    [Fact]
    public async Task A_set_whose_commit_is_not_known_has_one_effect_for_each_member()
    {
        await PlaceAsync(3);
        var store = new RivalStore(_shop.Store);
        store.BeforeSave.Enqueue(unit =>
        {
            unit.AfterCommit(static () => throw new CommitOutcomeUnknownException());
            return Task.CompletedTask;
        });

        Assert.Equal(3, await Runner(store, batch: 100).RunDueAsync());

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("140/290", await _shop.StatesAsync($"O{i}"));
            Assert.Equal(2, (await _shop.AssertWholeAsync(Key($"O{i}"))).Count);
            Assert.Empty(await _shop.DeadlinesAsync($"O{i}"));
        }
    }

    [Fact]
    public async Task Deadlines_of_one_order_in_one_set_act_in_their_order()
    {
        await _shop.TellAsync(Placed() with { Deadline = Noon.AddMinutes(1), ShipBy = Noon.AddMinutes(2) });
        _shop.Clock.Advance(TimeSpan.FromMinutes(30));

        // The order is closed by the first, which leaves the state that the second waits in.
        Assert.Equal(2, await _shop.Runner(probes: Yes).RunDueAsync());

        Assert.Equal("140/290", await _shop.StatesAsync());
        Assert.Equal(["placed", "unpaid-expired"], (await _shop.AssertWholeAsync(Key("A"))).Select(e => e.Trigger));
        Assert.Empty(await _shop.DeadlinesAsync());
    }

    [Fact]
    public async Task Every_member_of_a_set_ends_as_its_own_probe_says()
    {
        await PlaceAsync(6);
        var probe = new TestProbe(deadline => Array.IndexOf([.. Enumerable.Range(0, 6).Select(i => Key($"O{i}"))], deadline.Order) switch
        {
            0 => new ProbeAnswer.Postpone(TimeSpan.FromHours(1)),
            1 => new ProbeAnswer.Instead(Fact("captured", "O1", amount: 1000, source: "alipay")),
            2 => throw new HttpRequestException("no answer"),
            _ => new ProbeAnswer.Proceed(),
        });

        Assert.Equal(3, await _shop.Runner(probes: probe).RunDueAsync());

        Assert.Equal("100/200", await _shop.StatesAsync("O0"));
        Assert.Equal("101/200", await _shop.StatesAsync("O1"));
        Assert.Equal("100/200", await _shop.StatesAsync("O2"));
        Assert.Equal("140/290", await _shop.StatesAsync("O3"));

        // The one whose probe failed is asked again before the one that was put off for an hour.
        _shop.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, await _shop.Runner(probes: Yes).RunDueAsync());
        Assert.Equal(["140/290", "100/200"], [await _shop.StatesAsync("O2"), await _shop.StatesAsync("O0")]);
    }

    [Fact]
    public async Task Probes_are_asked_at_the_same_time_up_to_the_limit()
    {
        await PlaceAsync(9);
        var probe = new WaitingProbe(expected: 3);

        Assert.Equal(9, await _shop.Runner(new DeadlineOptions { MaxConcurrentProbes = 3 }, probes: probe).RunDueAsync());

        Assert.Equal(3, probe.Most);
    }

    private async Task PlaceAsync(int orders)
    {
        await _shop.Lifecycle.FireManyAsync([.. Enumerable.Range(0, orders).Select(i => Placed($"O{i}") with { Deadline = Noon.AddMinutes(1).AddSeconds(i) })]);
        _shop.Clock.Advance(TimeSpan.FromMinutes(30));
    }

    private DeadlineRunner Runner(IOrderStore store, int batch) =>
        _shop.Runner(new DeadlineOptions { BatchSize = batch }, _shop.Host(store), Yes);

    /// <summary>Waits in each wave until as many are asked as may be.</summary>
    private sealed class WaitingProbe(int expected) : IDeadlineProbe
    {
        private readonly Lock _lock = new();
        private TaskCompletionSource _together = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _asking;

        public string Name => "payment-close";

        public int Most { get; private set; }

        public async Task<ProbeAnswer> AskAsync(DueDeadline deadline, CancellationToken cancellationToken)
        {
            Task together;
            lock (_lock)
            {
                Most = Math.Max(Most, ++_asking);
                together = _together.Task;
                if (_asking == expected)
                {
                    _together.SetResult();
                    _together = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    _asking = 0;
                }
            }

            await together;
            return new ProbeAnswer.Proceed();
        }
    }

    /// <summary>A store that cannot write one order.</summary>
    private sealed class RefusingStore(IOrderStore inner, OrderKey refused) : IOrderStore
    {
        public ValueTask<IReadOnlyList<IReadOnlyList<OrderKey>>> ResolveAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
            inner.ResolveAsync(unitOfWork, numbers, cancellationToken);

        public ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderLookup> lookups, CancellationToken cancellationToken = default) =>
            inner.LoadAsync(unitOfWork, lookups, cancellationToken);

        public ValueTask<IReadOnlyList<long>> SaveAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderChange> changes, CancellationToken cancellationToken = default) =>
            changes.Any(change => change.Order.Key == refused)
                ? throw new InvalidDataException("This order cannot be written.")
                : inner.SaveAsync(unitOfWork, changes, cancellationToken);

        public ValueTask ParkAsync(UnitOfWork unitOfWork, IReadOnlyList<ParkedFact> facts, CancellationToken cancellationToken = default) =>
            inner.ParkAsync(unitOfWork, facts, cancellationToken);

        public ValueTask<IReadOnlyList<ParkedFact>> TakeParkedAsync(
            UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default) =>
            inner.TakeParkedAsync(unitOfWork, numbers, cancellationToken);

        public ValueTask<int> EraseDetailsAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default) =>
            inner.EraseDetailsAsync(unitOfWork, order, cancellationToken);
    }
}

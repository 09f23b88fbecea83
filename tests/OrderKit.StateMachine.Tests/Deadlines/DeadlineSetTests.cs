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

    [Fact]
    public async Task A_hung_probe_delays_no_deadline_without_a_probe_and_is_given_up()
    {
        await PlaceAsync(3);
        await ArmShipByAsync();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hung = new HungProbe(asked);

        var running = _shop.Runner(new DeadlineOptions { MaxConcurrentProbes = 1 }, probes: hung).RunDueAsync();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(["ship-by-passed"], await _shop.OpenCasesAsync("Z"));
        Assert.False(running.IsCompleted);

        hung.IsHung = false;
        _shop.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(3, await running.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.True(hung.WasCancelled);
        Assert.Equal("100/200", await _shop.StatesAsync("O0"));
        Assert.Equal(["140/290", "140/290"], [await _shop.StatesAsync("O1"), await _shop.StatesAsync("O2")]);

        // It counts as failed: it is asked again after the delay.
        _shop.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(0, await _shop.Runner(probes: Yes).RunDueAsync());
        _shop.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await _shop.Runner(probes: Yes).RunDueAsync());
    }

    [Fact]
    public async Task Slow_probes_are_asked_until_half_of_the_lease_and_the_rest_later()
    {
        await PlaceAsync(8);
        await ArmShipByAsync();
        var slow = new TestProbe(_ =>
        {
            _shop.Clock.Advance(TimeSpan.FromSeconds(15));
            return new ProbeAnswer.Proceed();
        });
        var runner = _shop.Runner(new DeadlineOptions { BatchSize = 4, MaxConcurrentProbes = 1 }, probes: slow);

        // Two of the first set; the sets after it fire only what needs no probe.
        Assert.Equal(3, await runner.RunDueAsync());
        Assert.Equal(2, slow.Asked);
        Assert.Equal(["ship-by-passed"], await _shop.OpenCasesAsync("Z"));
        Assert.Equal(["140/290", "100/200"], [await _shop.StatesAsync("O1"), await _shop.StatesAsync("O2")]);

        for (var call = 2; call <= 4; call++)
        {
            _shop.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(2, await runner.RunDueAsync());
        }

        Assert.Equal(8, slow.Asked);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Members_are_not_tried_one_by_one_where_no_transaction_begins(int failing)
    {
        await PlaceAsync(20);
        var units = new UnreachableUnits(_shop.Database, failing);
        var lifecycle = new OrderLifecycle(
            new RefusingStore(_shop.Store, Key("O19")), units, new OrderModelRegistry([OrderModels.Retail]), _shop.Clock);

        await Assert.ThrowsAsync<IOException>(() => _shop.Runner(lifecycle: lifecycle, probes: Yes).RunDueAsync());

        Assert.Equal(failing, units.Begun);
        Assert.Equal(failing == 1 ? "100/200" : "140/290", await _shop.StatesAsync("O0"));
        Assert.Equal("100/200", await _shop.StatesAsync("O1"));
        _shop.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(failing == 1 ? 20 : 19, await _shop.Runner(probes: Yes).RunDueAsync());
    }

    /// <summary>An order that is paid and not shipped in time; its deadline needs no probe and passed last.</summary>
    private async Task ArmShipByAsync()
    {
        await _shop.TellAsync(Placed("Z"));
        await _shop.TellAsync("captured", "Z", amount: 1000);
        await _shop.TellAsync(Fact("stock-unknown", "Z") with { ShipBy = _shop.Now.AddMinutes(-1) });
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

    /// <summary>Hangs at the first question although it is cancelled, and agrees from then on.</summary>
    private sealed class HungProbe(TaskCompletionSource asked) : IDeadlineProbe
    {
        private CancellationToken _first;

        public string Name => "payment-close";

        public bool IsHung { get; set; } = true;

        public bool WasCancelled => _first.IsCancellationRequested;

        public Task<ProbeAnswer> AskAsync(DueDeadline deadline, CancellationToken cancellationToken)
        {
            if (!IsHung)
            {
                return Task.FromResult<ProbeAnswer>(new ProbeAnswer.Proceed());
            }

            _first = cancellationToken;
            asked.SetResult();
            return new TaskCompletionSource<ProbeAnswer>().Task;
        }
    }

    /// <summary>A database that is not reachable from the n-th transaction on.</summary>
    private sealed class UnreachableUnits(IUnitOfWorkFactory inner, int from) : IUnitOfWorkFactory
    {
        public int Begun { get; private set; }

        public ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default) =>
            ++Begun >= from ? throw new IOException("The database is not reachable.") : inner.BeginAsync(cancellationToken);
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

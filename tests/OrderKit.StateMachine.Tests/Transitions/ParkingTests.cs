using System.Diagnostics.Metrics;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;
using static OrderKit.StateMachine.Tests.Shop;

namespace OrderKit.StateMachine.Tests;

/// <summary>What cannot be decided yet waits, and is applied in the transaction that removes the reason.</summary>
public sealed class ParkingTests : IDisposable
{
    private static readonly OrderReference Trade = Number(ReferenceKind.Trade, "T1");
    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task A_payment_that_comes_before_its_order_is_applied_with_the_order()
    {
        var parked = Assert.IsType<FireResult.Parked>(await _shop.TellAsync("captured", amount: 1000));
        Assert.Equal(ParkReason.UnknownOrder, parked.Reason);

        await _shop.TellAsync(Placed());

        Assert.Equal("101/200", await _shop.StatesAsync());
        Assert.Empty(await _shop.ParkedAsync());
        Assert.IsType<FireResult.Duplicate>(await _shop.TellAsync("captured", amount: 1000));
    }

    [Fact]
    public async Task A_payment_under_an_unknown_number_is_applied_with_the_fact_that_links_it()
    {
        await _shop.TellAsync(Placed());
        var paid = Fact("captured", amount: 1000) with { Order = null, Reference = Trade };
        Assert.Equal(ParkReason.UnknownNumber, Assert.IsType<FireResult.Parked>(await _shop.TellAsync(paid)).Reason);
        Assert.IsType<FireResult.Parked>(await _shop.TellAsync(paid));
        Assert.Single(await _shop.ParkedAsync());

        await _shop.TellAsync(Fact("stock-locked") with { Links = [Trade] });

        Assert.Equal("101/201", await _shop.StatesAsync());
        Assert.Empty(await _shop.ParkedAsync());
    }

    [Fact]
    public async Task What_waits_for_what_waits_is_applied_in_one_go()
    {
        var waybill = Number(ReferenceKind.Waybill, "SF1");
        await _shop.TellAsync(Fact("in-transit") with { Order = null, Reference = waybill });
        await _shop.TellAsync(Fact("outbound") with { Order = null, Reference = Trade, Links = [waybill] });
        await _shop.TellAsync("captured", amount: 1000);

        await _shop.TellAsync(Placed() with { Links = [Trade] });

        Assert.Equal("101/305", await _shop.StatesAsync());
        Assert.Empty(await _shop.ParkedAsync());
        await _shop.AssertWholeAsync(Key("A"));
    }

    [Fact]
    public async Task Facts_and_their_order_may_come_in_one_call_in_any_order()
    {
        var results = await _shop.Lifecycle.FireManyAsync([Fact("captured", amount: 1000), Placed(), Fact("stock-locked")]);

        Assert.Equal(["Parked", "Applied", "Applied"], results.Select(r => r.GetType().Name));
        Assert.Equal("101/201", await _shop.StatesAsync());
        Assert.Empty(await _shop.ParkedAsync());
    }

    [Fact]
    public async Task Money_under_a_number_that_orders_share_waits_for_somebody_to_divide_it()
    {
        await _shop.Lifecycle.FireManyAsync([Placed("A") with { Links = [Trade] }, Placed("B") with { Links = [Trade] }]);

        var parked = Assert.IsType<FireResult.Parked>(await _shop.TellAsync(Fact("captured", amount: 2000) with { Order = null, Reference = Trade }));

        Assert.Equal(ParkReason.AmbiguousNumber, parked.Reason);
        Assert.Equal("2 orders share the trade number 'T1', and the fact brings an amount or a quantity for all of them.", parked.Detail);
        Assert.Equal(0, (await _shop.SumsAsync("A")).Captured + (await _shop.SumsAsync("B")).Captured);
    }

    [Fact]
    public async Task A_trigger_that_the_model_lacks_waits_for_the_model_that_has_it()
    {
        var old = Tiny.With(static (_, _) => { });
        var next = OrderModel.Define("tiny", 2, m =>
        {
            var tiny = new Tiny(m);
            m.Fact("polished", tiny.Goods).From(tiny.Open).Stay();
            m.Supersedes(old);
        });
        var host = _shop.Host(old);
        await host.FireAsync(Placed());
        Assert.Equal(ParkReason.UnknownTrigger, Assert.IsType<FireResult.Parked>(await host.FireAsync(Fact("polished"))).Reason);

        var upgraded = _shop.Host(old, next);
        await upgraded.MoveAsync(Key("A"), next, "ops-1");
        var replayed = await upgraded.ReplayParkedAsync(Number(ReferenceKind.Order, Key("A").Order.Value));

        Assert.IsType<FireResult.Applied>(Assert.Single(replayed));
        Assert.Empty(await _shop.ParkedAsync());
        await _shop.AssertWholeAsync(Key("A"), old, next);
    }

    [Fact]
    public async Task Facts_of_an_order_whose_model_this_host_lacks_wait_are_counted_and_are_replayed()
    {
        var small = SmallShop.Model;
        await _shop.Host(OrderModels.Retail, small).FireAsync(Placed() with { Model = "small-shop" });
        using var counted = new CountedFacts();

        var parked = Assert.IsType<FireResult.Parked>(await _shop.TellAsync("captured", amount: 1000));

        Assert.Equal(ParkReason.UnknownModel, parked.Reason);
        Assert.Contains(small.Fingerprint.ToString(), parked.Detail, StringComparison.Ordinal);
        Assert.True(counted.Parked > 0);
        Assert.IsType<FireResult.Parked>(Assert.Single(await _shop.Lifecycle.ReplayParkedAsync(parked.Number)));
        var since = (await _shop.ParkedAsync())[0].ParkedAt;

        _shop.Clock.Advance(TimeSpan.FromHours(1));
        await _shop.Lifecycle.ReplayParkedAsync(parked.Number);
        Assert.Equal(since, Assert.Single(await _shop.ParkedAsync()).ParkedAt);

        var replayed = await _shop.Host(OrderModels.Retail, small).ReplayParkedAsync(parked.Number);
        Assert.IsType<FireResult.Applied>(Assert.Single(replayed));
        Assert.Empty(await _shop.ParkedAsync());
    }

    [Fact]
    public async Task A_new_order_of_an_unknown_model_waits_with_all_that_follows_it()
    {
        var small = SmallShop.Model;
        Assert.Equal(ParkReason.UnknownModel, Assert.IsType<FireResult.Parked>(await _shop.TellAsync(Placed() with { Model = "small-shop" })).Reason);
        Assert.Equal(ParkReason.UnknownOrder, Assert.IsType<FireResult.Parked>(await _shop.TellAsync("captured", amount: 1000)).Reason);

        var replayed = await _shop.Host(OrderModels.Retail, small).ReplayParkedAsync(Number(ReferenceKind.Order, Key("A").Order.Value));

        Assert.All(replayed, result => Assert.IsType<FireResult.Applied>(result));
        Assert.Equal("101/200", await _shop.StatesAsync());
    }

    [Fact]
    public async Task Facts_of_an_order_in_a_state_that_no_model_knows_wait_until_it_is_mended()
    {
        await _shop.TellAsync(Placed());
        await BreakAsync(999);

        var parked = Assert.IsType<FireResult.Parked>(await _shop.TellAsync("captured", amount: 1000));
        Assert.Equal(ParkReason.UnknownState, parked.Reason);
        Assert.Equal(ParkReason.UnknownState, Assert.IsType<FireResult.Unresolved>(await _shop.TellAsync("cancel")).Reason);

        await BreakAsync(100);
        Assert.IsType<FireResult.Applied>(Assert.Single(await _shop.Lifecycle.ReplayParkedAsync(parked.Number)));
        Assert.Equal("101/200", await _shop.StatesAsync());
    }

    [Fact]
    public async Task An_operator_cannot_act_on_an_order_in_a_state_that_no_model_knows()
    {
        await _shop.TellAllAsync("placed", "cancel");
        await _shop.TellAsync("captured", amount: 1000);
        await BreakAsync(999);

        var result = await _shop.Lifecycle.CloseCaseAsync(Key("A"), "paid-after-cancel", "ops", "why");

        Assert.Equal(ParkReason.UnknownState, Assert.IsType<FireResult.Unresolved>(result).Reason);
    }

    [Fact]
    public async Task A_profile_or_a_hold_that_the_model_lacks_waits()
    {
        Assert.Equal(ParkReason.UnknownCode, Assert.IsType<FireResult.Parked>(await _shop.TellAsync(Placed() with { Profile = "AIRSHIP" })).Reason);
        await _shop.TellAsync(Placed("B"));
        Assert.Equal(ParkReason.UnknownCode, Assert.IsType<FireResult.Parked>(await _shop.TellAsync(Fact("hold-placed", "B") with { Holds = ["moon"] })).Reason);
    }

    [Fact]
    public async Task Replaying_a_number_that_nothing_waits_for_does_nothing() =>
        Assert.Empty(await _shop.Lifecycle.ReplayParkedAsync(Trade));

    [Fact]
    public async Task What_loses_the_race_in_a_replay_waits_on()
    {
        var small = SmallShop.Model;
        var knowing = _shop.Host(OrderModels.Retail, small);
        await knowing.FireAsync(Placed() with { Model = "small-shop" });
        var parked = Assert.IsType<FireResult.Parked>(await _shop.TellAsync("captured", amount: 1000));
        var rival = new RivalStore(_shop.Store);
        for (var i = 0; i < 3; i++)
        {
            var id = $"rival-{i}";
            rival.BeforeSave.Enqueue(async unit => await knowing.FireAsync(unit, Fact("refunded", id: id, amount: 1)));
        }

        var replayed = await _shop.Host(rival, OrderModels.Retail, small).ReplayParkedAsync(parked.Number);

        Assert.IsType<FireResult.Conflict>(Assert.Single(replayed));
        Assert.Single(await _shop.ParkedAsync());
        Assert.IsType<FireResult.Applied>(Assert.Single(await knowing.ReplayParkedAsync(parked.Number)));
    }

    [Fact]
    public async Task A_fact_that_was_parked_in_a_lost_attempt_does_not_wait_on_after_it_was_applied()
    {
        var rival = new RivalStore(_shop.Store);
        rival.BeforeSave.Enqueue(async unit => await _shop.Lifecycle.FireAsync(unit, Placed()));

        var results = await _shop.Host(rival).FireManyAsync([Fact("captured", amount: 1000), Placed() with { Id = "pulled" }]);

        Assert.Equal(["Applied", "AlreadyApplied"], results.Select(r => r.GetType().Name));
        Assert.Empty(await _shop.ParkedAsync());
    }

    /// <summary>Writes a state as a faulty migration of the host might.</summary>
    private async Task BreakAsync(int state)
    {
        var order = await _shop.OrderAsync();
        var states = order.Snapshot.States.With(0, state);
        var version = order.Snapshot.Version + 1;
        var row = (await _shop.JournalAsync())[^1] with { Version = version, States = states, FactId = $"script-{version}", MovedFacets = 0, First = CounterChange.None, Second = CounterChange.None };
        await using var unit = await _shop.Database.BeginAsync();
        await _shop.Store.SaveAsync(unit, [new OrderChange
        {
            ExpectedVersion = version - 1,
            Order = order with { Snapshot = order.Snapshot with { States = states, Version = version } },
            Entries = [row],
        }]);
        await unit.CommitAsync();
    }

    private sealed class CountedFacts : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _parked;

        public CountedFacts()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == OrderKitTelemetry.FactsCounterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            {
                foreach (var tag in tags)
                {
                    if (tag is { Key: OrderKitTelemetry.OutcomeTag, Value: "parked" })
                    {
                        Interlocked.Add(ref _parked, count);
                    }
                }
            });
            _listener.Start();
        }

        public long Parked => Interlocked.Read(ref _parked);

        public void Dispose() => _listener.Dispose();
    }
}

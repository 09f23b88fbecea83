using OrderKit.Core;
using static OrderKit.StateMachine.Tests.Shop;

namespace OrderKit.StateMachine.Tests;

/// <summary>Deadlines: armed with the state, void with it, fired once.</summary>
public sealed class DeadlineRunnerTests : IDisposable
{
    private static readonly TestProbe Yes = new(_ => new ProbeAnswer.Proceed());
    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task Entering_a_state_arms_its_deadline_and_leaving_it_voids_it()
    {
        await _shop.TellAsync(Placed());
        Assert.Equal(
            [(0, "unpaid-expired", Noon.AddMinutes(30), "payment-close"), (1, "ship-by-expired", Noon.AddHours(48), null)],
            (await _shop.DeadlinesAsync()).Select(d => (d.Facet, d.Trigger, d.DueAt, d.Probe)));

        await _shop.TellAsync("captured", amount: 1000);
        Assert.Equal(["ship-by-expired"], (await _shop.DeadlinesAsync()).Select(d => d.Trigger));

        await _shop.TellAllAsync("cancel");
        Assert.Empty(await _shop.DeadlinesAsync());
    }

    [Fact]
    public async Task Another_state_replaces_the_deadline_of_the_one_before()
    {
        await _shop.TellAllAsync("placed", "captured", "outbound");
        _shop.Clock.Advance(TimeSpan.FromHours(1));

        await _shop.TellAsync("in-transit");

        var deadline = Assert.Single(await _shop.DeadlinesAsync());
        Assert.Equal(("transit-expired", Noon.AddHours(1).AddDays(7), 4L), (deadline.Trigger, deadline.DueAt, deadline.Version));
    }

    [Fact]
    public async Task A_passed_deadline_fires_once_in_the_next_scan()
    {
        await _shop.TellAsync(Placed());
        var runner = _shop.Runner(probes: Yes);
        _shop.Clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(0, await runner.RunDueAsync());

        _shop.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await runner.RunDueAsync());
        Assert.Equal(0, await runner.RunDueAsync());

        Assert.Equal("140/290", await _shop.StatesAsync());
        Assert.Empty(await _shop.DeadlinesAsync());
        Assert.Equal(DeadlineRunner.Source, (await _shop.AssertWholeAsync(Key("A")))[^1].Source);
    }

    [Fact]
    public async Task A_deadline_that_moves_nothing_fires_once_too()
    {
        await _shop.TellAllAsync("placed", "captured", "outbound");
        var runner = _shop.Runner(probes: Yes);
        _shop.Clock.Advance(TimeSpan.FromHours(21));

        Assert.Equal(1, await runner.RunDueAsync());
        _shop.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(0, await runner.RunDueAsync());

        Assert.Equal(["no-first-scan"], await _shop.OpenCasesAsync());
        Assert.Empty(await _shop.DeadlinesAsync());
        Assert.Equal(4, (await _shop.JournalAsync()).Count);
    }

    [Fact]
    public async Task An_order_that_moves_between_the_claim_and_the_firing_is_left_alone()
    {
        await _shop.TellAsync(Placed());
        _shop.Clock.Advance(TimeSpan.FromMinutes(30));
        var probe = new TestProbe(_ =>
        {
            Assert.IsType<FireResult.Applied>(_shop.TellAsync("captured", amount: 1000).GetAwaiter().GetResult());
            return new ProbeAnswer.Proceed();
        });

        Assert.Equal(1, await _shop.Runner(probes: probe).RunDueAsync());

        Assert.Equal("101/200", await _shop.StatesAsync());
        Assert.Equal(2, (await _shop.JournalAsync()).Count);
    }

    [Fact]
    public async Task A_ship_by_instant_that_moves_ahead_between_the_claim_and_the_firing_is_kept()
    {
        await _shop.TellAllAsync("placed", "captured");
        _shop.Clock.Advance(TimeSpan.FromHours(48));
        var claimed = Assert.Single(await _shop.Store.ClaimDueAsync(10, TimeSpan.FromMinutes(1)));
        await _shop.TellAsync(Fact("stock-unknown") with { ShipBy = Noon.AddHours(72) });

        Assert.IsType<FireResult.Stale>(Assert.Single(
            await _shop.Lifecycle.FireDeadlinesAsync([Fact(claimed.Trigger, source: DeadlineRunner.Source)], [claimed], default)));

        Assert.Empty(await _shop.OpenCasesAsync());
        Assert.Equal(Noon.AddHours(72), Assert.Single(await _shop.DeadlinesAsync()).DueAt);
        _shop.Clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(1, await _shop.Runner().RunDueAsync());
        Assert.Equal(["ship-by-passed"], await _shop.OpenCasesAsync());
    }

    [Fact]
    public async Task A_probe_can_put_it_off()
    {
        await _shop.TellAsync(Placed());
        var probe = new TestProbe(_ => _shop.Clock.GetUtcNow() < Noon.AddMinutes(40) ? new ProbeAnswer.Postpone(TimeSpan.FromMinutes(20)) : new ProbeAnswer.Proceed());
        var runner = _shop.Runner(probes: probe);
        _shop.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(0, await runner.RunDueAsync());
        Assert.Equal(Noon.AddMinutes(30), (await _shop.DeadlinesAsync())[0].DueAt);

        _shop.Clock.Advance(TimeSpan.FromMinutes(19));
        Assert.Equal(0, await runner.RunDueAsync());
        _shop.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await runner.RunDueAsync());
        Assert.Equal("140/290", await _shop.StatesAsync());
    }

    [Fact]
    public async Task A_probe_that_puts_it_off_by_nothing_does_not_keep_the_runner_busy()
    {
        await _shop.TellAsync(Placed());
        var probe = new TestProbe(_ => new ProbeAnswer.Postpone(TimeSpan.Zero));
        _shop.Clock.Advance(TimeSpan.FromMinutes(30));

        Assert.Equal(0, await _shop.Runner(new DeadlineOptions { BatchSize = 1 }, probes: probe).RunDueAsync());
        Assert.Equal(1, probe.Asked);
    }

    [Fact]
    public async Task A_probe_can_bring_what_the_owner_told_instead()
    {
        await _shop.TellAsync(Placed());
        var probe = new TestProbe(_ => new ProbeAnswer.Instead(Fact("captured", amount: 1000, source: "alipay")));
        _shop.Clock.Advance(TimeSpan.FromMinutes(30));

        await _shop.Runner(probes: probe).RunDueAsync();

        Assert.Equal("101/200", await _shop.StatesAsync());
        Assert.Equal(["ship-by-expired"], (await _shop.DeadlinesAsync()).Select(d => d.Trigger));
    }

    [Fact]
    public async Task A_probe_that_fails_has_not_agreed()
    {
        await _shop.TellAsync(Placed());
        var fails = true;
        var probe = new TestProbe(_ => fails ? throw new HttpRequestException("no answer") : new ProbeAnswer.Proceed());
        var runner = _shop.Runner(probes: probe);
        _shop.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(0, await runner.RunDueAsync());
        Assert.Equal("100/200", await _shop.StatesAsync());

        fails = false;
        _shop.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, await runner.RunDueAsync());
    }

    [Fact]
    public async Task A_probe_that_nobody_registered_opens_one_case_and_the_deadline_waits_for_it()
    {
        await _shop.TellAsync(Placed());
        var without = _shop.Runner();
        for (var i = 0; i < 10; i++)
        {
            _shop.Clock.Advance(TimeSpan.FromMinutes(30));
            Assert.Equal(0, await without.RunDueAsync());
        }

        Assert.Equal([BuiltInCases.DeadlineWithoutProbe], await _shop.OpenCasesAsync());
        Assert.Equal(2, (await _shop.JournalAsync()).Count);
        Assert.Equal("100/200", await _shop.StatesAsync());

        _shop.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, await _shop.Runner(probes: Yes).RunDueAsync());
        Assert.Equal("140/290", await _shop.StatesAsync());
    }

    [Fact]
    public async Task A_deadline_that_a_guard_stops_waits_without_filling_the_journal()
    {
        await _shop.TellAllAsync("placed");
        await _shop.TellAsync("captured", amount: 400);
        _shop.Clock.Advance(TimeSpan.FromHours(23));
        var runner = _shop.Runner(probes: Yes);
        await _shop.TellAsync(Fact("stock-unknown") with { ShipBy = Noon.AddHours(1) });
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(0, await runner.RunDueAsync());
            _shop.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Equal(3, (await _shop.JournalAsync()).Count);

        await _shop.TellAsync(Fact("captured", id: "rest", amount: 600));
        Assert.Equal(1, await runner.RunDueAsync());
        Assert.Equal(["ship-by-passed"], await _shop.OpenCasesAsync());
    }

    [Fact]
    public async Task A_deadline_that_passed_while_nobody_ran_is_found_by_the_next_who_does()
    {
        await _shop.TellAsync(Placed());
        _shop.Clock.Advance(TimeSpan.FromDays(1));
        var restarted = new DeadlineRunner(_shop.Store, _shop.Host(), new ScopedServices<IDeadlineProbe>(Yes));

        Assert.Equal(1, await restarted.RunDueAsync());
        Assert.Equal("140/290", await _shop.StatesAsync());
    }

    [Fact]
    public async Task A_deadline_whose_runner_died_is_taken_over_when_its_lease_lapses()
    {
        await _shop.TellAsync(Placed());
        _shop.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Single(await _shop.Store.ClaimDueAsync(10, TimeSpan.FromMinutes(1)));
        var runner = _shop.Runner(probes: Yes);
        Assert.Equal(0, await runner.RunDueAsync());

        _shop.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await runner.RunDueAsync());
    }

    [Fact]
    public async Task A_new_ship_by_instant_arms_the_deadline_anew()
    {
        await _shop.TellAsync(Placed() with { ShipBy = Noon.AddHours(10) });
        Assert.Equal(Noon.AddHours(10), (await _shop.DeadlinesAsync())[1].DueAt);

        await _shop.TellAsync(Fact("amended") with { ShipBy = Noon.AddHours(20) });
        Assert.Equal(Noon.AddHours(20), (await _shop.DeadlinesAsync())[1].DueAt);

        await _shop.TellAllAsync("stock-locked");
        Assert.Equal(Noon.AddHours(20), (await _shop.DeadlinesAsync())[1].DueAt);
    }

    [Fact]
    public async Task A_channels_closing_time_ends_the_payment_window_and_not_the_time_to_ship()
    {
        await _shop.TellAsync(Placed() with { Deadline = Noon.AddMinutes(15) });

        Assert.Equal([Noon.AddMinutes(15), Noon.AddHours(48)], (await _shop.DeadlinesAsync()).Select(d => d.DueAt));
    }

    [Fact]
    public async Task A_closing_time_stands_whatever_else_the_same_call_tells()
    {
        await _shop.Lifecycle.FireManyAsync([Placed() with { Deadline = Noon.AddMinutes(15) }, Fact("stock-locked")]);

        Assert.Equal([Noon.AddMinutes(15), Noon.AddHours(48)], (await _shop.DeadlinesAsync()).Select(d => d.DueAt));
    }

    [Fact]
    public async Task A_deadline_that_fails_does_not_hold_up_the_others()
    {
        await _shop.Lifecycle.FireManyAsync([Placed("A"), Placed("B"), Placed("C")]);
        _shop.Clock.Advance(TimeSpan.FromMinutes(30));
        var probe = new TestProbe(d => d.Order == Key("A") ? new ProbeAnswer.Instead(Fact("captured") with { Source = "" }) : new ProbeAnswer.Proceed());

        await Assert.ThrowsAsync<ArgumentException>(() => _shop.Runner(probes: probe).RunDueAsync());

        Assert.Equal("100/200", await _shop.StatesAsync("A"));
        Assert.Equal("140/290", await _shop.StatesAsync("B"));
        Assert.Equal("140/290", await _shop.StatesAsync("C"));
    }

    [Fact]
    public async Task A_deadline_that_cannot_be_decided_waits_and_is_never_parked()
    {
        var small = SmallShop.Model;
        var knowing = _shop.Host(OrderModels.Retail, small);
        await knowing.FireManyAsync([Placed() with { Model = "small-shop" }, Fact("captured", amount: 1000), Fact("release"), Fact("cancel")]);
        _shop.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(0, await _shop.Runner().RunDueAsync());
        Assert.Empty(await _shop.ParkedAsync());

        _shop.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, await _shop.Runner(lifecycle: knowing).RunDueAsync());
        Assert.Equal("101/290", await _shop.StatesAsync());
    }

    [Fact]
    public async Task Runners_that_run_at_once_have_one_effect_for_each_deadline()
    {
        var names = Enumerable.Range(0, 200).Select(i => $"O{i}").ToList();
        await _shop.Lifecycle.FireManyAsync([.. names.Select(name => Placed(name))]);
        _shop.Clock.Advance(TimeSpan.FromMinutes(30));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var runs = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await gate.Task;
            return await _shop.Runner(new DeadlineOptions { BatchSize = 7 }, probes: Yes).RunDueAsync();
        })).ToList();
        gate.SetResult();

        Assert.Equal(200, (await Task.WhenAll(runs)).Sum());
        foreach (var name in names)
        {
            Assert.Equal("140/290", await _shop.StatesAsync(name));
            Assert.Equal(2, (await _shop.JournalAsync(name)).Count);
        }
    }
}

using OrderKit.Core;
using static OrderKit.StateMachine.Tests.Shop;

namespace OrderKit.StateMachine.Tests;

/// <summary>How firing a fact can end, one example each.</summary>
public sealed class FireResultTests : IDisposable
{
    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task A_payment_that_settles_the_order_is_applied()
    {
        await _shop.TellAsync(Placed());

        var applied = Assert.IsType<FireResult.Applied>(await _shop.TellAsync("captured", amount: 1000));

        Assert.Equal("101/200", await _shop.StatesAsync());
        Assert.Equal(2, applied.Snapshot.Version);
        Assert.Equal(1000, applied.Snapshot.Counters.Captured);
        Assert.Equal(CommitState.Committed, applied.Commit);
        Assert.Equal(["placed", "captured"], (await _shop.EventsAsync()).Select(e => e.Trigger));
    }

    [Fact]
    public async Task An_order_that_push_and_pull_both_bring_is_there_already()
    {
        await _shop.TellAsync(Placed());

        var again = Assert.IsType<FireResult.AlreadyApplied>(await _shop.TellAsync(Placed() with { Id = "pulled-1" }));

        Assert.Equal(2, again.Snapshot.Version);
        Assert.Single(await _shop.EventsAsync());
    }

    [Fact]
    public async Task A_report_of_a_state_that_the_order_has_left_is_late_and_noted()
    {
        await _shop.TellAllAsync("placed", "captured", "stock-locked", "release");

        var late = Assert.IsType<FireResult.Late>(await _shop.TellAsync(Fact("status-reported") with { ReportedState = 201 }));

        Assert.Equal(DecisionReason.PassedState, late.Reason);
        Assert.Equal("101/204", await _shop.StatesAsync());
        Assert.False((await _shop.JournalAsync())[^1].IsTransition);
    }

    [Fact]
    public async Task A_report_that_claims_an_anchor_without_its_owner_comes_early_and_is_noted()
    {
        await _shop.TellAllAsync("placed");

        var early = Assert.IsType<FireResult.Early>(await _shop.TellAsync(Fact("status-reported") with { ReportedState = 303 }));

        Assert.Equal(DecisionReason.NoEvidence, early.Reason);
        Assert.False(early.TookEffect);
        Assert.Equal("100/200", await _shop.StatesAsync());
    }

    [Fact]
    public async Task What_the_owner_tells_early_takes_effect()
    {
        await _shop.TellAllAsync("placed", "captured");

        var early = Assert.IsType<FireResult.Early>(await _shop.TellAsync("packed"));

        Assert.True(early.TookEffect);
        Assert.Equal("101/202", await _shop.StatesAsync());
    }

    [Fact]
    public async Task Money_for_a_cancelled_order_is_counted_and_opens_a_case()
    {
        await _shop.TellAllAsync("placed", "cancel");

        var contradictory = Assert.IsType<FireResult.Contradictory>(await _shop.TellAsync("captured", amount: 1000));

        Assert.True(contradictory.TookEffect);
        Assert.Equal(["paid-after-cancel"], contradictory.OpenedCases);
        Assert.Equal(["paid-after-cancel"], await _shop.OpenCasesAsync());
        Assert.Equal(1000, (await _shop.SumsAsync()).Captured);
    }

    [Fact]
    public async Task A_command_that_the_state_does_not_allow_is_rejected_with_the_state_and_the_way_out()
    {
        await _shop.TellAllAsync("placed", "captured", "stock-locked");
        await _shop.TellAsync("release");

        var rejected = Assert.IsType<FireResult.Rejected>(await _shop.TellAsync("split-or-merge"));

        Assert.Equal($"Order {Key("A").Order} is Released; split-or-merge is allowed from AwaitingReview, StockLocked. From Released use cancel.", rejected.Message);
        Assert.Equal("101/204", await _shop.StatesAsync());
        Assert.Equal(DecisionKind.Rejected, (await _shop.JournalAsync())[^1].Kind);
    }

    [Fact]
    public async Task A_command_that_a_guard_stops_names_the_guard()
    {
        await _shop.TellAllAsync("placed", "stock-locked");

        Assert.Equal(["cleared"], Assert.IsType<FireResult.GuardFailed>(await _shop.TellAsync("release")).Guards);

        await _shop.TellAsync("captured", amount: 1000);
        await _shop.TellAsync(Fact("hold-placed") with { Holds = [RetailHolds.Risk] });
        Assert.Equal(["held"], Assert.IsType<FireResult.GuardFailed>(await _shop.TellAsync(Fact("release", id: "again"))).Guards);
        Assert.Equal("101/201", await _shop.StatesAsync());
    }

    [Fact]
    public async Task A_fact_that_loses_a_race_is_decided_again_on_what_the_winner_left()
    {
        var rival = new RivalStore(_shop.Store);
        var host = _shop.Host(rival);
        await host.FireAsync(Placed());
        rival.BeforeSave.Enqueue(async unit => Assert.IsType<FireResult.Applied>(await _shop.Lifecycle.FireAsync(unit, Fact("split-or-merge"))));

        var loser = await host.FireAsync(Fact("cancel"));

        Assert.IsType<FireResult.Rejected>(loser);
        Assert.Equal("100/291", await _shop.StatesAsync());
        await _shop.AssertWholeAsync(Key("A"));
    }

    [Fact]
    public async Task A_fact_that_loses_every_race_is_a_conflict_and_leaves_nothing()
    {
        var rival = new RivalStore(_shop.Store);
        var host = _shop.Host(rival);
        await host.FireAsync(Placed());
        for (var i = 0; i < 3; i++)
        {
            var id = $"note-{i}";
            rival.BeforeSave.Enqueue(async unit => await _shop.Lifecycle.FireAsync(unit, Fact("stock-unknown", id: id)));
        }

        var conflict = Assert.IsType<FireResult.Conflict>(await host.FireAsync(Fact("captured", amount: 1000)));

        Assert.Equal(3, conflict.Attempts);
        Assert.DoesNotContain(await _shop.JournalAsync(), e => e.Trigger == "captured");
        Assert.IsType<FireResult.Applied>(await host.FireAsync(Fact("captured", amount: 1000)));
    }

    [Fact]
    public async Task A_conflict_of_one_order_does_not_touch_the_others_of_the_call()
    {
        var rival = new RivalStore(_shop.Store);
        var host = _shop.Host(rival);
        await host.FireManyAsync([Placed("A"), Placed("B")]);
        rival.BeforeSave.Enqueue(async unit => await _shop.Lifecycle.FireAsync(unit, Fact("cancel")));

        var results = await host.FireManyAsync([Fact("captured", "A", amount: 1000), Fact("captured", "B", amount: 1000), Fact("packed", "A"), Fact("packed", "B")]);

        Assert.Equal(["Contradictory", "Applied", "Contradictory", "Early"], results.Select(r => r.GetType().Name));
        await _shop.AssertWholeAsync(Key("A"));
        await _shop.AssertWholeAsync(Key("B"));
    }

    [Fact]
    public async Task A_number_that_two_orders_share_reaches_both()
    {
        var waybill = Number(ReferenceKind.Waybill, "SF1");
        await _shop.Lifecycle.FireManyAsync([Placed("A") with { Links = [waybill] }, Placed("B") with { Links = [waybill] }]);

        var several = Assert.IsType<FireResult.Several>(await _shop.TellAsync(Fact("outbound") with { Order = null, Reference = waybill }));

        Assert.Equal(2, several.Results.Count);
        Assert.All(several.Results, result => Assert.IsType<FireResult.Contradictory>(result));
        Assert.Equal("100/303", await _shop.StatesAsync("A"));
        Assert.Equal("100/303", await _shop.StatesAsync("B"));

        var again = Assert.IsType<FireResult.Several>(await _shop.TellAsync(Fact("outbound") with { Order = null, Reference = waybill }));
        Assert.All(again.Results, result => Assert.IsType<FireResult.Duplicate>(result));
    }

    [Fact]
    public async Task A_lost_race_of_one_of_several_orders_keeps_the_results_of_all()
    {
        var rival = new RivalStore(_shop.Store);
        var host = _shop.Host(rival);
        var waybill = Number(ReferenceKind.Waybill, "SF1");
        await host.FireManyAsync([Placed("A") with { Links = [waybill] }, Placed("B") with { Links = [waybill] }]);
        rival.BeforeSave.Enqueue(async unit => await _shop.Lifecycle.FireAsync(unit, Fact("stock-unknown", "B")));

        var several = Assert.IsType<FireResult.Several>(await host.FireAsync(Fact("outbound") with { Order = null, Reference = waybill }));

        Assert.Equal(new[] { Key("A"), Key("B") }.Order(), several.Results.Select(r => Assert.IsType<FireResult.Contradictory>(r).Order).Order());
    }

    [Fact]
    public async Task A_command_about_nothing_known_is_not_kept()
    {
        var unknownOrder = Assert.IsType<FireResult.Unresolved>(await _shop.TellAsync("cancel"));
        var unknownNumber = Assert.IsType<FireResult.Unresolved>(
            await _shop.TellAsync(Fact("cancel") with { Order = null, Reference = Number(ReferenceKind.Erp, "SO-1") }));
        await _shop.TellAsync(Placed());
        var unknownHold = Assert.IsType<FireResult.Unresolved>(
            await _shop.TellAsync(Fact("hold-placed") with { Holds = ["moon"], Standing = FactStanding.Command }));

        Assert.Equal([ParkReason.UnknownOrder, ParkReason.UnknownNumber, ParkReason.UnknownCode], [unknownOrder.Reason, unknownNumber.Reason, unknownHold.Reason]);
        Assert.Empty(await _shop.ParkedAsync());
    }

    [Fact]
    public async Task A_command_of_another_model_than_the_default_one_is_a_command_too()
    {
        var small = SmallShop.Model;
        var host = _shop.Host(OrderModels.Retail, small);
        await host.FireAsync(Placed() with { Model = "small-shop" });

        var result = await host.FireAsync(Fact("hold-asked") with { Holds = ["moon"] });

        Assert.IsType<FireResult.Unresolved>(result);
        Assert.Empty(await _shop.ParkedAsync());
    }

    [Fact]
    public async Task A_deadline_of_a_state_that_was_left_is_stale_and_writes_nothing()
    {
        await _shop.TellAllAsync("placed");
        var deadline = (await _shop.DeadlinesAsync())[0];
        await _shop.TellAsync("captured", amount: 1000);

        var result = Assert.Single(await _shop.Lifecycle.FireDeadlinesAsync([Fact(deadline.Trigger)], [deadline], default));

        Assert.IsType<FireResult.Stale>(result);
        Assert.Equal(2, (await _shop.JournalAsync()).Count);
    }
}

using OrderKit.Core;
using OrderKit.Core.Storage;
using static OrderKit.StateMachine.Tests.Shop;

namespace OrderKit.StateMachine.Tests;

/// <summary>A call that joins a unit of work is part of it, and nothing more.</summary>
public sealed class JoinedUnitTests : IDisposable
{
    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task Calls_in_one_unit_see_what_the_ones_before_wrote()
    {
        await using var unit = await _shop.Database.BeginAsync();

        Assert.IsType<FireResult.Parked>(await _shop.Lifecycle.FireAsync(unit, Fact("captured", amount: 1000)));
        var placed = Assert.IsType<FireResult.Applied>(await _shop.Lifecycle.FireAsync(unit, Placed()));
        Assert.IsType<FireResult.Duplicate>(await _shop.Lifecycle.FireAsync(unit, Fact("captured", amount: 1000)));
        Assert.IsType<FireResult.Applied>(await _shop.Lifecycle.FireAsync(unit, Fact("stock-locked")));
        Assert.IsType<FireResult.Applied>((await _shop.Lifecycle.FireManyAsync(unit, [Fact("release")]))[0]);
        await unit.CommitAsync();

        Assert.Equal(CommitState.PendingCommit, placed.Commit);
        Assert.Equal("101/204", await _shop.StatesAsync());
        await _shop.AssertWholeAsync(Key("A"));
    }

    [Fact]
    public async Task A_unit_that_is_rolled_back_leaves_nothing()
    {
        await _shop.TellAsync(Placed());
        await _shop.TellAsync("captured", "B", amount: 1000);
        await _shop.EventsAsync();
        var deadlines = await _shop.DeadlinesAsync();
        await using (var unit = await _shop.Database.BeginAsync())
        {
            await _shop.Lifecycle.FireManyAsync(unit, [Fact("captured", amount: 1200) with { Links = [Number(ReferenceKind.Trade, "T1")] }, Fact("stock-locked")]);
            await _shop.Lifecycle.FireAsync(unit, Placed("B"));
            await _shop.Lifecycle.FireAsync(unit, Fact("captured", "C", amount: 1));
        }

        Assert.Equal("100/200", await _shop.StatesAsync());
        Assert.Single(await _shop.JournalAsync());
        Assert.Equal(deadlines, await _shop.DeadlinesAsync());
        Assert.Empty(await _shop.OpenCasesAsync());
        Assert.Empty(await _shop.EventsAsync());
        Assert.Empty(await _shop.Store.FindAsync(Number(ReferenceKind.Trade, "T1")));
        Assert.Null(await _shop.Store.FindAsync(Key("B")));
        Assert.Equal([Key("B")], (await _shop.ParkedAsync()).Select(p => p.Fact.Order!.Value));
    }

    [Fact]
    public async Task A_lost_race_in_a_joined_unit_is_told_at_once_and_the_unit_goes_on()
    {
        var rival = new RivalStore(_shop.Store);
        var host = _shop.Host(rival);
        await host.FireManyAsync([Placed("A"), Placed("B")]);
        rival.BeforeSave.Enqueue(async unit => await _shop.Lifecycle.FireAsync(unit, Fact("stock-unknown")));
        await using var unit = await _shop.Database.BeginAsync();

        var results = await host.FireManyAsync(unit, [Fact("captured", "A", amount: 1000), Fact("captured", "B", amount: 1000)]);
        await unit.CommitAsync();

        Assert.Equal(new FireResult.Conflict(Key("A"), 1), results[0]);
        Assert.IsType<FireResult.Applied>(results[1]);
        Assert.DoesNotContain(await _shop.JournalAsync("A"), e => e.Trigger == "captured");
    }

    [Fact]
    public async Task One_unit_may_hold_the_orders_of_several_tenants()
    {
        var (east, west) = (Key("A", "east"), Key("A", "west"));
        await using (var unit = await _shop.Database.BeginAsync())
        {
            var results = await _shop.Lifecycle.FireManyAsync(unit, [
                Placed() with { Order = east }, Placed() with { Order = west }, Fact("captured", amount: 1000) with { Order = west }]);
            Assert.All(results, r => Assert.IsType<FireResult.Applied>(r));
            await unit.CommitAsync();
        }

        Assert.Equal(100, (await _shop.Store.FindAsync(east))!.Snapshot.States[0]);
        Assert.Equal(101, (await _shop.Store.FindAsync(west))!.Snapshot.States[0]);
        await _shop.AssertWholeAsync(east);
        await _shop.AssertWholeAsync(west);
    }

    [Fact]
    public async Task A_unit_of_another_store_is_refused()
    {
        using var other = new InMemoryDatabase();
        await using var unit = await other.BeginAsync();

        await Assert.ThrowsAsync<ArgumentException>(async () => await _shop.Lifecycle.FireAsync(unit, Placed()));
    }
}

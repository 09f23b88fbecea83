using static OrderKit.StateMachine.Tests.Shop;

namespace OrderKit.StateMachine.Tests;

/// <summary>Clocks of other systems, and ours, are evidence and never decide.</summary>
public sealed class OddTimeTests : IDisposable
{
    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Theory]
    [InlineData(3650)]
    [InlineData(-3650)]
    public async Task A_fact_from_another_decade_is_applied_and_keeps_both_times(int days)
    {
        await _shop.TellAsync(Placed());

        Assert.IsType<FireResult.Applied>(await _shop.TellAsync(Fact("captured", amount: 1000) with { OccurredAt = Noon.AddDays(days) }));

        var row = (await _shop.JournalAsync())[^1];
        Assert.Equal(Noon.AddDays(days), row.OccurredAt);
        Assert.Equal(Noon, row.RecordedAt);
    }

    [Fact]
    public async Task A_source_without_a_clock_is_heard_too()
    {
        Assert.IsType<FireResult.Applied>(await _shop.TellAsync(Placed() with { OccurredAt = null }));

        Assert.Equal(Noon, (await _shop.OrderAsync()).PlacedAt);
        Assert.Null((await _shop.JournalAsync())[0].OccurredAt);
    }

    [Fact]
    public async Task When_our_clock_goes_back_the_order_of_rows_stays_and_the_order_does_not_grow_younger()
    {
        await _shop.TellAsync(Placed());
        var behind = new OrderLifecycle(_shop.Store, _shop.Database, new OrderModelRegistry([OrderModels.Retail]), new FakeTimeProvider(Noon.AddHours(-1)));

        Assert.IsType<FireResult.Applied>(await behind.FireAsync(Fact("captured", amount: 1000)));

        Assert.Equal(Noon, (await _shop.OrderAsync()).UpdatedAt);
        Assert.Equal([Noon, Noon.AddHours(-1)], (await _shop.JournalAsync()).Select(e => e.RecordedAt));
        await _shop.AssertWholeAsync(Key("A"));
    }

    [Fact]
    public async Task Instants_are_cut_to_microseconds_at_the_door()
    {
        await _shop.TellAsync(Placed() with { OccurredAt = Noon.AddTicks(19), ShipBy = new DateTimeOffset(2026, 2, 8, 12, 0, 0, TimeSpan.FromHours(8)).AddTicks(7) });

        Assert.Equal(Noon.AddTicks(10), (await _shop.JournalAsync())[0].OccurredAt);
        Assert.Equal(new DateTimeOffset(2026, 2, 8, 4, 0, 0, TimeSpan.Zero), (await _shop.OrderAsync()).ShipBy);
    }
}

using OrderKit.Core;
using static OrderKit.StateMachine.Tests.Shop;

namespace OrderKit.StateMachine.Tests;

/// <summary>A cancelled call has written nothing, or all.</summary>
public sealed class CancellationTests : IDisposable
{
    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task A_call_that_is_cancelled_before_its_first_write_writes_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var store = new RivalStore(_shop.Store);
        var host = _shop.Host(store);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.FireAsync(Placed(), cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.FireManyAsync([Placed("A"), Placed("B")], cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.CloseCaseAsync(Key("A"), "overpaid", "ops", "why", cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.ReplayParkedAsync(Number(ReferenceKind.Erp, "1"), cancelled.Token));

        Assert.Equal(0, store.Writes);
        Assert.Null(await _shop.Store.FindAsync(Key("A")));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_after_its_first_write_is_finished()
    {
        await _shop.TellAsync("captured", amount: 1000);
        using var cancellation = new CancellationTokenSource();
        var store = new RivalStore(_shop.Store) { AfterSave = cancellation.Cancel };

        Assert.IsType<FireResult.Applied>(await _shop.Host(store).FireAsync(Placed(), cancellation.Token));

        Assert.Equal("101/200", await _shop.StatesAsync());
        Assert.Empty(await _shop.ParkedAsync());
    }

    [Fact]
    public async Task A_host_that_commits_after_a_cancelled_call_commits_no_half()
    {
        await _shop.TellAsync("captured", amount: 1000);
        using var cancellation = new CancellationTokenSource();
        var store = new RivalStore(_shop.Store) { AfterSave = cancellation.Cancel };
        await using (var unit = await _shop.Database.BeginAsync())
        {
            Assert.All(await _shop.Host(store).FireManyAsync(unit, [Placed("A"), Placed("B")], cancellation.Token), r => Assert.IsType<FireResult.Applied>(r));
            await unit.CommitAsync();
        }

        Assert.Equal("101/200", await _shop.StatesAsync());
    }
}

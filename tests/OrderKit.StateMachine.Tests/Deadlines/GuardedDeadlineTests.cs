using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests;

public sealed class GuardedDeadlineTests
{
    [Fact]
    public async Task A_deadline_that_a_guard_holds_back_leaves_no_rows_and_acts_once_the_guard_gives_way()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 2, 6, 8, 0, 0, TimeSpan.Zero));
        await using var services = new ServiceCollection().AddSingleton<TimeProvider>(time)
            .AddLogging().AddSingleton<IDeadlineProbe, NeverCloses>().AddOrderKit().UseInMemory().Services.BuildServiceProvider();
        var (lifecycle, deadlines, store) = (
            services.GetRequiredService<OrderLifecycle>(), services.GetRequiredService<DeadlineRunner>(), services.GetRequiredService<IOrderQueryStore>());
        var order = OrderKey.For(OrderId.Derive(new ChannelCode("TB"), "1"));
        await lifecycle.FireAsync(new OrderFact
        {
            Trigger = "placed", Source = "taobao", Order = order, Amount = new Money(1_000, Currency.CNY), Quantity = 1, ShipBy = time.GetUtcNow().AddHours(1),
        });

        // Unpaid goods need not leave: the ship-by deadline asks every five minutes and is held back each time.
        for (var n = 0; n < 30; n++)
        {
            time.Advance(TimeSpan.FromMinutes(5));
            await deadlines.RunDueAsync();
        }

        Assert.Single(await store.ReadJournalAsync(order));

        await lifecycle.FireAsync(new OrderFact { Trigger = "captured", Source = "alipay", Order = order, Evidence = "22", Amount = new Money(1_000, Currency.CNY) });
        time.Advance(TimeSpan.FromMinutes(5));
        await deadlines.RunDueAsync();

        Assert.Equal(["placed", "captured", "ship-by-expired"], (await store.ReadJournalAsync(order)).Select(e => e.Trigger));
        Assert.Equal(["ship-by-passed"], OrderModels.Retail.CaseCodes((await store.FindAsync(order))!.Snapshot.Cases));
    }

    private sealed class NeverCloses : IDeadlineProbe
    {
        public string Name => "payment-close";

        public Task<ProbeAnswer> AskAsync(DueDeadline deadline, CancellationToken cancellationToken) =>
            Task.FromResult<ProbeAnswer>(new ProbeAnswer.Postpone(TimeSpan.FromDays(1)));
    }
}

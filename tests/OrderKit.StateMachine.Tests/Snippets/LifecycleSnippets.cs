using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;

namespace OrderKit.StateMachine.Tests;

/// <summary>The code that the documentation shows; a test holds the two together.</summary>
public sealed class LifecycleSnippets
{
    [Fact]
    public async Task The_first_screen_of_the_readme_runs()
    {
        #region quickstart
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().UseInMemory();                       // or UseSqlite(…), UsePostgreSql(…): see docs/stores.md for the tables
        await using var provider = services.BuildServiceProvider();
        var orders = provider.GetRequiredService<OrderLifecycle>();

        var order = OrderKey.For(OrderId.Derive(new ChannelCode("DY"), "6917294876372"));
        await orders.FireAsync(new() { Trigger = "placed", Source = "douyin", Order = order, Amount = Money.FromMajor(199m, Currency.CNY) });
        var paid = new OrderFact { Trigger = "captured", Source = "alipay", Order = order, Evidence = "2026020622001" };
        await orders.FireAsync(paid);                               // FireResult.Applied: 已付款
        var again = await orders.FireAsync(paid);                   // FireResult.Duplicate: the callback came twice, the money did not
        #endregion

        Assert.IsType<FireResult.Duplicate>(again);
    }

    [Fact]
    public async Task Every_ending_is_seen_in_one_switch()
    {
        await using var provider = NewHost();
        var orders = provider.GetRequiredService<OrderLifecycle>();
        var order = OrderKey.For(OrderId.Derive(new ChannelCode("TB"), "1"));
        var fact = new OrderFact { Trigger = "placed", Source = "taobao", Order = order };

        #region endings
        var answer = await orders.FireAsync(fact) switch
        {
            FireResult.Applied => "done",
            FireResult.AlreadyApplied or FireResult.Duplicate => "done before",
            FireResult.Late or FireResult.Early => "noted",
            FireResult.Contradictory c => $"noted, and somebody looks at {string.Join(", ", c.OpenedCases)}",
            FireResult.Parked p => $"kept until {p.Number} is known",
            FireResult.Rejected r => r.Message,
            FireResult.GuardFailed g => $"not now: {string.Join(", ", g.Guards)}",
            _ => "try again",
        };
        #endregion

        Assert.Equal("done", answer);
    }

    [Fact]
    public void A_model_is_described_and_checked_in_one_place()
    {
        #region model
        var model = OrderModel.Define("workshop", 1, m =>
        {
            var work = m.Facet("work");
            var waiting = work.State(100, "Waiting", "待处理", rank: 0).Within(TimeSpan.FromHours(4), "overdue");
            var done = work.State(200, "Done", "已完成", rank: 10).Anchor().End();

            m.Creation("placed");
            m.Fact("finished", work).Lands(done).From(waiting).To(done);
            m.Timer("overdue").Opens(m.Case("overdue", "workshop", "Nobody has started.", TimeSpan.FromHours(1)));
            m.Profile("DEFAULT", [waiting], [done]);
            m.HeadlineFromFacet(work);
        });
        #endregion

        Assert.Equal(2, model.States.Count);
    }

    [Fact]
    public async Task A_number_that_is_not_known_yet_is_no_reason_to_lose_a_fact()
    {
        await using var provider = NewHost();
        var orders = provider.GetRequiredService<OrderLifecycle>();
        var order = OrderKey.For(OrderId.Derive(new ChannelCode("JD"), "1"));

        #region parked
        var waybill = new OrderReference(TenantId.Default, ReferenceKind.Waybill, "SF1234567890");
        var early = await orders.FireAsync(new() { Trigger = "in-transit", Source = "sf-express", Reference = waybill });   // Parked

        await orders.FireAsync(new() { Trigger = "placed", Source = "jd", Order = order });
        await orders.FireAsync(new() { Trigger = "outbound", Source = "wms", Order = order, Evidence = "OUT-1", Links = [waybill] });
        // The scan was applied in the transaction that made its number known: the order is in transit.
        #endregion

        Assert.IsType<FireResult.Parked>(early);
        var details = await provider.GetRequiredService<OrderQueries>().GetAsync(order);
        Assert.Equal(305, details!.Order.Snapshot.States[1]);
    }

    private static ServiceProvider NewHost()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().UseInMemory();
        return services.BuildServiceProvider();
    }
}

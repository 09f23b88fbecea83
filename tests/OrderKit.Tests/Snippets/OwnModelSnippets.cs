using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Tests.Snippets;

/// <summary>The code of docs/own-model.md.</summary>
public sealed class OwnModelSnippets
{
    #region own-model
    private static readonly OrderModel Repair = OrderModel.Define("repair", version: 1, m =>
    {
        var work = m.Facet("work");
        var received = work.State(100, "Received", "已收到", rank: 0).Within(TimeSpan.FromDays(2), "not-quoted");
        var quoted = work.State(110, "Quoted", "已报价", rank: 10).Resting();
        var approved = work.State(120, "Approved", "已同意", rank: 20).Anchor().Resting();
        var repaired = work.State(200, "Repaired", "已修好", rank: 30).Anchor().Resting();
        var returned = work.State(300, "Returned", "已寄回", rank: 40).Anchor().End();
        var declined = work.Aside(190, "Declined", "已拒绝").End();

        m.Creation("received");
        m.Fact("quoted", work).SetsAmount(Counter.Due).Lands(quoted)
            .From(received).To(quoted)
            .From(quoted).Stay();                                            // a new price
        m.Command("approve", work).When("quoted", static (in DecisionContext c) => c.Counter(Counter.Due) > 0)
            .From(quoted).To(approved);
        m.Command("decline", work)
            .From(quoted).To(declined);
        m.Fact("repaired", work).Lands(repaired)
            .From(approved).To(repaired)
            .From(received, quoted, declined).Contradicts(m.Case("repaired-unasked", "workshop", "Repaired without approval."));
        m.Fact("returned", work).Lands(returned)
            .From(repaired, declined).To(returned);

        // Nobody has named a price within two days: the front desk is asked to look.
        m.Timer("not-quoted").Opens(m.Case("not-quoted", "front-desk", "No price was named.", within: TimeSpan.FromHours(4)));

        m.Profile("DEFAULT", initial: [received], milestones: [approved, repaired, returned]);
        m.HeadlineFromCases();
        m.HeadlineFromFacet(work);
    });
    #endregion

    [Fact]
    public async Task A_model_of_ones_own_is_registered_and_used()
    {
        #region own-model-register
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().AddStateMachine(options => options.Models.Add(Repair)).UseInMemory();
        #endregion

        await using var provider = services.BuildServiceProvider();
        var orders = provider.GetRequiredService<OrderLifecycle>();

        #region own-model-use
        var order = OrderKey.For(OrderId.Derive(new ChannelCode("SHOP"), "R-1042"));
        await orders.FireAsync(new() { Trigger = "received", Source = "front-desk", Order = order });
        var tooEarly = await orders.FireAsync(new() { Trigger = "approve", Source = "web", Order = order });     // Rejected

        var price = Money.FromMajor(350m, Currency.CNY);
        await orders.FireAsync(new() { Trigger = "quoted", Source = "workshop", Order = order, Amount = price });
        var approved = await orders.FireAsync(new() { Trigger = "approve", Source = "web", Order = order });     // Applied
        #endregion

        Assert.IsType<FireResult.Rejected>(tooEarly);
        Assert.IsType<FireResult.Applied>(approved);
        var details = await provider.GetRequiredService<OrderQueries>().GetAsync(order);
        Assert.Equal("已同意", details!.Headline!.LocalName);
    }
}

using Microsoft.Extensions.DependencyInjection;
using OrderKit.StateMachine;

namespace OrderKit.Simulation.Tests;

/// <summary>The code that the package's README shows.</summary>
public sealed class SimulationSnippets
{
    [Fact]
    public async Task A_world_is_played_and_scored()
    {
        await using var services = new ServiceCollection().AddLogging().AddOrderKit().UseInMemory().Services.BuildServiceProvider();
        var (lifecycle, queries) = (services.GetRequiredService<OrderLifecycle>(), services.GetRequiredService<OrderQueries>());

        #region simulate-and-score
        var world = new SimulatedRetailWorld(seed: 42);
        var run = world.Run(orders: 200);

        foreach (var message in run.Messages) // in the order of arrival
        {
            await lifecycle.FireAsync(message.Fact);
        }

        var missed = 0;
        foreach (var truth in run.Truths.Where(truth => truth.HasContradiction))
        {
            var order = await queries.GetAsync(truth.Sale.Order);
            missed += order!.OpenCases.Count == 0 ? 1 : 0; // nobody would have heard of it
        }
        #endregion

        Assert.Contains(run.Truths, truth => truth.HasContradiction);
        Assert.Equal(0, missed);
    }

    [Fact]
    public async Task A_traffic_is_answered_and_scored()
    {
        #region answer-traffic
        var traffic = new SimulatedRetailWorld(seed: 42).Open(orders: 200);
        await using var shop = OpenShop(traffic);               // your host

        while (traffic.Next() is { } delivery)                  // an order, a cancellation or a provider's notification
        {
            shop.Clock.SetUtcNow(traffic.Now);
            if (await shop.TakeAsync(delivery) is { } answer)   // your endpoints: a status and a body
            {
                traffic.Answer(delivery, answer);               // decides what comes next
            }
        }

        var wrong = new List<TradeTruth>();
        foreach (var trades in traffic.Trades.GroupBy(trade => trade.Checkout.Order))
        {
            var order = await shop.Orders.FindAsync(trades.Key);
            if (order!.Snapshot.Counters.Captured != trades.Sum(trade => trade.Moved.MinorUnits))
            {
                wrong.AddRange(trades);                         // money that was lost, or counted twice
            }
        }
        #endregion

        // The host was never told of the first and must not believe the second: it has to ask, and somebody has to look.
        Assert.NotEmpty(wrong);
        Assert.All(wrong, trade => Assert.True(trade.Has(SimulatedFault.PaymentMissing) || trade.Has(SimulatedFault.AmountWrong)));
    }

    private static TrafficShop OpenShop(SimulatedTraffic traffic) => new(traffic, Crashes.None, findsDuplicates: true);
}

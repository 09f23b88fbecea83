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
}

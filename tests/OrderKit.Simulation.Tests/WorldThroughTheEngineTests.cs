using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Simulation.Tests;

/// <summary>The world's messages through the real engine, in memory: what must be true whatever the world does wrong.</summary>
public sealed class WorldThroughTheEngineTests
{
    private const int Orders = 1_500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1001)]
    public async Task Invariants_hold_whatever_the_world_does_wrong(long seed)
    {
        var (run, engine) = await PlayAsync(seed, new SimulatedRetailOptions());
        await using var services = engine;
        var store = services.GetRequiredService<IOrderQueryStore>();
        var cases = services.GetRequiredService<ICaseStore>();

        foreach (var truth in run.Truths)
        {
            var stored = await store.FindAsync(truth.Sale.Order);
            var journal = await store.ReadJournalAsync(truth.Sale.Order);
            Assert.NotNull(stored);
            Assert.Equal(OrderSnapshot.Of(journal), stored.Snapshot);
            Assert.Equal(truth.Captured.MinorUnits, stored.Snapshot.Counters.Captured);
            Assert.Equal(truth.Refunded.MinorUnits, stored.Snapshot.Counters.Refunded);

            var open = (await cases.QueryAsync(new CaseQuery { Order = truth.Sale.Order })).Items;
            Assert.Equal(
                open.Select(c => c.Code).Order(),
                OrderModels.Retail.CaseCodes(stored.Snapshot.Cases).Order());
            Assert.True(open.Count > 0 || !truth.HasContradiction, Tell(seed, truth, open));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1003)]
    public async Task Only_contradictions_open_cases(long seed)
    {
        // Overtaking, late and repeated messages are the outside world's everyday life: they must not make work for anybody.
        var (run, engine) = await PlayAsync(seed, new SimulatedRetailOptions());
        await using var services = engine;
        var cases = services.GetRequiredService<ICaseStore>();

        foreach (var truth in run.Truths.Where(t => !t.HasContradiction))
        {
            var open = (await cases.QueryAsync(new CaseQuery { Order = truth.Sale.Order })).Items;
            Assert.True(open.Count == 0, Tell(seed, truth, open));
        }
    }

    [Fact]
    public async Task Each_contradiction_opens_the_case_that_is_meant_for_it()
    {
        var faults = FaultRates.None with { PaidAfterClose = 0.2, ShippedUnpaid = 0.2, ShippedAfterCancel = 0.2, SignedNeverShipped = 0.2, StatusOverwritten = 0.2 };
        var (run, engine) = await PlayAsync(5, new SimulatedRetailOptions { Faults = faults });
        await using var services = engine;
        var cases = services.GetRequiredService<ICaseStore>();
        var expected = new Dictionary<SimulatedFault, string>
        {
            [SimulatedFault.PaidAfterClose] = "paid-after-close",
            [SimulatedFault.ShippedUnpaid] = "shipped-not-cleared",
            [SimulatedFault.ShippedAfterCancel] = "shipped-after-cancel",
            [SimulatedFault.SignedNeverShipped] = "delivered-not-shipped",
            [SimulatedFault.StatusOverwritten] = "report-contradicts",
        };

        foreach (var truth in run.Truths.Where(t => t.HasContradiction))
        {
            var open = (await cases.QueryAsync(new CaseQuery { Order = truth.Sale.Order })).Items;
            Assert.Contains(expected[truth.Faults[0].Kind], open.Select(c => c.Code));
        }
    }

    [Fact]
    public async Task The_same_messages_twice_change_nothing()
    {
        var run = new SimulatedRetailWorld(17).Run(300);
        await using var services = Engine();
        var lifecycle = services.GetRequiredService<OrderLifecycle>();
        var store = services.GetRequiredService<IOrderQueryStore>();
        await FireAsync(lifecycle, run);
        var before = await SnapshotsAsync();

        await FireAsync(lifecycle, run);

        var after = await SnapshotsAsync();
        Assert.Equal(before.Select(s => s.Counters), after.Select(s => s.Counters));
        Assert.Equal(before.Select(s => s.States), after.Select(s => s.States));

        async Task<List<OrderSnapshot>> SnapshotsAsync()
        {
            var snapshots = new List<OrderSnapshot>();
            foreach (var truth in run.Truths)
            {
                snapshots.Add((await store.FindAsync(truth.Sale.Order))!.Snapshot);
            }

            return snapshots;
        }
    }

    private static ServiceProvider Engine()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddOrderKit().UseInMemory();
        return services.BuildServiceProvider();
    }

    private static async Task<(SimulatedRun Run, ServiceProvider Services)> PlayAsync(long seed, SimulatedRetailOptions options)
    {
        var run = new SimulatedRetailWorld(seed, options).Run(Orders);
        var services = Engine();
        await FireAsync(services.GetRequiredService<OrderLifecycle>(), run);
        return (run, services);
    }

    private static async Task FireAsync(OrderLifecycle lifecycle, SimulatedRun run)
    {
        foreach (var batch in run.Messages.Chunk(500))
        {
            await lifecycle.FireManyAsync([.. batch.Select(m => m.Fact)]);
        }
    }

    private static string Tell(long seed, OrderTruth truth, IReadOnlyList<OrderCase> open) =>
        $"Seed {seed}, {truth.Sale.Number}: {string.Join(", ", truth.Faults)}; open cases: {string.Join(", ", open.Select(c => c.Code))}."
        + Environment.NewLine + string.Join(Environment.NewLine, new SimulatedRetailWorld(seed).Follow(truth.Sale).Messages.Select(m => $"{m.ArrivesAt:O} {m.Fact.Trigger}"));
}

using OrderKit.Core;
using Xunit.Abstractions;

namespace OrderKit.StateMachine.Tests;

/// <summary>Writers that meet: counted by effects.</summary>
public sealed class RaceTests(ITestOutputHelper output)
{
    private const int Batch = 5_000;

    // 100,000 races in every run, a million in the long one.
    private static readonly int Races = Environment.GetEnvironmentVariable("ORDERKIT_LONG") == "1" ? 1_000_000 : 100_000;

    [Fact]
    public async Task Of_two_commands_that_exclude_each_other_exactly_one_is_accepted()
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var (both, none, cancelled, mistold) = (0, 0, 0, 0);
        for (var done = 0; done < Races; done += Batch)
        {
            // A new store now and then keeps the memory of a million orders small.
            using var shop = new Shop();
            var names = Enumerable.Range(done, Batch).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            await shop.Lifecycle.FireManyAsync([.. names.Select(name => Shop.Placed(name))]);
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var cancel = RunAsync("cancel");
            var split = RunAsync("split-or-merge");
            gate.SetResult();
            var (first, second) = (await cancel, await split);

            for (var i = 0; i < Batch; i++)
            {
                var accepted = (await shop.JournalAsync(names[i])).Skip(1).Where(row => row.Kind == DecisionKind.Applied).ToList();
                both += accepted.Count > 1 ? 1 : 0;
                none += accepted.Count < 1 ? 1 : 0;
                cancelled += accepted[0].Trigger == "cancel" ? 1 : 0;
                var (winner, loser) = accepted[0].Trigger == "cancel" ? (first[i], second[i]) : (second[i], first[i]);
                mistold += winner is FireResult.Applied && loser is FireResult.Rejected ? 0 : 1;
            }

            Task<FireResult[]> RunAsync(string trigger) => Task.Run(async () =>
            {
                var results = new FireResult[Batch];
                await gate.Task;
                for (var i = 0; i < Batch; i++)
                {
                    results[i] = await shop.Lifecycle.FireAsync(Shop.Fact(trigger, names[i]));
                }

                return results;
            });
        }

        output.WriteLine($"{Races} races in {System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s: {both} accepted both, {none} none; cancel won {cancelled}.");
        Assert.Equal((0, 0, 0), (both, none, mistold));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(32)]
    public async Task Of_many_writers_of_one_fact_one_has_an_effect_and_all_have_an_answer(int writers)
    {
        using var shop = new Shop();
        for (var round = 0; round < 50; round++)
        {
            var name = $"R{round}";
            await shop.TellAsync(Shop.Placed(name));
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var tasks = Enumerable.Range(0, writers).Select(w => Task.Run(async () =>
            {
                await gate.Task;
                return w % 2 == 0
                    ? await shop.TellAsync("captured", name, amount: 1000)
                    : (await shop.Lifecycle.FireManyAsync([Shop.Fact("captured", name, amount: 1000), Shop.Fact("stock-locked", name)]))[0];
            })).ToList();
            gate.SetResult();
            var results = await Task.WhenAll(tasks);

            Assert.Single(results.OfType<FireResult.Applied>());
            Assert.Equal(writers - 1, results.OfType<FireResult.Duplicate>().Count());
            Assert.Equal(1000, (await shop.SumsAsync(name)).Captured);
            await shop.AssertWholeAsync(Shop.Key(name));
        }
    }

    [Fact]
    public async Task Writers_of_many_facts_of_one_order_lose_none()
    {
        using var shop = new Shop();
        await shop.TellAsync(Shop.Placed(due: 6400));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tasks = Enumerable.Range(0, 64).Select(i => Task.Run(async () =>
        {
            await gate.Task;
            return await shop.TellAsync(Shop.Fact("captured", id: $"P{i}", amount: 100));
        })).ToList();
        gate.SetResult();
        await Task.WhenAll(tasks);

        Assert.Equal(6400, (await shop.SumsAsync()).Captured);
        Assert.Equal("101/200", await shop.StatesAsync());
        Assert.Equal(65, (await shop.AssertWholeAsync(Shop.Key("A"))).Count);
    }

    [Fact]
    public async Task Creations_and_payments_that_race_for_one_order_lose_nothing()
    {
        using var shop = new Shop();
        for (var round = 0; round < 200; round++)
        {
            var name = $"R{round}";
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            OrderFact[] facts = [Shop.Placed(name), Shop.Placed(name) with { Id = "pulled", Source = "pull" }, Shop.Fact("captured", name, amount: 1000), Shop.Fact("stock-locked", name)];
            var tasks = facts.Select(fact => Task.Run(async () =>
            {
                await gate.Task;
                return await shop.TellAsync(fact);
            })).ToList();
            gate.SetResult();
            await Task.WhenAll(tasks);

            Assert.Equal("101/201", await shop.StatesAsync(name));
            Assert.Equal(4, (await shop.AssertWholeAsync(Shop.Key(name))).Count);
        }

        Assert.Empty(await shop.ParkedAsync());
    }
}

namespace OrderKit.Specs.Tests;

/// <summary>What tries all orders must find the one order that goes wrong, and say which it was.</summary>
public sealed class InterleavingsTests
{
    private static readonly Exploration Plain = new(1_000, int.MaxValue, 0, 1);

    [Fact]
    public async Task Two_participants_of_three_steps_have_twenty_interleavings()
    {
        await using var store = new InMemoryStoreUnderTest();
        var orders = new HashSet<string>();

        var count = await Interleavings.ExploreAsync(store, Plain, async way =>
        {
            var order = "";
            foreach (var name in "ab")
            {
                await way.AddAsync(async participant =>
                {
                    for (var step = 0; step < 3; step++)
                    {
                        await participant.StepAsync("step");
                        order += name;
                    }
                });
            }

            await way.RunAsync();
            orders.Add(order);
        });

        // Six steps, of which three are the first one's: 6! / (3! 3!).
        Assert.Equal(20, orders.Count);
        Assert.Equal(20, count.Interleavings);
        Assert.Equal(120, count.Steps);
        Assert.True(count.IsComplete);
    }

    [Fact]
    public async Task Without_a_deviation_participants_act_one_after_the_other()
    {
        await using var store = new InMemoryStoreUnderTest();
        var orders = new HashSet<string>();

        await Interleavings.ExploreAsync(store, Plain with { Deviations = 0 }, way => TwoStepsEachAsync(way, orders));

        Assert.Equal(["aabb"], orders);
    }

    [Fact]
    public async Task A_lost_update_is_found_and_its_way_is_told()
    {
        await using var store = new InMemoryStoreUnderTest();

        var failure = await Assert.ThrowsAsync<SpecFailedException>(() => Interleavings.ExploreAsync(store, Plain, async way =>
        {
            var counter = 0;
            for (var i = 0; i < 2; i++)
            {
                await way.AddAsync(async participant =>
                {
                    await participant.StepAsync("read");
                    var read = counter;
                    await participant.StepAsync("write");
                    counter = read + 1;
                });
            }

            await way.RunAsync();
            Expect.Equal(2, counter);
        }));

        Assert.Contains("P1: read\n  P2: read", failure.Message, StringComparison.Ordinal);
        Assert.Contains("counter should be 2, but is 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_participant_crashes_before_each_of_its_steps_and_its_unit_is_rolled_back()
    {
        await using var store = new InMemoryStoreUnderTest();
        var written = new List<(int Crashes, long Rows)>();

        await Interleavings.ExploreAsync(store, Plain, async way =>
        {
            way.MayCrash = 1;
            await way.AddAsync(participant => MessageDesk.AppendAsync(participant.Store, Sample.Message(store, way.Mark, destination: way.Mark)));
            await way.RunAsync();
            written.Add((way.Crashes, (await store.Outbox.BacklogAsync(way.Mark)).Count));
        });

        // Begin, append, commit: a crash before each, and the run without one.
        Assert.Equal(4, written.Count);
        Assert.Equal(3, written.Count(run => run == (1, 0)));
        Assert.Equal(1, written.Count(run => run == (0, 1)));
    }

    [Fact]
    public async Task A_commit_is_lost_on_its_way_or_on_the_way_back()
    {
        await using var store = new InMemoryStoreUnderTest();
        var written = new List<(int Lost, long Rows)>();

        await Interleavings.ExploreAsync(store, Plain, async way =>
        {
            way.MayLoseCommits = 1;
            await way.AddAsync(async participant =>
            {
                await Record.ExceptionAsync(() => MessageDesk.AppendAsync(participant.Store, Sample.Message(store, way.Mark, destination: way.Mark)));
            });
            await way.RunAsync();
            written.Add((way.LostCommits, (await store.Outbox.BacklogAsync(way.Mark)).Count));
        });

        Assert.Equal([(0, 1), (1, 0), (1, 1)], written);
    }

    [Fact]
    public async Task Chance_draws_the_same_ways_from_the_same_seed()
    {
        await using var store = new InMemoryStoreUnderTest();
        var first = new HashSet<string>();
        var second = new HashSet<string>();
        var few = new Exploration(0, 0, 3, 7);

        Assert.False((await Interleavings.ExploreAsync(store, few, way => TwoStepsEachAsync(way, first))).IsComplete);
        await Interleavings.ExploreAsync(store, few, way => TwoStepsEachAsync(way, second));

        Assert.Equal(first, second);
    }

    private static async Task TwoStepsEachAsync(Interleaving way, HashSet<string> orders)
    {
        var order = "";
        foreach (var name in "ab")
        {
            await way.AddAsync(async participant =>
            {
                await participant.StepAsync("step");
                order += name;
                await participant.StepAsync("step");
                order += name;
            });
        }

        await way.RunAsync();
        orders.Add(order);
    }
}

using System.Globalization;
using Xunit.Abstractions;

namespace OrderKit.Specs.Tests;

/// <summary>Interleavings drawn by chance, of every scenario: some in every run of the tests, a million where <c>ORDERKIT_LONG=1</c> is set.</summary>
public sealed class DrawnScheduleTests(ITestOutputHelper output)
{
    // What one store remembers of thousands of them should not slow down the next ones.
    private const int Batch = 5_000;

    private static readonly ScheduleCase[] Schedules =
    [
        .. ClaimScheduleSpec.Schedules, .. TransactionScheduleSpec.Schedules, .. MessageScheduleSpec.Schedules, .. PaymentScheduleSpec.Schedules,
    ];

    [Fact]
    public async Task Nothing_happens_twice_and_nothing_is_lost_in_schedules_drawn_by_chance()
    {
        var possible = Schedules.Where(schedule => schedule.Needs == StoreAbilities.None).ToList();
        var total = Environment.GetEnvironmentVariable("ORDERKIT_LONG") == "1" ? 1_000_000 : 10_000;
        var each = (total + possible.Count - 1) / possible.Count;
        var drawn = 0L;
        foreach (var schedule in possible)
        {
            var sum = default(InterleavingCount);
            for (var seed = 2; sum.Interleavings < each; seed++)
            {
                await using var store = new InMemoryStoreUnderTest();
                var count = await schedule.ExploreAsync(store, new Exploration(0, 0, (int)Math.Min(Batch, each - sum.Interleavings), seed));
                sum = new InterleavingCount(
                    sum.Interleavings + count.Interleavings, sum.Steps + count.Steps, sum.Crashes + count.Crashes, sum.LostCommits + count.LostCommits, 0, false);
            }

            drawn += sum.Interleavings;
            output.WriteLine($"{schedule.Name}: {sum}");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{drawn:N0} schedules drawn"));
        Assert.True(drawn >= total);
    }

    [Fact]
    public async Task What_is_tried_one_after_the_other_is_counted()
    {
        foreach (var schedule in Schedules.Where(schedule => schedule.Needs == StoreAbilities.None))
        {
            await using var store = new InMemoryStoreUnderTest();
            var count = await schedule.ExploreAsync(store, Exploration.Wide with { Drawn = 0 });
            output.WriteLine($"{schedule.Name}: {count}");

            Assert.True(count.Interleavings > 1 && count.Steps > count.Interleavings);
        }
    }
}

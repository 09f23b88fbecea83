using OrderKit.StateMachine;

namespace OrderKit.Specs;

/// <summary>The rules that a store of deadlines must keep.</summary>
public static class DeadlineStoreSpec
{
    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(DeadlineStoreSpec),
    [
        new("A deadline is due by the store's clock", async store =>
        {
            var now = await NowAsync(store);
            var number = await ArmAsync(store, "A", 0, now.AddMinutes(10), probe: "payment-close");
            Expect.Sequence([], await ClaimAsync(store));
            await store.AdvanceAsync(TimeSpan.FromMinutes(9));
            Expect.Sequence([], await ClaimAsync(store));
            await store.AdvanceAsync(TimeSpan.FromMinutes(2));
            Expect.Sequence(
                [new DueDeadline(number, Sample.Key(store, "A"), 0, now.AddMinutes(10), 1, "close", "payment-close")],
                await store.Deadlines.ClaimDueAsync(10, Acting.Minute));
        }),
        new("A deadline in the past is due at once", async store =>
        {
            await ArmAsync(store, "A", 0, DateTimeOffset.MinValue);
            await ArmAsync(store, "B", 0, (await NowAsync(store)).AddDays(-400));
            Expect.Sequence(["A", "B"], await ClaimAsync(store));
        }),
        new("Deadlines in the far future are due in time", async store =>
        {
            var now = await NowAsync(store);
            TimeSpan[] spans = [
                TimeSpan.FromDays(3_000), TimeSpan.FromHours(2), TimeSpan.FromDays(15), TimeSpan.FromSeconds(70), TimeSpan.FromDays(200),
            ];
            foreach (var span in spans)
            {
                await ArmAsync(store, $"{span.TotalSeconds}", 0, now + span);
            }

            var passed = TimeSpan.Zero;
            foreach (var span in spans.Order())
            {
                await store.AdvanceAsync(span - TimeSpan.FromSeconds(20) - passed);
                Expect.Sequence([], await ClaimAsync(store));
                await store.AdvanceAsync(TimeSpan.FromSeconds(40));
                passed = span + TimeSpan.FromSeconds(20);
                var claimed = await store.Deadlines.ClaimDueAsync(10, Acting.Minute);
                Expect.Sequence([now + span], claimed.Select(deadline => deadline.DueAt));
                await ArmAsync(store, $"{span.TotalSeconds}", 0, null);
            }
        }),
        new("The oldest is claimed first, up to the maximum", async store =>
        {
            var now = await NowAsync(store);
            var minutes = new[] { 5, 1, 4, 2, 3, 0 };
            foreach (var minute in minutes)
            {
                await ArmAsync(store, $"{minute}", 0, now.AddMinutes(minute - 100));
            }

            Expect.Sequence(["0", "1"], await ClaimAsync(store, 2));
            Expect.Sequence(["2", "3", "4"], await ClaimAsync(store, 3));
            Expect.Sequence(["5"], await ClaimAsync(store, 3));
        }),
        new("A claimed deadline is hidden from others until its lease lapses", async store =>
        {
            await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10));
            var other = await store.OpenAnotherAsync();
            Expect.Sequence(["A"], await ClaimAsync(store));
            Expect.Sequence([], await ClaimAsync(other));
            Expect.Sequence([], await ClaimAsync(store));
            await store.AdvanceAsync(Acting.Minute * 0.5);
            Expect.Sequence([], await ClaimAsync(other));
            await store.AdvanceAsync(Acting.Minute);
            var again = await other.Deadlines.ClaimDueAsync(10, Acting.Minute);
            Expect.Sequence([Sample.Noon.AddYears(-10)], again.Select(deadline => deadline.DueAt));
        }),
        new("Racing claimers claim each deadline once", async store =>
        {
            for (var i = 0; i < 20; i++)
            {
                await ArmAsync(store, $"{i}", 0, Sample.Noon.AddYears(-10).AddSeconds(i));
            }

            var other = await store.OpenAnotherAsync();
            var claimed = await Acting.RaceAsync(8, racer => ClaimAsync(racer % 2 == 0 ? store : other, 5));
            // A caller may get fewer rows if another one looks at the same rows. Nothing is lost.
            var rest = await ClaimAsync(store, 100);
            Expect.Equal(20, claimed.SelectMany(names => names).Concat(rest).Distinct().Count(), "the number of different deadlines");
            Expect.Equal(20, claimed.Sum(names => names.Count) + rest.Count, "the number of claims");
        }),
        new("A facet has one deadline, the one that was armed last", async store =>
        {
            var now = await NowAsync(store);
            await ArmAsync(store, "A", 0, now.AddMinutes(-5));
            await ArmAsync(store, "A", 0, now.AddMinutes(5), trigger: "remind");
            Expect.Equal((1L, now.AddMinutes(5)), await store.Deadlines.CountAsync());
            Expect.Sequence([], await ClaimAsync(store));
            await store.AdvanceAsync(TimeSpan.FromMinutes(6));
            var claimed = await store.Deadlines.ClaimDueAsync(10, Acting.Minute);
            Expect.Sequence(
                [("remind", 2L, now.AddMinutes(5))], claimed.Select(deadline => (deadline.Trigger, deadline.Version, deadline.DueAt)));
        }),
        new("A deadline that is armed for an earlier instant is due at that instant", async store =>
        {
            var now = await NowAsync(store);
            await ArmAsync(store, "A", 0, now.AddDays(30));
            await ArmAsync(store, "A", 0, now.AddMinutes(1));
            await store.AdvanceAsync(TimeSpan.FromMinutes(2));
            Expect.Sequence(["A"], await ClaimAsync(store));
        }),
        new("Each facet has its own deadline", async store =>
        {
            var now = await NowAsync(store);
            for (var facet = 0; facet < StateCodes.MaxFacets; facet++)
            {
                await ArmAsync(store, "A", facet, now.AddMinutes(-10 + facet), trigger: $"facet-{facet}");
            }

            Expect.Sequence([0, 1, 2, 3],
                (await store.Queries.DeadlinesOfAsync(Sample.Key(store, "A"))).Select(deadline => deadline.Facet));
            Expect.Sequence(["facet-0", "facet-1", "facet-2", "facet-3"],
                (await store.Deadlines.ClaimDueAsync(10, Acting.Minute)).Select(deadline => deadline.Trigger));
        }),
        new("A deadline without an instant removes the deadline of its facet", async store =>
        {
            await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10));
            await ArmAsync(store, "A", 1, Sample.Noon.AddYears(-9));
            await ArmAsync(store, "A", 0, null);
            await ArmAsync(store, "A", 2, null);
            Expect.Sequence([1], (await store.Queries.DeadlinesOfAsync(Sample.Key(store, "A"))).Select(deadline => deadline.Facet));
            Expect.Sequence([1], (await store.Deadlines.ClaimDueAsync(10, Acting.Minute)).Select(deadline => deadline.Facet));
        }),
        new("Arming a claimed deadline again removes its lease", async store =>
        {
            await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10));
            Expect.Sequence(["A"], await ClaimAsync(store));
            await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-9));
            Expect.Sequence(["A"], await ClaimAsync(store));
        }),
        new("A claimed deadline ends with a change of its order", async store =>
        {
            await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10));
            Expect.Sequence(["A"], await ClaimAsync(store));
            await ArmAsync(store, "A", 0, null);
            await store.AdvanceAsync(Acting.Minute * 2);
            Expect.Sequence([], await ClaimAsync(store));
            Expect.Equal((0L, null), await store.Deadlines.CountAsync());
            Expect.Equal(0, (await store.Queries.DeadlinesOfAsync(Sample.Key(store, "A"))).Count);
        }),
        new("Ending one deadline keeps the other deadlines of the order", async store =>
        {
            await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10));
            await ArmAsync(store, "A", 1, Sample.Noon.AddYears(10));
            await ArmAsync(store, "B", 0, Sample.Noon.AddYears(10));
            Expect.Sequence(["A"], await ClaimAsync(store));
            await ArmAsync(store, "A", 0, null);
            Expect.Sequence([1], (await store.Queries.DeadlinesOfAsync(Sample.Key(store, "A"))).Select(deadline => deadline.Facet));
            Expect.Equal(2, (await store.Deadlines.CountAsync()).Armed);
        }),
        new("A deadline of another version is not postponed", async store =>
        {
            await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10));
            var stale = (await store.Deadlines.ClaimDueAsync(10, Acting.Minute)).One();
            await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-9));
            await store.Deadlines.PostponeAsync([stale], TimeSpan.FromHours(1));
            Expect.Sequence(
                [Sample.Noon.AddYears(-9)], (await store.Deadlines.ClaimDueAsync(10, Acting.Minute)).Select(deadline => deadline.DueAt));
        }),
        new("Deadlines are postponed together, each only if it is unchanged", async store =>
        {
            foreach (var name in new[] { "A", "B", "C" })
            {
                await ArmAsync(store, name, 0, Sample.Noon.AddYears(-10));
            }

            var claimed = await store.Deadlines.ClaimDueAsync(10, Acting.Minute);
            await ArmAsync(store, "B", 0, Sample.Noon.AddYears(-9));
            await store.Deadlines.PostponeAsync(claimed, TimeSpan.FromHours(1));
            await store.Deadlines.PostponeAsync([], TimeSpan.FromHours(1));
            await store.AdvanceAsync(Acting.Minute * 2);
            Expect.Sequence(["B"], await ClaimAsync(store));
            await store.AdvanceAsync(TimeSpan.FromHours(1));
            Expect.Sequence(["A", "B", "C"], (await ClaimAsync(store)).Order(StringComparer.Ordinal));
        }),
        new("A postponed deadline is due later, by the store's clock", async store =>
        {
            await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10), probe: "payment-close");
            var claimed = (await store.Deadlines.ClaimDueAsync(10, Acting.Minute)).One();
            await store.Deadlines.PostponeAsync([claimed], TimeSpan.FromMinutes(10));
            Expect.Equal(1, (await store.Deadlines.CountAsync()).Armed);
            await store.AdvanceAsync(TimeSpan.FromMinutes(9));
            Expect.Sequence([], await ClaimAsync(store));
            await store.AdvanceAsync(TimeSpan.FromMinutes(2));
            var again = (await store.Deadlines.ClaimDueAsync(10, Acting.Minute)).One();
            Expect.Equal(claimed, again);
        }),
        new("A deadline that is postponed by zero can be claimed at once", async store =>
        {
            await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10));
            await store.Deadlines.PostponeAsync(await store.Deadlines.ClaimDueAsync(10, Acting.Minute), TimeSpan.Zero);
            Expect.Sequence(["A"], await ClaimAsync(store));
        }),
        new("Deadlines whose workers crash do not starve a new one", async store =>
        {
            for (var i = 0; i < 4; i++)
            {
                await ArmAsync(store, $"poison-{i}", 0, Sample.Noon.AddYears(-10).AddSeconds(i));
            }

            await ArmAsync(store, "fresh", 0, Sample.Noon.AddYears(-1));
            for (var round = 0; round < 3; round++)
            {
                if ((await ClaimAsync(store, 2)).Contains("fresh"))
                {
                    return;
                }

                await store.AdvanceAsync(Acting.Minute * 2);
            }

            Expect.That(false,
                "Five deadlines, claimed two at a time, whose leases all lapse: the fifth must be claimed in the third round.");
        }),
        new("Armed deadlines are counted, claimed ones included", async store =>
        {
            Expect.Equal((0L, null), await store.Deadlines.CountAsync());
            var now = await NowAsync(store);
            await ArmAsync(store, "A", 0, now.AddDays(40));
            Expect.Equal((1L, now.AddDays(40)), await store.Deadlines.CountAsync());
            await ArmAsync(store, "A", 1, now.AddDays(1));
            await ArmAsync(store, "B", 0, now.AddDays(300));
            Expect.Equal((3L, now.AddDays(1)), await store.Deadlines.CountAsync());
            await ArmAsync(store, "C", 0, now.AddDays(-1));
            Expect.Equal((4L, now.AddDays(-1)), await store.Deadlines.CountAsync());
            await ClaimAsync(store);
            Expect.Equal(4, (await store.Deadlines.CountAsync()).Armed);
        }),
    ]);

    private static async Task<long> ArmAsync(
        IStoreUnderTest store, string order, int facet, DateTimeOffset? dueAt, string trigger = "close", string? probe = null)
    {
        var key = Sample.Key(store, order);
        var version = (await store.LoadAsync(key)).Order?.Snapshot.Version ?? 0;
        var number = await store.SaveAsync(
            Sample.Change(key, version) with { Deadlines = [new DeadlineChange(facet, dueAt, version + 1, trigger, probe)] });
        Expect.That(number > 0, "A change of an order without other writers must succeed.");
        return number;
    }

    /// <summary>Claims deadlines and returns the external numbers of their orders.</summary>
    private static async Task<List<string>> ClaimAsync(IStoreActor store, int max = 10)
    {
        var names = new List<string>();
        foreach (var deadline in await store.Deadlines.ClaimDueAsync(max, Acting.Minute))
        {
            names.Add(Names.FirstOrDefault(name => Sample.Key(deadline.Order.Tenant, name) == deadline.Order, deadline.Order.ToString()));
        }

        return names;
    }

    private static IEnumerable<string> Names =>
        ["A", "B", "C", "fresh", .. Enumerable.Range(0, 20).Select(i => $"{i}"), .. Enumerable.Range(0, 20).Select(i => $"poison-{i}")];

    /// <summary>Reads the store's clock through a lease.</summary>
    private static async Task<DateTimeOffset> NowAsync(IStoreUnderTest store) =>
        (await store.Leases.TryAcquireAsync("clock", "clock", Acting.Minute))!.Until - Acting.Minute;
}

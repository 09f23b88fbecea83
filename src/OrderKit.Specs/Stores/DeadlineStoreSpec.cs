using OrderKit.StateMachine;

namespace OrderKit.Specs;

/// <summary>What deadlines keep.</summary>
public static class DeadlineStoreSpec
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("A deadline passes by the store's clock", ADeadlinePassesByTheStoresClockAsync),
        new("What was due before it was armed passes at once", WhatWasDueBeforeItWasArmedPassesAtOnceAsync),
        new("Deadlines far ahead pass in their time", DeadlinesFarAheadPassInTheirTimeAsync),
        new("The oldest is claimed first, and no more than asked for", TheOldestIsClaimedFirstAndNoMoreThanAskedForAsync),
        new("A claimed deadline stays away from others until its lease lapses", AClaimedDeadlineStaysAwayFromOthersUntilItsLeaseLapsesAsync),
        new("Racing claimers claim each deadline once", RacingClaimersClaimEachDeadlineOnceAsync),
        new("A facet has one deadline, the last one armed", AFacetHasOneDeadlineTheLastOneArmedAsync),
        new("A deadline that is armed for an earlier instant passes then", ADeadlineThatIsArmedForAnEarlierInstantPassesThenAsync),
        new("Facets have deadlines of their own", FacetsHaveDeadlinesOfTheirOwnAsync),
        new("A deadline without an instant removes the facet's", ADeadlineWithoutAnInstantRemovesTheFacetsAsync),
        new("A claimed deadline is armed anew without its lease", AClaimedDeadlineIsArmedAnewWithoutItsLeaseAsync),
        new("A claimed deadline ends with a change of its order", AClaimedDeadlineEndsWithAChangeOfItsOrderAsync),
        new("Ending one deadline leaves the order's others", EndingOneDeadlineLeavesTheOrdersOthersAsync),
        new("A deadline of another version is not postponed", ADeadlineOfAnotherVersionIsNotPostponedAsync),
        new("Deadlines are postponed together, each if it still stands", DeadlinesArePostponedTogetherEachIfItStillStandsAsync),
        new("A postponed deadline passes later, by the store's clock", APostponedDeadlinePassesLaterByTheStoresClockAsync),
        new("A deadline postponed by nothing can be claimed at once", ADeadlinePostponedByNothingCanBeClaimedAtOnceAsync),
        new("Deadlines whose workers die do not starve a fresh one", DeadlinesWhoseWorkersDieDoNotStarveAFreshOneAsync),
        new("What is armed is counted, also what is claimed", WhatIsArmedIsCountedAlsoWhatIsClaimedAsync),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(DeadlineStoreSpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static async Task ADeadlinePassesByTheStoresClockAsync(IStoreUnderTest store)
    {
        var now = await NowAsync(store).ConfigureAwait(false);
        var number = await ArmAsync(store, "A", 0, now.AddMinutes(10), probe: "payment-close").ConfigureAwait(false);
        Expect.Sequence([], await ClaimAsync(store).ConfigureAwait(false));
        await store.AdvanceAsync(TimeSpan.FromMinutes(9)).ConfigureAwait(false);
        Expect.Sequence([], await ClaimAsync(store).ConfigureAwait(false));
        await store.AdvanceAsync(TimeSpan.FromMinutes(2)).ConfigureAwait(false);
        Expect.Sequence(
            [new DueDeadline(number, Sample.Key(store, "A"), 0, now.AddMinutes(10), 1, "close", "payment-close")],
            await store.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false));
    }

    private static async Task WhatWasDueBeforeItWasArmedPassesAtOnceAsync(IStoreUnderTest store)
    {
        await ArmAsync(store, "A", 0, DateTimeOffset.MinValue).ConfigureAwait(false);
        await ArmAsync(store, "B", 0, (await NowAsync(store).ConfigureAwait(false)).AddDays(-400)).ConfigureAwait(false);
        Expect.Sequence(["A", "B"], await ClaimAsync(store).ConfigureAwait(false));
    }

    private static async Task DeadlinesFarAheadPassInTheirTimeAsync(IStoreUnderTest store)
    {
        var now = await NowAsync(store).ConfigureAwait(false);
        TimeSpan[] spans = [TimeSpan.FromDays(3_000), TimeSpan.FromHours(2), TimeSpan.FromDays(15), TimeSpan.FromSeconds(70), TimeSpan.FromDays(200)];
        foreach (var span in spans)
        {
            await ArmAsync(store, $"{span.TotalSeconds}", 0, now + span).ConfigureAwait(false);
        }

        var passed = TimeSpan.Zero;
        foreach (var span in spans.Order())
        {
            await store.AdvanceAsync(span - TimeSpan.FromSeconds(20) - passed).ConfigureAwait(false);
            Expect.Sequence([], await ClaimAsync(store).ConfigureAwait(false));
            await store.AdvanceAsync(TimeSpan.FromSeconds(40)).ConfigureAwait(false);
            passed = span + TimeSpan.FromSeconds(20);
            var claimed = await store.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false);
            Expect.Sequence([now + span], claimed.Select(deadline => deadline.DueAt));
            await ArmAsync(store, $"{span.TotalSeconds}", 0, null).ConfigureAwait(false);
        }
    }

    private static async Task TheOldestIsClaimedFirstAndNoMoreThanAskedForAsync(IStoreUnderTest store)
    {
        var now = await NowAsync(store).ConfigureAwait(false);
        var minutes = new[] { 5, 1, 4, 2, 3, 0 };
        foreach (var minute in minutes)
        {
            await ArmAsync(store, $"{minute}", 0, now.AddMinutes(minute - 100)).ConfigureAwait(false);
        }

        Expect.Sequence(["0", "1"], await ClaimAsync(store, 2).ConfigureAwait(false));
        Expect.Sequence(["2", "3", "4"], await ClaimAsync(store, 3).ConfigureAwait(false));
        Expect.Sequence(["5"], await ClaimAsync(store, 3).ConfigureAwait(false));
    }

    private static async Task AClaimedDeadlineStaysAwayFromOthersUntilItsLeaseLapsesAsync(IStoreUnderTest store)
    {
        await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10)).ConfigureAwait(false);
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        Expect.Sequence(["A"], await ClaimAsync(store).ConfigureAwait(false));
        Expect.Sequence([], await ClaimAsync(other).ConfigureAwait(false));
        Expect.Sequence([], await ClaimAsync(store).ConfigureAwait(false));
        await store.AdvanceAsync(Acting.Minute * 0.5).ConfigureAwait(false);
        Expect.Sequence([], await ClaimAsync(other).ConfigureAwait(false));
        await store.AdvanceAsync(Acting.Minute).ConfigureAwait(false);
        var again = await other.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false);
        Expect.Sequence([Sample.Noon.AddYears(-10)], again.Select(deadline => deadline.DueAt));
    }

    private static async Task RacingClaimersClaimEachDeadlineOnceAsync(IStoreUnderTest store)
    {
        for (var i = 0; i < 20; i++)
        {
            await ArmAsync(store, $"{i}", 0, Sample.Noon.AddYears(-10).AddSeconds(i)).ConfigureAwait(false);
        }

        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var claimed = await Acting.RaceAsync(8, racer => ClaimAsync(racer % 2 == 0 ? store : other, 5)).ConfigureAwait(false);
        // A racer may come away with less where another one looks at the same rows; nothing is lost by it.
        var rest = await ClaimAsync(store, 100).ConfigureAwait(false);
        Expect.Equal(20, claimed.SelectMany(names => names).Concat(rest).Distinct().Count(), "the number of different deadlines");
        Expect.Equal(20, claimed.Sum(names => names.Count) + rest.Count, "the number of claims");
    }

    private static async Task AFacetHasOneDeadlineTheLastOneArmedAsync(IStoreUnderTest store)
    {
        var now = await NowAsync(store).ConfigureAwait(false);
        await ArmAsync(store, "A", 0, now.AddMinutes(-5)).ConfigureAwait(false);
        await ArmAsync(store, "A", 0, now.AddMinutes(5), trigger: "remind").ConfigureAwait(false);
        Expect.Equal((1L, now.AddMinutes(5)), await store.Deadlines.CountAsync().ConfigureAwait(false));
        Expect.Sequence([], await ClaimAsync(store).ConfigureAwait(false));
        await store.AdvanceAsync(TimeSpan.FromMinutes(6)).ConfigureAwait(false);
        var claimed = await store.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false);
        Expect.Sequence([("remind", 2L, now.AddMinutes(5))], claimed.Select(deadline => (deadline.Trigger, deadline.Version, deadline.DueAt)));
    }

    private static async Task ADeadlineThatIsArmedForAnEarlierInstantPassesThenAsync(IStoreUnderTest store)
    {
        var now = await NowAsync(store).ConfigureAwait(false);
        await ArmAsync(store, "A", 0, now.AddDays(30)).ConfigureAwait(false);
        await ArmAsync(store, "A", 0, now.AddMinutes(1)).ConfigureAwait(false);
        await store.AdvanceAsync(TimeSpan.FromMinutes(2)).ConfigureAwait(false);
        Expect.Sequence(["A"], await ClaimAsync(store).ConfigureAwait(false));
    }

    private static async Task FacetsHaveDeadlinesOfTheirOwnAsync(IStoreUnderTest store)
    {
        var now = await NowAsync(store).ConfigureAwait(false);
        for (var facet = 0; facet < StateCodes.MaxFacets; facet++)
        {
            await ArmAsync(store, "A", facet, now.AddMinutes(-10 + facet), trigger: $"facet-{facet}").ConfigureAwait(false);
        }

        Expect.Sequence([0, 1, 2, 3], (await store.Queries.DeadlinesOfAsync(Sample.Key(store, "A")).ConfigureAwait(false)).Select(deadline => deadline.Facet));
        Expect.Sequence(["facet-0", "facet-1", "facet-2", "facet-3"], (await store.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false)).Select(deadline => deadline.Trigger));
    }

    private static async Task ADeadlineWithoutAnInstantRemovesTheFacetsAsync(IStoreUnderTest store)
    {
        await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10)).ConfigureAwait(false);
        await ArmAsync(store, "A", 1, Sample.Noon.AddYears(-9)).ConfigureAwait(false);
        await ArmAsync(store, "A", 0, null).ConfigureAwait(false);
        await ArmAsync(store, "A", 2, null).ConfigureAwait(false);
        Expect.Sequence([1], (await store.Queries.DeadlinesOfAsync(Sample.Key(store, "A")).ConfigureAwait(false)).Select(deadline => deadline.Facet));
        Expect.Sequence([1], (await store.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false)).Select(deadline => deadline.Facet));
    }

    private static async Task AClaimedDeadlineIsArmedAnewWithoutItsLeaseAsync(IStoreUnderTest store)
    {
        await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10)).ConfigureAwait(false);
        Expect.Sequence(["A"], await ClaimAsync(store).ConfigureAwait(false));
        await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-9)).ConfigureAwait(false);
        Expect.Sequence(["A"], await ClaimAsync(store).ConfigureAwait(false));
    }

    private static async Task AClaimedDeadlineEndsWithAChangeOfItsOrderAsync(IStoreUnderTest store)
    {
        await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10)).ConfigureAwait(false);
        Expect.Sequence(["A"], await ClaimAsync(store).ConfigureAwait(false));
        await ArmAsync(store, "A", 0, null).ConfigureAwait(false);
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        Expect.Sequence([], await ClaimAsync(store).ConfigureAwait(false));
        Expect.Equal((0L, null), await store.Deadlines.CountAsync().ConfigureAwait(false));
        Expect.Equal(0, (await store.Queries.DeadlinesOfAsync(Sample.Key(store, "A")).ConfigureAwait(false)).Count);
    }

    private static async Task EndingOneDeadlineLeavesTheOrdersOthersAsync(IStoreUnderTest store)
    {
        await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10)).ConfigureAwait(false);
        await ArmAsync(store, "A", 1, Sample.Noon.AddYears(10)).ConfigureAwait(false);
        await ArmAsync(store, "B", 0, Sample.Noon.AddYears(10)).ConfigureAwait(false);
        Expect.Sequence(["A"], await ClaimAsync(store).ConfigureAwait(false));
        await ArmAsync(store, "A", 0, null).ConfigureAwait(false);
        Expect.Sequence([1], (await store.Queries.DeadlinesOfAsync(Sample.Key(store, "A")).ConfigureAwait(false)).Select(deadline => deadline.Facet));
        Expect.Equal(2, (await store.Deadlines.CountAsync().ConfigureAwait(false)).Armed);
    }

    private static async Task DeadlinesArePostponedTogetherEachIfItStillStandsAsync(IStoreUnderTest store)
    {
        foreach (var name in new[] { "A", "B", "C" })
        {
            await ArmAsync(store, name, 0, Sample.Noon.AddYears(-10)).ConfigureAwait(false);
        }

        var claimed = await store.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false);
        await ArmAsync(store, "B", 0, Sample.Noon.AddYears(-9)).ConfigureAwait(false);
        await store.Deadlines.PostponeAsync(claimed, TimeSpan.FromHours(1)).ConfigureAwait(false);
        await store.Deadlines.PostponeAsync([], TimeSpan.FromHours(1)).ConfigureAwait(false);
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        Expect.Sequence(["B"], await ClaimAsync(store).ConfigureAwait(false));
        await store.AdvanceAsync(TimeSpan.FromHours(1)).ConfigureAwait(false);
        Expect.Sequence(["A", "B", "C"], (await ClaimAsync(store).ConfigureAwait(false)).Order(StringComparer.Ordinal));
    }

    private static async Task ADeadlineOfAnotherVersionIsNotPostponedAsync(IStoreUnderTest store)
    {
        await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10)).ConfigureAwait(false);
        var stale = (await store.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false)).One();
        await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-9)).ConfigureAwait(false);
        await store.Deadlines.PostponeAsync([stale], TimeSpan.FromHours(1)).ConfigureAwait(false);
        Expect.Sequence([Sample.Noon.AddYears(-9)], (await store.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false)).Select(deadline => deadline.DueAt));
    }

    private static async Task APostponedDeadlinePassesLaterByTheStoresClockAsync(IStoreUnderTest store)
    {
        await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10), probe: "payment-close").ConfigureAwait(false);
        var claimed = (await store.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false)).One();
        await store.Deadlines.PostponeAsync([claimed], TimeSpan.FromMinutes(10)).ConfigureAwait(false);
        Expect.Equal(1, (await store.Deadlines.CountAsync().ConfigureAwait(false)).Armed);
        await store.AdvanceAsync(TimeSpan.FromMinutes(9)).ConfigureAwait(false);
        Expect.Sequence([], await ClaimAsync(store).ConfigureAwait(false));
        await store.AdvanceAsync(TimeSpan.FromMinutes(2)).ConfigureAwait(false);
        var again = (await store.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false)).One();
        Expect.Equal(claimed, again);
    }

    private static async Task ADeadlinePostponedByNothingCanBeClaimedAtOnceAsync(IStoreUnderTest store)
    {
        await ArmAsync(store, "A", 0, Sample.Noon.AddYears(-10)).ConfigureAwait(false);
        await store.Deadlines.PostponeAsync(await store.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false), TimeSpan.Zero).ConfigureAwait(false);
        Expect.Sequence(["A"], await ClaimAsync(store).ConfigureAwait(false));
    }

    private static async Task DeadlinesWhoseWorkersDieDoNotStarveAFreshOneAsync(IStoreUnderTest store)
    {
        for (var i = 0; i < 4; i++)
        {
            await ArmAsync(store, $"poison-{i}", 0, Sample.Noon.AddYears(-10).AddSeconds(i)).ConfigureAwait(false);
        }

        await ArmAsync(store, "fresh", 0, Sample.Noon.AddYears(-1)).ConfigureAwait(false);
        for (var round = 0; round < 3; round++)
        {
            if ((await ClaimAsync(store, 2).ConfigureAwait(false)).Contains("fresh"))
            {
                return;
            }

            await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        }

        Expect.That(false, "Five deadlines, two at a time, whose leases all lapse: the fifth is claimed in the third round.");
    }

    private static async Task WhatIsArmedIsCountedAlsoWhatIsClaimedAsync(IStoreUnderTest store)
    {
        Expect.Equal((0L, null), await store.Deadlines.CountAsync().ConfigureAwait(false));
        var now = await NowAsync(store).ConfigureAwait(false);
        await ArmAsync(store, "A", 0, now.AddDays(40)).ConfigureAwait(false);
        Expect.Equal((1L, now.AddDays(40)), await store.Deadlines.CountAsync().ConfigureAwait(false));
        await ArmAsync(store, "A", 1, now.AddDays(1)).ConfigureAwait(false);
        await ArmAsync(store, "B", 0, now.AddDays(300)).ConfigureAwait(false);
        Expect.Equal((3L, now.AddDays(1)), await store.Deadlines.CountAsync().ConfigureAwait(false));
        await ArmAsync(store, "C", 0, now.AddDays(-1)).ConfigureAwait(false);
        Expect.Equal((4L, now.AddDays(-1)), await store.Deadlines.CountAsync().ConfigureAwait(false));
        await ClaimAsync(store).ConfigureAwait(false);
        Expect.Equal(4, (await store.Deadlines.CountAsync().ConfigureAwait(false)).Armed);
    }

    private static async Task<long> ArmAsync(
        IStoreUnderTest store, string order, int facet, DateTimeOffset? dueAt, string trigger = "close", string? probe = null)
    {
        var key = Sample.Key(store, order);
        var version = (await store.LoadAsync(key).ConfigureAwait(false)).Order?.Snapshot.Version ?? 0;
        var number = await store.SaveAsync(Sample.Change(key, version) with { Deadlines = [new DeadlineChange(facet, dueAt, version + 1, trigger, probe)] }).ConfigureAwait(false);
        Expect.That(number > 0, "An order that nobody else writes can be changed.");
        return number;
    }

    /// <summary>Claims, and names the orders by what they were made from.</summary>
    private static async Task<List<string>> ClaimAsync(IStoreActor store, int max = 10)
    {
        var names = new List<string>();
        foreach (var deadline in await store.Deadlines.ClaimDueAsync(max, Acting.Minute).ConfigureAwait(false))
        {
            names.Add(Names.FirstOrDefault(name => Sample.Key(deadline.Order.Tenant, name) == deadline.Order, deadline.Order.ToString()));
        }

        return names;
    }

    private static IEnumerable<string> Names =>
        ["A", "B", "C", "fresh", .. Enumerable.Range(0, 20).Select(i => $"{i}"), .. Enumerable.Range(0, 20).Select(i => $"poison-{i}")];

    /// <summary>The store's clock, which only a lease shows.</summary>
    private static async Task<DateTimeOffset> NowAsync(IStoreUnderTest store) =>
        (await store.Leases.TryAcquireAsync("clock", "clock", Acting.Minute).ConfigureAwait(false))!.Until - Acting.Minute;
}

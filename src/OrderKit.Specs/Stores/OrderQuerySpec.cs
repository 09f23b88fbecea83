using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Specs;

/// <summary>What the reading side of orders keeps.</summary>
public static class OrderQuerySpec
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("The last updated comes first", TheLastUpdatedComesFirstAsync),
        new("Paging lists every order once, also those of one instant", PagingListsEveryOrderOnceAlsoThoseOfOneInstantAsync),
        new("Orders that change while pages are turned do not disturb the rest", OrdersThatChangeWhilePagesAreTurnedDoNotDisturbTheRestAsync),
        new("Filters go on over pages", FiltersGoOnOverPagesAsync),
        new("A text finds the whole of a number, and its beginning", ATextFindsTheWholeOfANumberAndItsBeginningAsync),
        new("A text finds the beginning of an order's id", ATextFindsTheBeginningOfAnOrdersIdAsync),
        new("Wildcards and quotes in a text are only text", WildcardsAndQuotesInATextAreOnlyTextAsync),
        new("A text is compared character by character", ATextIsComparedCharacterByCharacterAsync),
        new("A text with the last character there is finds what begins with it", ATextWithTheLastCharacterThereIsFindsWhatBeginsWithItAsync),
        new("An order with several matching numbers is listed once", AnOrderWithSeveralMatchingNumbersIsListedOnceAsync),
        new("Headlines, states, holds, cases and the day of placing filter", HeadlinesStatesHoldsCasesAndTheDayOfPlacingFilterAsync),
        new("Orders are counted by headline", OrdersAreCountedByHeadlineAsync),
        new("A journal is read from a version on, so many rows at most", AJournalIsReadFromAVersionOnSoManyRowsAtMostAsync),
        new("Details are read in the order of their rows", DetailsAreReadInTheOrderOfTheirRowsAsync),
        new("What is not there is told as nothing", WhatIsNotThereIsToldAsNothingAsync),
        new("Deadlines of an order are told by facet", DeadlinesOfAnOrderAreToldByFacetAsync),
        new("Paging lists every waiting fact once, the oldest first", PagingListsEveryWaitingFactOnceTheOldestFirstAsync),
        new("A page size outside 1 to 1,000 is refused", APageSizeOutside1To1000IsRefusedAsync),
        new("A continuation that is none is refused", AContinuationThatIsNoneIsRefusedAsync),
        new("Tenants do not see each other's orders", TenantsDoNotSeeEachOthersOrdersAsync),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(OrderQuerySpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static async Task TheLastUpdatedComesFirstAsync(IStoreUnderTest store)
    {
        int[] minutes = [3, 1, 2, 5, 4];
        foreach (var minute in minutes)
        {
            await SaveAsync(store, $"{minute}", order => order with { UpdatedAt = Sample.Noon.AddMinutes(minute) }).ConfigureAwait(false);
        }

        await ExpectInOrderAsync(store, All(store), "5", "4", "3", "2", "1").ConfigureAwait(false);
        var key = Sample.Key(store, "1");
        await store.SaveAsync(Sample.Change(key, 1) with { Order = Sample.Order(key, 2) with { UpdatedAt = Sample.Noon.AddMinutes(9) } }).ConfigureAwait(false);
        await ExpectInOrderAsync(store, All(store), "1", "5", "4", "3", "2").ConfigureAwait(false);
    }

    private static async Task PagingListsEveryOrderOnceAlsoThoseOfOneInstantAsync(IStoreUnderTest store)
    {
        const int Orders = 23;
        for (var i = 0; i < Orders; i++)
        {
            await SaveAsync(store, $"{i}", order => order with { UpdatedAt = Sample.Noon.AddMinutes(i % 4) }).ConfigureAwait(false);
        }

        foreach (var pageSize in new[] { 1, 5, 22, 23, 24, 1_000 })
        {
            var seen = new List<StoredOrder>();
            string? continuation = null;
            do
            {
                var page = await store.Queries.SearchAsync(All(store) with { PageSize = pageSize, Continuation = continuation }).ConfigureAwait(false);
                Expect.That(page.Items.Count <= pageSize, "A page has no more rows than asked for.");
                Expect.That(page.Continuation is null || page.Items.Count == pageSize, "Every page but the last is full.");
                seen.AddRange(page.Items);
                continuation = page.Continuation;
            }
            while (continuation is not null && seen.Count <= 2 * Orders);

            Expect.Set(Enumerable.Range(0, Orders).Select(i => Sample.Key(store, $"{i}")), seen.Select(order => order.Key));
            Expect.Sequence(seen.Select(order => order.UpdatedAt).OrderDescending(), seen.Select(order => order.UpdatedAt));
        }
    }

    private static async Task OrdersThatChangeWhilePagesAreTurnedDoNotDisturbTheRestAsync(IStoreUnderTest store)
    {
        for (var i = 0; i < 6; i++)
        {
            await SaveAsync(store, $"{i}", order => order with { UpdatedAt = Sample.Noon.AddMinutes(i) }).ConfigureAwait(false);
        }

        var first = await store.Queries.SearchAsync(All(store) with { PageSize = 2 }).ConfigureAwait(false);
        await SaveAsync(store, "fresh", order => order with { UpdatedAt = Sample.Noon.AddDays(1) }).ConfigureAwait(false);
        var moved = Sample.Key(store, "5");
        await store.SaveAsync(Sample.Change(moved, 1) with { Order = Sample.Order(moved, 2) with { UpdatedAt = Sample.Noon.AddDays(1) } }).ConfigureAwait(false);
        var second = await store.Queries.SearchAsync(All(store) with { PageSize = 10, Continuation = first.Continuation }).ConfigureAwait(false);
        Expect.Sequence(Keys(store, "3", "2", "1", "0"), second.Items.Select(order => order.Key));
        Expect.Equal(null, second.Continuation);
    }

    private static async Task FiltersGoOnOverPagesAsync(IStoreUnderTest store)
    {
        for (var i = 0; i < 12; i++)
        {
            await SaveAsync(store, $"{i}", order => order with { UpdatedAt = Sample.Noon.AddMinutes(i), Headline = i % 2 == 0 ? "even" : "odd" }).ConfigureAwait(false);
        }

        var query = All(store) with { Headlines = ["odd"], PageSize = 4 };
        var first = await store.Queries.SearchAsync(query).ConfigureAwait(false);
        var second = await store.Queries.SearchAsync(query with { Continuation = first.Continuation }).ConfigureAwait(false);
        Expect.Sequence(Keys(store, "11", "9", "7", "5", "3", "1"), first.Items.Concat(second.Items).Select(order => order.Key));
        Expect.Equal(null, second.Continuation);
    }

    private static async Task ATextFindsTheWholeOfANumberAndItsBeginningAsync(IStoreUnderTest store)
    {
        await SaveAsync(store, "A", order => order, "SF1234", "4200000").ConfigureAwait(false);
        await SaveAsync(store, "B", order => order, "SF1299").ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "SF1234" }, "A").ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "SF12" }, "A", "B").ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "42" }, "A").ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "F12" }).ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "1234" }).ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "SF12345" }).ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "" }, "A", "B").ConfigureAwait(false);
    }

    private static async Task ATextFindsTheBeginningOfAnOrdersIdAsync(IStoreUnderTest store)
    {
        await SaveAsync(store, "A", order => order).ConfigureAwait(false);
        await SaveAsync(store, "B", order => order).ConfigureAwait(false);
        var id = Sample.Key(store, "A").Order.Value;
        await ExpectAsync(store, All(store) with { Text = id }, "A").ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = id[..20] }, "A").ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "SPEC_" }, "A", "B").ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = id[5..] }).ConfigureAwait(false);
    }

    private static async Task WildcardsAndQuotesInATextAreOnlyTextAsync(IStoreUnderTest store)
    {
        string[] values = ["100%", "100x", "a_c", "abc", "O'Brien", "a\\b", "a\\%b", "[ab]", "a*c", "\"q\"", "𠮷野"];
        foreach (var value in values)
        {
            await SaveAsync(store, value, order => order, value).ConfigureAwait(false);
        }

        foreach (var value in values)
        {
            await ExpectAsync(store, All(store) with { Text = value }, value).ConfigureAwait(false);
        }

        foreach (var none in new[] { "%", "_", "*", "a%", "a__", "[a", "' OR 1=1 --", "\\", "?" })
        {
            await ExpectAsync(store, All(store) with { Text = none }, [.. values.Where(value => value.StartsWith(none, StringComparison.Ordinal))]).ConfigureAwait(false);
        }
    }

    private static async Task ATextIsComparedCharacterByCharacterAsync(IStoreUnderTest store)
    {
        string[] values = ["sf1", "SF1", "caf\u00e9", "cafe\u0301", "１", "1"];
        foreach (var value in values)
        {
            await SaveAsync(store, value, order => order, value).ConfigureAwait(false);
        }

        await ExpectAsync(store, All(store) with { Text = "SF" }, "SF1").ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "caf\u00e9" }, "caf\u00e9").ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "cafe" }, "cafe\u0301").ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "1" }, "1").ConfigureAwait(false);
    }

    private static async Task ATextWithTheLastCharacterThereIsFindsWhatBeginsWithItAsync(IStoreUnderTest store)
    {
        await SaveAsync(store, "A", order => order, "a\uffff1").ConfigureAwait(false);
        await SaveAsync(store, "B", order => order, "a\U0010ffff1").ConfigureAwait(false);
        await SaveAsync(store, "C", order => order, "b").ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "a\uffff" }, "A").ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "a\U0010ffff" }, "B").ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "a" }, "A", "B").ConfigureAwait(false);
    }

    private static async Task AnOrderWithSeveralMatchingNumbersIsListedOnceAsync(IStoreUnderTest store)
    {
        await SaveAsync(store, "A", order => order, "SF1", "SF2", "SPEC_1").ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "SF" }, "A").ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "S" }, "A").ConfigureAwait(false);
    }

    private static async Task HeadlinesStatesHoldsCasesAndTheDayOfPlacingFilterAsync(IStoreUnderTest store)
    {
        await SaveAsync(store, "plain", order => order).ConfigureAwait(false);
        await SaveAsync(store, "shipped", order => order with { Headline = "shipped", Snapshot = order.Snapshot with { States = default(StateCodes).With(0, 40).With(3, 65_535) } }).ConfigureAwait(false);
        await SaveAsync(store, "held", order => order with { Headline = "Paid", Snapshot = order.Snapshot with { Holds = 0x8000_0000 } }).ConfigureAwait(false);
        await SaveAsync(store, "open", order => order with { Snapshot = order.Snapshot with { Cases = 1 } }, Sample.Case(Sample.Key(store, "open"), "late", 1)).ConfigureAwait(false);
        await SaveAsync(store, "old", order => order with { PlacedAt = Sample.Noon.AddDays(-30) }).ConfigureAwait(false);
        var all = All(store);
        await ExpectAsync(store, all with { Headlines = ["paid"] }, "plain", "open", "old").ConfigureAwait(false);
        await ExpectAsync(store, all with { Headlines = ["shipped", "Paid"] }, "shipped", "held").ConfigureAwait(false);
        await ExpectAsync(store, all with { Headlines = ["none"] }).ConfigureAwait(false);
        await ExpectAsync(store, all with { States = [40] }, "shipped").ConfigureAwait(false);
        await ExpectAsync(store, all with { States = [65_535] }, "shipped").ConfigureAwait(false);
        await ExpectAsync(store, all with { States = [20] }, "plain", "held", "open", "old").ConfigureAwait(false);
        await ExpectAsync(store, all with { States = [40, 10] }, "plain", "shipped", "held", "open", "old").ConfigureAwait(false);
        await ExpectAsync(store, all with { States = [11] }).ConfigureAwait(false);
        await ExpectAsync(store, all with { IsHeld = true }, "held").ConfigureAwait(false);
        await ExpectAsync(store, all with { IsHeld = false }, "plain", "shipped", "open", "old").ConfigureAwait(false);
        await ExpectAsync(store, all with { HasOpenCase = true }, "open").ConfigureAwait(false);
        await ExpectAsync(store, all with { HasOpenCase = false }, "plain", "shipped", "held", "old").ConfigureAwait(false);
        await ExpectAsync(store, all with { PlacedBefore = Sample.Noon }, "old").ConfigureAwait(false);
        await ExpectAsync(store, all with { PlacedFrom = Sample.Noon }, "plain", "shipped", "held", "open").ConfigureAwait(false);
        await ExpectAsync(store, all with { PlacedFrom = Sample.Noon.AddDays(-30), PlacedBefore = Sample.Noon.AddDays(-30) }).ConfigureAwait(false);
        await ExpectAsync(store, all with { PlacedFrom = Sample.Noon.AddDays(-30), PlacedBefore = Sample.Noon.AddDays(-29), Headlines = ["paid"], States = [10], IsHeld = false, HasOpenCase = false, Text = "SPEC" }, "old").ConfigureAwait(false);
    }

    private static async Task OrdersAreCountedByHeadlineAsync(IStoreUnderTest store)
    {
        Expect.Equal(0, (await store.Queries.CountByHeadlineAsync(store.Tenant).ConfigureAwait(false)).Count);
        await SaveAsync(store, "A", order => order).ConfigureAwait(false);
        await SaveAsync(store, "B", order => order).ConfigureAwait(false);
        await SaveAsync(store, "C", order => order with { Headline = "已发货" }).ConfigureAwait(false);
        Expect.Set([KeyValuePair.Create("paid", 2L), KeyValuePair.Create("已发货", 1L)], await store.Queries.CountByHeadlineAsync(store.Tenant).ConfigureAwait(false));
        var key = Sample.Key(store, "B");
        await store.SaveAsync(Sample.Change(key, 1) with { Order = Sample.Order(key, 2) with { Headline = "已发货" } }).ConfigureAwait(false);
        Expect.Set([KeyValuePair.Create("paid", 1L), KeyValuePair.Create("已发货", 2L)], await store.Queries.CountByHeadlineAsync(store.Tenant).ConfigureAwait(false));
    }

    private static async Task AJournalIsReadFromAVersionOnSoManyRowsAtMostAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0, "1", "2", "3", "4", "5")).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(Sample.Key(store, "B"), 0, "other")).ConfigureAwait(false);
        await ExpectVersionsAsync(0, 10_000, 1, 2, 3, 4, 5).ConfigureAwait(false);
        await ExpectVersionsAsync(2, 10_000, 3, 4, 5).ConfigureAwait(false);
        await ExpectVersionsAsync(1, 2, 2, 3).ConfigureAwait(false);
        await ExpectVersionsAsync(5, 10).ConfigureAwait(false);
        await ExpectVersionsAsync(long.MaxValue, 10).ConfigureAwait(false);
        Expect.Equal(0, (await store.Queries.ReadJournalAsync(Sample.Key(store, "none")).ConfigureAwait(false)).Count);

        async Task ExpectVersionsAsync(long after, int max, params long[] versions) =>
            Expect.Sequence(versions, (await store.Queries.ReadJournalAsync(key, after, max).ConfigureAwait(false)).Select(entry => entry.Version));
    }

    private static async Task DetailsAreReadInTheOrderOfTheirRowsAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0, "1", "2", "3") with { Details = [Sample.Detail(3, "third"), Sample.Detail(1, "first")] }).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(key, 3) with { Details = [Sample.Detail(4, "fourth")] }).ConfigureAwait(false);
        Expect.Sequence(["first", "third", "fourth"], (await store.Queries.ReadDetailsAsync(key).ConfigureAwait(false)).Select(detail => detail.Note));
        Expect.Equal(0, (await store.Queries.ReadDetailsAsync(Sample.Key(store, "none")).ConfigureAwait(false)).Count);
    }

    private static async Task WhatIsNotThereIsToldAsNothingAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "none");
        Expect.Equal(null, await store.Queries.FindAsync(key).ConfigureAwait(false));
        Expect.Sequence([], await store.Queries.FindAsync(Sample.Waybill(store, "none")).ConfigureAwait(false));
        Expect.Equal(0, (await store.Queries.ReferencesOfAsync(key).ConfigureAwait(false)).Count);
        Expect.Equal(0, (await store.Queries.DeadlinesOfAsync(key).ConfigureAwait(false)).Count);
        var page = await store.Queries.SearchAsync(All(store)).ConfigureAwait(false);
        Expect.Equal(0, page.Items.Count);
        Expect.Equal(null, page.Continuation);
    }

    private static async Task DeadlinesOfAnOrderAreToldByFacetAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var number = await store.SaveAsync(Sample.Change(key, 0) with
        {
            Deadlines = [new DeadlineChange(2, Sample.Noon, 1, "close", "probe"), new DeadlineChange(0, Sample.Noon.AddDays(1), 1, "remind", null)],
        }).ConfigureAwait(false);
        Expect.Sequence(
            [new DueDeadline(number, key, 0, Sample.Noon.AddDays(1), 1, "remind", null), new DueDeadline(number, key, 2, Sample.Noon, 1, "close", "probe")],
            await store.Queries.DeadlinesOfAsync(key).ConfigureAwait(false));
    }

    private static async Task PagingListsEveryWaitingFactOnceTheOldestFirstAsync(IStoreUnderTest store)
    {
        const int Facts = 11;
        for (var i = 0; i < Facts; i++)
        {
            await store.ParkAsync(Sample.Parked(Sample.Waybill(store, $"{i % 3}"), $"{i}", seconds: 100 - (i / 2))).ConfigureAwait(false);
        }

        foreach (var pageSize in new[] { 1, 4, 10, 11, 12 })
        {
            var seen = new List<ParkedFact>();
            string? continuation = null;
            do
            {
                var page = await store.Queries.ParkedAsync(store.Tenant, pageSize, continuation).ConfigureAwait(false);
                Expect.That(page.Items.Count <= pageSize, "A page has no more rows than asked for.");
                Expect.That(page.Continuation is null || page.Items.Count == pageSize, "Every page but the last is full.");
                seen.AddRange(page.Items);
                continuation = page.Continuation;
            }
            while (continuation is not null && seen.Count <= 2 * Facts);

            Expect.Set(Enumerable.Range(0, Facts).Select(i => $"{i}"), seen.Select(parked => parked.Fact.Id!));
            Expect.Sequence(seen.Select(parked => parked.ParkedAt).Order(), seen.Select(parked => parked.ParkedAt));
        }
    }

    private static async Task APageSizeOutside1To1000IsRefusedAsync(IStoreUnderTest store)
    {
        foreach (var pageSize in new[] { 0, -1, 1_001 })
        {
            await Expect.ThrowsAsync<ArgumentException>(() => store.Queries.SearchAsync(All(store) with { PageSize = pageSize }).AsTask(), $"A page of {pageSize} rows.").ConfigureAwait(false);
            await Expect.ThrowsAsync<ArgumentException>(() => store.Queries.ParkedAsync(store.Tenant, pageSize).AsTask(), $"A page of {pageSize} rows.").ConfigureAwait(false);
        }
    }

    private static async Task AContinuationThatIsNoneIsRefusedAsync(IStoreUnderTest store)
    {
        foreach (var continuation in new[] { "", "x", "1.2.3", "-1.-1", "99999999999999999999.1", "' OR 1=1 --" })
        {
            await Expect.ThrowsAsync<ArgumentException>(
                () => store.Queries.SearchAsync(All(store) with { Continuation = continuation }).AsTask(), $"The continuation '{continuation}'.").ConfigureAwait(false);
            await Expect.ThrowsAsync<ArgumentException>(
                () => store.Queries.ParkedAsync(store.Tenant, 10, continuation).AsTask(), $"The continuation '{continuation}'.").ConfigureAwait(false);
        }
    }

    private static async Task TenantsDoNotSeeEachOthersOrdersAsync(IStoreUnderTest store)
    {
        var theirs = Sample.Key(Sample.Neighbour(store), "A");
        await SaveAsync(store, "A", order => order, "SF1").ConfigureAwait(false);
        Expect.Equal(0, (await store.Queries.SearchAsync(new OrderQuery { Tenant = theirs.Tenant }).ConfigureAwait(false)).Items.Count);
        Expect.Equal(0, (await store.Queries.SearchAsync(new OrderQuery { Tenant = theirs.Tenant, Text = "SF1" }).ConfigureAwait(false)).Items.Count);
        Expect.Equal(0, (await store.Queries.CountByHeadlineAsync(theirs.Tenant).ConfigureAwait(false)).Count);
        Expect.Equal(null, await store.Queries.FindAsync(theirs).ConfigureAwait(false));
        Expect.Equal(0, (await store.Queries.ReadJournalAsync(theirs).ConfigureAwait(false)).Count);
        Expect.Equal(0, (await store.Queries.ReferencesOfAsync(theirs).ConfigureAwait(false)).Count);
        await store.SaveAsync(Sample.Change(theirs, 0) with { Links = [new OrderReference(theirs.Tenant, ReferenceKind.Waybill, "SF1")] }).ConfigureAwait(false);
        await ExpectAsync(store, All(store) with { Text = "SF1" }, "A").ConfigureAwait(false);
        Expect.Sequence([theirs], await store.Queries.FindAsync(new OrderReference(theirs.Tenant, ReferenceKind.Waybill, "SF1")).ConfigureAwait(false));
        Expect.Set([KeyValuePair.Create("paid", 1L)], await store.Queries.CountByHeadlineAsync(store.Tenant).ConfigureAwait(false));
    }

    private static OrderQuery All(IStoreUnderTest store) => new() { Tenant = store.Tenant, PageSize = 1_000 };

    private static IEnumerable<OrderKey> Keys(IStoreUnderTest store, params string[] names) => names.Select(name => Sample.Key(store, name));

    private static Task<long> SaveAsync(IStoreUnderTest store, string name, Func<StoredOrder, StoredOrder> change, params string[] waybills)
    {
        var key = Sample.Key(store, name);
        return store.SaveAsync(Sample.Change(key, 0) with
        {
            Order = change(Sample.Order(key, 1)),
            Links = [.. waybills.Select(waybill => Sample.Waybill(store, waybill))],
        });
    }

    private static Task<long> SaveAsync(IStoreUnderTest store, string name, Func<StoredOrder, StoredOrder> change, OrderCase opened)
    {
        var key = Sample.Key(store, name);
        return store.SaveAsync(Sample.Change(key, 0) with { Order = change(Sample.Order(key, 1)), Cases = [opened] });
    }

    private static async Task ExpectAsync(IStoreUnderTest store, OrderQuery query, params string[] names)
    {
        var known = (await store.Queries.SearchAsync(query).ConfigureAwait(false)).Items.Select(order => order.Key).ToList();
        Expect.Set(Keys(store, names), known, $"the orders that {query} lists");
    }

    private static async Task ExpectInOrderAsync(IStoreUnderTest store, OrderQuery query, params string[] names) =>
        Expect.Sequence(Keys(store, names), (await store.Queries.SearchAsync(query).ConfigureAwait(false)).Items.Select(order => order.Key));
}

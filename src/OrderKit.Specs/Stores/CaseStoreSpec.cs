using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>What cases keep.</summary>
public static class CaseStoreSpec
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("A case is opened with the change, and comes back with every field", ACaseIsOpenedWithTheChangeAndComesBackWithEveryFieldAsync),
        new("An order has one open case of a kind", AnOrderHasOneOpenCaseOfAKindAsync),
        new("A case is closed, and keeps what it was opened with", ACaseIsClosedAndKeepsWhatItWasOpenedWithAsync),
        new("Closing what is not open changes nothing", ClosingWhatIsNotOpenChangesNothingAsync),
        new("A kind that was closed can be opened again, as another case", AKindThatWasClosedCanBeOpenedAgainAsAnotherCaseAsync),
        new("Cases of other orders are other cases", CasesOfOtherOrdersAreOtherCasesAsync),
        new("Cases are listed oldest due first, those without an instant last", CasesAreListedOldestDueFirstThoseWithoutAnInstantLastAsync),
        new("Paging lists every case once", PagingListsEveryCaseOnceAsync),
        new("Cases are filtered by order, kind and desk", CasesAreFilteredByOrderKindAndDeskAsync),
        new("A page size outside 1 to 1,000 is refused", APageSizeOutside1To1000IsRefusedAsync),
        new("A continuation that is none is refused", AContinuationThatIsNoneIsRefusedAsync),
        new("Open cases are counted by kind", OpenCasesAreCountedByKindAsync),
        new("Tenants do not see each other's cases", TenantsDoNotSeeEachOthersCasesAsync),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(CaseStoreSpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static async Task ACaseIsOpenedWithTheChangeAndComesBackWithEveryFieldAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var opened = new OrderCase(key, "shipped-not-cleared", "finance's 桌", "因为 🙂", 1, Sample.Noon, Sample.Noon.AddHours(4), null, null);
        var plain = new OrderCase(key, "", "", "", 1, Sample.Noon, null, null, null);
        await store.SaveAsync(Sample.Change(key, 0) with { Cases = [opened, plain] }).ConfigureAwait(false);
        Expect.Sequence([opened, plain], (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant }).ConfigureAwait(false)).Items);
    }

    private static async Task AnOrderHasOneOpenCaseOfAKindAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0) with { Cases = [Sample.Case(key, "late", 1), Sample.Case(key, "lost", 1)] }).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(key, 1) with { Cases = [Sample.Case(key, "late", 2, owner: "others")] }).ConfigureAwait(false);
        var items = (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, IncludeClosed = true }).ConfigureAwait(false)).Items;
        Expect.Set([("late", 1L, "desk"), ("lost", 1L, "desk")], items.Select(open => (open.Code, open.OpenedVersion, open.Owner)));
    }

    private static async Task ACaseIsClosedAndKeepsWhatItWasOpenedWithAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var opened = Sample.Case(key, "late", 1, Sample.Noon.AddHours(1));
        await store.SaveAsync(Sample.Change(key, 0) with { Cases = [opened, Sample.Case(key, "lost", 1)] }).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(key, 1) with { Cases = [opened with { Reason = "arrived", Owner = "others", OpenedVersion = 2, ClosedAt = Sample.Noon.AddHours(2), ClosedVersion = 2 }] }).ConfigureAwait(false);
        Expect.Sequence(["lost"], (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant }).ConfigureAwait(false)).Items.Select(open => open.Code));
        var all = (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, IncludeClosed = true }).ConfigureAwait(false)).Items;
        Expect.Equal(opened with { ClosedAt = Sample.Noon.AddHours(2), ClosedVersion = 2 }, all.Single(closed => closed.Code == "late"));
    }

    private static async Task ClosingWhatIsNotOpenChangesNothingAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var close = Sample.Case(key, "late", 1) with { ClosedAt = Sample.Noon, ClosedVersion = 1 };
        await store.SaveAsync(Sample.Change(key, 0) with { Cases = [close] }).ConfigureAwait(false);
        Expect.Equal(0, (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, IncludeClosed = true }).ConfigureAwait(false)).Items.Count);
        await store.SaveAsync(Sample.Change(key, 1) with { Cases = [Sample.Case(key, "late", 2), close with { ClosedVersion = 2 }] }).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(key, 2) with { Cases = [close with { ClosedAt = Sample.Noon.AddDays(1), ClosedVersion = 3 }] }).ConfigureAwait(false);
        Expect.Sequence([2L], (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, IncludeClosed = true }).ConfigureAwait(false)).Items.Select(closed => closed.ClosedVersion ?? 0));
    }

    private static async Task AKindThatWasClosedCanBeOpenedAgainAsAnotherCaseAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0) with { Cases = [Sample.Case(key, "late", 1)] }).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(key, 1) with { Cases = [Sample.Case(key, "late", 1) with { ClosedAt = Sample.Noon, ClosedVersion = 2 }] }).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(key, 2) with { Cases = [Sample.Case(key, "late", 3)] }).ConfigureAwait(false);
        var all = (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, IncludeClosed = true }).ConfigureAwait(false)).Items;
        Expect.Set([(1L, (long?)2), (3, null)], all.Select(item => (item.OpenedVersion, item.ClosedVersion)));
        Expect.Sequence([3L], (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant }).ConfigureAwait(false)).Items.Select(item => item.OpenedVersion));
    }

    private static async Task CasesOfOtherOrdersAreOtherCasesAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        await store.SaveAllAsync(Sample.Change(a, 0) with { Cases = [Sample.Case(a, "late", 1)] }, Sample.Change(b, 0) with { Cases = [Sample.Case(b, "late", 1)] }).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(a, 1) with { Cases = [Sample.Case(a, "late", 1) with { ClosedAt = Sample.Noon, ClosedVersion = 2 }] }).ConfigureAwait(false);
        Expect.Sequence([b], (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant }).ConfigureAwait(false)).Items.Select(open => open.Order));
    }

    private static async Task CasesAreListedOldestDueFirstThoseWithoutAnInstantLastAsync(IStoreUnderTest store)
    {
        var keys = new List<OrderKey>();
        DateTimeOffset?[] dueAt = [Sample.Noon.AddHours(3), null, Sample.Noon.AddHours(1), DateTimeOffset.MinValue, null, Sample.Noon.AddHours(2)];
        for (var i = 0; i < dueAt.Length; i++)
        {
            var key = Sample.Key(store, $"{i}");
            await store.SaveAsync(Sample.Change(key, 0) with { Cases = [Sample.Case(key, $"case-{i}", 1, dueAt[i])] }).ConfigureAwait(false);
        }

        var listed = (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant }).ConfigureAwait(false)).Items.Select(open => open.Code).ToList();
        Expect.Sequence(["case-3", "case-2", "case-5", "case-0"], listed.Take(4));
        Expect.Set(["case-1", "case-4"], listed.Skip(4));
    }

    private static async Task PagingListsEveryCaseOnceAsync(IStoreUnderTest store)
    {
        const int Count = 23;
        for (var i = 0; i < Count; i++)
        {
            var key = Sample.Key(store, $"{i}");
            // Several of one instant, and several of none.
            await store.SaveAsync(Sample.Change(key, 0) with { Cases = [Sample.Case(key, $"case-{i}", 1, i % 4 == 0 ? null : Sample.Noon.AddHours(i % 4))] }).ConfigureAwait(false);
        }

        foreach (var pageSize in new[] { 1, 5, 22, 23, 24, 1_000 })
        {
            var seen = new List<OrderCase>();
            string? continuation = null;
            do
            {
                var page = await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, PageSize = pageSize, Continuation = continuation }).ConfigureAwait(false);
                Expect.That(page.Items.Count <= pageSize, "A page has no more rows than asked for.");
                Expect.That(page.Continuation is null || page.Items.Count == pageSize, "Every page but the last is full.");
                seen.AddRange(page.Items);
                continuation = page.Continuation;
            }
            while (continuation is not null && seen.Count <= 2 * Count);

            Expect.Set(Enumerable.Range(0, Count).Select(i => $"case-{i}"), seen.Select(open => open.Code));
            Expect.Sequence(seen.Select(open => open.DueAt ?? DateTimeOffset.MaxValue).Order(), seen.Select(open => open.DueAt ?? DateTimeOffset.MaxValue));
        }
    }

    private static async Task CasesAreFilteredByOrderKindAndDeskAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        await store.SaveAsync(Sample.Change(a, 0) with { Cases = [Sample.Case(a, "late", 1, owner: "one"), Sample.Case(a, "lost", 1, owner: "two")] }).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(b, 0) with { Cases = [Sample.Case(b, "late", 1, owner: "two"), Sample.Case(b, "Late", 1, owner: "one")] }).ConfigureAwait(false);
        var all = new CaseQuery { Tenant = store.Tenant };
        await ExpectAsync(all, (a, "late"), (a, "lost"), (b, "late"), (b, "Late")).ConfigureAwait(false);
        await ExpectAsync(all with { Order = a }, (a, "late"), (a, "lost")).ConfigureAwait(false);
        await ExpectAsync(all with { Code = "late" }, (a, "late"), (b, "late")).ConfigureAwait(false);
        await ExpectAsync(all with { Owner = "two" }, (a, "lost"), (b, "late")).ConfigureAwait(false);
        await ExpectAsync(all with { Owner = "two", Code = "late", Order = b }, (b, "late")).ConfigureAwait(false);
        await ExpectAsync(all with { Owner = "two", Code = "late", Order = a }).ConfigureAwait(false);
        await ExpectAsync(all with { Code = "' OR 1=1 --" }).ConfigureAwait(false);

        async Task ExpectAsync(CaseQuery query, params (OrderKey, string)[] expected) =>
            Expect.Set(expected, (await store.Cases.QueryAsync(query).ConfigureAwait(false)).Items.Select(open => (open.Order, open.Code)));
    }

    private static async Task APageSizeOutside1To1000IsRefusedAsync(IStoreUnderTest store)
    {
        foreach (var pageSize in new[] { 0, -1, 1_001 })
        {
            await Expect.ThrowsAsync<ArgumentException>(
                () => store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, PageSize = pageSize }).AsTask(), $"A page of {pageSize} rows.").ConfigureAwait(false);
        }
    }

    private static async Task AContinuationThatIsNoneIsRefusedAsync(IStoreUnderTest store)
    {
        foreach (var continuation in new[] { "", "x", "1.2.3", "-1.-1", "99999999999999999999.1", "' OR 1=1 --" })
        {
            await Expect.ThrowsAsync<ArgumentException>(
                () => store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, Continuation = continuation }).AsTask(), $"The continuation '{continuation}'.").ConfigureAwait(false);
        }
    }

    private static async Task OpenCasesAreCountedByKindAsync(IStoreUnderTest store)
    {
        Expect.Equal(0, (await store.Cases.CountOpenAsync(store.Tenant).ConfigureAwait(false)).Count);
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        await store.SaveAsync(Sample.Change(a, 0) with { Cases = [Sample.Case(a, "late", 1), Sample.Case(a, "lost", 1)] }).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(b, 0) with { Cases = [Sample.Case(b, "late", 1)] }).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(a, 1) with { Cases = [Sample.Case(a, "lost", 1) with { ClosedAt = Sample.Noon, ClosedVersion = 2 }] }).ConfigureAwait(false);
        Expect.Set([KeyValuePair.Create("late", 2)], await store.Cases.CountOpenAsync(store.Tenant).ConfigureAwait(false));
    }

    private static async Task TenantsDoNotSeeEachOthersCasesAsync(IStoreUnderTest store)
    {
        var ours = Sample.Key(store, "A");
        var theirs = Sample.Key(Sample.Neighbour(store), "A");
        await store.SaveAsync(Sample.Change(ours, 0) with { Cases = [Sample.Case(ours, "late", 1)] }).ConfigureAwait(false);
        Expect.Equal(0, (await store.Cases.QueryAsync(new CaseQuery { Tenant = theirs.Tenant, IncludeClosed = true }).ConfigureAwait(false)).Items.Count);
        Expect.Equal(0, (await store.Cases.CountOpenAsync(theirs.Tenant).ConfigureAwait(false)).Count);
        await store.SaveAsync(Sample.Change(theirs, 0) with { Cases = [Sample.Case(theirs, "late", 1), Sample.Case(theirs, "lost", 1)] }).ConfigureAwait(false);
        Expect.Sequence([ours], (await store.Cases.QueryAsync(new CaseQuery { Tenant = ours.Tenant }).ConfigureAwait(false)).Items.Select(open => open.Order));
        Expect.Set([KeyValuePair.Create("late", 1)], await store.Cases.CountOpenAsync(ours.Tenant).ConfigureAwait(false));
    }
}

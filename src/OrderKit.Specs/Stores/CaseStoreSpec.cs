using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>The rules that a store of cases must keep.</summary>
public static class CaseStoreSpec
{
    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(CaseStoreSpec),
    [
        new("A case is opened with the change and read back with every field", async store =>
        {
            var key = Sample.Key(store, "A");
            var opened = new OrderCase(key, "shipped-not-cleared", "finance's 桌", "因为 🙂", 1, Sample.Noon, Sample.Noon.AddHours(4), null,
                null);
            var plain = new OrderCase(key, "", "", "", 1, Sample.Noon, null, null, null);
            await store.SaveAsync(Sample.Change(key, 0) with { Cases = [opened, plain] });
            Expect.Sequence([opened, plain], await OpenAsync(store));
        }),
        new("An order has one open case of a kind", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Change(key, 0) with { Cases = [Sample.Case(key, "late", 1), Sample.Case(key, "lost", 1)] });
            await store.SaveAsync(Sample.Change(key, 1) with { Cases = [Sample.Case(key, "late", 2, owner: "others")] });
            var items = await AllAsync(store);
            Expect.Set([("late", 1L, "desk"), ("lost", 1L, "desk")], items.Select(open => (open.Code, open.OpenedVersion, open.Owner)));
        }),
        new("A closed case keeps the values it was opened with", async store =>
        {
            var key = Sample.Key(store, "A");
            var opened = Sample.Case(key, "late", 1, Sample.Noon.AddHours(1));
            await store.SaveAsync(Sample.Change(key, 0) with { Cases = [opened, Sample.Case(key, "lost", 1)] });
            await store.SaveAsync(
                Sample.Change(key, 1) with
                {
                    Cases = [
                        opened with
                        {
                            Reason = "arrived", Owner = "others", OpenedVersion = 2, ClosedAt = Sample.Noon.AddHours(2),
                            ClosedVersion = 2,
                        },
                    ],
                });
            Expect.Sequence(["lost"], (await OpenAsync(store)).Select(open => open.Code));
            var all = await AllAsync(store);
            Expect.Equal(opened with { ClosedAt = Sample.Noon.AddHours(2), ClosedVersion = 2 },
                all.Single(closed => closed.Code == "late"));
        }),
        new("Closing what is not open changes nothing", async store =>
        {
            var key = Sample.Key(store, "A");
            var close = Sample.Case(key, "late", 1) with { ClosedAt = Sample.Noon, ClosedVersion = 1 };
            await store.SaveAsync(Sample.Change(key, 0) with { Cases = [close] });
            Expect.Equal(0, (await AllAsync(store)).Count);
            await store.SaveAsync(Sample.Change(key, 1) with { Cases = [Sample.Case(key, "late", 2), close with { ClosedVersion = 2 }] });
            await store.SaveAsync(
                Sample.Change(key, 2) with { Cases = [close with { ClosedAt = Sample.Noon.AddDays(1), ClosedVersion = 3 }] });
            Expect.Sequence(
                [2L], (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, IncludeClosed = true }))
                    .Items.Select(closed => closed.ClosedVersion ?? 0));
        }),
        new("A closed kind can be opened again as a new case", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Change(key, 0) with { Cases = [Sample.Case(key, "late", 1)] });
            await store.SaveAsync(
                Sample.Change(key, 1) with { Cases = [Sample.Case(key, "late", 1) with { ClosedAt = Sample.Noon, ClosedVersion = 2 }] });
            await store.SaveAsync(Sample.Change(key, 2) with { Cases = [Sample.Case(key, "late", 3)] });
            var all = await AllAsync(store);
            Expect.Set([(1L, (long?)2), (3, null)], all.Select(item => (item.OpenedVersion, item.ClosedVersion)));
            Expect.Sequence([3L], (await OpenAsync(store)).Select(item => item.OpenedVersion));
        }),
        new("Cases of other orders are other cases", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            await store.SaveAllAsync(Sample.Change(a, 0) with { Cases = [Sample.Case(a, "late", 1)] },
                Sample.Change(b, 0) with { Cases = [Sample.Case(b, "late", 1)] });
            await store.SaveAsync(
                Sample.Change(a, 1) with { Cases = [Sample.Case(a, "late", 1) with { ClosedAt = Sample.Noon, ClosedVersion = 2 }] });
            Expect.Sequence([b], (await OpenAsync(store)).Select(open => open.Order));
        }),
        new("Cases are listed oldest due first, those without an instant last", async store =>
        {
            var keys = new List<OrderKey>();
            DateTimeOffset?[] dueAt = [
                Sample.Noon.AddHours(3), null, Sample.Noon.AddHours(1), DateTimeOffset.MinValue, null, Sample.Noon.AddHours(2),
            ];
            for (var i = 0; i < dueAt.Length; i++)
            {
                var key = Sample.Key(store, $"{i}");
                await store.SaveAsync(Sample.Change(key, 0) with { Cases = [Sample.Case(key, $"case-{i}", 1, dueAt[i])] });
            }

            var listed = (await OpenAsync(store)).Select(open => open.Code).ToList();
            Expect.Sequence(["case-3", "case-2", "case-5", "case-0"], listed.Take(4));
            Expect.Set(["case-1", "case-4"], listed.Skip(4));
        }),
        new("Paging lists every case once", async store =>
        {
            const int Count = 23;
            for (var i = 0; i < Count; i++)
            {
                var key = Sample.Key(store, $"{i}");
                // Several cases with equal times, and several without a time.
                await store.SaveAsync(
                    Sample.Change(key,
                        0) with { Cases = [Sample.Case(key, $"case-{i}", 1, i % 4 == 0 ? null : Sample.Noon.AddHours(i % 4))] });
            }

            foreach (var pageSize in new[] { 1, 5, 22, 23, 24, 1_000 })
            {
                var seen = await Paging.ReadAllAsync(pageSize, Count, continuation =>
                    store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, PageSize = pageSize, Continuation = continuation }));
                Expect.Set(Enumerable.Range(0, Count).Select(i => $"case-{i}"), seen.Select(open => open.Code));
                Expect.Sequence(seen.Select(open => open.DueAt ?? DateTimeOffset.MaxValue).Order(),
                    seen.Select(open => open.DueAt ?? DateTimeOffset.MaxValue));
            }
        }),
        new("Cases are filtered by order, kind and desk", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            await store.SaveAsync(
                Sample.Change(a, 0) with { Cases = [Sample.Case(a, "late", 1, owner: "one"), Sample.Case(a, "lost", 1, owner: "two")] });
            await store.SaveAsync(
                Sample.Change(b, 0) with { Cases = [Sample.Case(b, "late", 1, owner: "two"), Sample.Case(b, "Late", 1, owner: "one")] });
            var all = new CaseQuery { Tenant = store.Tenant };
            await ExpectAsync(all, (a, "late"), (a, "lost"), (b, "late"), (b, "Late"));
            await ExpectAsync(all with { Order = a }, (a, "late"), (a, "lost"));
            await ExpectAsync(all with { Code = "late" }, (a, "late"), (b, "late"));
            await ExpectAsync(all with { Owner = "two" }, (a, "lost"), (b, "late"));
            await ExpectAsync(all with { Owner = "two", Code = "late", Order = b }, (b, "late"));
            await ExpectAsync(all with { Owner = "two", Code = "late", Order = a });
            await ExpectAsync(all with { Code = "' OR 1=1 --" });

            async Task ExpectAsync(CaseQuery query, params (OrderKey, string)[] expected) =>
                Expect.Set(expected, (await store.Cases.QueryAsync(query)).Items.Select(open => (open.Order, open.Code)));
        }),
        new("A page size outside 1 to 1,000 is refused", async store =>
        {
            await Paging.RefusesSizesAsync(size => store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, PageSize = size }));
        }),
        new("An invalid continuation is refused", async store =>
        {
            string[] texts = ["", "x", "1.2.3", "-1.-1", "99999999999999999999.1", "' OR 1=1 --"];
            await Paging.RefusesContinuationsAsync(
                texts, text => store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, Continuation = text }));
        }),
        new("Open cases are counted by kind", async store =>
        {
            Expect.Equal(0, (await store.Cases.CountOpenAsync(store.Tenant)).Count);
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            await store.SaveAsync(Sample.Change(a, 0) with { Cases = [Sample.Case(a, "late", 1), Sample.Case(a, "lost", 1)] });
            await store.SaveAsync(Sample.Change(b, 0) with { Cases = [Sample.Case(b, "late", 1)] });
            await store.SaveAsync(
                Sample.Change(a, 1) with { Cases = [Sample.Case(a, "lost", 1) with { ClosedAt = Sample.Noon, ClosedVersion = 2 }] });
            Expect.Set([KeyValuePair.Create("late", 2)], await store.Cases.CountOpenAsync(store.Tenant));
        }),
        new("Tenants do not see each other's cases", async store =>
        {
            var ours = Sample.Key(store, "A");
            var theirs = Sample.Key(Sample.Neighbour(store), "A");
            await store.SaveAsync(Sample.Change(ours, 0) with { Cases = [Sample.Case(ours, "late", 1)] });
            Expect.Equal(0, (await store.Cases.QueryAsync(new CaseQuery { Tenant = theirs.Tenant, IncludeClosed = true })).Items.Count);
            Expect.Equal(0, (await store.Cases.CountOpenAsync(theirs.Tenant)).Count);
            await store.SaveAsync(
                Sample.Change(theirs, 0) with { Cases = [Sample.Case(theirs, "late", 1), Sample.Case(theirs, "lost", 1)] });
            Expect.Sequence([ours],
                (await store.Cases.QueryAsync(new CaseQuery { Tenant = ours.Tenant })).Items.Select(open => open.Order));
            Expect.Set([KeyValuePair.Create("late", 1)], await store.Cases.CountOpenAsync(ours.Tenant));
        }),
    ]);

    private static async Task<IReadOnlyList<OrderCase>> OpenAsync(IStoreUnderTest store) =>
        (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant })).Items;

    private static async Task<IReadOnlyList<OrderCase>> AllAsync(IStoreUnderTest store) =>
        (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, IncludeClosed = true })).Items;
}

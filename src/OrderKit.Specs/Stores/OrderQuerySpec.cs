using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Specs;

/// <summary>The rules that the read side of orders must keep.</summary>
public static class OrderQuerySpec
{
    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(OrderQuerySpec),
    [
        new("The order that was updated last comes first", async store =>
        {
            int[] minutes = [3, 1, 2, 5, 4];
            foreach (var minute in minutes)
            {
                await SaveAsync(store, $"{minute}", order => order with { UpdatedAt = Sample.Noon.AddMinutes(minute) });
            }

            await ExpectInOrderAsync(store, All(store), "5", "4", "3", "2", "1");
            var key = Sample.Key(store, "1");
            await store.SaveAsync(
                Sample.Change(key, 1) with { Order = Sample.Order(key, 2) with { UpdatedAt = Sample.Noon.AddMinutes(9) } });
            await ExpectInOrderAsync(store, All(store), "1", "5", "4", "3", "2");
        }),
        new("Paging lists every order once, even with equal times", async store =>
        {
            const int Orders = 23;
            for (var i = 0; i < Orders; i++)
            {
                await SaveAsync(store, $"{i}", order => order with { UpdatedAt = Sample.Noon.AddMinutes(i % 4) });
            }

            foreach (var pageSize in new[] { 1, 5, 22, 23, 24, 1_000 })
            {
                var seen = await Paging.ReadAllAsync(pageSize, Orders, continuation =>
                    store.Queries.SearchAsync(All(store) with { PageSize = pageSize, Continuation = continuation }));
                Expect.Set(Enumerable.Range(0, Orders).Select(i => Sample.Key(store, $"{i}")), seen.Select(order => order.Key));
                Expect.Sequence(seen.Select(order => order.UpdatedAt).OrderDescending(), seen.Select(order => order.UpdatedAt));
            }
        }),
        new("Orders that change during paging do not affect the others", async store =>
        {
            for (var i = 0; i < 6; i++)
            {
                await SaveAsync(store, $"{i}", order => order with { UpdatedAt = Sample.Noon.AddMinutes(i) });
            }

            var first = await store.Queries.SearchAsync(All(store) with { PageSize = 2 });
            await SaveAsync(store, "fresh", order => order with { UpdatedAt = Sample.Noon.AddDays(1) });
            var moved = Sample.Key(store, "5");
            await store.SaveAsync(
                Sample.Change(moved, 1) with { Order = Sample.Order(moved, 2) with { UpdatedAt = Sample.Noon.AddDays(1) } });
            var second = await store.Queries.SearchAsync(All(store) with { PageSize = 10, Continuation = first.Continuation });
            Expect.Sequence(Keys(store, "3", "2", "1", "0"), second.Items.Select(order => order.Key));
            Expect.Equal(null, second.Continuation);
        }),
        new("Filters apply to all pages", async store =>
        {
            for (var i = 0; i < 12; i++)
            {
                await SaveAsync(
                    store, $"{i}", order => order with { UpdatedAt = Sample.Noon.AddMinutes(i), Headline = i % 2 == 0 ? "even" : "odd" });
            }

            var query = All(store) with { Headlines = ["odd"], PageSize = 4 };
            var first = await store.Queries.SearchAsync(query);
            var second = await store.Queries.SearchAsync(query with { Continuation = first.Continuation });
            Expect.Sequence(Keys(store, "11", "9", "7", "5", "3", "1"), first.Items.Concat(second.Items).Select(order => order.Key));
            Expect.Equal(null, second.Continuation);
        }),
        new("A text finds the whole of a number, and its beginning", async store =>
        {
            await SaveAsync(store, "A", order => order, "SF1234", "4200000");
            await SaveAsync(store, "B", order => order, "SF1299");
            await ExpectAsync(store, All(store) with { Text = "SF1234" }, "A");
            await ExpectAsync(store, All(store) with { Text = "SF12" }, "A", "B");
            await ExpectAsync(store, All(store) with { Text = "42" }, "A");
            await ExpectAsync(store, All(store) with { Text = "F12" });
            await ExpectAsync(store, All(store) with { Text = "1234" });
            await ExpectAsync(store, All(store) with { Text = "SF12345" });
            await ExpectAsync(store, All(store) with { Text = "" }, "A", "B");
        }),
        new("A text finds the beginning of an order's id", async store =>
        {
            await SaveAsync(store, "A", order => order);
            await SaveAsync(store, "B", order => order);
            var id = Sample.Key(store, "A").Order.Value;
            await ExpectAsync(store, All(store) with { Text = id }, "A");
            await ExpectAsync(store, All(store) with { Text = id[..20] }, "A");
            await ExpectAsync(store, All(store) with { Text = "SPEC_" }, "A", "B");
            await ExpectAsync(store, All(store) with { Text = id[5..] });
        }),
        new("Wildcards and quotes in a search text have no special meaning", async store =>
        {
            string[] values = ["100%", "100x", "a_c", "abc", "O'Brien", "a\\b", "a\\%b", "[ab]", "a*c", "\"q\"", "𠮷野"];
            foreach (var value in values)
            {
                await SaveAsync(store, value, order => order, value);
            }

            foreach (var value in values)
            {
                await ExpectAsync(store, All(store) with { Text = value }, value);
            }

            foreach (var none in new[] { "%", "_", "*", "a%", "a__", "[a", "' OR 1=1 --", "\\", "?" })
            {
                await ExpectAsync(
                    store, All(store) with { Text = none }, [.. values.Where(value => value.StartsWith(none, StringComparison.Ordinal))]);
            }
        }),
        new("A text is compared character by character", async store =>
        {
            string[] values = ["sf1", "SF1", "caf\u00e9", "cafe\u0301", "１", "1"];
            foreach (var value in values)
            {
                await SaveAsync(store, value, order => order, value);
            }

            await ExpectAsync(store, All(store) with { Text = "SF" }, "SF1");
            await ExpectAsync(store, All(store) with { Text = "caf\u00e9" }, "caf\u00e9");
            await ExpectAsync(store, All(store) with { Text = "cafe" }, "cafe\u0301");
            await ExpectAsync(store, All(store) with { Text = "1" }, "1");
        }),
        new("A search for the last Unicode character finds texts that begin with it", async store =>
        {
            await SaveAsync(store, "A", order => order, "a\uffff1");
            await SaveAsync(store, "B", order => order, "a\U0010ffff1");
            await SaveAsync(store, "C", order => order, "b");
            await ExpectAsync(store, All(store) with { Text = "a\uffff" }, "A");
            await ExpectAsync(store, All(store) with { Text = "a\U0010ffff" }, "B");
            await ExpectAsync(store, All(store) with { Text = "a" }, "A", "B");
        }),
        new("An order with several matching numbers is listed once", async store =>
        {
            await SaveAsync(store, "A", order => order, "SF1", "SF2", "SPEC_1");
            await ExpectAsync(store, All(store) with { Text = "SF" }, "A");
            await ExpectAsync(store, All(store) with { Text = "S" }, "A");
        }),
        new("Orders are filtered by headline, state, hold, case and time of placing", async store =>
        {
            await SaveAsync(store, "plain", order => order);
            await SaveAsync(
                store, "shipped", order => order with
                {
                    Headline = "shipped",
                    Snapshot = order.Snapshot with { States = default(StateCodes).With(0, 40).With(3, 65_535) },
                });
            await SaveAsync(store, "held",
                order => order with { Headline = "Paid", Snapshot = order.Snapshot with { Holds = 0x8000_0000 } });
            await SaveAsync(store, "open", order => order with { Snapshot = order.Snapshot with { Cases = 1 } },
                Sample.Case(Sample.Key(store, "open"), "late", 1));
            await SaveAsync(store, "old", order => order with { PlacedAt = Sample.Noon.AddDays(-30) });
            var all = All(store);
            await ExpectAsync(store, all with { Headlines = ["paid"] }, "plain", "open", "old");
            await ExpectAsync(store, all with { Headlines = ["shipped", "Paid"] }, "shipped", "held");
            await ExpectAsync(store, all with { Headlines = ["none"] });
            await ExpectAsync(store, all with { States = [40] }, "shipped");
            await ExpectAsync(store, all with { States = [65_535] }, "shipped");
            await ExpectAsync(store, all with { States = [20] }, "plain", "held", "open", "old");
            await ExpectAsync(store, all with { States = [40, 10] }, "plain", "shipped", "held", "open", "old");
            await ExpectAsync(store, all with { States = [11] });
            await ExpectAsync(store, all with { IsHeld = true }, "held");
            await ExpectAsync(store, all with { IsHeld = false }, "plain", "shipped", "open", "old");
            await ExpectAsync(store, all with { HasOpenCase = true }, "open");
            await ExpectAsync(store, all with { HasOpenCase = false }, "plain", "shipped", "held", "old");
            await ExpectAsync(store, all with { PlacedBefore = Sample.Noon }, "old");
            await ExpectAsync(store, all with { PlacedFrom = Sample.Noon }, "plain", "shipped", "held", "open");
            await ExpectAsync(store, all with { PlacedFrom = Sample.Noon.AddDays(-30), PlacedBefore = Sample.Noon.AddDays(-30) });
            await ExpectAsync(
                store, all with
                {
                    PlacedFrom = Sample.Noon.AddDays(-30), PlacedBefore = Sample.Noon.AddDays(-29), Headlines = ["paid"], States = [10],
                    IsHeld = false, HasOpenCase = false, Text = "SPEC",
                },
                "old");
        }),
        new("Orders are counted by headline", async store =>
        {
            Expect.Equal(0, (await store.Queries.CountByHeadlineAsync(store.Tenant)).Count);
            await SaveAsync(store, "A", order => order);
            await SaveAsync(store, "B", order => order);
            await SaveAsync(store, "C", order => order with { Headline = "已发货" });
            Expect.Set(
                [KeyValuePair.Create("paid", 2L), KeyValuePair.Create("已发货", 1L)], await store.Queries.CountByHeadlineAsync(store.Tenant));
            var key = Sample.Key(store, "B");
            await store.SaveAsync(Sample.Change(key, 1) with { Order = Sample.Order(key, 2) with { Headline = "已发货" } });
            Expect.Set(
                [KeyValuePair.Create("paid", 1L), KeyValuePair.Create("已发货", 2L)], await store.Queries.CountByHeadlineAsync(store.Tenant));
        }),
        new("A journal is read from a version onwards, up to a limit", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Change(key, 0, "1", "2", "3", "4", "5"));
            await store.SaveAsync(Sample.Change(Sample.Key(store, "B"), 0, "other"));
            await ExpectVersionsAsync(0, 10_000, 1, 2, 3, 4, 5);
            await ExpectVersionsAsync(2, 10_000, 3, 4, 5);
            await ExpectVersionsAsync(1, 2, 2, 3);
            await ExpectVersionsAsync(5, 10);
            await ExpectVersionsAsync(long.MaxValue, 10);
            Expect.Equal(0, (await store.Queries.ReadJournalAsync(Sample.Key(store, "none"))).Count);

            async Task ExpectVersionsAsync(long after, int max, params long[] versions) =>
                Expect.Sequence(versions, (await store.Queries.ReadJournalAsync(key, after, max)).Select(entry => entry.Version));
        }),
        new("Details are read in the order of their rows", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(
                Sample.Change(key, 0, "1", "2", "3") with { Details = [Sample.Detail(3, "third"), Sample.Detail(1, "first")] });
            await store.SaveAsync(Sample.Change(key, 3) with { Details = [Sample.Detail(4, "fourth")] });
            Expect.Sequence(["first", "third", "fourth"], (await store.Queries.ReadDetailsAsync(key)).Select(detail => detail.Note));
            Expect.Equal(0, (await store.Queries.ReadDetailsAsync(Sample.Key(store, "none"))).Count);
        }),
        new("A missing message is not found", async store =>
        {
            var key = Sample.Key(store, "none");
            Expect.Equal(null, await store.Queries.FindAsync(key));
            Expect.Sequence([], await store.Queries.FindAsync(Sample.Waybill(store, "none")));
            Expect.Equal(0, (await store.Queries.ReferencesOfAsync(key)).Count);
            Expect.Equal(0, (await store.Queries.DeadlinesOfAsync(key)).Count);
            var page = await store.Queries.SearchAsync(All(store));
            Expect.Equal(0, page.Items.Count);
            Expect.Equal(null, page.Continuation);
        }),
        new("Deadlines of an order are read by facet", async store =>
        {
            var key = Sample.Key(store, "A");
            var number = await store.SaveAsync(Sample.Change(key, 0) with
            {
                Deadlines = [
                    new DeadlineChange(2, Sample.Noon, 1, "close", "probe"),
                        new DeadlineChange(0, Sample.Noon.AddDays(1), 1, "remind", null),
                ],
            });
            Expect.Sequence(
                [
                    new DueDeadline(number, key, 0, Sample.Noon.AddDays(1), 1, "remind", null),
                    new DueDeadline(number, key, 2, Sample.Noon, 1, "close", "probe"),
                ],
                await store.Queries.DeadlinesOfAsync(key));
        }),
        new("Paging lists every parked fact once, the oldest first", async store =>
        {
            const int Facts = 11;
            for (var i = 0; i < Facts; i++)
            {
                await store.ParkAsync(Sample.Parked(Sample.Waybill(store, $"{i % 3}"), $"{i}", seconds: 100 - (i / 2)));
            }

            foreach (var pageSize in new[] { 1, 4, 10, 11, 12 })
            {
                var seen = await Paging.ReadAllAsync(pageSize, Facts, continuation =>
                    store.Queries.ParkedAsync(store.Tenant, pageSize, continuation));
                Expect.Set(Enumerable.Range(0, Facts).Select(i => $"{i}"), seen.Select(parked => parked.Fact.Id!));
                Expect.Sequence(seen.Select(parked => parked.ParkedAt).Order(), seen.Select(parked => parked.ParkedAt));
            }
        }),
        new("A page size outside 1 to 1,000 is refused", async store =>
        {
            await Paging.RefusesSizesAsync(pageSize => store.Queries.SearchAsync(All(store) with { PageSize = pageSize }));
            await Paging.RefusesSizesAsync(pageSize => store.Queries.ParkedAsync(store.Tenant, pageSize));
        }),
        new("An invalid continuation is refused", async store =>
        {
            string[] texts = ["", "x", "1.2.3", "-1.-1", "99999999999999999999.1", "' OR 1=1 --"];
            await Paging.RefusesContinuationsAsync(texts, text => store.Queries.SearchAsync(All(store) with { Continuation = text }));
            await Paging.RefusesContinuationsAsync(texts, text => store.Queries.ParkedAsync(store.Tenant, 10, text));
        }),
        new("Tenants do not see each other's orders", async store =>
        {
            var theirs = Sample.Key(Sample.Neighbour(store), "A");
            await SaveAsync(store, "A", order => order, "SF1");
            Expect.Equal(0, (await store.Queries.SearchAsync(new OrderQuery { Tenant = theirs.Tenant })).Items.Count);
            Expect.Equal(0, (await store.Queries.SearchAsync(new OrderQuery { Tenant = theirs.Tenant, Text = "SF1" })).Items.Count);
            Expect.Equal(0, (await store.Queries.CountByHeadlineAsync(theirs.Tenant)).Count);
            Expect.Equal(null, await store.Queries.FindAsync(theirs));
            Expect.Equal(0, (await store.Queries.ReadJournalAsync(theirs)).Count);
            Expect.Equal(0, (await store.Queries.ReferencesOfAsync(theirs)).Count);
            await store.SaveAsync(
                Sample.Change(theirs, 0) with { Links = [new OrderReference(theirs.Tenant, ReferenceKind.Waybill, "SF1")] });
            await ExpectAsync(store, All(store) with { Text = "SF1" }, "A");
            Expect.Sequence([theirs], await store.Queries.FindAsync(new OrderReference(theirs.Tenant, ReferenceKind.Waybill, "SF1")));
            Expect.Set([KeyValuePair.Create("paid", 1L)], await store.Queries.CountByHeadlineAsync(store.Tenant));
        }),
    ]);

    private static OrderQuery All(IStoreUnderTest store) => new() { Tenant = store.Tenant, PageSize = 1_000 };

    private static IEnumerable<OrderKey> Keys(IStoreUnderTest store, params string[] names) =>
        names.Select(name => Sample.Key(store, name));

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
        var known = (await store.Queries.SearchAsync(query)).Items.Select(order => order.Key).ToList();
        Expect.Set(Keys(store, names), known, $"the orders that {query} lists");
    }

    private static async Task ExpectInOrderAsync(IStoreUnderTest store, OrderQuery query, params string[] names) =>
        Expect.Sequence(Keys(store, names), (await store.Queries.SearchAsync(query)).Items.Select(order => order.Key));
}

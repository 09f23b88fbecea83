using OrderKit.Core;

namespace OrderKit.Specs.Tests;

/// <summary>Broken stores of cases.</summary>
internal static class CaseFaults
{
    private const string Suite = nameof(CaseStoreSpec);

    public static IEnumerable<Fault> All =>
    [
        new("A case loses its reason", Suite, store => Written(store, opened => opened with { Reason = "" }),
            "A case is opened with the change and read back with every field"),
        new("A case is opened twice", Suite, store =>
        {
            var extra = new List<OrderCase>();
            var seen = new HashSet<(OrderKey, string)>();
            Written(store, opened =>
            {
                if (opened.ClosedAt is null && !seen.Add((opened.Order, opened.Code)))
                {
                    extra.Add(opened);
                }

                return opened;
            });
            store.Cases.Query = async (inner, query) => await inner.QueryAsync(query) is var page ? page with { Items = [.. page.Items, .. extra] } : null!;
        },
            "An order has one open case of a kind"),
        new("Closing does nothing", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, changes.Each(change => change with { Cases = [.. change.Cases.Where(item => item.ClosedAt is null)] })),
            "Closing what is not open changes nothing"),
        new("Closing overwrites what the case was opened with", Suite, store =>
        {
            var closed = new Dictionary<string, OrderCase>();
            Written(store, item =>
            {
                if (item.ClosedAt is not null)
                {
                    closed[item.Code] = item;
                }

                return item;
            });
            store.Cases.Query = async (inner, query) => await inner.QueryAsync(query) is var page
                ? page with { Items = page.Items.Each(item => item.ClosedAt is null ? item : item with { Reason = closed[item.Code].Reason }) }
                : null!;
        },
            "A closed case keeps the values it was opened with"),
        new("Closing closes every case of the order", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, changes.Each(change => change with
            {
                Cases = [.. change.Cases, .. change.Cases.Where(item => item.ClosedAt is not null).Select(item => item with { Code = "lost" })],
            })),
            "A closed case keeps the values it was opened with"),
        new("Closing closes the case of every order", Suite, store =>
        {
            var keys = new List<OrderKey>();
            store.Orders.Save = async (inner, unit, changes) =>
            {
                keys.AddRange(changes.Select(change => change.Order.Key));
                return await inner.SaveAsync(unit, changes.Each(change => change with
                {
                    Cases = [.. change.Cases, .. change.Cases.Where(item => item.ClosedAt is not null).SelectMany(item => keys.Select(key => item with { Order = key }))],
                }));
            };
        },
            "Cases of other orders are other cases"),
        new("Closing what is not open opens it", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, changes.Each(change => change with
            {
                Cases = [.. change.Cases.SelectMany(item => item.ClosedAt is null ? [item] : new[] { item with { ClosedAt = null }, item })],
            })),
            "Closing what is not open changes nothing"),
        new("A kind is opened once for all time", Suite, store =>
        {
            var seen = new HashSet<(OrderKey, string)>();
            store.Orders.Save = async (inner, unit, changes) => await inner.SaveAsync(
                unit, changes.Each(change => change with { Cases = [.. change.Cases.Where(item => item.ClosedAt is not null || seen.Add((item.Order, item.Code)))] }));
        },
            "A closed kind can be opened again as a new case"),
        new("The newest due comes first", Suite, store => Listed(store, items => items.Reverse()),
            "Cases are listed oldest due first, those without an instant last"),
        new("Cases without an instant come first", Suite, store => Listed(store, items => items.OrderBy(item => item.DueAt ?? DateTimeOffset.MinValue)),
            "Cases are listed oldest due first, those without an instant last"),
        new("Paging leaves out the last row of a page", Suite, store => store.Cases.Query = async (inner, query) => await inner.QueryAsync(query) is { Continuation: not null } page
            ? page with { Items = [.. page.Items.SkipLast(1)] }
            : await inner.QueryAsync(query),
            "Paging lists every case once"),
        new("Paging repeats the last row of a page", Suite, store =>
        {
            OrderCase? last = null;
            store.Cases.Query = async (inner, query) =>
            {
                var page = await inner.QueryAsync(query);
                var items = query.Continuation is null || last is null ? page.Items : [last, .. page.Items];
                last = page.Items.Count > 0 ? page.Items[^1] : null;
                return page with { Items = items };
            };
        },
            "Paging lists every case once"),
        new("Closed cases are listed with the open ones", Suite, store => Asked(store, query => query with { IncludeClosed = true }),
            "Cases of other orders are other cases"),
        new("The order is no filter", Suite, store => Asked(store, query => query with { Order = null }),
            "Cases are filtered by order, kind and desk"),
        new("The kind is no filter", Suite, store => Asked(store, query => query with { Code = null }),
            "Cases are filtered by order, kind and desk"),
        new("The desk is no filter", Suite, store => Asked(store, query => query with { Owner = null }),
            "Cases are filtered by order, kind and desk"),
        new("Every page size is taken", Suite, store => Asked(store, query => query with { PageSize = Math.Clamp(query.PageSize, 1, 1_000) }),
            "A page size outside 1 to 1,000 is refused"),
        new("Every continuation is taken", Suite, store => Asked(store, query => query with { Continuation = query.Continuation is { Length: > 15 } ? query.Continuation : null }),
            "An invalid continuation is refused"),
        new("Closed cases are counted", Suite, store => store.Cases.CountOpen = async (inner, tenant) =>
            new Dictionary<string, int>(await inner.CountOpenAsync(tenant)) { ["lost"] = 1 },
            "Open cases are counted by kind"),
        new("The tenant is no filter", Suite, store => Asked(store, query => query with { Tenant = store.Tenant }),
            "Tenants do not see each other's cases"),
        new("Cases of all tenants are counted", Suite, store => store.Cases.CountOpen = (inner, _) => inner.CountOpenAsync(store.Tenant).AsTask(),
            "Tenants do not see each other's cases"),
    ];

    private static void Written(BrokenStore store, Func<OrderCase, OrderCase> rewrite) =>
        store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, changes.Each(change => change with { Cases = change.Cases.Each(rewrite) }));

    private static void Asked(BrokenStore store, Func<CaseQuery, CaseQuery> rewrite) =>
        store.Cases.Query = (inner, query) => inner.QueryAsync(rewrite(query)).AsTask();

    private static void Listed(BrokenStore store, Func<IReadOnlyList<OrderCase>, IEnumerable<OrderCase>> sort) =>
        store.Cases.Query = async (inner, query) => await inner.QueryAsync(query) is var page ? page with { Items = [.. sort(page.Items)] } : null!;
}

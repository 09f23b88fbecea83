using OrderKit.Core;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>Broken reading sides of orders.</summary>
internal static class QueryFaults
{
    private const string Suite = nameof(OrderQuerySpec);

    public static IEnumerable<Fault> All =>
    [
        new("The first updated comes first", Suite, store => Listed(store, items => items.Reverse()),
            "The order that was updated last comes first"),
        new("Orders are listed as they were placed", Suite, store => Listed(store, items => items.OrderBy(order => order.OrderNo)),
            "The order that was updated last comes first"),
        new("Paging leaves out the last row of a page", Suite, store => store.Queries.Search = async (inner, query) => await inner.SearchAsync(query) is { Continuation: not null } page
            ? page with { Items = [.. page.Items.SkipLast(1)] }
            : await inner.SearchAsync(query),
            "Paging lists every order once, even with equal times"),
        new("Paging repeats the last row of a page", Suite, store =>
        {
            StoredOrder? last = null;
            store.Queries.Search = async (inner, query) =>
            {
                var page = await inner.SearchAsync(query);
                var items = query.Continuation is null || last is null ? page.Items : [last, .. page.Items];
                last = page.Items.Count > 0 ? page.Items[^1] : null;
                return page with { Items = items };
            };
        },
            "Orders that change during paging do not affect the others"),
        new("Paging goes on by instant alone", Suite, store =>
        {
            var seen = new HashSet<DateTimeOffset>();
            store.Queries.Search = async (inner, query) =>
            {
                var page = await inner.SearchAsync(query);
                var items = page.Items.Where(order => query.Continuation is null || !seen.Contains(order.UpdatedAt)).ToList();
                seen.UnionWith(page.Items.Select(order => order.UpdatedAt));
                return page with { Items = items };
            };
        },
            "Paging lists every order once, even with equal times"),
        new("Paging counts rows", Suite, store => store.Queries.Search = async (inner, query) =>
        {
            var skipped = query.Continuation is null ? 0 : int.TryParse(query.Continuation, out var number) ? number : throw new ArgumentException(query.Continuation, nameof(query));
            var all = await inner.SearchAsync(query with { PageSize = 1_000, Continuation = null });
            _ = await inner.SearchAsync(query with { Continuation = null });
            var next = skipped + query.PageSize;
            return new Page<StoredOrder>([.. all.Items.Skip(skipped).Take(query.PageSize)], next < all.Items.Count ? $"{next}" : null);
        },
            "Orders that change during paging do not affect the others"),
        new("The next page forgets the filter", Suite, store => Asked(store, query => query.Continuation is null ? query : query with { Headlines = [] }),
            "Filters apply to all pages"),
        new("The last page has a continuation", Suite, store => store.Queries.Search = async (inner, query) =>
            await inner.SearchAsync(query) is var page && page.Continuation is null ? page with { Continuation = "0.0" } : page,
            "A missing message is not found"),
        new("A text finds whole numbers only", Suite, store => store.Queries.Search = async (inner, query) =>
            await Kept(store, inner, query, numbers => numbers.Any(number => number == query.Text)),
            "A text finds the whole of a number, and its beginning"),
        new("A text does not find ids", Suite, store => store.Queries.Search = async (inner, query) =>
            await Kept(store, inner, query, numbers => numbers.SkipLast(1).Any(number => number.StartsWith(query.Text!, StringComparison.Ordinal))),
            "A text finds the beginning of an order's id"),
        new("A text finds the middle of a number", Suite, store => Matched(store, (text, number) => number.Contains(text, StringComparison.Ordinal)),
            "A text finds the whole of a number, and its beginning"),
        new("A text finds the ends of ids", Suite, store => Matched(store, (text, number) => number.StartsWith(text, StringComparison.Ordinal) || (number.Length == 31 && number.EndsWith(text, StringComparison.Ordinal))),
            "A text finds the beginning of an order's id"),
        new("A percent sign in a text is a wildcard", Suite, store => Matched(store, (text, number) => number.StartsWith(text.TrimEnd('%'), StringComparison.Ordinal)),
            "Wildcards and quotes in a search text have no special meaning"),
        new("A text is compared without case", Suite, store => Matched(store, (text, number) => number.StartsWith(text, StringComparison.OrdinalIgnoreCase)),
            "A text is compared character by character"),
        new("A text is compared as the language does", Suite, store => Matched(store, (text, number) =>
            number.Normalize(System.Text.NormalizationForm.FormC).StartsWith(text.Normalize(System.Text.NormalizationForm.FormC), StringComparison.Ordinal)),
            "A text is compared character by character"),
        new("A text ends a range at the last character", Suite, store => Matched(store, (text, number) =>
            string.CompareOrdinal(number, text) >= 0 && string.CompareOrdinal(number, text + '\uffff') < 0 && !text.EndsWith('\uffff')),
            "A search for the last Unicode character finds texts that begin with it"),
        new("An order is listed for each number", Suite, store => store.Queries.Search = async (inner, query) => await inner.SearchAsync(query) is var page && query.Text is "SF" or "S"
            ? page with { Items = [.. page.Items, .. page.Items] }
            : page,
            "An order with several matching numbers is listed once"),
        new("The headline is no filter", Suite, store => Asked(store, query => query with { Headlines = [] }),
            "Filters apply to all pages"),
        new("The states are no filter", Suite, store => Asked(store, query => query with { States = [] }),
            "Orders are filtered by headline, state, hold, case and time of placing"),
        new("Only the first facet's state filters", Suite, store => store.Queries.Search = async (inner, query) => await inner.SearchAsync(query) is var page && query.States.Count > 0
            ? page with { Items = [.. page.Items.Where(order => query.States.Contains(order.Snapshot.States[0]))] }
            : page,
            "Orders are filtered by headline, state, hold, case and time of placing"),
        new("Holds are no filter", Suite, store => Asked(store, query => query with { IsHeld = null }),
            "Orders are filtered by headline, state, hold, case and time of placing"),
        new("Cases are no filter", Suite, store => Asked(store, query => query with { HasOpenCase = null }),
            "Orders are filtered by headline, state, hold, case and time of placing"),
        new("The day of placing begins too late", Suite, store => Asked(store, query => query with { PlacedFrom = query.PlacedFrom?.AddMicroseconds(1) }),
            "Orders are filtered by headline, state, hold, case and time of placing"),
        new("The day of placing ends too late", Suite, store => Asked(store, query => query with { PlacedBefore = query.PlacedBefore?.AddMicroseconds(1) }),
            "Orders are filtered by headline, state, hold, case and time of placing"),
        new("Headlines are counted once", Suite, store => store.Queries.CountByHeadline = async (inner, tenant) =>
            (await inner.CountByHeadlineAsync(tenant)).ToDictionary(pair => pair.Key, _ => 1L),
            "Orders are counted by headline"),
        new("A journal is read from the version itself on", Suite, store => store.Queries.ReadJournal = (inner, order, after, max) =>
            inner.ReadJournalAsync(order, Math.Max(0, after - 1), max).AsTask(),
            "A journal is read from a version onwards, up to a limit"),
        new("A journal is read to its end", Suite, store => store.Queries.ReadJournal = (inner, order, after, _) => inner.ReadJournalAsync(order, after).AsTask(),
            "A journal is read from a version onwards, up to a limit"),
        new("Details come as they were written", Suite, store => store.Queries.ReadDetails = async (inner, order) =>
            [.. (await inner.ReadDetailsAsync(order)).OrderByDescending(detail => detail.Version == 3)],
            "Details are read in the order of their rows"),
        new("What is not there throws", Suite, store => store.Queries.Find = async (inner, order) =>
            await inner.FindAsync(order) ?? throw new InvalidOperationException("Sequence contains no elements."),
            "A missing message is not found"),
        new("Deadlines come as they were armed", Suite, store => store.Queries.DeadlinesOf = async (inner, order) => [.. (await inner.DeadlinesOfAsync(order)).Reverse()],
            "Deadlines of an order are read by facet"),
        new("Paging leaves out a fact that waits", Suite, store => store.Queries.Parked = async (inner, tenant, pageSize, continuation) =>
            await inner.ParkedAsync(tenant, pageSize, continuation) is { Continuation: not null } page
                ? page with { Items = [.. page.Items.SkipLast(1)] }
                : await inner.ParkedAsync(tenant, pageSize, continuation),
            "Paging lists every parked fact once, the oldest first"),
        new("Every page size is taken", Suite, store => Asked(store, query => query with { PageSize = Math.Clamp(query.PageSize, 1, 1_000) }),
            "A page size outside 1 to 1,000 is refused"),
        new("Every continuation is taken", Suite, store => Asked(store, query => query with { Continuation = query.Continuation is { Length: > 15 } ? query.Continuation : null }),
            "An invalid continuation is refused"),
        new("The tenant is no filter", Suite, store => Asked(store, query => query with { Tenant = store.Tenant }),
            "Tenants do not see each other's orders"),
        new("Orders of all tenants are counted", Suite, store => store.Queries.CountByHeadline = (inner, _) => inner.CountByHeadlineAsync(store.Tenant).AsTask(),
            "Tenants do not see each other's orders"),
    ];

    private static void Asked(BrokenStore store, Func<OrderQuery, OrderQuery> rewrite) =>
        store.Queries.Search = (inner, query) => inner.SearchAsync(rewrite(query)).AsTask();

    private static void Listed(BrokenStore store, Func<IReadOnlyList<StoredOrder>, IEnumerable<StoredOrder>> sort) =>
        store.Queries.Search = async (inner, query) => await inner.SearchAsync(query) is var page ? page with { Items = [.. sort(page.Items)] } : null!;

    /// <summary>Finds by text in another way.</summary>
    private static void Matched(BrokenStore store, Func<string, string, bool> matches) => store.Queries.Search = async (inner, query) =>
        await Kept(store, inner, query, numbers => numbers.Any(number => matches(query.Text!, number)));

    private static async Task<Page<StoredOrder>> Kept(BrokenStore store, IOrderQueryStore inner, OrderQuery query, Func<List<string>, bool> isKept)
    {
        var page = await inner.SearchAsync(string.IsNullOrEmpty(query.Text) ? query : query with { Text = null });
        if (string.IsNullOrEmpty(query.Text))
        {
            return page;
        }

        var kept = new List<StoredOrder>();
        foreach (var order in page.Items)
        {
            var numbers = (await store.Sound.Queries.ReferencesOfAsync(order.Key)).Select(number => number.Value).ToList();
            if (isKept([.. numbers, order.Key.Order.Value]))
            {
                kept.Add(order);
            }
        }

        return page with { Items = kept };
    }
}

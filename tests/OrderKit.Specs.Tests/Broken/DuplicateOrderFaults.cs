using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>Broken stores of duplicate orders.</summary>
internal static class DuplicateOrderFaults
{
    private const string Suite = nameof(DuplicateOrderStoreSpec);

    public static IEnumerable<Fault> All =>
    [
        new("Every order is the first", Suite, store => store.DuplicateOrders.Guard = (_, _, guards) =>
            Task.FromResult<IReadOnlyList<GuardFinding?>>(new GuardFinding?[guards.Count]),
            "The first order guards its subject, and the next is told who does",
            "Of racing orders of one subject one is accepted",
            "If the winner of a race rolls back, another order wins"),
        new("The order that asks is named instead of the earlier one", Suite, store => store.DuplicateOrders.Guard = async (inner, unit, guards) =>
            [.. (await inner.GuardAsync(unit, guards)).Select((finding, i) => finding is null ? null : finding with { Earlier = guards[i].Order })],
            "The first order guards its subject, and the next is told who does",
            "Of racing orders of one subject one is accepted"),
        new("There is one subject", Suite, Rewrite(guard => guard with { Subject = default }),
            "Other subjects, rules and tenants have their own guards"),
        new("Rules are compared without case", Suite, Rewrite(guard => guard with { Rule = guard.Rule.ToLowerInvariant() }),
            "Other subjects, rules and tenants have their own guards"),
        new("Only the first guard of a call is asked", Suite, store => store.DuplicateOrders.Guard = async (inner, unit, guards) =>
            guards.Count == 0 ? [] : [.. await inner.GuardAsync(unit, [guards[0]]), .. new GuardFinding?[guards.Count - 1]],
            "Guards of one call are answered one by one"),
        new("The window includes its end", Suite, Rewrite(guard => guard with { Window = guard.Window == TimeSpan.MaxValue ? guard.Window : guard.Window + TimeSpan.FromTicks(10) }),
            "The window ends where it says, to the millisecond",
            "An order that was placed before the guarding one is found in the same window",
            "The guarding order finds itself and does not move the window"),
        new("The window is a millisecond short", Suite, Rewrite(guard => guard with { Window = guard.Window - TimeSpan.FromMilliseconds(1) }),
            "The window ends where it says, to the millisecond",
            "An order that was placed before the guarding one is found in the same window"),
        new("Windows are cut to buckets", Suite, Rewrite(guard => guard with { At = guard.At is { } at ? new DateTimeOffset(at.UtcTicks / guard.Window.Ticks * guard.Window.Ticks, TimeSpan.Zero) : null }),
            "The window ends where it says, to the millisecond"),
        new("The clock stands still", Suite, Rewrite(guard => guard with { At = guard.At ?? Sample.Noon }),
            "Without an instant the store's clock judges the window"),
        new("A window ends after a year at the latest", Suite, Rewrite(guard => guard with { Window = guard.Window < TimeSpan.FromDays(365) ? guard.Window : TimeSpan.FromDays(365) }),
            "A window without an end never expires"),
        new("The order that asks last guards", Suite, store => store.DuplicateOrders.Guard = async (inner, unit, guards) =>
        {
            var findings = await inner.GuardAsync(unit, guards);
            foreach (var guard in guards)
            {
                foreach (var order in findings.OfType<GuardFinding>().Select(finding => finding.Earlier))
                {
                    await inner.ReleaseAsync(unit, order, [guard.Rule]);
                }

                await inner.GuardAsync(unit, [guard]);
            }

            return findings;
        },
            "The first order guards its subject, and the next is told who does"),
        new("An older order takes the guard", Suite, store =>
        {
            store.DuplicateOrders.Guard = async (inner, unit, guards) =>
            {
                var findings = await inner.GuardAsync(unit, guards);
                if (findings[0] is null && guards[0].At < Sample.Noon.AddHours(-1))
                {
                    await inner.ReleaseAsync(unit, Sample.Key(store, "A"), [guards[0].Rule]);
                    await inner.GuardAsync(unit, guards);
                }

                return findings;
            };
        },
            "A much older order does not replace the guarding order"),
        new("The order that guards is told nothing", Suite, store => store.DuplicateOrders.Guard = async (inner, unit, guards) =>
            [.. (await inner.GuardAsync(unit, guards)).Select((finding, i) => finding?.Earlier == guards[i].Order ? null : finding)],
            "The guarding order finds itself and does not move the window"),
        new("No duplicate extends the window", Suite, Rewrite(guard => guard with { ExtendsWindow = false }),
            "A duplicate extends the window only if its rule says so"),
        new("Every duplicate extends the window", Suite, Rewrite(guard => guard with { ExtendsWindow = true }),
            "A duplicate extends the window only if its rule says so"),
        new("A release does nothing", Suite, store => store.DuplicateOrders.Release = (_, _, _, _) => Task.FromResult(1),
            "A released subject is guarded by the next order"),
        new("A release frees all rules", Suite, store => store.DuplicateOrders.Release = (inner, unit, order, _) => inner.ReleaseAsync(unit, order, ["cart", "exact", "lines"]).AsTask(),
            "A release frees only the order's own subjects under the named rules"),
        new("Guards survive a rollback", Suite, store =>
        {
            var guarded = new Dictionary<(string, Digest), OrderKey>();
            store.DuplicateOrders.Guard = async (inner, unit, guards) =>
            {
                var findings = await inner.GuardAsync(unit, guards);
                lock (guarded)
                {
                    return [.. findings.Select((finding, i) => guarded.TryAdd((guards[i].Rule, guards[i].Subject), guards[i].Order) ? finding
                        : finding ?? new GuardFinding(guarded[(guards[i].Rule, guards[i].Subject)], Sample.Noon, Sample.Noon, Sample.Noon))];
                }
            };
        },
            "A guard is undone with its unit",
            "If the winner of a race rolls back, another order wins"),
        new("Releases survive a rollback", Suite, store =>
        {
            var released = new HashSet<OrderKey>();
            store.DuplicateOrders.Release = (inner, unit, order, rules) =>
            {
                released.Add(order);
                return inner.ReleaseAsync(unit, order, rules).AsTask();
            };
            store.DuplicateOrders.Guard = async (inner, unit, guards) =>
                [.. (await inner.GuardAsync(unit, guards)).Select(finding => finding is not null && released.Contains(finding.Earlier) ? null : finding)];
        },
            "A release is undone with its unit"),
        new("A suspicion loses its payment channel", Suite, RewriteSaved(saved => saved with { PaymentChannel = null }),
            "A suspicion is read back with every field",
            "Suspicions are filtered by each field"),
        new("Instants are cut to milliseconds", Suite, RewriteSaved(saved => saved with { FoundAt = new DateTimeOffset(saved.FoundAt.UtcTicks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond, TimeSpan.Zero) }),
            "A suspicion is read back with every field"),
        new("Every suspicion is new", Suite, store => store.DuplicateOrders.Save = async (inner, unit, suspicions, messages) =>
            [.. (await inner.SaveAsync(unit, suspicions, messages)).Select(_ => true)],
            "A suspicion is stored once for an order and a rule"),
        new("Messages are lost", Suite, store =>
        {
            store.DuplicateOrders.Save = (inner, unit, suspicions, _) => inner.SaveAsync(unit, suspicions, []).AsTask();
            store.DuplicateOrders.Decide = (inner, unit, decisions) => inner.DecideAsync(unit, decisions.Each(decision => decision with { Messages = [] })).AsTask();
        },
            "A suspicion is stored once for an order and a rule",
            "A held order is decided once, with operator, time and reason",
            "Of racing decisions one is taken"),
        new("Decisions lose who made them", Suite, store => store.DuplicateOrders.Decide = (inner, unit, decisions) =>
            inner.DecideAsync(unit, decisions.Each(decision => decision with { Operator = "somebody" })).AsTask(),
            "A held order is decided once, with operator, time and reason"),
        new("Every decision is taken", Suite, store => store.DuplicateOrders.Decide = async (inner, unit, decisions) =>
            [.. (await inner.DecideAsync(unit, decisions)).Select(_ => true)],
            "A held order is decided once, with operator, time and reason",
            "An order that is not held is not decided",
            "Of racing decisions one is taken"),
        new("Every order is held", Suite, RewriteSaved(saved => saved with { State = SuspicionState.Held }),
            "An order that is not held is not decided",
            "All held suspicions of an order are decided together",
            "Held orders are due by the store's clock, the longest overdue first"),
        new("An order has one suspicion", Suite, store => store.DuplicateOrders.Save = async (inner, unit, suspicions, messages) =>
        {
            var first = suspicions.DistinctBy(saved => saved.Order).ToList();
            var isNew = await inner.SaveAsync(unit, first, messages);
            return [.. suspicions.Select(saved => first.IndexOf(saved) is var i and >= 0 && isNew[i])];
        },
            "All held suspicions of an order are decided together",
            "A suspicion is read back with every field"),
        new("Suspicions survive a rollback", Suite, store =>
        {
            var saved = new List<SuspectedDuplicate>();
            store.DuplicateOrders.Save = (inner, unit, suspicions, messages) =>
            {
                saved.AddRange(suspicions);
                return inner.SaveAsync(unit, suspicions, messages).AsTask();
            };
            store.DuplicateOrderQueries.Query = async (inner, query) =>
                await inner.QueryAsync(query) is var page ? page with { Items = [.. page.Items, .. saved.Where(one => page.Items.All(item => item.Order != one.Order))] } : null!;
        },
            "Suspicions, decisions and messages are undone with their unit"),
        new("Held orders are due at once", Suite, store => store.DuplicateOrderQueries.Due = async (inner, max) =>
            [.. (await inner.QueryAsync(new DuplicateOrderQuery { Tenant = store.Tenant, State = SuspicionState.Held })).Items.Take(max)],
            "Held orders are due by the store's clock, the longest overdue first"),
        new("The shortest overdue comes first", Suite, store => store.DuplicateOrderQueries.Due = async (inner, max) => [.. (await inner.DueAsync(100)).Reverse().Take(max)],
            "Held orders are due by the store's clock, the longest overdue first"),
        new("Suspicions are listed by when they were stored", Suite, RewriteSaved(saved => saved with { FoundAt = Sample.Noon }),
            "Suspicions are listed by the instant of the order"),
        new("The latest is listed first", Suite, Requery(static page => page with { Items = [.. page.Items.Reverse()] }),
            "Suspicions are listed by the instant of the order"),
        new("Filters are ignored", Suite, store => store.DuplicateOrderQueries.Query = (inner, query) =>
            inner.QueryAsync(new DuplicateOrderQuery { Tenant = query.Tenant, PageSize = query.PageSize, Continuation = query.Continuation }).AsTask(),
            "Suspicions are filtered by each field"),
        new("The end of a time is included", Suite, store => store.DuplicateOrderQueries.Query = (inner, query) =>
            inner.QueryAsync(query with { Before = query.Before?.AddTicks(10) }).AsTask(),
            "Suspicions are filtered by each field"),
        new("There is one page", Suite, Requery(static page => page with { Continuation = null }),
            "Paging lists every suspicion once"),
        new("The next page begins anew", Suite, store => store.DuplicateOrderQueries.Query = (inner, query) => inner.QueryAsync(query with { Continuation = null }).AsTask(),
            "Paging lists every suspicion once",
            "An invalid continuation is refused"),
        new("Any page size is taken", Suite, store => store.DuplicateOrderQueries.Query = (inner, query) => inner.QueryAsync(query with { PageSize = Math.Clamp(query.PageSize, 1, 1_000) }).AsTask(),
            "A page size outside 1 to 1,000 is refused"),
        new("Acts are those of any tenant", Suite, store => store.DuplicateOrderQueries.ReadActs = async (inner, order) =>
            [.. await inner.ReadActsAsync(order), .. await inner.ReadActsAsync(order with { Tenant = Sample.Neighbour(store) })],
            "Tenants do not see each other's suspicions"),
    ];

    private static Action<BrokenStore> Rewrite(Func<DuplicateGuard, DuplicateGuard> rewrite) => store => store.DuplicateOrders.Guard = (inner, unit, guards) =>
        inner.GuardAsync(unit, guards.Each(rewrite)).AsTask();

    private static Action<BrokenStore> RewriteSaved(Func<SuspectedDuplicate, SuspectedDuplicate> rewrite) => store => store.DuplicateOrders.Save = (inner, unit, suspicions, messages) =>
        inner.SaveAsync(unit, suspicions.Each(rewrite), messages).AsTask();

    private static Action<BrokenStore> Requery(Func<Page<SuspectedDuplicate>, Page<SuspectedDuplicate>> rewrite) => store => store.DuplicateOrderQueries.Query = async (inner, query) =>
        rewrite(await inner.QueryAsync(query));
}

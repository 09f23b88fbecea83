using OrderKit.StateMachine.Storage;
using OrderKit.StateMachine;

namespace OrderKit.Specs.Tests;

/// <summary>Broken stores of deadlines.</summary>
internal static class DeadlineFaults
{
    private const string Suite = nameof(DeadlineStoreSpec);

    public static IEnumerable<Fault> All =>
    [
        new("The clock is not the store's", Suite, store => store.Advance = _ => TimeSpan.Zero,
            "A deadline that is armed for an earlier instant is due at that instant"),
        new("Deadlines pass too early", Suite, store => Armed(store, deadline => deadline with { DueAt = deadline.DueAt is { } at && at > DateTimeOffset.UnixEpoch ? at.AddMinutes(-3) : deadline.DueAt }),
            "A deadline is due by the store's clock"),
        new("What is overdue never passes", Suite, store => Armed(store, deadline => deadline with { DueAt = deadline.DueAt < InMemoryStoreUnderTest.Start ? deadline.DueAt.Value.AddYears(3_000) : deadline.DueAt }),
            "A deadline in the past is due at once"),
        new("Deadlines beyond a year are lost", Suite, store => Armed(store, deadline => deadline.DueAt > InMemoryStoreUnderTest.Start.AddYears(1) ? deadline with { DueAt = null } : deadline),
            "Deadlines in the far future are due in time"),
        new("The newest is claimed first", Suite, store => store.Deadlines.Claim = async (inner, max, lease) =>
        {
            var all = await inner.ClaimDueAsync(1_000, lease);
            await inner.PostponeAsync([.. all.SkipLast(max)], TimeSpan.Zero);
            return [.. all.Reverse().Take(max)];
        },
            "A deadline in the past is due at once",
            "Each facet has its own deadline"),
        new("More is claimed than asked for", Suite, store => store.Deadlines.Claim = (inner, max, lease) => inner.ClaimDueAsync(max + 1, lease).AsTask(),
            "The oldest is claimed first, up to the maximum"),
        new("Claims are no leases", Suite, store => store.Deadlines.Claim = (inner, max, lease) => inner.ClaimDueAsync(max, TimeSpan.FromMicroseconds(1)).AsTask(),
            "A claimed deadline is hidden from others until its lease lapses"),
        new("Claims are not noted", Suite, store => store.Deadlines.Claim = async (inner, max, lease) =>
        {
            var claimed = await inner.ClaimDueAsync(max, lease);
            await inner.PostponeAsync(claimed, TimeSpan.Zero);
            return claimed;
        },
            "Racing claimers claim each deadline once"),
        new("Leases never lapse", Suite, store => store.Deadlines.Claim = (inner, max, _) => inner.ClaimDueAsync(max, TimeSpan.FromDays(10_000)).AsTask(),
            "A claimed deadline is hidden from others until its lease lapses"),
        new("A claim forgets when the deadline passed", Suite, store => store.Deadlines.Claim = async (inner, max, lease) =>
            (await inner.ClaimDueAsync(max, lease)).Each(deadline => deadline with { DueAt = deadline.DueAt.Add(lease) }),
            "A deadline is due by the store's clock"),
        new("The probe is lost", Suite, store => Armed(store, deadline => deadline with { Probe = null }),
            "A deadline is due by the store's clock"),
        new("A deadline is not replaced", Suite, store =>
        {
            var armed = new HashSet<(object, int)>();
            store.Orders.Save = async (inner, unit, changes) => await inner.SaveAsync(
                unit, changes.Each(change => change with { Deadlines = [.. change.Deadlines.Where(deadline => deadline.DueAt is null || armed.Add((change.Order.Key, deadline.Facet)))] }));
        },
            "Arming a claimed deadline again removes its lease"),
        new("A deadline is not armed for an earlier instant", Suite, store =>
        {
            var armed = new Dictionary<(object, int), DateTimeOffset?>();
            store.Orders.Save = async (inner, unit, changes) => await inner.SaveAsync(
                unit,
                changes.Each(change => change with
                {
                    Deadlines = [.. change.Deadlines.Where(deadline => !(deadline.DueAt < armed.GetValueOrDefault((change.Order.Key, deadline.Facet))) && (armed[(change.Order.Key, deadline.Facet)] = deadline.DueAt) == deadline.DueAt)],
                }));
        },
            "A deadline that is armed for an earlier instant is due at that instant"),
        new("An order has one deadline", Suite, store => Armed(store, deadline => deadline with { Facet = 0 }),
            "A deadline without an instant removes the deadline of its facet"),
        new("A deadline is never void", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, changes.Each(change => change with { Deadlines = [.. change.Deadlines.Where(deadline => deadline.DueAt is not null)] })),
            "A deadline without an instant removes the deadline of its facet"),
        new("A deadline that is armed anew keeps its lease", Suite, store =>
        {
            var claimed = new HashSet<(object, int)>();
            store.Deadlines.Claim = async (inner, max, lease) =>
                [.. (await inner.ClaimDueAsync(max, lease)).Where(deadline => claimed.Add((deadline.Order, deadline.Facet)))];
        },
            "Arming a claimed deadline again removes its lease"),
        new("A deadline that was claimed is never void", Suite, store =>
        {
            var claimed = new HashSet<(object, int)>();
            store.Deadlines.Claim = async (inner, max, lease) =>
            {
                var deadlines = await inner.ClaimDueAsync(max, lease);
                claimed.UnionWith(deadlines.Select(deadline => ((object)deadline.Order, deadline.Facet)));
                return deadlines;
            };
            store.Orders.Save = async (inner, unit, changes) => await inner.SaveAsync(unit, changes.Each(change => change with
            {
                Deadlines = [.. change.Deadlines.Where(deadline => deadline.DueAt is not null || !claimed.Contains((change.Order.Key, deadline.Facet)))],
            }));
        },
            "A claimed deadline ends with a change of its order"),
        new("Ending a deadline ends all of the order's", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, changes.Each(change => change.Deadlines.All(deadline => deadline.DueAt is not null) ? change : change with
            {
                Deadlines = [.. Enumerable.Range(0, 4).Select(facet => change.Deadlines[0] with { Facet = facet, DueAt = null })],
            })),
            "Ending one deadline keeps the other deadlines of the order"),
        new("Postponing ignores the version", Suite, store => store.Deadlines.Postpone = async (inner, deadlines, delay) =>
            await inner.PostponeAsync(await Task.WhenAll(deadlines.Select(deadline => NowAsync(store, deadline))), delay),
            "A deadline of another version is not postponed"),
        new("Postponing stops at a deadline that is stale", Suite, store => store.Deadlines.Postpone = async (inner, deadlines, delay) =>
        {
            foreach (var deadline in deadlines)
            {
                if (await NowAsync(store, deadline) != deadline)
                {
                    break;
                }

                await inner.PostponeAsync([deadline], delay);
            }
        },
            "Deadlines are postponed together, each only if it is unchanged"),
        new("Postponing is for ever", Suite, store => store.Deadlines.Postpone = (inner, deadlines, _) => inner.PostponeAsync(deadlines, TimeSpan.FromDays(10_000)).AsTask(),
            "A deadline that is postponed by zero can be claimed at once"),
        new("Postponing does nothing", Suite, store => store.Deadlines.Postpone = (_, _, _) => Task.CompletedTask,
            "A deadline that is postponed by zero can be claimed at once"),
        new("Postponing ignores the delay", Suite, store => store.Deadlines.Postpone = (inner, deadlines, _) => inner.PostponeAsync(deadlines, TimeSpan.Zero).AsTask(),
            "A postponed deadline is due later, by the store's clock"),
        new("The oldest deadline always comes first", Suite, store => store.Deadlines.Claim = async (inner, max, lease) =>
        {
            var all = (await inner.ClaimDueAsync(1_000, lease)).OrderBy(deadline => deadline.DueAt).ToList();
            await inner.PostponeAsync([.. all.Skip(max)], TimeSpan.Zero);
            return [.. all.Take(max)];
        },
            "Deadlines whose workers crash do not starve a new one"),
        new("What is claimed is not counted", Suite, store =>
        {
            var claimed = 0;
            store.Deadlines.Claim = async (inner, max, lease) =>
            {
                var deadlines = await inner.ClaimDueAsync(max, lease);
                claimed += deadlines.Count;
                return deadlines;
            };
            store.Deadlines.Count = async inner => await inner.CountAsync() is var (armed, next) ? (armed - claimed, next) : default;
        },
            "Armed deadlines are counted, claimed ones included"),
        new("The next instant is not told", Suite, store => store.Deadlines.Count = async inner => ((await inner.CountAsync()).Armed, null),
            "A facet has one deadline, the one that was armed last",
            "Armed deadlines are counted, claimed ones included"),
    ];

    private static void Armed(BrokenStore store, Func<DeadlineChange, DeadlineChange> rewrite) =>
        store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, changes.Each(change => change with { Deadlines = change.Deadlines.Each(rewrite) }));

    private static async Task<DueDeadline> NowAsync(BrokenStore store, DueDeadline deadline) =>
        (await store.Sound.Queries.DeadlinesOfAsync(deadline.Order)).FirstOrDefault(now => now.Facet == deadline.Facet) ?? deadline;
}

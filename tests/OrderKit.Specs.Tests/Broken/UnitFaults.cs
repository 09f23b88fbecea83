using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>Broken units of work.</summary>
internal static class UnitFaults
{
    private const string Suite = nameof(UnitOfWorkSpec);

    public static IEnumerable<Fault> All =>
    [
        new("A commit is a rollback", Suite, store => Unit(store, inner => new BrokenUnit(inner) { Commit = unit => unit.Inner.DisposeAsync().AsTask() }),
            "Others see a committed unit"),
        new("A rollback is a commit", Suite, store => Unit(store, inner => new BrokenUnit(inner)
        {
            Dispose = unit => unit.IsCommitted ? Task.CompletedTask : CommitAsync(unit),
        }),
            "Others do not see uncommitted changes"),
        new("A unit that is lent is committed by anybody", Suite, store => Unit(store, inner => new BrokenUnit(inner) { IsNeverLent = true }),
            "A unit that was passed to host code cannot be committed by it"),
        new("What is left for after the commit is done before it", Suite, store => Unit(store, inner => new BrokenUnit(inner) { AfterCommits = act => act() }),
            "An action for after the commit runs once, after the commit"),
        new("Every change is committed at once", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
        {
            var numbers = await inner.SaveAsync(unit, changes);
            if (unit is BrokenUnit broken)
            {
                await broken.Inner.CommitAsync();
                broken.Inner = await store.Sound.Units.BeginAsync();
            }

            return numbers;
        },
            "A cancelled call writes nothing"),
        new("A rollback forgets the outbox", Suite, store => AfterRollback(store, (changes, unit) => store.Sound.OutboxWriter.Append(unit, [.. changes.SelectMany(change => change.Messages)])),
            "A unit that is not committed leaves nothing in any table"),
        new("A rollback forgets the cases", Suite, store => AfterRollback(store, (changes, unit) => store.Sound.CaseWriter.Apply(unit, [.. changes.SelectMany(change => change.Cases)])),
            "A unit that is not committed leaves nothing in any table"),
        new("A rollback forgets the facts that wait", Suite, store =>
        {
            var parked = new List<ParkedFact>();
            store.Orders.Park = async (inner, unit, facts) =>
            {
                parked.AddRange(facts);
                await inner.ParkAsync(unit, facts);
            };
            Unit(store, inner => new BrokenUnit(inner)
            {
                Dispose = async unit =>
                {
                    await unit.Inner.DisposeAsync();
                    if (!unit.IsCommitted)
                    {
                        var again = await store.Sound.Units.BeginAsync();
                        await store.Sound.Orders.ParkAsync(again, parked);
                        await again.CommitAsync();
                    }
                },
            });
        },
            "A unit that is not committed leaves nothing in any table"),
        new("A rollback forgets the facts that were taken", Suite, store =>
        {
            var taken = new HashSet<OrderReference>();
            store.Orders.Take = async (inner, unit, numbers) =>
            {
                var facts = await inner.TakeParkedAsync(unit, numbers.Where(number => !taken.Contains(number)).ToList());
                taken.UnionWith(facts.Select(fact => fact.Number));
                return facts;
            };
        },
            "Facts that a rolled-back unit took are still parked"),
        new("A rollback forgets the deadlines", Suite, store =>
        {
            var removed = new HashSet<(OrderKey, int)>();
            store.Orders.Save = async (inner, unit, changes) =>
            {
                removed.UnionWith(changes.SelectMany(change => change.Deadlines.Select(deadline => (change.Order.Key, deadline.Facet, deadline.DueAt)))
                    .Where(deadline => deadline.DueAt is null).Select(deadline => (deadline.Key, deadline.Facet)));
                return await inner.SaveAsync(unit, changes);
            };
            store.Deadlines.Claim = async (inner, max, lease) =>
                [.. (await inner.ClaimDueAsync(max, lease)).Where(deadline => !removed.Contains((deadline.Order, deadline.Facet)))];
        },
            "A deadline that a rolled-back unit removed is still due"),
        new("A rollback leaves the new head", Suite, store =>
        {
            var heads = new Dictionary<OrderKey, StoredOrder>();
            store.Orders.Save = async (inner, unit, changes) =>
            {
                foreach (var change in changes.Where(change => change.ExpectedVersion > 0))
                {
                    heads[change.Order.Key] = change.Order;
                }

                return await inner.SaveAsync(unit, changes);
            };
            store.Queries.Find = async (inner, key) => await inner.FindAsync(key) is { } order ? heads.GetValueOrDefault(key, order) : null;
        },
            "A change that is rolled back leaves the order as it was"),
        new("A unit does not read what it wrote", Suite, store =>
        {
            UnitOfWork? writer = null;
            store.Orders.Save = (inner, unit, changes) =>
            {
                writer = unit;
                return inner.SaveAsync(unit, changes).AsTask();
            };
            store.Orders.Load = async (inner, unit, lookups) =>
                ReferenceEquals(unit, writer) ? new OrderFinding[lookups.Count] : await inner.LoadAsync(unit, lookups);
        },
            "A unit reads what it wrote"),
        new("A unit writes an order once", Suite, store =>
        {
            var written = new HashSet<(UnitOfWork, OrderKey)>();
            store.Orders.Save = async (inner, unit, changes) =>
                changes.All(change => written.Add((unit, change.Order.Key))) ? await inner.SaveAsync(unit, changes) : new long[changes.Count];
        },
            "A unit can write one order several times"),
        new("Readers see what is not committed", Suite, store =>
        {
            var open = new Dictionary<OrderKey, StoredOrder>();
            store.Orders.Save = (inner, unit, changes) =>
            {
                open[changes[0].Order.Key] = changes[0].Order;
                return inner.SaveAsync(unit, changes).AsTask();
            };
            store.Queries.Find = async (inner, key) => open.GetValueOrDefault(key) ?? await inner.FindAsync(key);
        },
            "Others do not see uncommitted changes"),
        new("An ended unit goes on", Suite, store => Unit(store, inner => new BrokenUnit(inner)
        {
            Commit = async unit =>
            {
                await unit.Inner.CommitAsync();
                unit.Inner = await store.Sound.Units.BeginAsync();
            },
        }),
            "An ended unit is refused"),
        new("A unit can be committed twice", Suite, store => Unit(store, inner => new BrokenUnit(inner)
        {
            Commit = async unit =>
            {
                await unit.Inner.CommitAsync();
                unit.IsCommitted = false;
                unit.Inner = new Forgiving(unit.Inner);
            },
        }),
            "An ended unit is refused"),
        new("Disposing twice throws", Suite, store =>
        {
            var disposed = new HashSet<UnitOfWork>();
            Unit(store, inner => new BrokenUnit(inner)
            {
                Dispose = async unit =>
                {
                    await unit.Inner.DisposeAsync();
                    ObjectDisposedException.ThrowIf(!disposed.Add(unit), unit);
                },
            });
        },
            "Disposing twice, or after a commit, does no harm"),
        new("An owned unit says that it is enlisted", Suite, store => Unit(store, inner => new BrokenUnit(inner) { SaysEnlisted = true }),
            "An owned unit is not enlisted"),
        new("Any unit is taken", Suite, store =>
        {
            store.Orders.Save = (inner, unit, changes) => unit is BrokenUnit or InMemoryUnitOfWork
                ? inner.SaveAsync(unit, changes).AsTask()
                : store.Sound.SaveAllAsync([.. changes]);
        },
            "A unit of another store is refused"),
        new("Cancellation is not heeded", Suite, store => store.Units.Begin = (inner, _) => inner.BeginAsync(CancellationToken.None).AsTask(),
            "A cancelled call writes nothing"),
        new("A unit writes for one tenant", Suite, store => store.Orders.Save = (inner, unit, changes) =>
            inner.SaveAsync(unit, changes.Each(change => change with { Order = change.Order with { Key = new OrderKey(changes[0].Order.Key.Tenant, change.Order.Key.Order) } })).AsTask(),
            "One unit may write for several tenants"),
    ];

    private static void Unit(BrokenStore store, Func<UnitOfWork, BrokenUnit> wrap) =>
        store.Units.Begin = async (inner, cancellationToken) => wrap(await inner.BeginAsync(cancellationToken));

    private static async Task CommitAsync(BrokenUnit unit)
    {
        unit.IsCommitted = true;
        await unit.Inner.CommitAsync();
    }

    /// <summary>Writes a part of what was rolled back after all.</summary>
    private static void AfterRollback(BrokenStore store, Action<List<OrderChange>, UnitOfWork> write)
    {
        var changes = new List<OrderChange>();
        store.Orders.Save = async (inner, unit, saved) =>
        {
            var numbers = await inner.SaveAsync(unit, saved);
            changes.AddRange(saved);
            return numbers;
        };
        Unit(store, inner => new BrokenUnit(inner)
        {
            Dispose = async unit =>
            {
                await unit.Inner.DisposeAsync();
                if (!unit.IsCommitted)
                {
                    var again = await store.Sound.Units.BeginAsync();
                    write(changes, again);
                    await again.CommitAsync();
                }

                changes.Clear();
            },
        });
    }

    /// <summary>An ended unit that can be committed and disposed again.</summary>
    private sealed class Forgiving(UnitOfWork ended) : UnitOfWork
    {
        public override bool IsEnlisted => ended.IsEnlisted;

        public override ValueTask CommitAsync(CancellationToken cancellationToken = default) => default;

        public override ValueTask DisposeAsync() => default;
    }
}

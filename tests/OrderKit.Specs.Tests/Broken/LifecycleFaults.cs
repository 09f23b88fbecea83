using System.Collections.Concurrent;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>Broken stores under the lifecycle engine.</summary>
internal static class LifecycleFaults
{
    private const string Suite = nameof(LifecycleSpec);

    public static IEnumerable<Fault> All =>
    [
        new("Saving loses the events", Suite, store => store.Orders.Save = (inner, unit, changes) =>
            inner.SaveAsync(unit, changes.Each(change => change with { Messages = [] })).AsTask(),
            "A fact counts once, whichever call fails",
            "Facts of many orders count once, whichever call fails",
            "An order applies its parked facts, whichever call fails",
            "A deadline has one effect, whichever call fails",
            "Events are delivered in order, whichever call fails"),
        new("Postponing is for ever", Suite, store => store.Deadlines.Postpone = (inner, deadlines, _) => inner.PostponeAsync(deadlines, TimeSpan.FromDays(10_000)).AsTask(),
            "A deadline that a guard stops is not lost, whichever call fails"),
        new("A segment loses its leaves", Suite, store => store.Journal.ReadSegments = async (inner, from, max) =>
            (await inner.ReadSegmentsAsync(from, max)).Each(segment => segment with { Leaves = [] }),
            "Rows are sealed once, whichever call fails"),
        new("Orders are read as they were first", Suite, store =>
        {
            var first = new ConcurrentDictionary<OrderKey, StoredOrder>();
            store.Orders.Load = async (inner, unit, lookups) =>
                (await inner.LoadAsync(unit, lookups)).Each(finding => finding with { Order = finding.Order is { } order ? first.GetOrAdd(order.Key, order) : null, Earlier = null });
            store.Orders.Save = async (inner, unit, changes) =>
            {
                var numbers = new List<long>();
                foreach (var change in changes)
                {
                    var current = (await inner.LoadAsync(unit, [new OrderLookup(change.Order.Key, "", "", null)]))[0].Order?.Snapshot.Version ?? 0;
                    numbers.AddRange(await inner.SaveAsync(unit, [change.On(current).Rows(row => row with { FactId = $"{row.FactId}-{current}" })]));
                }

                return numbers;
            };
        },
            "Of two commands that exclude each other one is accepted",
            "Concurrent writers of one fact have one effect",
            "Calls in one unit see each other, and leave nothing after a rollback"),
        new("Nothing waits", Suite, store => store.Orders.Take = (_, _, _) => Task.FromResult<IReadOnlyList<ParkedFact>>([]),
            "An order and its payment that arrive at the same time find each other"),
    ];
}

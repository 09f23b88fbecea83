using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>Stores that are broken in what they keep of facts that wait.</summary>
internal static class ParkedFactFaults
{
    private const string Suite = nameof(ParkedFactSpec);

    public static IEnumerable<Fault> All =>
    [
        new("Parking drops facts", Suite, store => store.Orders.Park = (_, _, _) => Task.CompletedTask,
            "Tenants take only their own facts"),
        new("Parking keeps a fact each time it comes", Suite, store =>
        {
            var times = 0;
            store.Orders.Park = async (inner, unit, facts) => await inner.ParkAsync(unit, facts.Each(parked => parked with { Fact = parked.Fact with { Evidence = $"{times++}", Id = parked.Fact.Id + $"#{times}" } }));
            store.Orders.Take = async (inner, unit, numbers) => (await inner.TakeParkedAsync(unit, numbers))
                .Each(parked => parked with { Fact = parked.Fact with { Id = parked.Fact.Id!.Split('#')[0] } });
        },
            "A fact is parked once for each number, source and identity"),
        new("Parking keeps one fact without an id", Suite, store => store.Orders.Park = async (inner, unit, facts) =>
            await inner.ParkAsync(unit, facts.Each(parked => parked.Fact.Id is null ? parked with { Fact = new OrderFact { Trigger = "none", Source = parked.Fact.Source, Reference = parked.Number } } : parked)),
            "A fact without an id is parked once for the same content"),
        new("Facts that wait are not removed when they are taken", Suite, store => store.Orders.Take = async (inner, unit, numbers) =>
        {
            var taken = await inner.TakeParkedAsync(unit, numbers);
            await inner.ParkAsync(unit, taken);
            return taken;
        },
            "Racing callers take each fact once"),
        new("The newest fact that waits is taken first", Suite, store => store.Orders.Take = async (inner, unit, numbers) =>
            [.. (await inner.TakeParkedAsync(unit, numbers)).Reverse()],
            "Parked facts are taken once, the oldest first"),
        new("Facts that wait are taken number by number", Suite, store => store.Orders.Take = async (inner, unit, numbers) =>
        {
            var taken = new List<ParkedFact>();
            foreach (var number in numbers)
            {
                taken.AddRange(await inner.TakeParkedAsync(unit, [number]));
            }

            return taken;
        },
            "Parked facts are taken once, the oldest first"),
        new("Taking takes the facts of all numbers", Suite, store =>
        {
            var parked = new HashSet<OrderReference>();
            store.Orders.Park = async (inner, unit, facts) =>
            {
                parked.UnionWith(facts.Select(fact => fact.Number));
                await inner.ParkAsync(unit, facts);
            };
            store.Orders.Take = async (inner, unit, numbers) => numbers.Count == 0 ? [] : await inner.TakeParkedAsync(unit, [.. parked]);
        },
            "A fact is parked once for each number, source and identity",
            "Taking the facts of a number leaves those of other numbers",
            "Tenants take only their own facts"),
        new("A fact never waits again", Suite, store =>
        {
            var seen = new HashSet<(OrderReference, string?, string)>();
            store.Orders.Park = async (inner, unit, facts) =>
                await inner.ParkAsync(unit, [.. facts.Where(parked => seen.Add((parked.Number, parked.Fact.Id ?? parked.Fact.RawStatus, parked.Fact.Source)))]);
        },
            "A fact that was taken can be parked again"),
        new("A fact that waits loses its payload", Suite, store => store.Orders.Park = async (inner, unit, facts) =>
            await inner.ParkAsync(unit, facts.Each(parked => parked with { Fact = parked.Fact with { Payload = default } })),
            "Stored values do not change with the caller's buffers"),
        new("A fact that waits loses its holds", Suite, store => store.Orders.Park = async (inner, unit, facts) =>
            await inner.ParkAsync(unit, facts.Each(parked => parked with { Fact = parked.Fact with { Holds = [] } })),
            "A parked fact is read back with every field"),
        new("A fact that is parked beside its linking stays behind", Suite, store => store.Orders.Take = async (inner, unit, numbers) =>
            numbers is [{ Value: var value }] && value.StartsWith("number-", StringComparison.Ordinal) ? [] : await inner.TakeParkedAsync(unit, numbers),
            "A fact is not lost if its number is linked while it is being parked"),
    ];
}

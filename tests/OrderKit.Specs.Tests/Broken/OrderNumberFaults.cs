using OrderKit.Core;

namespace OrderKit.Specs.Tests;

/// <summary>Stores that are broken in what they keep of numbers.</summary>
internal static class OrderNumberFaults
{
    private const string Suite = nameof(OrderNumberSpec);

    public static IEnumerable<Fault> All =>
    [
        new("A number leads to one order", Suite, store => store.Orders.Resolve = async (inner, unit, numbers) =>
            (await inner.ResolveAsync(unit, numbers)).Each(found => [.. found.Take(1)]),
            "A number resolves to all its orders, and an order has many numbers"),
        new("An order has one number", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, changes.Each(change => change with { Links = [.. change.Links.Take(1)] })),
            "A number resolves to all its orders, and an order has many numbers"),
        new("A number is linked as often as it is told", Suite, store => store.Queries.ReferencesOf = async (inner, order) =>
            [.. (await inner.ReferencesOfAsync(order)).SelectMany(number => new[] { number, number })],
            "Linking a number again changes nothing"),
        new("Numbers are resolved in the order of their text", Suite, store => store.Orders.Resolve = async (inner, unit, numbers) =>
            await inner.ResolveAsync(unit, [.. numbers.OrderBy(number => number.Value, StringComparer.Ordinal)]),
            "Numbers are resolved in their order, unknown ones to an empty list"),
        new("The kind of a number is ignored", Suite, store => store.Orders.Resolve = async (inner, unit, numbers) =>
            await inner.ResolveAsync(unit, numbers.Each(number => new OrderReference(number.Tenant, ReferenceKind.Waybill, number.Value))),
            "Numbers of different kinds are different"),
        new("Numbers are compared without case", Suite, store =>
        {
            store.Orders.Resolve = (inner, unit, numbers) => inner.ResolveAsync(unit, numbers.Each(Upper)).AsTask();
            store.Orders.Save = (inner, unit, changes) => inner.SaveAsync(unit, changes.Each(change => change with { Links = change.Links.Each(Upper) })).AsTask();

            static OrderReference Upper(OrderReference number) => new(number.Tenant, number.Kind, number.Value.ToUpperInvariant());
        },
            "Numbers are compared character by character"),
    ];
}

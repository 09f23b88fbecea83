using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>The rules that a store of orders must keep for numbers that resolve to orders.</summary>
public static class OrderNumberSpec
{
    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(OrderNumberSpec),
    [
        new("A number resolves to all its orders, and an order has many numbers", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            var (shared, own) = (Sample.Waybill(store, "SF1"), Sample.Waybill(store, "SF2"));
            await store.SaveAsync(Sample.Change(a, 0) with { Links = [shared, own] });
            await store.SaveAsync(Sample.Change(b, 0) with { Links = [shared] });
            Expect.Set([a, b], await store.ResolveAsync(shared));
            Expect.Set([a], await store.ResolveAsync(own));
            Expect.Set([shared, own], await store.Queries.ReferencesOfAsync(a));
            Expect.Set([shared], await store.Queries.ReferencesOfAsync(b));
        }),
        new("Linking a number again changes nothing", async store =>
        {
            var key = Sample.Key(store, "A");
            var number = Sample.Waybill(store, "SF1");
            await store.SaveAsync(Sample.Change(key, 0) with { Links = [number, number] });
            await store.SaveAsync(Sample.Change(key, 1) with { Links = [number] });
            Expect.Set([key], await store.ResolveAsync(number));
            Expect.Set([number], await store.Queries.ReferencesOfAsync(key));
        }),
        new("Numbers are resolved in their order, unknown ones to an empty list", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            await store.SaveAsync(Sample.Change(a, 0) with { Links = [Sample.Waybill(store, "1")] });
            await store.SaveAsync(Sample.Change(b, 0) with { Links = [Sample.Waybill(store, "2")] });
            var found = await store.InUnitAsync(unit => store.Orders.ResolveAsync(
                unit, [Sample.Waybill(store, "2"), Sample.Waybill(store, "3"), Sample.Waybill(store, "1"), Sample.Waybill(store, "2")]));
            Expect.Equal(4, found.Count);
            Expect.Sequence([b], found[0]);
            Expect.Sequence([], found[1]);
            Expect.Sequence([a], found[2]);
            Expect.Sequence([b], found[3]);
        }),
        new("Numbers of different kinds are different", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Change(key, 0) with { Links = [Sample.Waybill(store, "42")] });
            Expect.Sequence([], await store.ResolveAsync(new OrderReference(store.Tenant, ReferenceKind.Payment, "42")));
        }),
        new("Numbers are compared character by character", async store =>
        {
            // Equal in some collations: case, composed and decomposed, full width, a zero-width joiner, the Turkish i.
            string[] values = [
                "straße", "strasse", "STRASSE", "caf\u00e9", "cafe\u0301", "１２", "12", "a\u200db", "ab", "i", "I", "\u0131", "𠮷", "吉",
            ];
            foreach (var value in values)
            {
                await store.SaveAsync(Sample.Change(Sample.Key(store, value), 0) with { Links = [Sample.Waybill(store, value)] });
            }

            foreach (var value in values)
            {
                Expect.Sequence([Sample.Key(store, value)], await store.ResolveAsync(Sample.Waybill(store, value)));
            }
        }),
    ]);
}

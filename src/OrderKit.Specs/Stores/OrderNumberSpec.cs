using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>What the store of orders keeps of the numbers by which others know an order.</summary>
public static class OrderNumberSpec
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("A number leads to all its orders, and an order has many numbers", ANumberLeadsToAllItsOrdersAndAnOrderHasManyNumbersAsync),
        new("Linking a number again changes nothing", LinkingANumberAgainChangesNothingAsync),
        new("Numbers are resolved in their order, unknown ones to nothing", NumbersAreResolvedInTheirOrderUnknownOnesToNothingAsync),
        new("A number of one kind is not that of another", ANumberOfOneKindIsNotThatOfAnotherAsync),
        new("Numbers are compared character by character", NumbersAreComparedCharacterByCharacterAsync),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(OrderNumberSpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static async Task ANumberLeadsToAllItsOrdersAndAnOrderHasManyNumbersAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        var (shared, own) = (Sample.Waybill(store, "SF1"), Sample.Waybill(store, "SF2"));
        await store.SaveAsync(Sample.Change(a, 0) with { Links = [shared, own] }).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(b, 0) with { Links = [shared] }).ConfigureAwait(false);
        Expect.Set([a, b], await store.ResolveAsync(shared).ConfigureAwait(false));
        Expect.Set([a], await store.ResolveAsync(own).ConfigureAwait(false));
        Expect.Set([shared, own], await store.Queries.ReferencesOfAsync(a).ConfigureAwait(false));
        Expect.Set([shared], await store.Queries.ReferencesOfAsync(b).ConfigureAwait(false));
    }

    private static async Task LinkingANumberAgainChangesNothingAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var number = Sample.Waybill(store, "SF1");
        await store.SaveAsync(Sample.Change(key, 0) with { Links = [number, number] }).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(key, 1) with { Links = [number] }).ConfigureAwait(false);
        Expect.Set([key], await store.ResolveAsync(number).ConfigureAwait(false));
        Expect.Set([number], await store.Queries.ReferencesOfAsync(key).ConfigureAwait(false));
    }

    private static async Task NumbersAreResolvedInTheirOrderUnknownOnesToNothingAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        await store.SaveAsync(Sample.Change(a, 0) with { Links = [Sample.Waybill(store, "1")] }).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(b, 0) with { Links = [Sample.Waybill(store, "2")] }).ConfigureAwait(false);
        var found = await store.InUnitAsync(unit => store.Orders.ResolveAsync(
            unit, [Sample.Waybill(store, "2"), Sample.Waybill(store, "3"), Sample.Waybill(store, "1"), Sample.Waybill(store, "2")])).ConfigureAwait(false);
        Expect.Equal(4, found.Count);
        Expect.Sequence([b], found[0]);
        Expect.Sequence([], found[1]);
        Expect.Sequence([a], found[2]);
        Expect.Sequence([b], found[3]);
    }

    private static async Task ANumberOfOneKindIsNotThatOfAnotherAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0) with { Links = [Sample.Waybill(store, "42")] }).ConfigureAwait(false);
        Expect.Sequence([], await store.ResolveAsync(new OrderReference(store.Tenant, ReferenceKind.Payment, "42")).ConfigureAwait(false));
    }

    private static async Task NumbersAreComparedCharacterByCharacterAsync(IStoreUnderTest store)
    {
        // The same to some collations: case, composed and decomposed, full width, a zero-width joiner, the Turkish i.
        string[] values = ["straße", "strasse", "STRASSE", "caf\u00e9", "cafe\u0301", "１２", "12", "a\u200db", "ab", "i", "I", "\u0131", "𠮷", "吉"];
        foreach (var value in values)
        {
            await store.SaveAsync(Sample.Change(Sample.Key(store, value), 0) with { Links = [Sample.Waybill(store, value)] }).ConfigureAwait(false);
        }

        foreach (var value in values)
        {
            Expect.Sequence([Sample.Key(store, value)], await store.ResolveAsync(Sample.Waybill(store, value)).ConfigureAwait(false));
        }
    }
}

using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Specs;

/// <summary>What the store of orders keeps of facts that wait for a number.</summary>
public static class ParkedFactSpec
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("A fact that waits is kept once for each number, source and identity", AFactThatWaitsIsKeptOnceForEachNumberSourceAndIdentityAsync),
        new("A fact without an id waits once by what it says", AFactWithoutAnIdWaitsOnceByWhatItSaysAsync),
        new("Facts that wait are taken once, the oldest first", FactsThatWaitAreTakenOnceTheOldestFirstAsync),
        new("Taking leaves the facts of other numbers", TakingLeavesTheFactsOfOtherNumbersAsync),
        new("A fact that was taken can wait again", AFactThatWasTakenCanWaitAgainAsync),
        new("Racing takers take each fact once", RacingTakersTakeEachFactOnceAsync),
        new("A number that is linked while its fact is parked does not lose the fact", ANumberThatIsLinkedWhileItsFactIsParkedDoesNotLoseTheFactAsync),
        new("Tenants take only their own facts", TenantsTakeOnlyTheirOwnFactsAsync),
        new("A fact that waits comes back with every field", AFactThatWaitsComesBackWithEveryFieldAsync),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(ParkedFactSpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static async Task AFactThatWaitsIsKeptOnceForEachNumberSourceAndIdentityAsync(IStoreUnderTest store)
    {
        var (one, two) = (Sample.Waybill(store, "1"), Sample.Waybill(store, "2"));
        await store.ParkAsync(Sample.Parked(one, "x"), Sample.Parked(one, "x", seconds: 1), Sample.Parked(one, "x", source: "bank"), Sample.Parked(one, "y"), Sample.Parked(two, "x")).ConfigureAwait(false);
        await store.ParkAsync(Sample.Parked(one, "x", seconds: 2)).ConfigureAwait(false);
        Expect.Set([("x", Sample.Source), ("x", "bank"), ("y", Sample.Source)], (await store.TakeParkedAsync(one).ConfigureAwait(false)).Select(parked => (parked.Fact.Id!, parked.Fact.Source)));
        Expect.Equal(1, (await store.TakeParkedAsync(two).ConfigureAwait(false)).Count);
    }

    private static async Task AFactWithoutAnIdWaitsOnceByWhatItSaysAsync(IStoreUnderTest store)
    {
        var number = Sample.Waybill(store, "1");
        var fact = new OrderFact { Trigger = "shipped", Source = Sample.Source, Reference = number, RawStatus = "已发货" };
        var parked = new ParkedFact(number, fact, ParkReason.UnknownNumber, Sample.Noon);
        await store.ParkAsync(parked, parked with { ParkedAt = Sample.Noon.AddHours(1) }, parked with { Fact = fact with { RawStatus = "已签收" } }).ConfigureAwait(false);
        Expect.Sequence(["已发货", "已签收"], (await store.TakeParkedAsync(number).ConfigureAwait(false)).Select(p => p.Fact.RawStatus));
    }

    private static async Task FactsThatWaitAreTakenOnceTheOldestFirstAsync(IStoreUnderTest store)
    {
        var (one, two) = (Sample.Waybill(store, "1"), Sample.Waybill(store, "2"));
        await store.ParkAsync(Sample.Parked(one, "c", seconds: 3)).ConfigureAwait(false);
        await store.ParkAsync(Sample.Parked(two, "a", seconds: 1), Sample.Parked(one, "b", seconds: 2), Sample.Parked(two, "d", seconds: 4)).ConfigureAwait(false);
        await store.ParkAsync(Sample.Parked(one, "e", seconds: 4)).ConfigureAwait(false);
        Expect.Sequence(["a", "b", "c", "d", "e"], (await store.TakeParkedAsync(one, two).ConfigureAwait(false)).Select(parked => parked.Fact.Id!));
        Expect.Equal(0, (await store.TakeParkedAsync(one, two).ConfigureAwait(false)).Count);
    }

    private static async Task TakingLeavesTheFactsOfOtherNumbersAsync(IStoreUnderTest store)
    {
        var (one, two) = (Sample.Waybill(store, "1"), Sample.Waybill(store, "2"));
        await store.ParkAsync(Sample.Parked(one, "a"), Sample.Parked(two, "b")).ConfigureAwait(false);
        Expect.Sequence(["a"], (await store.TakeParkedAsync(one, Sample.Waybill(store, "3")).ConfigureAwait(false)).Select(parked => parked.Fact.Id!));
        Expect.Sequence(["b"], (await store.Queries.ParkedAsync(store.Tenant).ConfigureAwait(false)).Items.Select(parked => parked.Fact.Id!));
    }

    private static async Task AFactThatWasTakenCanWaitAgainAsync(IStoreUnderTest store)
    {
        var number = Sample.Waybill(store, "1");
        await store.ParkAsync(Sample.Parked(number, "a")).ConfigureAwait(false);
        await store.TakeParkedAsync(number).ConfigureAwait(false);
        await store.ParkAsync(Sample.Parked(number, "a")).ConfigureAwait(false);
        Expect.Equal(1, (await store.TakeParkedAsync(number).ConfigureAwait(false)).Count);
    }

    private static async Task RacingTakersTakeEachFactOnceAsync(IStoreUnderTest store)
    {
        var number = Sample.Waybill(store, "1");
        await store.ParkAsync([.. Enumerable.Range(0, 20).Select(i => Sample.Parked(number, $"fact-{i}"))]).ConfigureAwait(false);
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var taken = await Acting.RaceAsync(6, racer => (racer % 2 == 0 ? store : other).TakeParkedAsync(number)).ConfigureAwait(false);
        Expect.Set(Enumerable.Range(0, 20).Select(i => $"fact-{i}"), taken.SelectMany(facts => facts).Select(parked => parked.Fact.Id!));
    }

    private static async Task ANumberThatIsLinkedWhileItsFactIsParkedDoesNotLoseTheFactAsync(IStoreUnderTest store)
    {
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        for (var round = 0; round < 12; round++)
        {
            var key = Sample.Key(store, $"order-{round}");
            var number = Sample.Waybill(store, $"number-{round}");
            Func<Task<int>>[] both = round % 2 == 0 ? [() => BringAsync(number), () => LinkAsync(key, number)] : [() => LinkAsync(key, number), () => BringAsync(number)];
            if (round < 2)
            {
                await both[0]().ConfigureAwait(false);
                await both[1]().ConfigureAwait(false);
            }
            else
            {
                await Acting.RaceAsync(2, racer => both[racer]()).ConfigureAwait(false);
            }
        }

        Expect.Equal(0, (await store.Queries.ParkedAsync(store.Tenant).ConfigureAwait(false)).Items.Count, "the number of facts that wait for a number that is linked");

        // The one that brings the fact has it wait where the number is unknown, and looks again once nobody can link it beside.
        Task<int> BringAsync(OrderReference number) => store.InUnitAsync(async unit =>
        {
            if ((await store.Orders.ResolveAsync(unit, [number]).ConfigureAwait(false))[0].Count == 0)
            {
                await store.Orders.ParkAsync(unit, [Sample.Parked(number, "fact")]).ConfigureAwait(false);
                if ((await store.Orders.ResolveAsync(unit, [number]).ConfigureAwait(false))[0].Count > 0)
                {
                    await store.Orders.TakeParkedAsync(unit, [number]).ConfigureAwait(false);
                }
            }

            return 0;
        });

        // The one that links the number takes what waits for it in the same unit.
        Task<int> LinkAsync(OrderKey key, OrderReference number) => other.InUnitAsync(async unit =>
        {
            await other.Orders.SaveAsync(unit, [Sample.Change(key, 0) with { Links = [number] }]).ConfigureAwait(false);
            await other.Orders.TakeParkedAsync(unit, [number]).ConfigureAwait(false);
            return 0;
        });
    }

    private static async Task TenantsTakeOnlyTheirOwnFactsAsync(IStoreUnderTest store)
    {
        var ours = Sample.Waybill(store, "1");
        var theirs = new OrderReference(Sample.Neighbour(store), ReferenceKind.Waybill, "1");
        await store.ParkAsync(Sample.Parked(ours, "a")).ConfigureAwait(false);
        Expect.Equal(0, (await store.TakeParkedAsync(theirs).ConfigureAwait(false)).Count);
        Expect.Equal(0, (await store.Queries.ParkedAsync(theirs.Tenant).ConfigureAwait(false)).Items.Count);
        Expect.Equal(1, (await store.TakeParkedAsync(ours).ConfigureAwait(false)).Count);
    }

    private static async Task AFactThatWaitsComesBackWithEveryFieldAsync(IStoreUnderTest store)
    {
        var number = new OrderReference(store.Tenant, ReferenceKind.Order, "A");
        var fact = new OrderFact
        {
            Trigger = "captured",
            Source = "alipay",
            Reference = number,
            Id = "id",
            Evidence = "2026020622001",
            Revokes = "earlier",
            Standing = FactStanding.Report,
            OccurredAt = Sample.Noon.AddSeconds(1),
            Amount = new Money(-1, Currency.Custom("PTS", 3)),
            Quantity = 7,
            Holds = ["risk", "stock"],
            ReportedState = 65_535,
            RawStatus = "TRADE_SUCCESS",
            Model = "retail",
            Profile = "pickup",
            ShipBy = Sample.Noon.AddDays(1),
            DeliverBy = Sample.Noon.AddDays(2),
            Deadline = Sample.Noon.AddDays(3),
            Links = [Sample.Waybill(store, "SF1"), number],
            Operator = "u-1",
            TraceId = "00-abc-def-01",
            ResponseCode = "10000",
            Note = "收货人要求改地址 🙂\r\n",
            Payload = new byte[] { 0, 1, 255 },
            Attachments = [new FactAttachment("waybill.pdf", "application/pdf", Digest.Of([1])), new FactAttachment("b", "", Digest.Of([]))],
        };
        var parked = new ParkedFact(number, fact, ParkReason.UnknownOrder, Sample.Noon.AddSeconds(5));
        var plain = new ParkedFact(number, new OrderFact { Trigger = "t", Source = "", Order = Sample.Key(store, "A") }, ParkReason.UnknownCode, Sample.Noon.AddSeconds(6));
        await store.ParkAsync(parked, plain).ConfigureAwait(false);
        var listed = (await store.Queries.ParkedAsync(store.Tenant).ConfigureAwait(false)).Items;
        Expect.Equal(2, listed.Count);
        Alike.Parked(parked, listed[0]);
        Alike.Parked(plain, listed[1]);
        var taken = await store.TakeParkedAsync(number).ConfigureAwait(false);
        Alike.Parked(parked, taken[0]);
        Alike.Parked(plain, taken[1]);
    }
}

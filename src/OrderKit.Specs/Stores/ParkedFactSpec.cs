using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Specs;

/// <summary>The rules that a store of orders must keep for parked facts.</summary>
public static class ParkedFactSpec
{
    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(ParkedFactSpec),
    [
        new("A fact is parked once for each number, source and identity", async store =>
        {
            var (one, two) = (Sample.Waybill(store, "1"), Sample.Waybill(store, "2"));
            await store.ParkAsync(Sample.Parked(one, "x"), Sample.Parked(one, "x", seconds: 1), Sample.Parked(one, "x", source: "bank"),
                Sample.Parked(one, "y"), Sample.Parked(two, "x"));
            await store.ParkAsync(Sample.Parked(one, "x", seconds: 2));
            Expect.Set([("x", Sample.Source), ("x", "bank"), ("y", Sample.Source)],
                (await store.TakeParkedAsync(one)).Select(parked => (parked.Fact.Id!, parked.Fact.Source)));
            Expect.Equal(1, (await store.TakeParkedAsync(two)).Count);
        }),
        new("A fact without an id is parked once for the same content", async store =>
        {
            var number = Sample.Waybill(store, "1");
            var fact = new OrderFact { Trigger = "shipped", Source = Sample.Source, Reference = number, RawStatus = "已发货" };
            var parked = new ParkedFact(number, fact, ParkReason.UnknownNumber, Sample.Noon);
            await store.ParkAsync(
                parked, parked with { ParkedAt = Sample.Noon.AddHours(1) }, parked with { Fact = fact with { RawStatus = "已签收" } });
            Expect.Sequence(["已发货", "已签收"], (await store.TakeParkedAsync(number)).Select(p => p.Fact.RawStatus));
        }),
        new("Parked facts are taken once, the oldest first", async store =>
        {
            var (one, two) = (Sample.Waybill(store, "1"), Sample.Waybill(store, "2"));
            await store.ParkAsync(Sample.Parked(one, "c", seconds: 3));
            await store.ParkAsync(
                Sample.Parked(two, "a", seconds: 1), Sample.Parked(one, "b", seconds: 2), Sample.Parked(two, "d", seconds: 4));
            await store.ParkAsync(Sample.Parked(one, "e", seconds: 4));
            Expect.Sequence(["a", "b", "c", "d", "e"], (await store.TakeParkedAsync(one, two)).Select(parked => parked.Fact.Id!));
            Expect.Equal(0, (await store.TakeParkedAsync(one, two)).Count);
        }),
        new("Taking the facts of a number leaves those of other numbers", async store =>
        {
            var (one, two) = (Sample.Waybill(store, "1"), Sample.Waybill(store, "2"));
            await store.ParkAsync(Sample.Parked(one, "a"), Sample.Parked(two, "b"));
            Expect.Sequence(["a"], (await store.TakeParkedAsync(one, Sample.Waybill(store, "3"))).Select(parked => parked.Fact.Id!));
            Expect.Sequence(["b"], (await store.Queries.ParkedAsync(store.Tenant)).Items.Select(parked => parked.Fact.Id!));
        }),
        new("A fact that was taken can be parked again", async store =>
        {
            var number = Sample.Waybill(store, "1");
            await store.ParkAsync(Sample.Parked(number, "a"));
            await store.TakeParkedAsync(number);
            await store.ParkAsync(Sample.Parked(number, "a"));
            Expect.Equal(1, (await store.TakeParkedAsync(number)).Count);
        }),
        new("Racing callers take each fact once", async store =>
        {
            var number = Sample.Waybill(store, "1");
            await store.ParkAsync([.. Enumerable.Range(0, 20).Select(i => Sample.Parked(number, $"fact-{i}"))]);
            var other = await store.OpenAnotherAsync();
            var taken = await Acting.RaceAsync(6, racer => (racer % 2 == 0 ? store : other).TakeParkedAsync(number));
            Expect.Set(Enumerable.Range(0, 20).Select(i => $"fact-{i}"),
                taken.SelectMany(facts => facts).Select(parked => parked.Fact.Id!));
        }),
        new("A fact is not lost if its number is linked while it is being parked", async store =>
        {
            var other = await store.OpenAnotherAsync();
            for (var round = 0; round < 12; round++)
            {
                var key = Sample.Key(store, $"order-{round}");
                var number = Sample.Waybill(store, $"number-{round}");
                Func<Task>[] both = round % 2 == 0
                    ? [() => BringAsync(number), () => LinkAsync(key, number)]
                    : [() => LinkAsync(key, number), () => BringAsync(number)];
                if (round < 2)
                {
                    await both[0]();
                    await both[1]();
                }
                else
                {
                    await Acting.RaceAsync(2, racer => both[racer]());
                }
            }

            Expect.Equal(
                0, (await store.Queries.ParkedAsync(store.Tenant)).Items.Count, "the number of facts that are parked for a linked number");

            // The caller with the fact parks it if the number is unknown, and looks again once nobody can link it concurrently.
            Task BringAsync(OrderReference number) => store.InUnitAsync(async unit =>
            {
                if ((await store.Orders.ResolveAsync(unit, [number]))[0].Count == 0)
                {
                    await store.Orders.ParkAsync(unit, [Sample.Parked(number, "fact")]);
                    if ((await store.Orders.ResolveAsync(unit, [number]))[0].Count > 0)
                    {
                        await store.Orders.TakeParkedAsync(unit, [number]);
                    }
                }
            });

            // The caller that links the number takes its parked facts in the same unit.
            Task LinkAsync(OrderKey key, OrderReference number) => other.InUnitAsync(async unit =>
            {
                await other.Orders.SaveAsync(unit, [Sample.Change(key, 0) with { Links = [number] }]);
                await other.Orders.TakeParkedAsync(unit, [number]);
            });
        }),
        new("Tenants take only their own facts", async store =>
        {
            var ours = Sample.Waybill(store, "1");
            var theirs = new OrderReference(Sample.Neighbour(store), ReferenceKind.Waybill, "1");
            await store.ParkAsync(Sample.Parked(ours, "a"));
            Expect.Equal(0, (await store.TakeParkedAsync(theirs)).Count);
            Expect.Equal(0, (await store.Queries.ParkedAsync(theirs.Tenant)).Items.Count);
            Expect.Equal(1, (await store.TakeParkedAsync(ours)).Count);
        }),
        new("A parked fact is read back with every field", async store =>
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
                Attachments = [
                    new FactAttachment("waybill.pdf", "application/pdf", Digest.Of([1])), new FactAttachment("b", "", Digest.Of([])),
                ],
            };
            var parked = new ParkedFact(number, fact, ParkReason.UnknownOrder, Sample.Noon.AddSeconds(5));
            var plain = new ParkedFact(number, new OrderFact { Trigger = "t", Source = "", Order = Sample.Key(store, "A") },
                ParkReason.UnknownCode, Sample.Noon.AddSeconds(6));
            await store.ParkAsync(parked, plain);
            var listed = (await store.Queries.ParkedAsync(store.Tenant)).Items;
            Expect.Equal(2, listed.Count);
            Alike.Parked(parked, listed[0]);
            Alike.Parked(plain, listed[1]);
            var taken = await store.TakeParkedAsync(number);
            Alike.Parked(parked, taken[0]);
            Alike.Parked(plain, taken[1]);
        }),
    ]);
}

using FsCheck;
using FsCheck.Fluent;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests;

/// <summary>What is true of any facts, however they come.</summary>
public sealed class LifecycleProperties
{
    private static readonly string[] Owned =
    [
        "captured", "refund-paid", "authorised", "auth-lapsed", "payment-closed", "dispute-opened", "dispute-ended", "stock-locked", "stock-short",
        "stock-unknown", "waybill-assigned", "waybill-voided", "packed", "outbound", "outbound-revoked", "intercepted", "intercept-failed", "in-transit",
        "at-pickup-point", "delivery-claimed", "delivery-verified", "delivery-refuted", "refused", "goods-back", "lost", "collected", "code-issued",
        "redeemed", "finished", "hold-placed", "hold-released", "group-formed", "group-failed",
    ];

    private static readonly string[] Commands = ["release", "cancel", "split-or-merge", "loss-settled"];
    private static readonly string[] Sources = ["alipay", "wms", "taobao"];
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    [Fact]
    public void Facts_in_calls_of_any_size_are_decided_as_one_by_one() =>
        Prop.ForAll(Seeds, seed => RunAsync(async () =>
        {
            var random = new Random(seed);
            var facts = RandomFacts(random, orders: 3, count: 50);
            using var single = new Shop();
            using var grouped = new Shop();
            foreach (var fact in facts)
            {
                await single.TellAsync(fact);
            }

            await TellGroupedAsync(grouped, facts, random);
            foreach (var key in Keys(facts))
            {
                Assert.Equal((await single.Store.ReadJournalAsync(key)).Select(Comparable), (await grouped.Store.ReadJournalAsync(key)).Select(Comparable));
                Assert.Equal((await single.Store.FindAsync(key))?.Snapshot, (await grouped.Store.FindAsync(key))?.Snapshot);
                Assert.Equal(
                    (await single.Store.DeadlinesOfAsync(key)).Select(d => d with { OrderNo = 0 }),
                    (await grouped.Store.DeadlinesOfAsync(key)).Select(d => d with { OrderNo = 0 }));
            }
        })).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Fact]
    public void Facts_in_any_order_and_any_number_of_times_give_the_same_sums_and_the_same_facts() =>
        Prop.ForAll(Seeds, seed => RunAsync(async () =>
        {
            var random = new Random(seed);
            // Of two contents under one id the first one counts and the other opens a case; here each content has its own.
            var facts = RandomFacts(random, orders: 2, count: 30)
                .Where(f => f.Trigger is "placed" or "captured" or "refund-paid" or "packed" or "in-transit")
                .Select(f => f.Trigger == "placed" ? f : f with { Id = $"{f.Id}-{f.Amount?.MinorUnits}-{f.Quantity}", Standing = null }).ToList();
            using var once = new Shop();
            using var again = new Shop();
            await TellGroupedAsync(once, facts, random);

            OrderFact[] mixed = [.. facts, .. facts.Where(_ => random.Next(2) == 0), .. facts.Where(_ => random.Next(3) == 0)];
            random.Shuffle(mixed);
            await TellGroupedAsync(again, mixed, random);

            foreach (var key in Keys(facts))
            {
                var (first, second) = (await once.AssertWholeAsync(key), await again.AssertWholeAsync(key));
                Assert.Equal(first.Select(Identity).Order(), second.Select(Identity).Order());
                var (x, y) = ((await once.Store.FindAsync(key))!.Snapshot.Counters, (await again.Store.FindAsync(key))!.Snapshot.Counters);
                Assert.Equal((x.Captured, x.Refunded, x.Packed), (y.Captured, y.Refunded, y.Packed));
                Assert.Equal(first.Where(r => r.Trigger == "captured").Sum(r => r.Amount), y.Captured);
            }

            Assert.Empty(await again.ParkedAsync());
        })).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Fact]
    public void Whatever_comes_the_journal_folds_to_the_order_anchors_stay_and_owners_are_never_refused() =>
        Prop.ForAll(Seeds, seed => RunAsync(async () =>
        {
            var random = new Random(seed);
            var facts = RandomFacts(random, orders: 2, count: 80);
            using var shop = new Shop();
            await TellGroupedAsync(shop, facts, random);
            var events = await shop.EventsAsync();

            foreach (var key in Keys(facts))
            {
                var journal = await shop.AssertWholeAsync(key);
                var anchors = 0u;
                foreach (var row in journal)
                {
                    Assert.True((anchors & ~row.Anchors) == 0 || row.Trigger == "outbound-revoked", $"Row {row.Version} ({row.Trigger}) takes an anchor away.");
                    Assert.True(row.Standing != FactStanding.Fact || row.Kind is not (DecisionKind.Rejected or DecisionKind.GuardFailed), $"Row {row.Version} refuses {row.Trigger}.");
                    anchors = row.Anchors;
                }

                Assert.Equal(
                    journal.Where(r => r.IsTransition || r.Kind == DecisionKind.Contradictory).Select(r => r.Version),
                    events.Where(e => e.Order == key).Select(e => e.Version));
                var snapshot = (await shop.Store.FindAsync(key))!.Snapshot;
                Assert.Equal(
                    Enumerable.Range(0, 2).Where(f => OrderModels.Retail.StateOf(snapshot.States[f])!.Deadline is not null).Select(f => (f, snapshot.Since[f])),
                    (await shop.Store.DeadlinesOfAsync(key)).Select(d => (d.Facet, d.Version)));
            }
        })).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    private static bool RunAsync(Func<Task> test)
    {
        test().GetAwaiter().GetResult();
        return true;
    }

    private static async Task TellGroupedAsync(Shop shop, IReadOnlyList<OrderFact> facts, Random random)
    {
        for (var i = 0; i < facts.Count;)
        {
            var size = Math.Min(random.Next(1, 9), facts.Count - i);
            var group = facts.Skip(i).Take(size).ToList();
            if (size == 1)
            {
                await shop.TellAsync(group[0]);
            }
            else
            {
                await shop.Lifecycle.FireManyAsync(group);
            }

            i += size;
        }
    }

    /// <summary>The creation of each order first, then anything, with repetitions and reused ids among them.</summary>
    private static List<OrderFact> RandomFacts(Random random, int orders, int count)
    {
        var facts = Enumerable.Range(0, orders).Select(i => Shop.Placed($"O{i}") with { Profile = random.Next(2) == 0 ? "PARCEL" : "COD", Deadline = random.Next(3) == 0 ? Shop.Noon.AddMinutes(15) : null }).ToList();
        while (facts.Count < count)
        {
            if (random.Next(6) == 0)
            {
                facts.Add(facts[random.Next(facts.Count)]);
                continue;
            }

            var isCommand = random.Next(5) == 0;
            var trigger = isCommand ? Commands[random.Next(Commands.Length)] : Owned[random.Next(Owned.Length)];
            var fact = Shop.Fact(
                trigger,
                $"O{random.Next(orders)}",
                id: $"{trigger}-{random.Next(6)}",
                amount: trigger is "captured" or "refund-paid" ? random.Next(1, 600) : null,
                quantity: trigger is "packed" or "outbound" ? random.Next(1, 3) : null,
                source: Sources[random.Next(Sources.Length)]);
            facts.Add(fact with
            {
                Id = isCommand && random.Next(2) == 0 ? null : fact.Id,
                OccurredAt = random.Next(3) == 0 ? null : Shop.Noon.AddMinutes(random.Next(-10_000, 10_000)),
                Holds = trigger is "hold-placed" or "hold-released" ? [RetailHolds.Risk] : [],
                Revokes = trigger == "outbound-revoked" ? $"outbound-{random.Next(6)}" : null,
                ShipBy = random.Next(8) == 0 ? Shop.Noon.AddHours(random.Next(1, 100)) : null,
                Standing = random.Next(10) == 0 ? FactStanding.Report : null,
            });
        }

        return facts;
    }

    private static IEnumerable<OrderKey> Keys(IEnumerable<OrderFact> facts) => facts.Select(f => f.Order!.Value).Distinct();

    private static string Identity(JournalEntry row) => $"{row.Source}/{row.FactId}";

    private static JournalEntry Comparable(JournalEntry row) => row with { Attachments = NoAttachments };

    private static readonly FactAttachment[] NoAttachments = [];
}

using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Simulation.Tests;

/// <summary>The built-in rules for duplicate orders against what buyers meant.</summary>
public sealed class DuplicateOrdersAgainstTheTruthTests
{
    private const int Sales = 800;

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    [InlineData(43)]
    public async Task An_order_that_is_told_twice_is_rejected_and_none_other(long seed)
    {
        var (traffic, shop) = await PlayAsync(seed);
        await using var disposal = shop;
        var known = new HashSet<OrderKey>();
        var (hits, misses, falseAlarms) = (0, 0, 0);
        foreach (var (order, verdict) in shop.Verdicts)
        {
            var isRepeated = !known.Add(order.Order);
            switch (verdict)
            {
                case DuplicateVerdict.Reject rejected when isRepeated:
                    Assert.Equal(("exact", order.Order), (rejected.Rule, rejected.Earlier));
                    hits++;
                    break;
                case DuplicateVerdict.Reject:
                    falseAlarms++;
                    break;
                default:
                    misses += isRepeated ? 1 : 0;
                    break;
            }
        }

        // Precision and recall of 1: a number is used once.
        Assert.True(hits > Sales / 20);
        Assert.Equal((0, 0), (misses, falseAlarms));
        Assert.All(traffic.Purchases, purchase => Assert.True(purchase.IsTaken));
    }

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    [InlineData(43)]
    public async Task The_second_of_two_tabs_is_held_and_no_good_order_is(long seed)
    {
        var (traffic, shop) = await PlayAsync(seed);
        await using var disposal = shop;
        var duplicates = traffic.Purchases.Where(purchase => purchase.IsDuplicate).ToDictionary(purchase => purchase.Order.Order);
        Assert.NotEmpty(duplicates);

        foreach (var rule in (string[])["cart", "lines"])
        {
            // Recall 1, since the tabs are seconds apart and the windows minutes. Precision 1 too: a cart is used up by its order,
            // a repeat comes days later, and a cancelled order guards nothing.
            var found = await FoundAsync(shop, rule);
            Assert.Equal(duplicates.Keys.Order(), found.Select(suspicion => suspicion.Order).Order());
            Assert.All(found, suspicion => Assert.Equal((duplicates[suspicion.Order].Earlier, SuspicionState.Held), (suspicion.Earlier, suspicion.State)));
        }

        var held = shop.Verdicts.Where(told => told.Verdict is DuplicateVerdict.Hold).Select(told => told.Order.Order).ToHashSet();
        Assert.True(held.SetEquals(duplicates.Keys));
    }

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    [InlineData(43)]
    public async Task The_amount_rule_labels_good_orders_of_other_articles_too_and_stops_none(long seed)
    {
        var (traffic, shop) = await PlayAsync(seed);
        await using var disposal = shop;
        var kinds = traffic.Purchases.ToDictionary(purchase => purchase.Order.Order, purchase => purchase.Kind);

        // Recall 1 and a precision of tabs / (tabs + other articles): it sees a buyer and a sum, and the two are the same there.
        var found = await FoundAsync(shop, "amount");
        Assert.Equal(
            kinds.Where(kind => kind.Value is PurchaseKind.OtherTab or PurchaseKind.OtherArticles).Select(kind => kind.Key).Order(),
            found.Select(suspicion => suspicion.Order).Order());
        Assert.All(found, suspicion => Assert.Equal(SuspicionState.Labelled, suspicion.State));
        Assert.Contains(found, suspicion => kinds[suspicion.Order] == PurchaseKind.OtherArticles);

        foreach (var (order, verdict) in shop.Verdicts.Where(told => kinds[told.Order.Order] is not PurchaseKind.OtherTab and not PurchaseKind.Single))
        {
            Assert.True(verdict is DuplicateVerdict.Accept or DuplicateVerdict.Label, $"Seed {seed}: the good order {order.Number} ({kinds[order.Order]}) is {verdict}.");
            Assert.Equal(kinds[order.Order] == PurchaseKind.OtherArticles, verdict is DuplicateVerdict.Label);
        }
    }

    [Theory]
    [InlineData(51)]
    [InlineData(52)]
    public async Task Of_two_tabs_one_is_suspected_whichever_came_first_and_wherever_the_host_crashes(long seed)
    {
        var crashes = new Crashes(seed, 0.05);
        var (traffic, shop) = await PlayAsync(seed, crashes);
        await using var disposal = shop;
        Assert.True(crashes.Count > Sales / 10);
        var found = (await FoundAsync(shop, "cart")).Select(suspicion => (suspicion.Order, suspicion.Earlier)).ToHashSet();
        var placed = new HashSet<OrderKey>();
        foreach (var purchase in traffic.Purchases)
        {
            if (await shop.Orders.FindAsync(purchase.Order.Order) is not null)
            {
                placed.Add(purchase.Order.Order);
            }
        }

        foreach (var pair in traffic.Purchases.Where(purchase => purchase.IsDuplicate && placed.Contains(purchase.Order.Order) && placed.Contains(purchase.Earlier!.Value)))
        {
            Assert.True(
                found.Remove((pair.Order.Order, pair.Earlier!.Value)) ^ found.Remove((pair.Earlier!.Value, pair.Order.Order)),
                $"Seed {seed}: of {pair.Order.Number} and its other tab not one is suspected.");
        }

        // What is left would be good orders that were held.
        Assert.Empty(found);
        Assert.DoesNotContain(shop.Verdicts, told => told.Verdict is DuplicateVerdict.Reject rejected && rejected.Earlier != told.Order.Order);
    }

    private static async Task<(SimulatedTraffic Traffic, TrafficShop Shop)> PlayAsync(long seed, Crashes? crashes = null)
    {
        var faults = FaultRates.None with { TwoTabs = 0.15, OrderToldTwice = 0.10, AnswerLost = 0.10 };
        var options = new SimulatedRetailOptions { Faults = faults, SecondOrderRate = 0.05, RepeatRate = 0.05, ReorderRate = 0.05 };
        var traffic = new SimulatedRetailWorld(seed, options).Open(Sales);
        var shop = new TrafficShop(traffic, crashes ?? Crashes.None, findsDuplicates: true);
        await traffic.RunAsync(delivery =>
        {
            shop.Clock.SetUtcNow(delivery.ArrivesAt);
            return shop.TakeAsync(delivery);
        });
        crashes?.IsArmed = false;
        return (traffic, shop);
    }

    private static async Task<List<SuspectedDuplicate>> FoundAsync(TrafficShop shop, string rule)
    {
        var found = new List<SuspectedDuplicate>();
        for (string? continuation = null; ;)
        {
            var page = await shop.Review.QueryAsync(new DuplicateOrderQuery { Rule = rule, Continuation = continuation });
            found.AddRange(page.Items);
            if ((continuation = page.Continuation) is null)
            {
                return found;
            }
        }
    }
}

using OrderKit.Core;

namespace OrderKit.StateMachine.Tests;

/// <summary>Thousands of facts in no sensible order: whatever the outside world says, the retail order stays true and explained.</summary>
public sealed class RetailWalkTests
{
    private static readonly OrderModel Retail = OrderModels.Retail;

    [Theory, InlineData("PARCEL"), InlineData("COD"), InlineData("PRESALE"), InlineData("TERMS"), InlineData("RESEND")]
    public void Random_facts_keep_all_invariants(string profile)
    {
        foreach (var seed in Enumerable.Range(1, 60))
        {
            var random = new Random(seed);
            var order = new Walk(Retail, profile, due: profile == "RESEND" ? 0 : 1000);
            var (captured, refunded) = (0L, 0L);
            for (var i = 0; i < 100; i++)
            {
                var fact = DecisionProperties.RandomFact(Retail, random);
                var before = order.Order.Counters;
                var decision = order.TellChecked(fact);

                // What an owner told of money is in the sums, in whatever state the order was.
                var trigger = Retail.Triggers[fact.Trigger].Name;
                if (fact.Standing == FactStanding.Fact && (fact.Flags & (FactFlags.ForeignCurrency | FactFlags.IdReused)) == 0)
                {
                    captured += trigger == "captured" ? (fact.Amount == FactArguments.Rest ? Math.Max(0, before.Due - before.Captured) : fact.Amount) : 0;
                    refunded += trigger == "refund-paid" ? (fact.Amount == FactArguments.Rest ? Math.Max(0, before.Captured - before.Refunded) : fact.Amount) : 0;
                }
                else if (fact.Standing == FactStanding.Command)
                {
                    (captured, refunded) = (order.Sum(Counter.Captured), order.Sum(Counter.Refunded));
                }

                Assert.Equal((captured, refunded), (order.Sum(Counter.Captured), order.Sum(Counter.Refunded)));
                Assert.NotNull(Retail.HeadlineOf(order.Order));
            }

            Assert.Equal(order.Order, OrderSnapshot.Of(order.Rows));
        }
    }

    [Fact]
    public void Owners_facts_alone_leave_the_money_where_its_sums_say()
    {
        var facts = Retail.Triggers.Where(t => t is { Standing: FactStanding.Fact, IsCreation: false }).ToList();
        foreach (var seed in Enumerable.Range(1, 300))
        {
            var random = new Random(seed);
            var order = new Walk(Retail);
            for (var i = 0; i < 40; i++)
            {
                var trigger = facts[random.Next(facts.Count)];
                order.TellChecked(new FactArguments(
                    trigger.Index, FactStanding.Fact, random.Next(1, 4) * 500, random.Next(1, 3),
                    Flags: random.Next(2) == 0 ? FactFlags.RevokesKnownFact : FactFlags.None));
                var (due, net, refunded) = (order.Sum(Counter.Due), order.Sum(Counter.Captured) - order.Sum(Counter.Refunded), order.Sum(Counter.Refunded));
                var told = Retail.TriggerNamed(order.Rows[^1].Trigger)!.Name;
                if (told is not ("captured" or "refund-paid"))
                {
                    continue;
                }

                switch (order.States[0])
                {
                    case 101: Assert.True(net > 0 && net <= due, $"paid with {net} of {due}"); break;
                    case 109: Assert.True(net > due, $"overpaid with {net} of {due}"); break;
                    case 120: Assert.True(net > 0 && refunded > 0 && net <= due, $"part refunded with {net} of {due}"); break;
                    case 121: Assert.True(net <= 0 && refunded > 0, $"refunded with {net}"); break;
                    case 100: Assert.True(net <= 0, $"unpaid with {net}"); break;
                    default: break;
                }
            }
        }
    }

    [Fact]
    public void No_retail_order_is_stranded() =>
        Assert.All(Enumerable.Range(1, 100), seed =>
        {
            var random = new Random(seed);
            var order = new Walk(Retail);
            for (var i = 0; i < 60; i++)
            {
                order.Tell(DecisionProperties.RandomFact(Retail, random));
                Assert.True(
                    DecisionProperties.HasWayOn(Retail, order.Order, 0) && DecisionProperties.HasWayOn(Retail, order.Order, 1), $"{order.At} has no way on.");
            }
        });

    [Fact]
    public void A_decision_allocates_nothing()
    {
        var random = new Random(7);
        var facts = Enumerable.Range(0, 1_000).Select(_ => DecisionProperties.RandomFact(Retail, random)).ToArray();
        var born = new Walk(Retail).Order;
        Run(born, facts, 2);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var last = Run(born, facts, 10);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(10_001, last.Version);
    }

    private static OrderSnapshot Run(OrderSnapshot order, FactArguments[] facts, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            foreach (ref readonly var fact in facts.AsSpan())
            {
                Retail.Decide(order, fact).ApplyTo(ref order);
            }
        }

        return order;
    }
}

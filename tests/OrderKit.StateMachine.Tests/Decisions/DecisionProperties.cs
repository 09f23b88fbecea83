using FsCheck;
using FsCheck.Fluent;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests;

/// <summary>What is true of all models and all facts.</summary>
public sealed class DecisionProperties
{
    private static readonly Arbitrary<ModelPlan> Plans = Arb.From(
        Gen.Choose(0, int.MaxValue - 1).Select(seed => new ModelPlan(seed)),
        plan => Enumerable.Range(0, 16).Where(i => (plan.Without >> i & 1) == 0).Select(i => plan with { Without = plan.Without | 1 << i }));

    [Fact]
    public void Any_facts_keep_all_invariants_and_the_journal_folds_to_the_order() =>
        Prop.ForAll(Plans, Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), (plan, seed) =>
        {
            var model = plan.Compile();
            var order = RandomWalk(model, new Random(seed), 60);

            Assert.Equal(order.Order, OrderSnapshot.Of(order.Rows));
            Assert.Equal(Enumerable.Range(1, order.Rows.Count).Select(i => (long)i), order.Rows.Select(r => r.Version));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void No_order_is_stranded_by_any_facts() =>
        Prop.ForAll(Plans, Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), (plan, seed) =>
        {
            var model = plan.Compile();
            var random = new Random(seed);
            var order = new Walk(model);
            for (var i = 0; i < 60; i++)
            {
                order.Tell(RandomFact(model, random));
                Assert.All(model.Facets, facet => Assert.True(HasWayOn(model, order.Order, facet.Index), $"Facet {facet.Name} of {order.At} has no way on."));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void A_fact_that_moved_an_order_to_where_it_lands_is_already_applied_when_it_is_told_again() =>
        Prop.ForAll(Plans, Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), (plan, seed) =>
        {
            var model = plan.Compile(out var ruled);
            var random = new Random(seed);
            var order = new Walk(model);
            for (var i = 0; i < 60; i++)
            {
                var fact = RandomFact(model, random);
                var trigger = model.Triggers[fact.Trigger];
                var decision = order.Tell(fact);
                if (trigger.Lands == 0 || trigger.HomeFacet < 0 || (decision.MovedFacets >> trigger.HomeFacet & 1) == 0
                    || order.Order.States[trigger.HomeFacet] != trigger.Lands || ruled.Contains((trigger.Name, trigger.Lands)))
                {
                    continue;
                }

                var again = model.Decide(order.Order, fact);
                Assert.Equal(0, again.MovedFacets);
                Assert.True(again.Kind == DecisionKind.AlreadyApplied || again.Reason == DecisionReason.ContradictsOrder, $"{trigger.Name} again is {again}");
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public void Every_combination_of_state_and_fact_has_a_decision()
    {
        long[] figures = [FactArguments.Rest, 0, 7, -3, 1_000_000_000_000];
        var count = 0;
        foreach (var seed in Enumerable.Range(1, 12))
        {
            var model = new ModelPlan(seed).Compile();
            var reported = model.States.Select(s => s.Code).Append(0).Append(4095).Append(-1).ToArray();
            foreach (var order in OrdersOf(model))
            {
                foreach (var trigger in model.Triggers)
                {
                    foreach (var standing in Enum.GetValues<FactStanding>())
                    {
                        for (var flags = 0; flags < 8; flags++)
                        {
                            var figure = figures[count % figures.Length];
                            var fact = new FactArguments(
                                trigger.Index, standing, figure, figures[count / 5 % figures.Length], (uint)(count % 4), reported[count % reported.Length], (FactFlags)flags);
                            Invariants.HoldFor(model, order, fact, model.Decide(order, fact));
                            count++;
                        }
                    }
                }
            }
        }

        Assert.True(count > 50_000, $"Only {count} combinations were tried.");
    }

    [Theory]
    [InlineData(ModelFaults.UnreachableState), InlineData(ModelFaults.DeadEnd), InlineData(ModelFaults.MissingDeadline), InlineData(ModelFaults.AmbiguousEdge)]
    [InlineData(ModelFaults.OpenBranch), InlineData(ModelFaults.BadDeadline), InlineData(ModelFaults.BadProfile), InlineData(ModelFaults.BadRank)]
    [InlineData(ModelFaults.Duplicate), InlineData(ModelFaults.CodeOutOfRange), InlineData(ModelFaults.FactWithoutRule), InlineData(ModelFaults.IdleTrigger)]
    [InlineData(ModelFaults.RevokesNoAnchor), InlineData(ModelFaults.UnknownName), InlineData(ModelFaults.AnchorUndone), InlineData(ModelFaults.NoWayToEnd)]
    public void A_mistake_in_any_model_is_found(string code) =>
        Prop.ForAll(Plans, plan =>
        {
            var faults = plan.FaultsWith((m, facets) => Spoil(code, m, facets[^1]));
            Assert.Equal([code], faults.Select(f => f.Code).Distinct());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    private static void Spoil(string code, OrderModelBuilder m, FacetBuilder facet)
    {
        var first = facet.States[0];
        switch (code)
        {
            case ModelFaults.UnreachableState:
                facet.State(999, "spoilt", "", 5).Resting();
                break;
            case ModelFaults.DeadEnd:
                m.Command("spoil", facet).From(first).To(facet.Aside(999, "spoilt", "").Within(TimeSpan.FromHours(1), "spoil-on"));
                m.Timer("spoil-on").Opens(m.Case("spoilt", "", ""));
                break;
            case ModelFaults.NoWayToEnd:
                var left = facet.Aside(998, "left", "").Within(TimeSpan.FromHours(1), "spoil-on");
                var right = facet.Aside(999, "right", "").Within(TimeSpan.FromHours(1), "spoil-on");
                m.Command("spoil", facet).From(first).To(left);
                m.Timer("spoil-on", facet).From(left).To(right).From(right).To(left);
                break;
            case ModelFaults.MissingDeadline:
                var waits = facet.Aside(999, "spoilt", "");
                m.Command("spoil", facet).From(first).To(waits);
                m.Command("spoil-on", facet).From(waits).To(facet.States.Last(s => s.Rank is not null));
                break;
            case ModelFaults.AmbiguousEdge:
                m.Command("spoil", facet).From(first).Stay().From(first).Stay();
                break;
            case ModelFaults.OpenBranch:
                m.Command("spoil", facet).From(first).Stay("sometimes", static (in DecisionContext _) => true);
                break;
            case ModelFaults.BadDeadline:
                first.Within(TimeSpan.FromHours(1), "nobody");
                break;
            case ModelFaults.BadProfile:
                m.Profile("spoilt", [], []);
                break;
            case ModelFaults.BadRank:
                m.Command("spoil", facet).From(first).To(facet.State(999, "spoilt", "", 251).Resting());
                break;
            case ModelFaults.Duplicate:
                m.Hold("h0", "");
                break;
            case ModelFaults.CodeOutOfRange:
                facet.State(4096, "spoilt", "", 5).Resting();
                break;
            case ModelFaults.FactWithoutRule:
                var aside = facet.Aside(999, "spoilt", "").End();
                m.Fact("spoil", facet).Lands(aside).From(first).To(aside);
                break;
            case ModelFaults.IdleTrigger:
                m.Command("spoil", facet);
                break;
            case ModelFaults.RevokesNoAnchor:
                m.Fact("spoil", facet).Revokes(first);
                break;
            case ModelFaults.UnknownName:
                m.HeadlineFromCases("nobody");
                break;
            default:
                var anchor = facet.State(999, "spoilt", "", 250).Anchor().Resting();
                m.Command("spoil", facet).From(first).To(anchor).From(anchor).To(first);
                break;
        }
    }

    /// <summary>Every pair of states, with no anchor and with all those up to the states.</summary>
    private static IEnumerable<OrderSnapshot> OrdersOf(OrderModel model)
    {
        var born = new Walk(model).Order;
        IEnumerable<StateCodes> all = [default];
        foreach (var facet in model.Facets)
        {
            all = all.SelectMany(codes => model.States.Where(s => s.Facet == facet.Index).Select(s => codes.With(facet.Index, s.Code)));
        }

        var n = 0;
        foreach (var codes in all)
        {
            n++;
            var anchors = model.States.Where(s => s.IsAnchor && (model.StateOf(codes[s.Facet])!.Rank ?? 255) >= s.Rank)
                .Aggregate(0u, (bits, s) => bits | model.AnchorBit(s.Code));
            yield return born with
            {
                States = codes,
                Anchors = anchors,
                Holds = (uint)(n % 4),
                Cases = n % 3 == 0 ? 0 : 7u | BuiltInCases.UnexpectedFactBit,
                Version = n,
                Counters = new OrderCounters(100, n % 2 * 100, 0, 2, n % 3, 0, 0, 0),
            };
        }
    }

    private static Walk RandomWalk(OrderModel model, Random random, int steps)
    {
        var order = new Walk(model);
        for (var i = 0; i < steps; i++)
        {
            order.TellChecked(RandomFact(model, random));
        }

        return order;
    }

    internal static FactArguments RandomFact(OrderModel model, Random random)
    {
        var trigger = model.Triggers[random.Next(model.Triggers.Count)];
        return new FactArguments(
            trigger.Index,
            random.Next(4) == 0 ? (FactStanding)random.Next(3) : trigger.Standing,
            random.Next(3) == 0 ? FactArguments.Rest : random.Next(0, 1500),
            random.Next(3) == 0 ? FactArguments.Rest : random.Next(0, 3),
            (uint)random.Next(1 << Math.Min(model.Holds.Count, 20)),
            random.Next(5) == 0 ? 4095 : model.States[random.Next(model.States.Count)].Code,
            random.Next(3) == 0 ? FactFlags.RevokesKnownFact : random.Next(10) == 0 ? (FactFlags)random.Next(8) : FactFlags.None);
    }

    internal static bool HasWayOn(OrderModel model, OrderSnapshot order, int facet)
    {
        var floor = model.States.Where(s => s.Facet == facet && (order.Anchors & model.AnchorBit(s.Code)) != 0).Max(s => s.Rank) ?? 0;
        var seen = new HashSet<int> { order.States[facet] };
        var open = new Queue<int>(seen);
        while (open.TryDequeue(out var code))
        {
            var state = model.StateOf(code)!;
            if (state.IsEnd || state.IsResting)
            {
                return true;
            }

            foreach (var next in model.Edges.Where(e => e.From == code && (model.StateOf(e.To)!.Rank is not { } rank || rank >= floor)).Select(e => e.To).Where(seen.Add))
            {
                open.Enqueue(next);
            }
        }

        return false;
    }
}

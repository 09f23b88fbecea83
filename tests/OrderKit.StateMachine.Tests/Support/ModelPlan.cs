using System.Text;

namespace OrderKit.StateMachine.Tests;

/// <summary>A random description of a model that is right by construction, and the mistakes that can be made in it.</summary>
/// <param name="Seed">From which everything follows.</param>
/// <param name="Without">Triggers that shrinking left out.</param>
internal sealed record ModelPlan(int Seed, int Without = 0)
{
    private static readonly (string Name, OrderPredicate Holds)[] Conditions =
    [
        ("paid", static (in DecisionContext c) => c.Counter(Counter.Captured) >= c.Counter(Counter.Due)),
        ("packed", static (in DecisionContext c) => c.Counter(Counter.Packed) > 0),
        ("first-moved", static (in DecisionContext c) => c.After[0] != c.Before.States[0]),
        ("held", static (in DecisionContext c) => c.Before.Holds != 0),
        ("small", static (in DecisionContext c) => c.Fact.Amount < 100),
    ];

    public OrderModel Compile() => Compile(out _);

    /// <summary>Compiles the plan and tells for which states each trigger has a rule of its own.</summary>
    public OrderModel Compile(out HashSet<(string Trigger, int State)> ruled)
    {
        HashSet<(string, int)> rules = [];
        var model = OrderModel.Define($"plan-{Seed}", 1, m =>
        {
            Describe(m);
            rules.UnionWith(m.Triggers.SelectMany(t => t.Edges.SelectMany(e => e.Sources).Select(s => (t.Name, s.Code))));
        });
        ruled = rules;
        return model;
    }

    /// <summary>Compiles the plan with a mistake in it.</summary>
    public IReadOnlyList<ModelFault> FaultsWith(Action<OrderModelBuilder, IReadOnlyList<FacetBuilder>> mistake)
    {
        try
        {
            OrderModel.Define($"plan-{Seed}", 1, m => mistake(m, Describe(m)));
            return [];
        }
        catch (OrderModelException error)
        {
            return error.Faults;
        }
    }

    private List<FacetBuilder> Describe(OrderModelBuilder m)
    {
        var random = new Random(Seed);
        var facets = Enumerable.Range(0, random.Next(1, 4)).Select(f => m.Facet($"f{f}")).ToList();
        m.Hold("h0", "").Hold("h1", "");
        var cases = Enumerable.Range(0, 3).Select(i => m.Case($"c{i}", "desk", "")).ToList();
        cases[1].ClosedWhen(Conditions[0].Name, Conditions[0].Holds);
        cases[2].ClosedWhen(Conditions[2].Name, Conditions[2].Holds);
        m.Creation("placed").SetsAmount(Counter.Due).SetsQuantity(Counter.Ordered);
        m.StatusReport("reported");
        m.Fact("hold-placed").PlacesNamedHolds();
        m.Fact("hold-released").ReleasesNamedHolds();
        m.Fact("freed").Releases("h0").Releases("h1", Conditions[1].Name, Conditions[1].Holds);
        var lines = facets.Select(f => DescribeStates(m, f, random)).ToList();
        foreach (var (facet, i) in facets.Select((f, i) => (f, i)))
        {
            var (line, asides) = lines[i];
            DescribeBackbone(m, facet, line, asides);
            var extra = random.Next(2, 7);
            for (var t = 0; t < extra; t++)
            {
                // Random numbers are drawn even for what shrinking leaves out, so that the rest stays as it is.
                var part = new Random(random.Next());
                if ((Without >> (t % 16) & 1) == 0)
                {
                    DescribeTrigger(m, facet, line, asides, lines[(i + 1) % lines.Count].Line, cases, part, $"{facet.Name}-t{t}");
                }
            }
        }

        m.Profile("P", [.. lines.Select(l => l.Line[0])], [.. lines[0].Line.Skip(1)], random.Next(2) == 0 ? ["h0"] : []);
        m.HeadlineFromCases().HeadlineFromHolds().HeadlineFromFacet(facets[0]);
        return facets;
    }

    private static (List<StateBuilder> Line, List<StateBuilder> Asides) DescribeStates(OrderModelBuilder m, FacetBuilder facet, Random random)
    {
        var code = (facet.Index + 1) * 100;
        var line = Enumerable.Range(0, random.Next(2, 6)).Select(i => facet.State(code + i, $"{facet.Name}-s{i}", "", i * 10)).ToList();
        foreach (var state in line.Skip(1).Where(_ => random.Next(2) == 0))
        {
            state.Anchor();
        }

        line[^1].End();
        foreach (var state in line.SkipLast(1))
        {
            _ = random.Next(2) == 0 ? state.Resting() : state.Within(TimeSpan.FromHours(1), $"{facet.Name}-on");
        }

        var asides = Enumerable.Range(0, random.Next(0, 3)).Select(i => facet.Aside(code + 50 + i, $"{facet.Name}-a{i}", "")).ToList();
        foreach (var aside in asides)
        {
            _ = random.Next(2) == 0 ? aside.End() : aside.Within(TimeSpan.FromHours(1), $"{facet.Name}-on");
        }

        return (line, asides);
    }

    // Every state of the line leads to the next, every detour is entered from the first and leads to the last: nobody can be stranded.
    private static void DescribeBackbone(OrderModelBuilder m, FacetBuilder facet, List<StateBuilder> line, List<StateBuilder> asides)
    {
        var on = m.Command($"{facet.Name}-on", facet);
        for (var i = 0; i + 1 < line.Count; i++)
        {
            on.From(line[i]).To(line[i + 1]);
        }

        foreach (var aside in asides)
        {
            m.Command($"{facet.Name}-into-{aside.Code}", facet).From(line[0]).To(aside);
        }

        foreach (var aside in asides.Where(a => !a.IsEnd))
        {
            on.From(aside).To(line[^1]);
        }
    }

    private static void DescribeTrigger(
        OrderModelBuilder m, FacetBuilder facet, List<StateBuilder> line, List<StateBuilder> asides, List<StateBuilder> follower,
        List<CaseBuilder> cases, Random random, string name)
    {
        var all = line.Concat(asides).ToList();
        var trigger = random.Next(3) == 0 ? m.Command(name, facet) : m.Fact(name, facet);
        var revoked = line.Where(s => s.IsAnchor).ToList();
        var revokes = revoked.Count > 0 && random.Next(5) == 0;
        if (revokes)
        {
            trigger.Revokes([.. revoked]);
        }

        foreach (var source in all.Where(_ => random.Next(2) == 0))
        {
            // Ahead on the line, or beside it: never back over an anchor, unless the trigger revokes them all.
            var targets = all.Where(t => t.Facet == source.Facet && t != source
                && (source.Rank is null || t.Rank is null || t.Rank > source.Rank || revokes || !line.Exists(a => a.IsAnchor && a.Rank <= source.Rank && a.Rank > t.Rank))).ToList();
            var target = targets.Count > 0 ? targets[random.Next(targets.Count)] : source;
            var (condition, test) = Conditions[random.Next(Conditions.Length)];
            _ = random.Next(6) switch
            {
                0 => trigger.From(source).Stay(),
                1 => trigger.From(source).Late(),
                2 => trigger.From(source).Contradicts(cases[random.Next(cases.Count)]),
                3 => trigger.From(source).Stay(condition, test).To(target),
                4 => trigger.From(source).To(target, condition, test).Stay(),
                _ => trigger.From(source).To(target),
            };
        }

        if (random.Next(2) == 0)
        {
            trigger.Lands(line[random.Next(line.Count)]);
        }

        if (follower[0].Facet != facet.Index && random.Next(3) == 0)
        {
            var at = random.Next(follower.Count - 1);
            trigger.From(follower[at]).To(follower[at + 1]);
        }

        for (var i = random.Next(3); i > 0; i--)
        {
            var counter = (Counter)random.Next((int)Counter.Returned + 1);
            var (condition, test) = Conditions[random.Next(Conditions.Length)];
            _ = random.Next(6) switch
            {
                0 => trigger.AddsAmount(counter, Counter.Due).KeyedById(),
                1 => trigger.TakesQuantity(counter),
                2 => trigger.SetsAmount(counter),
                3 => trigger.Clears(counter),
                4 => trigger.Clears(counter, condition, test),
                _ => trigger.AddsQuantity(counter, Counter.Ordered),
            };
        }

        if (random.Next(3) == 0)
        {
            trigger.UnlessHeld();
        }

        if (random.Next(4) == 0)
        {
            var (guard, test) = Conditions[random.Next(Conditions.Length)];
            trigger.When($"g-{guard}", test);
        }

        if (random.Next(4) == 0)
        {
            var (condition, test) = Conditions[random.Next(Conditions.Length)];
            trigger.Contradicts(cases[random.Next(cases.Count)], condition, test);
        }

        var holds = random.Next(6);
        if (holds == 0)
        {
            trigger.PlacesNamedHolds();
        }
        else if (holds == 1 || trigger.Edges.Count == 0)
        {
            // A command without any effect would be a fault of its own.
            trigger.Releases("h1");
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder().AppendLine($"plan {Seed} without {Without}:");
        var model = Compile();
        foreach (var state in model.States)
        {
            text.AppendLine($"  {state.Code} rank {state.Rank} anchor {state.IsAnchor} end {state.IsEnd} resting {state.IsResting}");
        }

        foreach (var edge in model.Edges)
        {
            text.AppendLine($"  {edge.Trigger}: {edge.From} -> {edge.To} {edge.Condition}");
        }

        return text.ToString();
    }
}

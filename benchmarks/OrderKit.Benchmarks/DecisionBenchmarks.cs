using System.Runtime.CompilerServices;
using OrderKit.StateMachine;

namespace OrderKit.Benchmarks;

/// <summary>Measures the pure decision beside Stateless and a hand-written switch, which is the limit.</summary>
internal static class DecisionBenchmarks
{
    private const int Operations = 200_000;

    // ORDERKIT_DECISION_ROUNDS makes it shorter during development.
    private static readonly int Rounds = Settings.Number("ORDERKIT_DECISION_ROUNDS", 60);
    private static readonly OrderModel Model = OrderModels.Retail;

    // The life of a parcel, in the usual order of its facts.
    private static readonly string[] Life =
    [
        "captured", "stock-locked", "release", "waybill-assigned", "packed", "outbound", "in-transit", "delivery-claimed",
        "delivery-verified", "finished",
    ];

    private static long _sink;

    public static void Run()
    {
        var placed = Snapshot([]);
        var snapshots = Enumerable.Range(0, Life.Length).Select(i => Snapshot(Life[..i])).ToArray();
        var facts = Life.Select(t => Arguments(t)).ToArray();
        var registry = new OrderModelRegistry([Model]);

        // Stateless decides the goods only. A machine for each parcel is its usual form where the state is stored.
        SideBySide.Print(
            "Decision beside Stateless 5.20.1 (the order in hand, nothing stored)",
            Rounds,
            new("hand-written `switch`, life of a parcel", "limit", Operations, () => HandWritten()),
            new(
                "Decide: life of a parcel, mean of 10 facts",
                "≤ 60 and ≤ 1/10 of Stateless",
                Operations,
                () => DecideLife(snapshots, facts)),
            new(
                "Stateless: one machine that is kept, 10 states in a circle",
                "",
                StatelessDecision.CircleFires,
                StatelessDecision.FireInACircle),
            new(
                "Stateless: a machine for each parcel over an external state, 10 facts",
                "",
                StatelessDecision.LifeFires,
                StatelessDecision.FireThroughLives));

        SideBySide.Print(
            "Pure decision (the order in hand, nothing stored)",
            Rounds,
            new("hand-written `switch`, life of a parcel", "limit", Operations, () => HandWritten()),
            new("Decide: stock locked", "≤ 60", Operations, () => Decide(in placed, Arguments("stock-locked"))),
            new("Decide: packed, with its sum", "≤ 60", Operations, () => Decide(in snapshots[4], facts[4])),
            new("Decide: release, with guards", "≤ 60", Operations, () => Decide(in snapshots[2], facts[2])),
            new("Decide: captured, sums and 7 conditions", "", Operations, () => Decide(in placed, facts[0])),
            new("Decide: life of a parcel, mean of 10 facts", "≤ 60", Operations, () => DecideLife(snapshots, facts)),
            new("Decide: rejected command", "≤ 60", Operations, () => Decide(in placed, Arguments("loss-settled"))),
            new("Decide: already applied", "≤ 60", Operations, () => Decide(in snapshots[2], facts[1])),
            new("bind an order to its model", "≤ 5", Operations, () => Bind(registry, in placed)),
            new("decide and apply, life of a parcel", "≤ 80", Operations, () => DecideAndApply(in placed, facts)));
    }

    private static OrderSnapshot Snapshot(string[] told)
    {
        var order = new OrderSnapshot { Model = Model.Fingerprint };
        foreach (var trigger in (string[])["placed", .. told])
        {
            var fact = Arguments(trigger);
            Model.Decide(in order, in fact).ApplyTo(ref order);
        }

        return order;
    }

    private static FactArguments Arguments(string trigger)
    {
        var info = Model.TriggerNamed(trigger)!;
        return new FactArguments(info.Index, info.Standing, 19_900, 2);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Decide(in OrderSnapshot order, FactArguments fact)
    {
        var sum = 0L;
        for (var i = 0; i < Operations; i++)
        {
            var decision = Model.Decide(in order, in fact);
            sum += decision.MovedFacets;
        }

        _sink += sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DecideLife(OrderSnapshot[] orders, FactArguments[] facts)
    {
        var sum = 0L;
        for (var i = 0; i < Operations; i += facts.Length)
        {
            for (var f = 0; f < facts.Length; f++)
            {
                var decision = Model.Decide(in orders[f], in facts[f]);
                sum += decision.MovedFacets;
            }
        }

        _sink += sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DecideAndApply(in OrderSnapshot placed, FactArguments[] facts)
    {
        var sum = 0L;
        for (var i = 0; i < Operations; i += facts.Length)
        {
            var order = placed;
            for (var f = 0; f < facts.Length; f++)
            {
                var decision = Model.Decide(in order, in facts[f]);
                decision.ApplyTo(ref order);
            }

            sum += order.Version;
        }

        _sink += sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Bind(OrderModelRegistry registry, in OrderSnapshot order)
    {
        var sum = 0L;
        for (var i = 0; i < Operations; i++)
        {
            sum += registry.Find(order.Model)!.Knows(in order) ? 1 : 0;
        }

        _sink += sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void HandWritten()
    {
        var sum = 0L;
        for (var i = 0; i < Operations; i += Life.Length)
        {
            var (pay, goods, captured) = (100, 200, 0L);
            for (var f = 0; f < Life.Length; f++)
            {
                sum += Step(ref pay, ref goods, ref captured, f, 19_900, 19_900) ? 1 : 0;
            }
        }

        _sink += sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Step(ref int pay, ref int goods, ref long captured, int fact, long amount, long due)
    {
        switch (fact)
        {
            case 0:
                captured += amount;
                pay = captured > due ? 109 : captured == due ? 101 : 103;
                return true;
            case 1 when goods is 200 or 210:
                goods = 201;
                return true;
            case 2 when goods is 200 or 201 && pay is 101 or 104 or 105 or 106 or 107:
                goods = 204;
                return true;
            case 3 when goods is 204:
                goods = 203;
                return true;
            case 4 when goods is 201 or 204 or 203:
                goods = 202;
                return true;
            case 5 when goods <= 302:
                goods = 303;
                return true;
            case 6 when goods is 302 or 303 or 307:
                goods = 305;
                return true;
            case 7 when goods is 302 or 303 or 305 or 307:
                goods = 308;
                return true;
            case 8 when goods is 308:
                goods = 309;
                return true;
            case 9 when goods is 309:
                goods = 390;
                return true;
            default:
                return false;
        }
    }
}

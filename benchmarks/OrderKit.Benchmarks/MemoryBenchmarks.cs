using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Benchmarks;

/// <summary>Measures a whole fact on the in-memory store: begin, load, decide, save with journal, outbox and deadline, commit.</summary>
internal static class MemoryBenchmarks
{
    private const int Operations = 10_000;
    private static readonly string[] Life = ["captured", "stock-locked", "waybill-assigned", "packed", "outbound", "in-transit"];

    public static void Run()
    {
        var provider = NewHost();
        var lifecycle = provider.GetRequiredService<OrderLifecycle>();
        var batch = 0;
        OrderFact[] placed = [];
        OrderFact[] facts = [];

        SideBySide.Print(
            "A whole fact in memory: FireAsync with journal, outbox and deadline",
            30,
            new("(store and facts made anew for each round)", "", Operations, () =>
            {
                // With a store that only grows, the garbage collector would be measured.
                provider.Dispose();
                provider = NewHost();
                lifecycle = provider.GetRequiredService<OrderLifecycle>();
                batch++;
                placed = [.. Enumerable.Range(0, Operations / Life.Length).Select(i => Placed(batch, i))];
                facts = [.. placed.SelectMany(p => Life.Select(t => Told(t, p)))];
            }),
            new("FireAsync: a new order", "", Operations / Life.Length, () => Fire(lifecycle, placed)),
            new("FireAsync: six facts of each order", "≤ 2,000", Operations / Life.Length * Life.Length, () => Fire(lifecycle, facts)),
            new("FireAsync: the same facts again", "", Operations / Life.Length * Life.Length, () => Fire(lifecycle, facts)));
        provider.Dispose();

    }

    private static ServiceProvider NewHost() =>
        new ServiceCollection().AddLogging().AddOrderKit().UseInMemory().Services.BuildServiceProvider();

    private static void Fire(OrderLifecycle lifecycle, OrderFact[] facts)
    {
        foreach (var fact in facts)
        {
            lifecycle.FireAsync(fact).GetAwaiter().GetResult();
        }
    }

    private static OrderFact Placed(int batch, int number) => new()
    {
        Trigger = "placed",
        Source = "taobao",
        Id = $"{batch}-{number}",
        Order = OrderKey.For(OrderId.Derive(new ChannelCode("TB"), $"{batch}-{number}")),
        Amount = new Money(19_900, Currency.CNY),
        Quantity = 2,
        OccurredAt = DateTimeOffset.UnixEpoch,
    };

    private static OrderFact Told(string trigger, OrderFact placed) => new()
    {
        Trigger = trigger,
        Source = "simulated",
        Id = trigger,
        Order = placed.Order,
        OccurredAt = DateTimeOffset.UnixEpoch,
    };
}

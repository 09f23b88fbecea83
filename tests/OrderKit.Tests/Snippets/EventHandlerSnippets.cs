using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Messaging;
using OrderKit.StateMachine;

namespace OrderKit.Tests.Snippets;

/// <summary>The code of docs/event-handlers.md.</summary>
public sealed class EventHandlerSnippets
{
    private static readonly OrderKey Order = OrderKey.For(OrderId.Derive(new ChannelCode("TB"), "2026020688213"));

    #region event-handler
    private sealed class ReleaseToWarehouse(Warehouse warehouse) : IOrderEventHandler
    {
        public async Task HandleAsync(OrderEvent orderEvent, CancellationToken cancellationToken)
        {
            if (orderEvent is { Trigger: "captured", Outcome: "applied", Holds: [] })
            {
                // An event may come twice: the warehouse recognises the second request by this key.
                var key = $"{orderEvent.Order.Order}:{orderEvent.Version}";
                await warehouse.RequestAsync(key, orderEvent.Order, cancellationToken);
            }
        }
    }
    #endregion

    [Fact]
    public async Task A_handler_acts_after_the_commit()
    {
        var warehouse = new Warehouse();

        #region event-handler-register
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton(warehouse);
        services.AddOrderKit().AddEventHandler<ReleaseToWarehouse>().UseInMemory();
        #endregion

        await using var provider = services.BuildServiceProvider();
        var orders = provider.GetRequiredService<OrderLifecycle>();
        var price = Money.FromMajor(199m, Currency.CNY);
        await orders.FireAsync(new() { Trigger = "placed", Source = "taobao", Order = Order, Amount = price });
        await orders.FireAsync(new() { Trigger = "captured", Source = "alipay", Order = Order, Evidence = "T-1", Amount = price });
        await provider.GetRequiredService<OutboxPump>().PumpAllAsync();

        Assert.Equal([$"{Order.Order}:2"], warehouse.Keys);
    }

    private sealed class Warehouse
    {
        public List<string> Keys { get; } = [];

        public Task RequestAsync(string key, OrderKey order, CancellationToken cancellationToken)
        {
            Keys.Add(key);
            return Task.CompletedTask;
        }
    }
}

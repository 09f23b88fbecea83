using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.RabbitMq.Tests;

/// <summary>The code that the documentation shows; a test holds the two together.</summary>
public sealed class RabbitMqSnippets
{
    [Fact]
    public void One_host_sends_and_another_one_receives()
    {
        var (shop, warehouse) = (Host.CreateApplicationBuilder(), Host.CreateApplicationBuilder());
        var uri = new Uri("amqp://localhost");

        #region rabbitmq
        // In the shop, whose orders write the outbox:
        shop.Services.AddOrderKit().UseSqlite("Data Source=shop.db")
            .AddRabbitMq(Broker)
            .SendThroughTransport();                          // the destination of a message is its topic: "events" for those of orders

        // In the warehouse, which has an inbox of its own:
        warehouse.Services.AddOrderKit().UseSqlite("Data Source=warehouse.db")
            .AddRabbitMq(Broker)
            .ReceiveFromTransport(o => (o.Topic, o.Consumer) = ("events", "warehouse"))
            .AddInboxHandler<PickingHandler>();

        // The same in both, for the queues are declared by whoever comes first:
        void Broker(RabbitMqOptions o)
        {
            o.Uri = uri;                                      // from a secret: it holds the password
            o.Topics.Add(new RabbitMqTopic("events", QueueCount: 8));
        }
        #endregion

        using var sender = shop.Build();
        using var receiver = warehouse.Build();
        Assert.IsType<TransportSink>(sender.Services.GetRequiredService<IOutboxSink>());
        Assert.Equal("warehouse", receiver.Services.GetRequiredService<IOptions<TransportReceiverOptions>>().Value.Consumer);
    }

    private sealed class PickingHandler : IInboxHandler
    {
        public string Consumer => "warehouse";

        public Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

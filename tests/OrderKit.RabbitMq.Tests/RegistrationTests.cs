using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrderKit.Messaging;

namespace OrderKit.RabbitMq.Tests;

public sealed class RegistrationTests
{
    [Fact]
    public async Task A_host_gets_the_transport_the_sink_and_the_receiver()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().UseInMemory()
            .AddRabbitMq(Good)
            .SendThroughTransport()
            .ReceiveFromTransport(o => (o.Topic, o.Consumer) = ("events", "warehouse"));
        await using var provider = services.BuildServiceProvider();

        Assert.IsType<RabbitMqTransport>(provider.GetRequiredService<ITransport>());
        Assert.IsType<TransportSink>(provider.GetRequiredService<IOutboxSink>());
        Assert.NotNull(provider.GetRequiredService<TransportReceiver>());
        Assert.Equal(32, provider.GetRequiredService<IOptions<OutboxPumpOptions>>().Value.MaxConcurrency);
    }

    [Fact]
    public void A_second_transport_is_refused()
    {
        var builder = new ServiceCollection().AddOrderKit().AddRabbitMq(Good);

        Assert.Throws<InvalidOperationException>(() => builder.AddInProcessTransport(o => o.Topics.Add("events")));
        Assert.Throws<InvalidOperationException>(() => builder.AddRabbitMq(Good));
    }

    [Fact]
    public async Task Wrong_settings_stop_the_host_and_all_of_them_are_named_but_not_the_password()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddOrderKit().UseInMemory().AddRabbitMq(o =>
        {
            o.Uri = new Uri("http://user:hunter2@localhost");
            o.Prefix = "a b";
            o.Prefetch = 0;
            o.DeliveryLimit = 0;
            o.MaxLength = 0;
            o.ConfirmTimeout = TimeSpan.Zero;
            o.ConnectTimeout = TimeSpan.Zero;
            o.Heartbeat = TimeSpan.Zero;
            o.MaxDelay = TimeSpan.Zero;
            o.Topics.Add(new RabbitMqTopic("", 0));
            o.Topics.Add(new RabbitMqTopic("events"));
            o.Topics.Add(new RabbitMqTopic("events.0"));
        });
        using var host = builder.Build();

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        foreach (var setting in new[] { "Uri", "Prefix", "Prefetch", "DeliveryLimit", "MaxLength", "ConfirmTimeout", "ConnectTimeout", "Heartbeat", "MaxDelay", "'' with 0 queues", "'events.0'" })
        {
            Assert.Contains(failure.Failures, fault => fault.Contains(setting, StringComparison.Ordinal));
        }

        Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_transport_made_by_hand_checks_its_settings_too() =>
        Assert.Throws<OptionsValidationException>(() => new RabbitMqTransport(Options.Create(new RabbitMqOptions())));

    [Fact]
    public async Task A_message_that_no_broker_takes_is_refused_as_wrong_and_not_as_a_broker_that_is_down()
    {
        var options = new RabbitMqOptions();
        Good(options);
        await using var transport = new RabbitMqTransport(Options.Create(options));
        var large = Broker.Message("1") with { Body = new byte[(128 * 1024 * 1024) + 1] };

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => transport.PublishAsync(large));

        Assert.False(new OutboxPumpOptions().IsDestinationDown(refused));
        Assert.True(new OutboxPumpOptions().IsDestinationDown(new UnroutableMessageException("events", "")));
    }

    private static void Good(RabbitMqOptions options)
    {
        options.Uri = new Uri("amqp://localhost");
        options.Topics.Add(new RabbitMqTopic("events"));
    }
}

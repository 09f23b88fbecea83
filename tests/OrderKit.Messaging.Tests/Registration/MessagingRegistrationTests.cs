using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.Messaging.Tests;

public sealed class MessagingRegistrationTests
{
    [Fact]
    public async Task Settings_that_cannot_work_stop_the_start_and_are_all_named()
    {
        using var host = NewHost(o =>
        {
            o.BatchSize = 0;
            o.Destination = "";
            o.FirstDelay = TimeSpan.Zero;
        }, out _);

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(3, refusal.Failures.Count());
        Assert.Contains("OutboxPumpOptions.BatchSize is 0; it lies between 1 and 10,000.", refusal.Failures);
    }

    [Theory]
    [InlineData(60, 25, true)]
    [InlineData(60, 26, false)]
    [InlineData(12, 5, true)]
    [InlineData(12, 6, false)]
    public void A_handler_and_the_time_to_end_it_must_fit_into_half_of_the_lease(int lease, int timeout, bool fits)
    {
        var faults = new OptionFaults(nameof(InboxPumpOptions));
        new InboxPumpOptions { Lease = TimeSpan.FromSeconds(lease), HandlerTimeout = TimeSpan.FromSeconds(timeout) }.Validate(faults);

        Assert.Equal(fits, faults.Result.Succeeded);
    }

    [Fact]
    public void The_defaults_of_both_pumps_are_valid()
    {
        var faults = new OptionFaults("");
        new InboxPumpOptions().Validate(faults);
        new OutboxPumpOptions().Validate(faults);

        Assert.True(faults.Result.Succeeded);
    }

    [Fact]
    public async Task A_host_pumps_by_itself()
    {
        var handled = new TaskCompletionSource<OrderEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        Handler.OnEvent = told => handled.TrySetResult(told);
        using var host = NewHost(null, out var post);
        using (post)
        {
            await post.WriteAsync(Post.Event("A", 1));
            await host.StartAsync();

            Assert.Equal("A", (await handled.Task.WaitAsync(TimeSpan.FromSeconds(60))).Source);
            await host.StopAsync();
        }
    }

    [Fact]
    public async Task A_process_without_handlers_leaves_the_events_to_those_that_have_some()
    {
        using var host = NewHost(null, out var post, handles: false);
        using (post)
        {
            await post.WriteAsync(Post.Event("A", 1));
            await host.StartAsync();
            await host.StopAsync();

            Assert.Equal(1, await post.WaitingAsync());
        }
    }

    [Fact]
    public async Task A_program_without_a_host_pumps_when_it_wants()
    {
        using var post = new Post();
        var services = new ServiceCollection();
        post.AddTo(services);
        services.AddSingleton<IOrderEventHandler>(post);
        services.AddOrderKitCore().AddMessaging().AddMessaging();
        using var provider = services.BuildServiceProvider();
        await post.WriteAsync(Post.Event("A", 1));

        Assert.Equal(new PumpResult(1, 0), await provider.GetRequiredService<OutboxPump>().PumpOnceAsync());
        Assert.Single(provider.GetServices<OutboxPump>());
    }

    [Fact]
    public void Without_a_store_the_pump_says_what_to_call()
    {
        using var provider = new ServiceCollection().AddOrderKitCore().AddMessaging().Services.BuildServiceProvider();

        Assert.Contains("UseSqlite", Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<OutboxPump>()).Message, StringComparison.Ordinal);
    }

    private static IHost NewHost(Action<OutboxPumpOptions>? configure, out Post post, bool handles = true)
    {
        post = new Post();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        post.AddTo(builder.Services);
        var orderKit = builder.Services.AddOrderKitCore().AddMessaging().AddOutbox(configure).ChooseStore("a test");
        if (handles)
        {
            orderKit.AddEventHandler<Handler>();
        }

        return builder.Build();
    }

    private sealed class Handler : IOrderEventHandler
    {
        public static Action<OrderEvent>? OnEvent { get; set; }

        public Task HandleAsync(OrderEvent orderEvent, CancellationToken cancellationToken)
        {
            OnEvent?.Invoke(orderEvent);
            return Task.CompletedTask;
        }
    }
}

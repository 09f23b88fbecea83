using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.Messaging.Tests;

public sealed class InboxRegistrationTests
{
    [Fact]
    public async Task Settings_that_cannot_work_stop_the_start_and_are_all_named()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddOrderKit().UseInMemory().AddInbox(o =>
        {
            o.BatchSize = 10_001;
            o.MaxAttempts = 0;
            o.Retention = TimeSpan.Zero;
            o.FirstDelay = TimeSpan.FromHours(2);
        });
        using var host = builder.Build();

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(
            [
                "InboxPumpOptions.BatchSize is 10001; it lies between 1 and 10,000.",
                "InboxPumpOptions.MaxDelay is 01:00:00; it is at least FirstDelay, 02:00:00.",
                "InboxPumpOptions.MaxAttempts is 0; it is at least 1.",
                "InboxPumpOptions.Retention is 00:00:00; it must be longer than nothing.",
            ],
            refusal.Failures);
    }

    [Fact]
    public async Task A_verdict_on_fewer_samples_than_it_needs_stops_the_start()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddOrderKit().UseInMemory().AddLagMonitor(o => o.Window = 2);
        using var host = builder.Build();

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(["LagOptions.Window is 2; it lies between 3 and 1,000."], refusal.Failures);
    }

    [Fact]
    public async Task What_is_forgotten_before_its_sender_gives_up_stops_the_start()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddOrderKit().UseInMemory().AddInbox(o => o.RedeliveryHorizon = o.Retention);
        using var host = builder.Build();

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("would take effect a second time", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_handles_its_inbox_by_itself()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        var handled = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        builder.Services.AddSingleton(handled);
        builder.Services.AddOrderKit().AddInboxHandler<Handler>().AddInboxHandler<Handler>().UseInMemory();
        using var host = builder.Build();
        await host.Services.GetRequiredService<Inbox>().AcceptAsync([new InboxMessage("m", "payments", TenantId.Default, "A", "test", default)]);

        await host.StartAsync();
        Assert.Equal("m", await handled.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        await host.StopAsync();
    }

    [Fact]
    public async Task What_is_over_is_deleted_also_where_the_inbox_is_never_empty()
    {
        var clock = new FakeTimeProvider(Post.Noon);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddOrderKit().AddInboxHandler<Endless>()
            .AddInbox(static o =>
            {
                // The clock leaps while a handler runs.
                (o.Lease, o.HandlerTimeout) = (TimeSpan.FromDays(81), TimeSpan.FromDays(40));
                (o.MaxAge, o.MaxAttempts, o.FailuresToBreak) = (TimeSpan.FromDays(1_000_000), int.MaxValue, int.MaxValue);
            }).UseInMemory();
        using var host = builder.Build();
        var (inbox, first) = (host.Services.GetRequiredService<Inbox>(), new InboxMessage("0", "endless", TenantId.Default, "A", "test", default));
        Assert.Equal([InboxReceipt.Accepted], await inbox.AcceptAsync([first]));

        await host.StartAsync();
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await inbox.AcceptAsync([first], late.Token))[0] == InboxReceipt.Duplicate)
        {
            // Past the retention and the cleaning interval, whichever of the two the loops wait for by now.
            clock.Advance(TimeSpan.FromDays(1));
            await Task.Yield();
        }

        await host.StopAsync();
    }

    [Fact]
    public async Task What_is_watched_is_what_this_process_handles_or_what_the_host_names()
    {
        Assert.Equal([(MessageFlow.Outbox, "events"), (MessageFlow.Inbox, "payments")], await WatchedAsync(_ => { }));
        Assert.Equal([(MessageFlow.Outbox, "erp"), (MessageFlow.Inbox, "parcels")], await WatchedAsync(o =>
        {
            o.Destinations.Add("erp");
            o.Consumers.Add("parcels");
        }));
    }

    private static async Task<IEnumerable<(MessageFlow, string)>> WatchedAsync(Action<LagOptions> configure)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton(new TaskCompletionSource<string>());
        services.AddOrderKit().AddInboxHandler<Handler>().AddLagMonitor(configure).UseInMemory();
        await using var provider = services.BuildServiceProvider();
        return [.. (await provider.GetRequiredService<LagMonitor>().SampleAsync()).Select(snapshot => (snapshot.Flow, snapshot.Name))];
    }

    private sealed class Handler(TaskCompletionSource<string> handled) : IInboxHandler
    {
        public string Consumer => "payments";

        public Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
        {
            handled.TrySetResult(delivery.Message.MessageId);
            return Task.CompletedTask;
        }
    }

    /// <summary>Has something to do whenever it has done something.</summary>
    private sealed class Endless(Inbox inbox) : IInboxHandler
    {
        public string Consumer => "endless";

        public async Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
        {
            await inbox.AcceptAsync(unitOfWork, [delivery.Message with { MessageId = delivery.MessageId + "+" }], cancellationToken);
            await Task.Yield();
        }
    }
}

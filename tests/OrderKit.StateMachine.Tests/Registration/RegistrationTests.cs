using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit.Core.Storage;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests;

/// <summary>What a host is told when it forgot something, and what works without a host.</summary>
public sealed class RegistrationTests
{
    private const string NoStore = "OrderKit has no store. Call UseSqlite(...), UsePostgreSql(...) or, for tests, UseInMemory() after AddOrderKit().";

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task A_host_without_a_store_does_not_start_and_is_told_what_to_call(string environment)
    {
        var builder = NewHost(environment);
        builder.Services.AddOrderKitCore().AddStateMachine();
        using var host = builder.Build();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Equal(NoStore, refusal.Message);
    }

    [Fact]
    public void A_program_without_a_host_is_told_the_same()
    {
        using var provider = new ServiceCollection().AddOrderKitCore().AddStateMachine().Services.BuildServiceProvider();

        Assert.Equal(NoStore, Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<OrderLifecycle>()).Message);
    }

    [Fact]
    public void A_second_store_is_refused()
    {
        var builder = new ServiceCollection().AddOrderKitCore().AddStateMachine().UseInMemory();

        var refusal = Assert.Throws<InvalidOperationException>(() => builder.UseInMemory());

        Assert.Equal("UseInMemory was called although UseInMemory chose the store already. Choose one store.", refusal.Message);
    }

    [Fact]
    public async Task Adding_it_twice_is_as_adding_it_once()
    {
        var builder = NewHost();
        builder.Services.AddOrderKitCore().AddStateMachine(o => o.MaxAttempts = 5);
        builder.Services.AddOrderKitCore().AddStateMachine(o => o.MaxBatch = 7).UseInMemory();
        using var host = builder.Build();
        await host.StartAsync();

        var options = host.Services.GetRequiredService<IOptions<OrderLifecycleOptions>>().Value;
        Assert.Equal((5, 7), (options.MaxAttempts, options.MaxBatch));
        Assert.Single(host.Services.GetServices<OrderLifecycle>());
        Assert.Single(host.Services.GetServices<IHostedService>(), static service =>
            service.GetType().GenericTypeArguments is [var worker] && worker == typeof(DeadlineRunner));
        await host.StopAsync();
    }

    [Fact]
    public async Task Settings_that_cannot_work_stop_the_start_and_are_all_named()
    {
        var builder = NewHost();
        builder.Services.AddOrderKitCore().AddStateMachine(o =>
        {
            o.MaxAttempts = 0;
            o.MaxBatch = -1;
            o.EventDestination = " ";
            o.Models.Add(OrderModels.Retail);
            o.Models.Add(OrderModels.Retail);
        }).UseInMemory();
        using var host = builder.Build();

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(4, refusal.Failures.Count());
        Assert.Contains("OrderLifecycleOptions.MaxAttempts is 0; it lies between 1 and 20.", refusal.Failures);
    }

    [Fact]
    public async Task A_host_whose_model_moves_money_without_a_key_does_not_start_and_is_told_which()
    {
        var builder = NewHost();
        builder.Services.AddOrderKitCore().AddStateMachine(o => o.Models.Add(Tiny.With((m, _) =>
        {
            m.Fact("tip").AddsAmount(Counter.Captured, Counter.Due);
            m.Fact("tip-returned").AddsAmount(Counter.Refunded, Counter.Captured);
        }))).UseInMemory();
        using var host = builder.Build();

        var refusal = await Assert.ThrowsAsync<OrderModelException>(() => host.StartAsync());

        Assert.Equal(["tip", "tip-returned"], refusal.Faults.Select(f => f.Subject));
        Assert.Contains("The order model 'tiny' has 2 fault(s)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("KeyedBy(ReferenceKind.Payment)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_deadlines_are_checked_too()
    {
        var builder = NewHost();
        builder.Services.AddOrderKitCore().AddStateMachine().UseInMemory();
        builder.Services.Configure<DeadlineOptions>(o => o.Lease = TimeSpan.Zero);
        using var host = builder.Build();

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal("DeadlineOptions.Lease is 00:00:00; it must be longer than nothing.", refusal.Message);
    }

    [Fact]
    public async Task A_probe_has_at_most_half_of_the_lease()
    {
        var builder = NewHost();
        builder.Services.AddOrderKitCore().AddStateMachine().AddDeadlines(o => o.Lease = TimeSpan.FromSeconds(30)).UseInMemory();
        using var host = builder.Build();

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(
            "DeadlineOptions.ProbeTimeout is 00:00:20; it is at most half of Lease, which is 00:00:30. Raise Lease.", refusal.Message);
    }

    [Fact]
    public async Task Settings_of_seals_are_checked_too()
    {
        var builder = NewHost();
        builder.Services.AddOrderKitCore().AddStateMachine().UseInMemory();
        builder.Services.Configure<JournalSealingOptions>(o => o.BatchSize = 0);
        using var host = builder.Build();

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal("JournalSealingOptions.BatchSize is 0; it lies between 1 and 100,000.", refusal.Message);
    }

    [Fact]
    public void A_store_that_the_host_registered_itself_is_kept()
    {
        using var database = new InMemoryDatabase();
        var outbox = new InMemoryOutboxStore(database);
        var mine = new RivalStore(new InMemoryOrderStore(database, outbox, new InMemoryCaseStore(database)));
        var services = new ServiceCollection();
        services.AddSingleton<IOrderStore>(mine);
        services.AddOrderKitCore().AddStateMachine().UseInMemory();
        using var provider = services.BuildServiceProvider();

        Assert.Same(mine, provider.GetRequiredService<IOrderStore>());
    }

    [Fact]
    public async Task Everything_works_without_a_host()
    {
        var clock = new FakeTimeProvider(Shop.Noon);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<IDeadlineProbe>(new TestProbe(_ => new ProbeAnswer.Proceed()));
        services.AddOrderKitCore().AddStateMachine().UseInMemory();
        using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<OrderLifecycle>().FireAsync(Shop.Placed());
        clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(1, await provider.GetRequiredService<DeadlineRunner>().RunDueAsync());
        Assert.Equal(2, await provider.GetRequiredService<JournalSealer>().SealOnceAsync());
        Assert.True((await provider.GetRequiredService<JournalVerifier>().VerifyAsync()).IsIntact);
        Assert.Equal("290", (await provider.GetRequiredService<OrderQueries>().GetAsync(Shop.Key("A")))!.Headline!.Code);
    }

    [Fact]
    public async Task A_probe_is_asked_in_a_scope_of_its_own()
    {
        var clock = new FakeTimeProvider(Shop.Noon);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        services.AddScoped<Visit>();
        services.AddSingleton(new List<Visit>());
        services.AddOrderKitCore().AddStateMachine().AddDeadlineProbe<VisitingProbe>().AddDeadlineProbe<VisitingProbe>().UseInMemory();
        using var provider = services.BuildServiceProvider(validateScopes: true);
        await provider.GetRequiredService<OrderLifecycle>().FireManyAsync([Shop.Placed("A"), Shop.Placed("B")]);
        clock.Advance(TimeSpan.FromMinutes(31));

        Assert.Equal(2, await provider.GetRequiredService<DeadlineRunner>().RunDueAsync());

        var visits = provider.GetRequiredService<List<Visit>>();
        Assert.Equal(2, visits.Distinct().Count());
        Assert.All(visits, visit => Assert.Equal(1, visit.Ended));
    }

    [Fact]
    public async Task A_host_finds_passed_deadlines_by_itself_at_the_next_scan()
    {
        var clock = new FakeTimeProvider(Shop.Noon);
        var builder = NewHost();
        builder.Services.AddSingleton<TimeProvider>(clock);
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        builder.Services.AddSingleton<IDeadlineProbe>(new TestProbe(_ =>
        {
            fired.TrySetResult();
            return new ProbeAnswer.Proceed();
        }));
        builder.Services.AddOrderKitCore().AddStateMachine().UseInMemory();
        using var host = builder.Build();
        await host.Services.GetRequiredService<OrderLifecycle>().FireAsync(Shop.Placed());
        clock.Advance(TimeSpan.FromMinutes(31));
        await host.StartAsync();

        await fired.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await host.StopAsync();
    }

    /// <summary>What a DbContext would be: one for each question, disposed after it.</summary>
    private sealed class Visit : IDisposable
    {
        public int Ended { get; private set; }

        public void Dispose() => Ended++;
    }

    private sealed class VisitingProbe(Visit visit, List<Visit> visits) : IDeadlineProbe
    {
        public string Name => "payment-close";

        public Task<ProbeAnswer> AskAsync(DueDeadline deadline, CancellationToken cancellationToken)
        {
            lock (visits)
            {
                Assert.Equal(0, visit.Ended);
                visits.Add(visit);
            }

            return Task.FromResult<ProbeAnswer>(new ProbeAnswer.Proceed());
        }
    }

    private static HostApplicationBuilder NewHost(string environment = "Production")
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        return builder;
    }
}

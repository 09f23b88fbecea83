using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging.Tests;

/// <summary>A host in memory that wants alerts, with sinks that note what they are told.</summary>
internal sealed class Desk : IDisposable
{
    private readonly ServiceProvider _services;

    public Desk(Action<AlertOptions>? configure = null, bool isTold = true, params NotingSink[] sinks)
    {
        Sinks = sinks.Length == 0 ? [new NotingSink("one")] : sinks;
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<TimeProvider>(Clock);
        foreach (var sink in isTold ? Sinks : [])
        {
            services.AddSingleton<IAlertSink>(sink);
        }

        // Before the store is chosen, to show that the order does not matter.
        services.AddSingleton<IOutboxSink>(new TransportSink(new InProcessTransport(Options.Create(new InProcessTransportOptions()))));
        var builder = services.AddOrderKit().AddOutbox(options => options.MaxAttempts = 1);
        if (isTold)
        {
            builder.AddAlerts(alerts => alerts.Configure(options =>
            {
                options.RunInBackground = false;
                configure?.Invoke(options);
            }));
        }

        builder.UseInMemory();
        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Clock { get; } = new(Post.Noon);

    public NotingSink[] Sinks { get; }

    public IReadOnlyList<Alert> Told => Sinks[0].Told;

    public IServiceProvider Services => _services;

    public AlertPump Pump => _services.GetRequiredService<AlertPump>();

    public AlertNotices Notices => _services.GetRequiredService<AlertNotices>();

    public IOutboxStore Outbox => _services.GetRequiredService<IOutboxStore>();

    /// <summary>A pump of another process at the same store.</summary>
    public AlertPump AnotherPump(params IAlertSink[] sinks) => new(
        Outbox, _services.GetRequiredService<IDeadLetterStore>(), _services.GetRequiredService<IDeliveryPauseStore>(), _services.GetRequiredService<ILeaseStore>(),
        _services.GetRequiredService<IUnitOfWorkFactory>(), new ScopedServices<IAlertSink>(sinks), _services.GetRequiredService<IOptions<AlertOptions>>(), null, Clock);

    public ValueTask<UnitOfWork> BeginAsync() => _services.GetRequiredService<IUnitOfWorkFactory>().BeginAsync();

    public async Task TellAsync(string reason = "TimeoutException", int count = 1, string source = "outbox events", TenantId? tenant = null)
    {
        await using var unit = await BeginAsync();
        var notices = Enumerable.Range(1, count).Select(number => new AlertNotice(tenant ?? TenantId.Default, AlertKinds.DeadLetter, source, reason, $"m-{number}").ToMessage());
        await Outbox.AppendAsync(unit, [.. notices]);
        await unit.CommitAsync();
    }

    /// <summary>Moves the clock past the time of gathering and pumps.</summary>
    public async Task PumpAsync(TimeSpan? after = null)
    {
        await Pump.PumpOnceAsync();
        Clock.Advance(after ?? TimeSpan.FromSeconds(10));
        await Pump.PumpOnceAsync();
        await Pump.PumpOnceAsync();
    }

    public void Dispose() => _services.Dispose();
}

/// <summary>A sink that notes what it is told, and fails as often as it is asked to.</summary>
internal sealed class NotingSink(string name) : IAlertSink
{
    private readonly List<Alert> _told = [];

    public string Name => name;

    public IReadOnlyList<Alert> Told => _told;

    public Func<Alert, Task>? OnAlert { get; set; }

    public async Task SendAsync(Alert alert, CancellationToken cancellationToken)
    {
        if (OnAlert is { } act)
        {
            await act(alert);
        }

        lock (_told)
        {
            _told.Add(alert);
        }
    }
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging;

/// <summary>Folds notices into alerts and sends them: at least once to each sink, under the same id.</summary>
/// <remarks>
/// Safe for several threads and machines. Each sink has its own queue with its own retries. A sink that fails for longer than a day
/// leaves a dead letter; no alert is sent about that one.
/// </remarks>
public sealed class AlertPump
{
    private readonly AlertGatherer _gatherer;
    private readonly OutboxPump[] _pumps;

    /// <summary>Creates the pump. Hosts with a container get it from there.</summary>
    public AlertPump(
        IOutboxStore outbox,
        IDeadLetterStore letters,
        IDeliveryPauseStore pauses,
        ILeaseStore leases,
        IUnitOfWorkFactory units,
        ScopedServices<IAlertSink> sinks,
        IOptions<AlertOptions>? options = null,
        ILoggerFactory? loggers = null,
        TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(sinks);
        if (sinks.All.Count == 0)
        {
            throw new ArgumentException("There is no sink for alerts. Add one, such as ToLog().", nameof(sinks));
        }

        var names = sinks.All.Select(static sink => sink.Read(static s => s.Name)).ToArray();
        if (names.CountBy(static name => name, StringComparer.Ordinal).FirstOrDefault(static same => same.Value > 1).Key is { } twice)
        {
            throw new ArgumentException(
                $"Two alert sinks are named '{twice}'. Give each sink a name of its own: it names the queue.", nameof(sinks));
        }

        var settings = options?.Value ?? new AlertOptions();
        loggers ??= Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance;
        _gatherer = new AlertGatherer(outbox, leases, units, names, settings, loggers.CreateLogger<AlertPump>());
        var log = loggers.CreateLogger<OutboxPump>();
        _pumps =
        [
            .. sinks.All.Zip(names, (sink, name) => new OutboxPump(
                outbox,
                letters,
                pauses,
                units,
                new ScopedService<IOutboxSink>(new AlertDelivery(sink)),
                Options.Create(SettingsOf(name, settings)),
                log,
                timeProvider)),
        ];
    }

    /// <summary>Folds notices once and sends what is due to each sink. A sink that fails or hangs does not delay the others.</summary>
    public async Task<PumpResult> PumpOnceAsync(CancellationToken cancellationToken = default)
    {
        await GatherAsync(cancellationToken).ConfigureAwait(false);
        var results = await Task.WhenAll(_pumps.Select(pump => Task.Run(() => pump.PumpAllAsync(cancellationToken)))).ConfigureAwait(false);
        return results.Aggregate(static (total, one) => total.Plus(one));
    }

    internal IReadOnlyList<OutboxPump> Pumps => _pumps;

    internal Task<int> GatherAsync(CancellationToken cancellationToken) => _gatherer.GatherAsync(cancellationToken);

    private static OutboxPumpOptions SettingsOf(string sink, AlertOptions settings)
    {
        var pump = new OutboxPumpOptions
        {
            Destination = $"{AlertNotice.Destination}.{sink}", Lease = settings.Lease, BatchSize = 10,
        };
        pump.HandlerTimeout = pump.MaxHandlerTimeout;

        // Whatever a sink throws, the next alert would fail the same way.
        pump.IsDestinationDown = static _ => true;
        return pump;
    }
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging;

/// <summary>Gathers what happened, and tells it: at least once to each sink, under the same id, and seldom enough to be read.</summary>
/// <remarks>
/// Safe for several threads and machines. Each sink has its own queue with its own pauses; a sink that fails for longer than a day leaves a
/// dead letter, of which no alert is made.
/// </remarks>
public sealed class AlertPump
{
    private readonly AlertGatherer _gatherer;
    private readonly OutboxPump[] _pumps;

    /// <summary>Makes the pump; hosts with a container get it from there.</summary>
    public AlertPump(
        IOutboxStore outbox, IDeadLetterStore letters, IDeliveryPauseStore pauses, ILeaseStore leases, IUnitOfWorkFactory units, IEnumerable<IAlertSink> sinks,
        IOptions<AlertOptions>? options = null, ILoggerFactory? loggers = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(sinks);
        var all = sinks.ToArray();
        if (all.Length == 0)
        {
            throw new ArgumentException("Nobody is told. Name a sink, such as ToLog().", nameof(sinks));
        }

        if (all.GroupBy(static sink => sink.Name, StringComparer.Ordinal).FirstOrDefault(static same => same.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two sinks are named '{twice.Key}'. Give each a name of its own: it names its queue.", nameof(sinks));
        }

        var settings = options?.Value ?? new AlertOptions();
        loggers ??= Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance;
        _gatherer = new AlertGatherer(outbox, leases, units, [.. all.Select(static sink => sink.Name)], settings, loggers.CreateLogger<AlertPump>());
        _pumps =
        [
            .. all.Select(sink => new OutboxPump(
                outbox, letters, pauses, units, new ScopedService<IOutboxSink>(new AlertDelivery(sink)), Options.Create(SettingsOf(sink, settings)), loggers.CreateLogger<OutboxPump>(), timeProvider)),
        ];
    }

    /// <summary>Gathers once, and tells each sink what waits for it; one that fails or hangs does not keep the others from being told.</summary>
    public async Task<PumpResult> PumpOnceAsync(CancellationToken cancellationToken = default)
    {
        await GatherAsync(cancellationToken).ConfigureAwait(false);
        var results = await Task.WhenAll(_pumps.Select(pump => pump.PumpAllAsync(cancellationToken))).ConfigureAwait(false);
        return results.Aggregate(static (total, one) => total.Plus(one));
    }

    internal IReadOnlyList<OutboxPump> Pumps => _pumps;

    internal Task<int> GatherAsync(CancellationToken cancellationToken) => _gatherer.GatherAsync(cancellationToken);

    private static OutboxPumpOptions SettingsOf(IAlertSink sink, AlertOptions settings)
    {
        var pump = new OutboxPumpOptions { Destination = $"{AlertNotice.Destination}.{sink.Name}", Lease = settings.Lease, HandlerTimeout = settings.Lease / 2, BatchSize = 10 };

        // Whatever a sink throws, the next alert would meet it too.
        pump.IsDestinationDown = static _ => true;
        return pump;
    }
}

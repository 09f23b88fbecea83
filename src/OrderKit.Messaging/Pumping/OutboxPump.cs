using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging;

/// <summary>Delivers the outbox: at least once, and in order for one lane.</summary>
/// <remarks>
/// Safe for several threads and machines: messages are leased. A message that fails is retried after a delay with full jitter, which is
/// stored with it. It holds back only the later messages of its own lane.
/// </remarks>
public sealed partial class OutboxPump
{
    private static readonly Counter<long> Deliveries = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.DeliveriesCounterName, "{message}", "Deliveries of the outbox.");

    private readonly IOutboxStore _store;
    private readonly PumpContext _context;
    private readonly Pump<OutboxDelivery> _pump;

    /// <summary>Creates the pump. Hosts with a container get it from there.</summary>
    public OutboxPump(
        IOutboxStore store,
        IDeadLetterStore letters,
        IDeliveryPauseStore pauses,
        IUnitOfWorkFactory units,
        ScopedService<IOutboxSink> sink,
        IOptions<OutboxPumpOptions>? options = null,
        ILogger<OutboxPump>? logger = null,
        TimeProvider? timeProvider = null,
        AlertNotices? notices = null)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _store = store ?? throw new ArgumentNullException(nameof(store));
        var settings = options?.Value ?? new OutboxPumpOptions();
        _context = new PumpContext(letters, pauses, units, timeProvider, notices, logger ?? NullLogger<OutboxPump>.Instance);
        _pump = new(_context, store, MessageFlow.Outbox, settings.Destination, settings, Deliveries)
        {
            Done = "delivered",
            HandOver = (deliveries, cancellationToken) => _context.ActAsync(
                sink, service => DeliverAsync(service, deliveries[0], settings, cancellationToken)),
            Complete = delivered => store.CompleteAsync(delivered, CancellationToken.None).AsTask(),
        };
    }

    /// <summary>Set when there may be something to deliver.</summary>
    internal WakeUp Written => _store.Written;

    internal void LogNoHandlers() => LogNoHandlers(_context.Logger);

    /// <summary>Claims one batch and delivers it; nothing while the destination is paused or its circuit breaker is open.</summary>
    /// <returns>How many messages were delivered, failed, and became dead letters.</returns>
    public Task<PumpResult> PumpOnceAsync(CancellationToken cancellationToken = default) => _pump.PumpOnceAsync(cancellationToken);

    /// <summary>Pumps until nothing is due.</summary>
    public Task<PumpResult> PumpAllAsync(CancellationToken cancellationToken = default) => _pump.PumpAllAsync(cancellationToken);

    private async Task<Exception?> DeliverAsync(
        IOutboxSink sink, OutboxDelivery delivery, PumpOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await _context.RunAsync(token => sink.DeliverAsync(delivery, token), options, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return e;
        }
    }

    [LoggerMessage(2003, LogLevel.Information, "No IOrderEventHandler is registered, so this process leaves the outbox to others.")]
    private static partial void LogNoHandlers(ILogger logger);
}

using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging;

/// <summary>Handles the inbox: each message takes effect once, and in order for one lane.</summary>
/// <remarks>
/// The effect and the mark that the message is done are one transaction, so a crash leaves both or none. Messages of several lanes share
/// one; if that fails, each takes effect or fails by itself. Safe for several threads and machines: messages are leased, and one that was
/// taken over cannot be marked by who had it before. A message that fails is retried after a delay with full jitter, and holds back only
/// the later messages of its own lane. Consumers do not wait for each other.
/// </remarks>
public sealed class InboxPump
{
    private static readonly Counter<long> Handled = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.HandledCounterName, "{message}", "Messages of the inbox that were handled.");

    private readonly IInboxStore _store;
    private readonly InboxPumpOptions _options;
    private readonly PumpContext _context;
    private readonly Pump<InboxDelivery>[] _pumps;

    /// <summary>Creates the pump. Hosts with a container get it from there.</summary>
    /// <exception cref="ArgumentException">Two handlers have the same consumer.</exception>
    public InboxPump(
        IInboxStore store,
        IDeadLetterStore letters,
        IDeliveryPauseStore pauses,
        IUnitOfWorkFactory units,
        ScopedServices<IInboxHandler> handlers,
        IOptions<InboxPumpOptions>? options = null,
        ILogger<InboxPump>? logger = null,
        TimeProvider? timeProvider = null,
        AlertNotices? notices = null)
    {
        ArgumentNullException.ThrowIfNull(handlers);
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _options = options?.Value ?? new InboxPumpOptions();
        _context = new PumpContext(letters, pauses, units, timeProvider, notices, logger ?? NullLogger<InboxPump>.Instance);
        var all = handlers.All
            .Select(static service => service.Read(handler => (handler.Consumer, handler.GetType().Name, Service: service))).ToArray();
        if (all.GroupBy(static handler => handler.Consumer, StringComparer.Ordinal)
            .FirstOrDefault(static group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException(
                $"The consumer '{twice.Key}' has the handlers {string.Join(", ", twice.Select(static handler => handler.Name))}. "
                + "A message is handled once, by one handler: give each handler its own consumer.",
                nameof(handlers));
        }

        _pumps = Array.ConvertAll(all, handler => PumpOf(handler.Consumer, handler.Service));
    }

    /// <summary>The pump of each consumer.</summary>
    internal IReadOnlyList<Pump<InboxDelivery>> Pumps => _pumps;

    /// <summary>Set when there may be something to handle.</summary>
    internal WakeUp Written => _store.Written;

    /// <summary>Claims and handles one batch for each consumer, except those that are paused or have an open circuit breaker.</summary>
    /// <returns>How many messages were handled, failed, and became dead letters.</returns>
    public Task<PumpResult> PumpOnceAsync(CancellationToken cancellationToken = default) =>
        TogetherAsync(pump => pump.PumpOnceAsync(cancellationToken));

    /// <summary>Pumps until nothing is due.</summary>
    public Task<PumpResult> PumpAllAsync(CancellationToken cancellationToken = default) =>
        TogetherAsync(pump => pump.PumpAllAsync(cancellationToken));

    private async Task<PumpResult> TogetherAsync(Func<Pump<InboxDelivery>, Task<PumpResult>> act)
    {
        // Each on a thread of its own: on SQLite a pump may run for long before it first waits.
        var results = await Task.WhenAll(_pumps.Select(pump => Task.Run(() => act(pump)))).ConfigureAwait(false);
        return results.Aggregate(default(PumpResult), static (total, one) => total.Plus(one));
    }

    private Pump<InboxDelivery> PumpOf(string consumer, ScopedService<IInboxHandler> handler) =>
        new(_context, _store, MessageFlow.Inbox, consumer, _options, Handled)
        {
            Done = "handled",
            Together = new Pace(1, _options.MessagesPerTransaction, _options.TransactionTime),
            HandOver = (deliveries, cancellationToken) => _context.ActAsync(
                handler, service => TakeEffectAsync(service, deliveries, cancellationToken)),
        };

    private async Task<Exception?> TakeEffectAsync(IInboxHandler handler, InboxDelivery[] deliveries, CancellationToken cancellationToken)
    {
        // If no transaction can be begun, no message is at fault.
        var unit = await _context.Units.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            try
            {
                // Before the effects: the rows are locked from here on, so no other pump takes them over.
                await _store.CompleteAsync(unit, deliveries, _options.Retention, cancellationToken).ConfigureAwait(false);
                unit.IsLent = true;
                await _context.RunAsync(token => handler.HandleManyAsync(unit, deliveries, token), _options, cancellationToken)
                    .ConfigureAwait(false);
                unit.IsLent = false;
                await unit.CommitAsync(cancellationToken).ConfigureAwait(false);
                return null;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // A handler that goes on has the unit still, and its connection is not used again.
                unit.IsLent = e is HandlerTimeoutException { Running: not null };
                return e;
            }
        }
    }
}

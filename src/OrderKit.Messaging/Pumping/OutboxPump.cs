using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Delivers the outbox: at least once, and in order for one order.</summary>
/// <remarks>
/// Safe for several threads and machines: messages are leased. A message that fails waits with full jitter, as row data, and
/// holds back only the later messages of its own order.
/// </remarks>
public sealed partial class OutboxPump
{
    private static readonly Counter<long> Deliveries = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.DeliveriesCounterName, "{message}", "Deliveries of the outbox.");

    private readonly IOutboxStore _store;
    private readonly IOutboxSink _sink;
    private readonly OutboxPumpOptions _options;
    private readonly ILogger _logger;
    private readonly Func<double> _jitter;
    private readonly TimeProvider _time;

    /// <summary>Makes the pump; hosts with a container get it from there.</summary>
    public OutboxPump(
        IOutboxStore store, IOutboxSink sink, IOptions<OutboxPumpOptions>? options = null, ILogger<OutboxPump>? logger = null, TimeProvider? timeProvider = null)
        : this(store, sink, options, logger, static () => RandomNumberGenerator.GetInt32(1, 1_000_001) / 1_000_000.0, timeProvider)
    {
    }

    internal OutboxPump(IOutboxStore store, IOutboxSink sink, IOptions<OutboxPumpOptions>? options, ILogger<OutboxPump>? logger, Func<double> jitter, TimeProvider? timeProvider = null)
    {
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _sink = sink ?? throw new ArgumentNullException(nameof(sink));
        _options = options?.Value ?? new OutboxPumpOptions();
        _logger = logger ?? NullLogger<OutboxPump>.Instance;
        _jitter = jitter;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Takes one batch and delivers it.</summary>
    /// <returns>How many messages were delivered, and how many failed.</returns>
    public async Task<PumpResult> PumpOnceAsync(CancellationToken cancellationToken = default)
    {
        var started = _time.GetTimestamp();
        var claimed = await _store.ClaimAsync(_options.Destination, _options.BatchSize, _options.Lease, cancellationToken).ConfigureAwait(false);
        var delivered = new List<OutboxDelivery>(claimed.Count);
        var failed = 0;
        try
        {
            foreach (var delivery in claimed)
            {
                if (delivered.Count + failed > 0 && _time.GetElapsedTime(started) > _options.Lease / 2)
                {
                    // Another pump may take the rest when the lease lapses; delivered by both, an order's events could change places.
                    break;
                }

                if (await TryDeliverAsync(delivery, cancellationToken).ConfigureAwait(false))
                {
                    delivered.Add(delivery);
                }
                else
                {
                    failed++;
                }
            }
        }
        finally
        {
            // What was delivered is struck off even when the pump is told to stop, or it would be delivered again for nothing.
            if (delivered.Count > 0)
            {
                await _store.CompleteAsync(delivered, CancellationToken.None).ConfigureAwait(false);
                Deliveries.Add(delivered.Count, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, "delivered"));
            }
        }

        return new PumpResult(delivered.Count, failed);
    }

    /// <summary>Pumps until nothing is due.</summary>
    public async Task<PumpResult> PumpAllAsync(CancellationToken cancellationToken = default)
    {
        var total = default(PumpResult);
        while (true)
        {
            var once = await PumpOnceAsync(cancellationToken).ConfigureAwait(false);
            total = new PumpResult(total.Delivered + once.Delivered, total.Failed + once.Failed);
            if (once.Delivered + once.Failed == 0)
            {
                return total;
            }
        }
    }

    private async Task<bool> TryDeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            await _sink.DeliverAsync(delivery, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            var pause = PauseAfter(delivery.Attempt);
            LogFailed(_logger, e, delivery.Message.MessageId, delivery.Attempt, pause);
            Deliveries.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, "failed"));
            await _store.RetryAsync(delivery, pause, $"{e.GetType().Name}: {e.Message}", CancellationToken.None).ConfigureAwait(false);
            return false;
        }
    }

    // Full jitter: anything between nothing and the doubled pause, so that messages that failed together do not return together.
    private TimeSpan PauseAfter(int attempt)
    {
        var ceiling = Math.Min(_options.LongestPause.TotalMilliseconds, _options.FirstPause.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 30)));
        return TimeSpan.FromMilliseconds(Math.Max(1, ceiling * _jitter()));
    }

    [LoggerMessage(2001, LogLevel.Warning, "Delivery {Attempt} of the message {MessageId} failed; it is delivered again in {Pause}.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string messageId, int attempt, TimeSpan pause);
}

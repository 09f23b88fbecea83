using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging.Storage;

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
    private readonly IDeadLetterStore _letters;
    private readonly AlertNotices _notices;
    private readonly IDeliveryPauseStore _pauses;
    private readonly IUnitOfWorkFactory _units;
    private readonly IOutboxSink _sink;
    private readonly OutboxPumpOptions _options;
    private readonly ILogger _logger;
    private readonly Func<double> _jitter;
    private readonly TimeProvider _time;
    private readonly DestinationCircuit _circuit;
    private readonly Pace _claims;

    /// <summary>Makes the pump; hosts with a container get it from there.</summary>
    public OutboxPump(
        IOutboxStore store,
        IDeadLetterStore letters,
        IDeliveryPauseStore pauses,
        IUnitOfWorkFactory units,
        IOutboxSink sink,
        IOptions<OutboxPumpOptions>? options = null,
        ILogger<OutboxPump>? logger = null,
        TimeProvider? timeProvider = null,
        AlertNotices? notices = null)
        : this(store, letters, pauses, units, sink, options, logger, Backoff.Chance, timeProvider, notices)
    {
    }

    internal OutboxPump(
        IOutboxStore store,
        IDeadLetterStore letters,
        IDeliveryPauseStore pauses,
        IUnitOfWorkFactory units,
        IOutboxSink sink,
        IOptions<OutboxPumpOptions>? options,
        ILogger<OutboxPump>? logger,
        Func<double> jitter,
        TimeProvider? timeProvider = null,
        AlertNotices? notices = null)
    {
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _letters = letters ?? throw new ArgumentNullException(nameof(letters));
        _notices = notices ?? AlertNotices.None;
        _pauses = pauses ?? throw new ArgumentNullException(nameof(pauses));
        _units = units ?? throw new ArgumentNullException(nameof(units));
        _sink = sink ?? throw new ArgumentNullException(nameof(sink));
        _options = options?.Value ?? new OutboxPumpOptions();
        _logger = logger ?? NullLogger<OutboxPump>.Instance;
        _jitter = jitter;
        _time = timeProvider ?? TimeProvider.System;
        _circuit = new DestinationCircuit(_options.FailuresToRest, _options.FirstRest, _options.LongestRest, _time);
        _claims = new Pace(_options.BatchSize, _options.BatchSize, _options.Lease / 2);
    }

    /// <summary>Told when there may be something to deliver.</summary>
    internal WakeUp Written => _store.Written;

    /// <summary>Takes one batch and delivers it; nothing while the destination is paused or rests.</summary>
    /// <returns>How many messages were delivered, failed, and died.</returns>
    public async Task<PumpResult> PumpOnceAsync(CancellationToken cancellationToken = default)
    {
        if (_circuit.IsResting || await _pauses.FindAsync(MessageFlow.Outbox, _options.Destination, cancellationToken).ConfigureAwait(false) is not null)
        {
            return default;
        }

        var started = _time.GetTimestamp();
        var claimed = await _store.ClaimAsync(_options.Destination, _circuit.Allows(_claims.Size), _options.Lease, cancellationToken).ConfigureAwait(false);
        var endings = new Ending[claimed.Count];
        var next = -1;
        var stopped = false;
        try
        {
            // Each message is the head of another lane, so beside each other they keep the order of their lanes.
            await Task.WhenAll(Enumerable.Range(0, Math.Min(_options.MaxConcurrency, claimed.Count)).Select(_ => DeliverSomeAsync())).ConfigureAwait(false);
            if (_circuit.IsResting)
            {
                await GiveBackAsync(claimed, endings).ConfigureAwait(false);
            }
        }
        finally
        {
            // What was delivered is struck off even when the pump is told to stop, or it would be delivered again for nothing.
            var delivered = claimed.Where((_, i) => endings[i] == Ending.Delivered).ToList();
            if (delivered.Count > 0)
            {
                await _store.CompleteAsync(delivered, CancellationToken.None).ConfigureAwait(false);
                Deliveries.Add(delivered.Count, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, "delivered"));
            }
        }

        var result = new PumpResult(endings.Count(static ending => ending == Ending.Delivered), endings.Count(static ending => ending == Ending.Failed))
        {
            Dead = endings.Count(static ending => ending == Ending.Dead),
        };

        // What is claimed and left uses up an attempt: of a destination that became slow, the next claim is for what it takes.
        _claims.Took(result.Count, _time.GetElapsedTime(started));
        return result;

        async Task DeliverSomeAsync()
        {
            while (!Volatile.Read(ref stopped) && !_circuit.IsResting)
            {
                var i = Interlocked.Increment(ref next);
                if (i >= claimed.Count || (i > 0 && _time.GetElapsedTime(started) > _options.Lease / 2))
                {
                    // Another pump may take the rest when the lease lapses; delivered by both, an order's events could change places.
                    return;
                }

                try
                {
                    endings[i] = await TryDeliverAsync(claimed[i], cancellationToken).ConfigureAwait(false);
                }
                catch
                {
                    Volatile.Write(ref stopped, true);
                    throw;
                }
            }
        }
    }

    /// <summary>Pumps until nothing is due.</summary>
    public async Task<PumpResult> PumpAllAsync(CancellationToken cancellationToken = default)
    {
        var total = default(PumpResult);
        while (true)
        {
            var once = await PumpOnceAsync(cancellationToken).ConfigureAwait(false);
            total = total.Plus(once);
            if (once.Count == 0)
            {
                return total;
            }
        }
    }

    private async Task<Ending> TryDeliverAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.Attempt > _options.MaxAttempts)
        {
            // The last attempt ended with its process, and so would the next ones.
            return await BuryAsync(delivery, "AttemptsExhausted", $"Attempt {delivery.Attempt - 1} was the last one, and nobody heard how it ended.").ConfigureAwait(false);
        }

        try
        {
            await _sink.DeliverAsync(delivery, cancellationToken).ConfigureAwait(false);
            _circuit.Succeeded();
            return Ending.Delivered;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (_options.IsDestinationDown(e) && _circuit.Failed() is var rest && rest > TimeSpan.Zero)
            {
                LogRests(_logger, _options.Destination, rest);
            }

            if (delivery.Attempt == _options.MaxAttempts || delivery.Age > _options.MaxAge)
            {
                LogDied(_logger, e, delivery.Message.MessageId, delivery.Attempt);
                return await BuryAsync(delivery, e.GetType().Name, e.Message).ConfigureAwait(false);
            }

            var pause = Backoff.Asked(e) ?? Backoff.After(delivery.Attempt, _options.FirstPause, _options.LongestPause, _jitter());
            LogFailed(_logger, e, delivery.Message.MessageId, delivery.Attempt, pause);
            Deliveries.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, "failed"));
            await _store.RetryAsync(delivery, pause, $"{e.GetType().Name}: {e.Message}", CancellationToken.None).ConfigureAwait(false);
            return Ending.Failed;
        }
    }

    // In one transaction the message leaves the outbox and becomes a letter, so it is in one of the two at any time; its lane goes on.
    private async Task<Ending> BuryAsync(OutboxDelivery delivery, string errorClass, string errorText)
    {
        var unit = await _units.BeginAsync(CancellationToken.None).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            if (!await _store.RemoveAsync(unit, delivery, CancellationToken.None).ConfigureAwait(false))
            {
                // Another pump took it over, and decides for itself.
                return Ending.Failed;
            }

            var letter = DeadLetter.Of(delivery, errorClass, errorText);
            await _letters.AddAsync(unit, [letter], _notices, CancellationToken.None).ConfigureAwait(false);
            await unit.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        Deliveries.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, "dead"));
        return Ending.Dead;
    }

    // What was not tried need not wait for its lease to lapse.
    private async Task GiveBackAsync(IReadOnlyList<OutboxDelivery> claimed, Ending[] endings)
    {
        for (var i = 0; i < claimed.Count; i++)
        {
            if (endings[i] == Ending.NotTried)
            {
                await _store.RetryAsync(claimed[i], TimeSpan.Zero, "The destination rests.", CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(2001, LogLevel.Warning, "Delivery {Attempt} of the message {MessageId} failed; it is delivered again in {Pause}.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string messageId, int attempt, TimeSpan pause);

    [LoggerMessage(2004, LogLevel.Error, "Delivery {Attempt} of the message {MessageId} was the last one; it is a dead letter now.")]
    private static partial void LogDied(ILogger logger, Exception exception, string messageId, int attempt);

    [LoggerMessage(2005, LogLevel.Warning, "The destination {Destination} failed again and again; it rests for {Rest}.")]
    private static partial void LogRests(ILogger logger, string destination, TimeSpan rest);

    private enum Ending
    {
        NotTried,
        Delivered,
        Failed,
        Dead,
    }

    internal void LogNoHandlers() => LogNoHandlers(_logger);

    [LoggerMessage(2003, LogLevel.Information, "No IOrderEventHandler is registered. This process leaves the outbox to other processes.")]
    private static partial void LogNoHandlers(ILogger logger);
}

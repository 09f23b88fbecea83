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
/// one; where that fails, each takes effect or fails by itself. Safe for several threads and machines: messages are leased, and one that
/// was taken over cannot be marked by who had it before. A message that fails waits with full jitter, as row data, and holds back only
/// the later messages of its own lane.
/// </remarks>
public sealed partial class InboxPump
{
    private static readonly Counter<long> Handled = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.HandledCounterName, "{message}", "Messages of the inbox that were handled.");

    private readonly IInboxStore _store;
    private readonly IDeadLetterStore _letters;
    private readonly AlertNotices _notices;
    private readonly IDeliveryPauseStore _pauses;
    private readonly IUnitOfWorkFactory _units;
    private readonly Consumer[] _consumers;
    private readonly InboxPumpOptions _options;
    private readonly ILogger _logger;
    private readonly Func<double> _jitter;
    private readonly TimeProvider _time;

    /// <summary>Makes the pump; hosts with a container get it from there.</summary>
    /// <exception cref="ArgumentException">Two handlers have the same consumer.</exception>
    public InboxPump(
        IInboxStore store,
        IDeadLetterStore letters,
        IDeliveryPauseStore pauses,
        IUnitOfWorkFactory units,
        IEnumerable<IInboxHandler> handlers,
        IOptions<InboxPumpOptions>? options = null,
        ILogger<InboxPump>? logger = null,
        TimeProvider? timeProvider = null,
        AlertNotices? notices = null)
        : this(store, letters, pauses, units, handlers, options, logger, Backoff.Chance, timeProvider, notices)
    {
    }

    internal InboxPump(
        IInboxStore store,
        IDeadLetterStore letters,
        IDeliveryPauseStore pauses,
        IUnitOfWorkFactory units,
        IEnumerable<IInboxHandler> handlers,
        IOptions<InboxPumpOptions>? options,
        ILogger<InboxPump>? logger,
        Func<double> jitter,
        TimeProvider? timeProvider = null,
        AlertNotices? notices = null)
    {
        ArgumentNullException.ThrowIfNull(handlers);
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _letters = letters ?? throw new ArgumentNullException(nameof(letters));
        _notices = notices ?? AlertNotices.None;
        _pauses = pauses ?? throw new ArgumentNullException(nameof(pauses));
        _units = units ?? throw new ArgumentNullException(nameof(units));
        _options = options?.Value ?? new InboxPumpOptions();
        _consumers =
        [
            .. handlers.Select(handler => new Consumer(
                handler, new Pace(_options.BatchSize, _options.BatchSize, _options.Lease / 2), new Pace(1, _options.MessagesPerTransaction, _options.TransactionTime))),
        ];
        _logger = logger ?? NullLogger<InboxPump>.Instance;
        _jitter = jitter;
        _time = timeProvider ?? TimeProvider.System;
        if (_consumers.Select(consumer => consumer.Handler).GroupBy(handler => handler.Consumer, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException(
                $"The consumer '{twice.Key}' has the handlers {string.Join(", ", twice.Select(handler => handler.GetType().Name))}. A message is done once, so one handler has it: give each its own consumer.", nameof(handlers));
        }
    }

    internal bool HasHandlers => _consumers.Length > 0;

    /// <summary>Told when there may be something to handle.</summary>
    internal WakeUp Received => _store.Received;

    /// <summary>Takes one batch for each consumer and handles it; nothing for a consumer that is paused.</summary>
    /// <returns>How many messages were handled, failed, and died.</returns>
    public async Task<PumpResult> PumpOnceAsync(CancellationToken cancellationToken = default)
    {
        var total = default(PumpResult);
        foreach (var consumer in _consumers)
        {
            if (await _pauses.FindAsync(MessageFlow.Inbox, consumer.Handler.Consumer, cancellationToken).ConfigureAwait(false) is null)
            {
                total = total.Plus(await PumpAsync(consumer, cancellationToken).ConfigureAwait(false));
            }
        }

        return total;
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

    private async Task<PumpResult> PumpAsync(Consumer consumer, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var claimed = await _store.ClaimAsync(consumer.Handler.Consumer, consumer.Claims.Size, _options.Lease, cancellationToken).ConfigureAwait(false);
        var next = 0;
        var results = await Task.WhenAll(Enumerable.Range(0, Math.Min(_options.MaxConcurrency, claimed.Count)).Select(_ => HandleSomeAsync())).ConfigureAwait(false);
        var handled = results.Aggregate(default(PumpResult), static (total, one) => total.Plus(one));

        // What is claimed and left uses up an attempt: of a handler that became slow, the next claim is for what it gets done.
        consumer.Claims.Took(handled.Count, _time.GetElapsedTime(started));
        return handled;

        async Task<PumpResult> HandleSomeAsync()
        {
            var total = default(PumpResult);
            while (true)
            {
                var size = consumer.Together.Size;
                var from = Interlocked.Add(ref next, size) - size;
                if (from >= claimed.Count || (from > 0 && _time.GetElapsedTime(started) > _options.Lease / 2))
                {
                    // What another one may take over soon would be handled for nothing: its completion would be refused.
                    return total;
                }

                total = total.Plus(await HandleAsync(consumer, [.. claimed.Skip(from).Take(size)], cancellationToken).ConfigureAwait(false));
            }
        }
    }

    private async Task<PumpResult> HandleAsync(Consumer consumer, InboxDelivery[] deliveries, CancellationToken cancellationToken)
    {
        var exhausted = Array.Find(deliveries, delivery => delivery.Attempt > _options.MaxAttempts);
        if (deliveries.Length == 1 && exhausted is not null)
        {
            // The last attempt ended with its process, and so would the next ones.
            return await BuryAsync(exhausted, "AttemptsExhausted", $"Attempt {exhausted.Attempt - 1} was the last one, and nobody heard how it ended.").ConfigureAwait(false);
        }

        if (exhausted is null)
        {
            if (await TakeEffectAsync(consumer, deliveries, cancellationToken).ConfigureAwait(false) is not { } failure)
            {
                Handled.Add(deliveries.Length, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, "handled"));
                return new PumpResult(deliveries.Length, 0);
            }

            if (deliveries.Length == 1)
            {
                return await FailAsync(deliveries[0], failure).ConfigureAwait(false);
            }
        }

        // One of them spoils it for all. It is found by halves, and the others do not suffer for it.
        var half = deliveries.Length / 2;
        var first = await HandleAsync(consumer, deliveries[..half], cancellationToken).ConfigureAwait(false);
        return first.Plus(await HandleAsync(consumer, deliveries[half..], cancellationToken).ConfigureAwait(false));
    }

    private async Task<Exception?> TakeEffectAsync(Consumer consumer, InboxDelivery[] deliveries, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();

        // Where no transaction can be begun, no message is at fault.
        var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            try
            {
                // Before the effects: from here on nobody takes the messages over, however long the handler needs.
                await _store.CompleteAsync(unit, deliveries, _options.Retention, cancellationToken).ConfigureAwait(false);
                unit.IsLent = true;
                await consumer.Handler.HandleManyAsync(unit, deliveries, cancellationToken).ConfigureAwait(false);
                unit.IsLent = false;
                await unit.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                return e;
            }
        }

        consumer.Together.Took(deliveries.Length, _time.GetElapsedTime(started));
        return null;
    }

    private async Task<PumpResult> FailAsync(InboxDelivery delivery, Exception exception)
    {
        if (exception is InboxFenceLostException)
        {
            // Nothing took effect here. Who took the message over decides for itself.
            LogOvertaken(_logger, exception, delivery.Message.MessageId, delivery.Attempt);
            return new PumpResult(0, 1);
        }

        if (delivery.Attempt == _options.MaxAttempts || delivery.Age > _options.MaxAge)
        {
            LogDied(_logger, exception, delivery.Message.MessageId, delivery.Attempt);
            return await BuryAsync(delivery, exception.GetType().Name, exception.Message).ConfigureAwait(false);
        }

        var pause = Backoff.Asked(exception) ?? Backoff.After(delivery.Attempt, _options.FirstPause, _options.LongestPause, _jitter());
        LogFailed(_logger, exception, delivery.Message.MessageId, delivery.Attempt, pause);
        Handled.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, "failed"));

        // After a commit of unknown outcome this does nothing where the message is done.
        await _store.RetryAsync(delivery, pause, $"{exception.GetType().Name}: {exception.Message}", CancellationToken.None).ConfigureAwait(false);
        return new PumpResult(0, 1);
    }

    // In one transaction the message is set aside and becomes a letter, so it is in one of the two at any time; its lane goes on.
    private async Task<PumpResult> BuryAsync(InboxDelivery delivery, string errorClass, string errorText)
    {
        var unit = await _units.BeginAsync(CancellationToken.None).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            if (!await _store.SetAsideAsync(unit, delivery, CancellationToken.None).ConfigureAwait(false))
            {
                return new PumpResult(0, 1);
            }

            var letter = DeadLetter.Of(delivery, errorClass, errorText);
            await _letters.AddAsync(unit, [letter], _notices, CancellationToken.None).ConfigureAwait(false);
            await unit.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        Handled.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, "dead"));
        return new PumpResult(0, 0) { Dead = 1 };
    }

    [LoggerMessage(2101, LogLevel.Warning, "Attempt {Attempt} to handle the message {MessageId} failed; it is handled again in {Pause}.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string messageId, int attempt, TimeSpan pause);

    [LoggerMessage(2102, LogLevel.Error, "Attempt {Attempt} to handle the message {MessageId} was the last one; it is a dead letter now.")]
    private static partial void LogDied(ILogger logger, Exception exception, string messageId, int attempt);

    [LoggerMessage(2103, LogLevel.Warning, "The message {MessageId} was taken over by another consumer during attempt {Attempt}; what was written is rolled back.")]
    private static partial void LogOvertaken(ILogger logger, Exception exception, string messageId, int attempt);

    private sealed record Consumer(IInboxHandler Handler, Pace Claims, Pace Together);
}

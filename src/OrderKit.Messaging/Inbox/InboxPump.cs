using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Handles the inbox: each message takes effect once, and in order for one lane.</summary>
/// <remarks>
/// The effect and the mark that the message is done are one transaction, so a crash leaves both or none. Safe for several threads and
/// machines: messages are leased, and one that was taken over cannot be marked by who had it before. A message that fails waits with
/// full jitter, as row data, and holds back only the later messages of its own lane.
/// </remarks>
public sealed partial class InboxPump
{
    private static readonly Counter<long> Handled = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.HandledCounterName, "{message}", "Messages of the inbox that were handled.");

    private readonly IInboxStore _store;
    private readonly IDeadLetterStore _letters;
    private readonly IDeliveryPauseStore _pauses;
    private readonly IUnitOfWorkFactory _units;
    private readonly IInboxHandler[] _handlers;
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
        TimeProvider? timeProvider = null)
        : this(store, letters, pauses, units, handlers, options, logger, Backoff.Chance, timeProvider)
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
        TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(handlers);
        _store = store ?? throw new ArgumentNullException(nameof(store));
        _letters = letters ?? throw new ArgumentNullException(nameof(letters));
        _pauses = pauses ?? throw new ArgumentNullException(nameof(pauses));
        _units = units ?? throw new ArgumentNullException(nameof(units));
        _handlers = [.. handlers];
        _options = options?.Value ?? new InboxPumpOptions();
        _logger = logger ?? NullLogger<InboxPump>.Instance;
        _jitter = jitter;
        _time = timeProvider ?? TimeProvider.System;
        if (_handlers.GroupBy(handler => handler.Consumer, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException(
                $"The consumer '{twice.Key}' has the handlers {string.Join(", ", twice.Select(handler => handler.GetType().Name))}. A message is done once, so one handler has it: give each its own consumer.", nameof(handlers));
        }
    }

    internal bool HasHandlers => _handlers.Length > 0;

    /// <summary>Takes one batch for each consumer and handles it; nothing for a consumer that is paused.</summary>
    /// <returns>How many messages were handled, failed, and died.</returns>
    public async Task<PumpResult> PumpOnceAsync(CancellationToken cancellationToken = default)
    {
        var total = default(PumpResult);
        foreach (var handler in _handlers)
        {
            if (await _pauses.FindAsync(MessageFlow.Inbox, handler.Consumer, cancellationToken).ConfigureAwait(false) is null)
            {
                total = total.Plus(await PumpAsync(handler, cancellationToken).ConfigureAwait(false));
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

    private async Task<PumpResult> PumpAsync(IInboxHandler handler, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var claimed = await _store.ClaimAsync(handler.Consumer, _options.BatchSize, _options.Lease, cancellationToken).ConfigureAwait(false);
        var result = default(PumpResult);
        for (var i = 0; i < claimed.Count; i++)
        {
            if (i > 0 && _time.GetElapsedTime(started) > _options.Lease / 2)
            {
                // What another one may take over soon would be handled for nothing: its completion would be refused.
                break;
            }

            result = result.Plus(await TryHandleAsync(handler, claimed[i], cancellationToken).ConfigureAwait(false));
        }

        return result;
    }

    private async Task<PumpResult> TryHandleAsync(IInboxHandler handler, InboxDelivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.Attempt > _options.MaxAttempts)
        {
            // The last attempt ended with its process, and so would the next ones.
            return await BuryAsync(delivery, "AttemptsExhausted", $"Attempt {delivery.Attempt - 1} was the last one, and nobody heard how it ended.").ConfigureAwait(false);
        }

        try
        {
            var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
            await using (unit.ConfigureAwait(false))
            {
                await handler.HandleAsync(unit, delivery, cancellationToken).ConfigureAwait(false);
                await _store.CompleteAsync(unit, delivery, _options.Retention, cancellationToken).ConfigureAwait(false);
                await unit.CommitAsync(cancellationToken).ConfigureAwait(false);
            }

            Handled.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, "handled"));
            return new PumpResult(1, 0);
        }
        catch (InboxFenceLostException e)
        {
            // The effect was rolled back. Who took the message over decides for itself.
            LogOvertaken(_logger, e, delivery.Message.MessageId, delivery.Attempt);
            return new PumpResult(0, 1);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (delivery.Attempt == _options.MaxAttempts || delivery.Age > _options.MaxAge)
            {
                LogDied(_logger, e, delivery.Message.MessageId, delivery.Attempt);
                return await BuryAsync(delivery, e.GetType().Name, e.Message).ConfigureAwait(false);
            }

            var pause = Backoff.Asked(e) ?? Backoff.After(delivery.Attempt, _options.FirstPause, _options.LongestPause, _jitter());
            LogFailed(_logger, e, delivery.Message.MessageId, delivery.Attempt, pause);
            Handled.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, "failed"));

            // After a commit of unknown outcome this does nothing where the message is done.
            await _store.RetryAsync(delivery, pause, $"{e.GetType().Name}: {e.Message}", CancellationToken.None).ConfigureAwait(false);
            return new PumpResult(0, 1);
        }
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

            await _letters.AddAsync(unit, [DeadLetter.Of(delivery, errorClass, errorText)], CancellationToken.None).ConfigureAwait(false);
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
}

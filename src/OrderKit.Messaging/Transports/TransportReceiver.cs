using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging;

/// <summary>Receives messages from a transport into the inbox. The <see cref="InboxPump"/> handles them.</summary>
/// <remarks>
/// A message is acknowledged once it is committed, in the inbox or as a dead letter. One call at a time. If the store fails, the receiver
/// keeps the messages and tries them again at the next call. Returning them would use up the few deliveries after which a broker treats a
/// message as poison.
/// </remarks>
public sealed partial class TransportReceiver : IAsyncDisposable, IDisposable
{
    /// <summary>The <see cref="DeadLetter.ErrorClass"/> of unreadable messages.</summary>
    public const string UnreadableErrorClass = "UnreadableMessage";

    private static readonly Counter<long> Received = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.ReceivedCounterName, "{message}", "Messages received from a transport.");

    private readonly ITransport _transport;
    private readonly Inbox _inbox;
    private readonly IDeadLetterStore _letters;
    private readonly AlertNotices _notices;
    private readonly IUnitOfWorkFactory _units;
    private readonly TransportReceiverOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private ITransportSubscription? _subscription;
    private IReadOnlyList<TransportDelivery> _held = [];

    /// <summary>Creates the receiver. Hosts with a container resolve it.</summary>
    public TransportReceiver(
        ITransport transport,
        Inbox inbox,
        IDeadLetterStore letters,
        IUnitOfWorkFactory units,
        IOptions<TransportReceiverOptions> options,
        ILogger<TransportReceiver>? logger = null,
        TimeProvider? timeProvider = null,
        AlertNotices? notices = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _transport = transport ?? throw new ArgumentNullException(nameof(transport));
        _inbox = inbox ?? throw new ArgumentNullException(nameof(inbox));
        _letters = letters ?? throw new ArgumentNullException(nameof(letters));
        _notices = notices ?? AlertNotices.None;
        _units = units ?? throw new ArgumentNullException(nameof(units));
        _options = options.Value;
        _logger = logger ?? NullLogger<TransportReceiver>.Instance;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Receives until cancelled. After a failure it waits for a delay that doubles with each further failure.</summary>
    internal async Task ReceiveAllAsync(CancellationToken cancellationToken)
    {
        for (var failures = 0; ;)
        {
            try
            {
                await ReceiveOnceAsync(cancellationToken).ConfigureAwait(false);
                failures = 0;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                var delay = Backoff.After(++failures, _options.FirstDelay, _options.MaxDelay, Backoff.Chance());
                LogFailed(_logger, e, _options.Topic, delay);
                await Task.Delay(delay, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits for messages, writes a batch of them in one transaction, and acknowledges them.</summary>
    public async Task<ReceiveResult> ReceiveOnceAsync(CancellationToken cancellationToken = default)
    {
        var subscription = _subscription ??= await _transport.SubscribeAsync(_options.Topic, cancellationToken).ConfigureAwait(false);
        if (_held.Count == 0)
        {
            _held = await subscription.ReceiveAsync(_options.BatchSize, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            // The previous attempt failed. Messages that it committed are like deliveries whose acknowledgement was lost.
            _held = [.. _held.Select(static delivery => delivery with { IsRedelivered = true })];
        }

        var result = default(ReceiveResult);
        var kept = new List<TransportDelivery>(_held.Count);
        try
        {
            result = await KeepAsync(_held, cancellationToken).ConfigureAwait(false);
            kept.AddRange(_held);
        }
        catch (ArgumentException)
        {
            // The store refuses one of them, so each gets a transaction of its own.
            foreach (var delivery in _held)
            {
                result = result.Plus(await KeepAloneAsync(subscription, delivery, kept, cancellationToken).ConfigureAwait(false));
            }
        }

        // They are stored. If the acknowledgement is lost, they are delivered again and the inbox recognises them.
        _held = [];
        await subscription.AcknowledgeAsync(kept, cancellationToken).ConfigureAwait(false);
        Count(result.Accepted, "accepted");
        Count(result.Duplicate, "duplicate");
        Count(result.Unreadable, "unreadable");
        Count(result.Rejected, "rejected");
        return result;
    }

    /// <summary>Ends the subscription. Messages that were not acknowledged are delivered again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_subscription is { } subscription)
        {
            (_subscription, _held) = (null, []);
            await subscription.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task<ReceiveResult> KeepAsync(IReadOnlyList<TransportDelivery> deliveries, CancellationToken cancellationToken)
    {
        var messages = new List<InboxMessage>(deliveries.Count);
        var letters = new List<DeadLetter>();
        var unreadable = 0;
        foreach (var delivery in deliveries)
        {
            if (delivery.TryRead(out var message, out var fault))
            {
                _options.HeadStarts.TryGetValue(message.Type, out var headStart);
                messages.Add(
                    new InboxMessage(message.MessageId, _options.Consumer, message.Tenant, message.Lane, message.Type, message.Body)
                    {
                        HeadStart = headStart,
                    });
                continue;
            }

            unreadable++;
            var letter = LetterOf(delivery, fault);
            LogUnreadable(_logger, letter.MessageId, _options.Topic, fault);
            if (!await IsListedAsync(delivery, letter, cancellationToken).ConfigureAwait(false))
            {
                letters.Add(letter);
            }
        }

        var accepted = 0;
        if (messages.Count + letters.Count > 0)
        {
            var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
            await using (unit.ConfigureAwait(false))
            {
                var receipts = await _inbox.AcceptAsync(unit, messages, cancellationToken).ConfigureAwait(false);
                accepted = receipts.Count(static receipt => receipt == InboxReceipt.Accepted);
                if (letters.Count > 0)
                {
                    await _letters.AddAsync(unit, letters, _notices, cancellationToken).ConfigureAwait(false);
                }

                await unit.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return new ReceiveResult(accepted, messages.Count - accepted, unreadable);
    }

    private async Task<ReceiveResult> KeepAloneAsync(
        ITransportSubscription subscription, TransportDelivery delivery, List<TransportDelivery> kept, CancellationToken cancellationToken)
    {
        try
        {
            var result = await KeepAsync([delivery], cancellationToken).ConfigureAwait(false);
            kept.Add(delivery);
            return result;
        }
        catch (ArgumentException e)
        {
            try
            {
                var letter = LetterOf(delivery, e.Message);
                if (!await IsListedAsync(delivery, letter, cancellationToken).ConfigureAwait(false))
                {
                    await KeepLetterAsync(letter, cancellationToken).ConfigureAwait(false);
                }

                kept.Add(delivery);
                return new ReceiveResult(0, 0, 1);
            }
            catch (ArgumentException refused)
            {
                LogRejected(_logger, refused, _options.Topic);
                await subscription.RejectAsync(delivery, cancellationToken).ConfigureAwait(false);
                return new ReceiveResult(0, 0, 0) { Rejected = 1 };
            }
        }
    }

    private async Task KeepLetterAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            await _letters.AddAsync(unit, [letter], _notices, cancellationToken).ConfigureAwait(false);
            await unit.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Its acknowledgement may have been lost. The inbox recognises a redelivery by its id, but this message may have none.
    private async Task<bool> IsListedAsync(TransportDelivery delivery, DeadLetter letter, CancellationToken cancellationToken)
    {
        if (!delivery.IsRedelivered)
        {
            return false;
        }

        var query = new DeadLetterQuery
        {
            Flow = letter.Flow, Name = letter.Name, MessageId = letter.MessageId, ErrorClass = letter.ErrorClass, State = null,
        };
        var page = await _letters.QueryAsync(query, cancellationToken).ConfigureAwait(false);
        return page.Items.Any(listed => listed.Body.Span.SequenceEqual(letter.Body.Span));
    }

    // The body is stored unchanged, the rest as far as possible. Without a valid id, the hash of the body is the id.
    private DeadLetter LetterOf(TransportDelivery delivery, string fault)
    {
        return new DeadLetter
        {
            Flow = MessageFlow.Inbox,
            Name = _options.Consumer,
            Tenant = TenantOf(delivery.Tenant),
            MessageId = string.IsNullOrEmpty(delivery.MessageId) || TransportText.Fault("message id", delivery.MessageId) is not null
                ? "unreadable:" + Convert.ToHexStringLower(SHA256.HashData(delivery.Body.Span))
                : delivery.MessageId,
            Lane = Clean(delivery.Lane),
            Type = Clean(delivery.Type),
            Body = delivery.Body,
            ErrorClass = UnreadableErrorClass,
            ErrorText = fault,
            Attempts = 1,
            FirstAt = _time.GetUtcNow(),
        };

        static string Clean(string? text) =>
            text is null ? "" : TransportText.Fault("text", text) is null ? text : TransportText.Printable(text);

        static TenantId TenantOf(string? text)
        {
            try
            {
                return string.IsNullOrEmpty(text) ? TenantId.Default : new TenantId(text);
            }
            catch (ArgumentException)
            {
                return TenantId.Default;
            }
        }
    }

    private static void Count(int messages, string outcome)
    {
        if (messages > 0)
        {
            Received.Add(messages, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, outcome));
        }
    }

    [LoggerMessage(2201, LogLevel.Error, "The message {MessageId} of the topic {Topic} can't be read and is a dead letter: {Fault}")]
    private static partial void LogUnreadable(ILogger logger, string messageId, string topic, string fault);

    [LoggerMessage(
        2202, LogLevel.Error, "A message of the topic {Topic} could not be stored as a dead letter; the transport puts it aside.")]
    private static partial void LogRejected(ILogger logger, Exception exception, string topic);

    [LoggerMessage(2203, LogLevel.Error, "Receiving the topic {Topic} failed; it is tried again in {Delay}.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string topic, TimeSpan delay);
}

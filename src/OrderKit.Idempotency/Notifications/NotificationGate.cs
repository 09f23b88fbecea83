using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>The one entry for what payment providers say: callback, browser return and query meet here, and each effect happens once.</summary>
/// <remarks>
/// Two keys guard a notification: the provider's id of the message, and what it means (trade, status, refund), since the same effect is
/// told by different messages. Claims, effect and quarantine are one transaction, and the acknowledgement is given when it is durable.
/// Notifications that come at the same time share a transaction, each with a fate of its own; one that comes alone waits for no other.
/// Safe for several threads and machines. Where this throws, answer with <see cref="RetryLater"/>.
/// </remarks>
public sealed class NotificationGate : IAsyncDisposable
{
    private const string UnknownTrade = "unknown-trade";

    private readonly IOperationStore _operations;
    private readonly IQuarantineStore _quarantine;
    private readonly AlertNotices _notices;
    private readonly IUnitOfWorkFactory _units;
    private readonly INotificationEffects _effects;
    private readonly NotificationOptions _options;
    private readonly OperationGroups _groups;

    /// <summary>Makes the gate; hosts with a container get it from there.</summary>
    public NotificationGate(
        IOperationStore operations,
        IQuarantineStore quarantine,
        IUnitOfWorkFactory units,
        INotificationEffects effects,
        IOptions<NotificationOptions>? options = null,
        TimeProvider? timeProvider = null,
        ILogger<NotificationGate>? logger = null,
        AlertNotices? notices = null)
    {
        _operations = operations ?? throw new ArgumentNullException(nameof(operations));
        _quarantine = quarantine ?? throw new ArgumentNullException(nameof(quarantine));
        _notices = notices ?? AlertNotices.None;
        _units = units ?? throw new ArgumentNullException(nameof(units));
        _effects = effects ?? throw new ArgumentNullException(nameof(effects));
        _options = options?.Value ?? new NotificationOptions();
        _groups = new OperationGroups(operations, units, _options.Groups, timeProvider ?? TimeProvider.System, logger ?? NullLogger<NotificationGate>.Instance, ApplyAsync);
    }

    /// <summary>Takes a notification.</summary>
    /// <param name="notification">What the provider says.</param>
    /// <param name="cancellationToken">Takes it back while it waits. Once it is being written it is finished, and its outcome told.</param>
    /// <exception cref="ArgumentException">A number is missing, too long or no clean text; money moved without an amount or a refund without a number.</exception>
    public async Task<NotificationOutcome> AcceptAsync(NotificationFacts notification, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var grouped = new GroupedNotification(this, notification, RequestsOf(notification), Terms);
        await _groups.SubmitAsync(grouped, cancellationToken).ConfigureAwait(false);
        return grouped.Outcome!;
    }

    /// <summary>Takes a notification out of quarantine and tries it again, for instance after the payment document was corrected.</summary>
    /// <returns>What became of it; <see langword="null"/> where it does not wait there.</returns>
    public async Task<NotificationOutcome?> ReplayAsync(long number, string operatorId, string note, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(operatorId);
        ArgumentException.ThrowIfNullOrWhiteSpace(note);
        if (await _quarantine.FindAsync(number, cancellationToken).ConfigureAwait(false) is not { State: QuarantineState.Waiting } message)
        {
            return null;
        }

        var notification = NotificationFactsCodec.Decode(message.Content);
        var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            if (!await _quarantine.DecideAsync(unit, number, QuarantineState.Released, operatorId, note, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            var requests = RequestsOf(notification);
            var answers = await _operations.ClaimAsync(unit, requests, Terms, cancellationToken).ConfigureAwait(false);
            var (outcome, effect) = await DecideAsync(unit, notification, requests, answers, cancellationToken).ConfigureAwait(false);
            if (outcome is NotificationOutcome.Quarantined)
            {
                // Rolled back: it still waits, for the same reason or another one.
                return outcome;
            }

            if (effect is not null)
            {
                await _effects.ApplyAsync(unit, [effect], cancellationToken).ConfigureAwait(false);
            }

            await unit.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return outcome;
        }
    }

    /// <summary>Takes no further notifications, and writes those that wait.</summary>
    public ValueTask DisposeAsync() => _groups.DisposeAsync();

    /// <summary>What a provider is answered when a notification could not be made durable.</summary>
    public Acknowledgement RetryLater(string provider) => ProtocolOf(provider).Again;

    private ClaimTerms Terms => new(OperationState.Succeeded, _options.Retention, MaxAttempts: 1, TakesLapsed: false);

    private AcknowledgementProtocol ProtocolOf(string provider) =>
        _options.Protocols.TryGetValue(provider, out var protocol) ? protocol : AcknowledgementProtocol.Plain;

    /// <summary>What becomes of a notification, and what is still to be applied where it takes effect.</summary>
    internal async Task<(NotificationOutcome Outcome, NotificationEffect? Effect)> DecideAsync(
        UnitOfWork unit, NotificationFacts notification, IReadOnlyList<OperationRequest> requests, IReadOnlyList<ClaimAnswer> answers, CancellationToken cancellationToken)
    {
        for (var i = 0; i < answers.Count; i++)
        {
            if (answers[i].Existing is { } existing && existing.Fingerprint.DifferencesTo(requests[i].Fingerprint) is { Count: > 0 } fields)
            {
                return await QuarantineAsync(
                    unit, notification, answers, "content-differs",
                    $"{existing.Key.Key} was told before with another {string.Join(", ", fields)}.", cancellationToken).ConfigureAwait(false);
            }
        }

        // The effect's own key is the last. Another message of the same effect only adds its own id to what is known.
        if (answers[^1].Existing is { } before)
        {
            return (new NotificationOutcome.Repeated(ProtocolOf(notification.Provider).Taken, before.FinishedAt ?? before.CreatedAt), null);
        }

        if (await _effects.FindDocumentAsync(unit, notification, cancellationToken).ConfigureAwait(false) is not { } document)
        {
            return await QuarantineAsync(
                unit, notification, answers, UnknownTrade, $"Nothing is known of the payment {notification.MerchantTradeNumber}.", cancellationToken).ConfigureAwait(false);
        }

        if (MovesMoney(notification) && notification.Amount is { } amount && amount != document.Expected)
        {
            return await QuarantineAsync(
                unit, notification, answers, "amount-differs",
                string.Create(CultureInfo.InvariantCulture, $"{notification.Provider} says {amount}, and {document.Expected} was asked for."), cancellationToken).ConfigureAwait(false);
        }

        return (new NotificationOutcome.Applied(ProtocolOf(notification.Provider).Taken), new NotificationEffect(notification, document));
    }

    private async Task ApplyAsync(UnitOfWork unit, IReadOnlyList<GroupMember> members)
    {
        var effects = members.Cast<GroupedNotification>().Select(member => member.Effect).OfType<NotificationEffect>().ToList();
        if (effects.Count > 0)
        {
            await _effects.ApplyAsync(unit, effects, CancellationToken.None).ConfigureAwait(false);
        }
    }

    // The claims are given up: after a correction the same notification must pass, whether it is replayed or sent again.
    private async Task<(NotificationOutcome Outcome, NotificationEffect? Effect)> QuarantineAsync(
        UnitOfWork unit, NotificationFacts notification, IReadOnlyList<ClaimAnswer> answers, string reason, string detail, CancellationToken cancellationToken)
    {
        await _operations.ReleaseAsync(unit, [.. answers.Where(answer => answer.Claim is not null).Select(answer => answer.Claim!)], cancellationToken).ConfigureAwait(false);
        var content = NotificationFactsCodec.Encode(notification);
        var message = new QuarantinedMessage
        {
            Tenant = notification.Tenant,
            Source = notification.Provider,

            // With the beginning of its digest: the same message is kept once, and another one under the same id beside it.
            MessageId = $"{notification.TransportId ?? EffectOf(notification)}#{Digest.Of(content).ToString()[..16]}",
            Reason = reason,
            Detail = detail,
            Content = content,
        };
        if (await _quarantine.AddAsync(unit, message, cancellationToken).ConfigureAwait(false))
        {
            var notice = new AlertNotice(message.Tenant, AlertKinds.Quarantine, message.Source, message.Reason, message.MessageId);
            await _notices.WriteAsync(unit, [notice], cancellationToken).ConfigureAwait(false);
        }

        // A callback may be faster than the host's own document: it passes when it is sent again.
        var protocol = ProtocolOf(notification.Provider);
        return (new NotificationOutcome.Quarantined(_options.AcknowledgesQuarantined && reason != UnknownTrade ? protocol.Taken : protocol.Again, reason, detail), null);
    }

    private static OperationRequest[] RequestsOf(NotificationFacts notification)
    {
        if (MovesMoney(notification) && notification.Amount is null)
        {
            throw new ArgumentException($"{notification.Provider} says that money moved for {notification.MerchantTradeNumber}, and not how much.", nameof(notification));
        }

        if (string.IsNullOrEmpty(notification.MerchantTradeNumber) || (MovesMoney(notification) && string.IsNullOrEmpty(notification.ProviderTradeNumber)))
        {
            throw new ArgumentException(
                $"{notification.Provider} names no trade: the number that it was given is '{notification.MerchantTradeNumber}', and its own '{notification.ProviderTradeNumber}'. Both are needed to tell money from the same money.", nameof(notification));
        }

        if (notification.Kind == NotificationKind.Refunded && string.IsNullOrEmpty(notification.RefundNumber))
        {
            throw new ArgumentException($"{notification.Provider} speaks of a refund of {notification.MerchantTradeNumber} without its number.", nameof(notification));
        }

        var fields = new List<(string, FingerprintValue)>
        {
            ("merchant trade number", notification.MerchantTradeNumber),
            ("provider trade number", notification.ProviderTradeNumber),
            ("kind", (long)notification.Kind),
            ("refund number", notification.RefundNumber),
            ("amount", MovesMoney(notification) && notification.Amount is { } amount ? FingerprintValue.Of(amount) : default),
        };
        var effect = new OperationRequest(
            new OperationKey(notification.Tenant, $"payment-effect:{notification.Provider}", EffectOf(notification)), Fingerprint.Of(fields), Guid.NewGuid());
        return notification.TransportId is { } id
            ? [new OperationRequest(new OperationKey(notification.Tenant, $"notification:{notification.Provider}", id), Fingerprint.Of(fields), Guid.NewGuid()), effect]
            : [effect];
    }

    // A closed or finished trade is the same whether or not the message repeats its sum.
    private static bool MovesMoney(NotificationFacts notification) => notification.Kind is NotificationKind.Paid or NotificationKind.Refunded;

    // A second successful trade for the same payment has another number of the provider: it is another effect, and money is money.
    private static string EffectOf(NotificationFacts notification) =>
        string.Create(CultureInfo.InvariantCulture, $"{notification.MerchantTradeNumber}|{notification.ProviderTradeNumber}|{(int)notification.Kind}|{notification.RefundNumber}");
}

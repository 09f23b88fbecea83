using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>Accepts what payment providers say. Callback, browser return and query all enter here, and each effect happens once.</summary>
/// <remarks>
/// Two keys guard a notification: the provider's id of the message, and what it means (trade, kind, refund), since different messages
/// report the same effect. Claims, effect and quarantine are one transaction, and the acknowledgement is given when it is durable.
/// Notifications that come at the same time share a transaction, each with an outcome of its own; one that comes alone waits for no other.
/// Safe for several threads and machines. When a method throws, answer the provider with <see cref="RetryLater"/>.
/// </remarks>
public sealed class NotificationGate : IAsyncDisposable, IDisposable
{
    private const string UnknownTrade = "unknown-trade";
    private const int MaxAttempts = 5;

    private readonly IQuarantineStore _quarantine;
    private readonly AlertNotices _notices;
    private readonly ScopedService<INotificationEffects> _effects;
    private readonly NotificationOptions _options;
    private readonly OperationGroups<GroupedNotification> _groups;

    /// <summary>Creates the gate; hosts with a container get it from there.</summary>
    public NotificationGate(
        IOperationStore operations, IQuarantineStore quarantine, IUnitOfWorkFactory units, ScopedService<INotificationEffects> effects,
        IOptions<NotificationOptions>? options = null, TimeProvider? timeProvider = null, ILogger<NotificationGate>? logger = null,
        AlertNotices? notices = null)
    {
        _quarantine = quarantine ?? throw new ArgumentNullException(nameof(quarantine));
        _notices = notices ?? AlertNotices.None;
        _effects = effects ?? throw new ArgumentNullException(nameof(effects));
        _options = options?.Value ?? new NotificationOptions();
        _groups = new OperationGroups<GroupedNotification>(
            operations, units, ApplyAsync, _options, DecideAsync, MaxAttempts, timeProvider, logger);
    }

    /// <summary>Accepts a notification.</summary>
    /// <param name="notification">What the provider says.</param>
    /// <param name="cancellationToken">Takes it back while it waits. A notification that is being written is finished.</param>
    /// <exception cref="ArgumentException">
    /// A number is missing, too long or has invisible characters; money moved without an amount, or a refund without a number.
    /// </exception>
    public async Task<NotificationOutcome> AcceptAsync(NotificationFacts notification, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(notification);
        return await SubmitAsync(notification, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Replays a notification from quarantine, for instance after the payment document was corrected.</summary>
    /// <returns>What became of it; <see langword="null"/> where it does not wait in quarantine.</returns>
    public async Task<NotificationOutcome?> ReplayAsync(
        long number, string operatorId, string note, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(operatorId);
        ArgumentException.ThrowIfNullOrWhiteSpace(note);
        if (await _quarantine.FindAsync(number, cancellationToken).ConfigureAwait(false) is not { State: QuarantineState.Waiting } message)
        {
            return null;
        }

        try
        {
            var release = new QuarantineRelease(number, operatorId, note);
            return await SubmitAsync(NotificationFactsCodec.Decode(message.Content), release, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationLostException)
        {
            // Another operator was first, and nothing of this replay was written.
            return null;
        }
    }

    /// <summary>Takes no further notifications, and writes those that wait.</summary>
    public ValueTask DisposeAsync() => _groups.DisposeAsync();

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>The answer for a provider whose notification could not be made durable.</summary>
    public Acknowledgement RetryLater(string provider) => ProtocolOf(provider).Again;

    private AcknowledgementProtocol ProtocolOf(string provider) =>
        _options.Protocols.TryGetValue(provider, out var protocol) ? protocol : AcknowledgementProtocol.Plain;

    private async Task<NotificationOutcome> SubmitAsync(
        NotificationFacts notification, QuarantineRelease? release, CancellationToken cancellationToken)
    {
        var member = new GroupedNotification(notification, release, ProtocolOf(notification.Provider))
        {
            Requests = RequestsOf(notification),
            Terms = new ClaimTerms(OperationState.Succeeded, _options.Retention, MaxAttempts: 1, TakesLapsed: false),
        };
        await _groups.SubmitAsync(member, cancellationToken).ConfigureAwait(false);
        return member.Outcome!;
    }

    /// <summary>Finds the document of a notification that takes effect; the others have their outcome then.</summary>
    private async ValueTask DecideAsync(GroupRun<GroupedNotification> run, GroupedNotification member)
    {
        var (unit, notification) = (run.UnitOfWork, member.Notification);
        member.Effect = null;
        foreach (var (answer, request) in member.Answers.Zip(member.Requests))
        {
            if (answer.Existing is { } existing && existing.Fingerprint.DifferencesTo(request.Fingerprint) is { Count: > 0 } fields)
            {
                var detail = $"{existing.Key.Key} came before with another {string.Join(", ", fields)}.";
                await QuarantineAsync(unit, member, "content-differs", detail).ConfigureAwait(false);
                return;
            }
        }

        // The key of the effect is the last. Another message of the same effect only adds its own id.
        if (member.Answers[^1].Existing is { } before)
        {
            member.Outcome = new NotificationOutcome.Duplicate(
                ProtocolOf(notification.Provider).Taken, before.FinishedAt ?? before.CreatedAt);
            await ReleaseAsync(unit, member).ConfigureAwait(false);
            return;
        }

        var found = await run.CallAsync(_effects, (effects, token) => effects.FindDocumentAsync(unit, notification, token))
            .ConfigureAwait(false);
        if (found is not { } document)
        {
            var detail = $"There is no document of the payment {notification.MerchantTradeNumber}.";
            await QuarantineAsync(unit, member, UnknownTrade, detail).ConfigureAwait(false);
            return;
        }

        if (MovesMoney(notification) && notification.Amount is { } amount && amount != document.Expected)
        {
            var detail = string.Create(
                CultureInfo.InvariantCulture, $"{notification.Provider} reports {amount}; the document asks for {document.Expected}.");
            await QuarantineAsync(unit, member, "amount-differs", detail).ConfigureAwait(false);
            return;
        }

        if (member.Refusal is { } refusal)
        {
            await QuarantineAsync(unit, member, "rejected", refusal).ConfigureAwait(false);
            member.Outcome = new NotificationOutcome.Rejected(member.Outcome!.Acknowledgement, refusal);
            return;
        }

        member.Effect = new NotificationEffect(notification, document);
    }

    /// <summary>Applies the effects of the notifications that agree with their documents together.</summary>
    private async ValueTask ApplyAsync(GroupRun<GroupedNotification> run, IReadOnlyList<GroupedNotification> decided)
    {
        var (unit, members) = (run.UnitOfWork, decided.Where(static member => member.Effect is not null).ToList());
        if (members.Count == 0)
        {
            return;
        }

        NotificationEffect[] together = [.. members.Select(static member => member.Effect!)];
        var results = await run.CallAsync(_effects, (effects, token) => effects.ApplyAsync(unit, together, token)).ConfigureAwait(false);
        for (var i = 0; i < together.Length; i++)
        {
            if (results[i].Ending == EffectEnding.Rejected)
            {
                // It goes into quarantine without a trace at its orders, where a replay would otherwise find it told before.
                members[i].Refusal = results[i].Detail ?? "";
                run.RollBack();
            }

            await ConcludeAsync(unit, members[i], results[i]).ConfigureAwait(false);
        }
    }

    private async ValueTask ConcludeAsync(UnitOfWork unit, GroupedNotification member, NotificationEffectResult result)
    {
        var protocol = ProtocolOf(member.Notification.Provider);
        var detail = result.Detail ?? "";
        switch (result.Ending)
        {
            case EffectEnding.Conflict:
                (member.IsInConflict, member.Outcome) = (true, new NotificationOutcome.Conflict(protocol.Again));
                return;
            case EffectEnding.Rejected:
                return;
            default:
                member.Outcome = result.Ending switch
                {
                    EffectEnding.Duplicate => new NotificationOutcome.Duplicate(protocol.Taken, null),
                    EffectEnding.Parked => new NotificationOutcome.Parked(protocol.Taken, detail),
                    _ => new NotificationOutcome.Applied(protocol.Taken),
                };
                await ReleaseAsync(unit, member).ConfigureAwait(false);
                return;
        }
    }

    private async ValueTask ReleaseAsync(UnitOfWork unit, GroupedNotification member)
    {
        if (member.Release is not { } release)
        {
            return;
        }

        member.HasWritten = true;
        var (number, state) = (release.Number, QuarantineState.Released);
        if (!await _quarantine.DecideAsync(unit, number, state, release.OperatorId, release.Note, CancellationToken.None)
            .ConfigureAwait(false))
        {
            throw new OperationLostException($"The message {release.Number} no longer waits in quarantine: another operator was first.");
        }
    }

    // The claims are given up: after a correction the same notification must pass, whether it is replayed or sent again.
    private async ValueTask QuarantineAsync(UnitOfWork unit, GroupedNotification member, string reason, string detail)
    {
        var notification = member.Notification;
        var content = NotificationFactsCodec.Encode(notification);
        var message = new QuarantinedMessage
        {
            Tenant = notification.Tenant,
            Source = notification.Provider,

            // With the start of its digest: the same message is kept once, and another content under the same id is kept beside it.
            MessageId = $"{notification.TransportId ?? EffectOf(notification)}#{Digest.Of(content).ToString()[..16]}",
            Reason = reason,
            Detail = detail,
            Content = content,
        };
        if (await _quarantine.AddAsync(unit, message, CancellationToken.None).ConfigureAwait(false))
        {
            var notice = new AlertNotice(message.Tenant, AlertKinds.Quarantine, message.Source, message.Reason, message.MessageId);
            await _notices.WriteAsync(unit, [notice], CancellationToken.None).ConfigureAwait(false);
        }

        // A callback may be faster than the host's own document: it passes when it is sent again.
        var protocol = ProtocolOf(notification.Provider);
        var acknowledgement = _options.AcknowledgesQuarantined && reason != UnknownTrade ? protocol.Taken : protocol.Again;
        (member.GivesUp, member.HasWritten) = (true, true);
        member.Outcome = new NotificationOutcome.Quarantined(acknowledgement, reason, detail);
    }

    private static OperationRequest[] RequestsOf(NotificationFacts notification)
    {
        if (MovesMoney(notification) && notification.Amount is null)
        {
            throw new ArgumentException(
                $"{notification.Provider} reports money for {notification.MerchantTradeNumber} without an amount. Set Amount.",
                nameof(notification));
        }

        if (string.IsNullOrEmpty(notification.MerchantTradeNumber)
            || (MovesMoney(notification) && string.IsNullOrEmpty(notification.ProviderTradeNumber)))
        {
            throw new ArgumentException(
                $"The trade of {notification.Provider} needs both numbers, and has the merchant's '{notification.MerchantTradeNumber}' and "
                + $"the provider's '{notification.ProviderTradeNumber}': otherwise a repeat could count as a second payment.",
                nameof(notification));
        }

        if (notification.Kind == NotificationKind.Refunded && string.IsNullOrEmpty(notification.RefundNumber))
        {
            throw new ArgumentException(
                $"{notification.Provider} reports a refund of {notification.MerchantTradeNumber} without its number. Set RefundNumber.",
                nameof(notification));
        }

        var fields = new List<(string, FingerprintValue)>
        {
            ("merchant trade number", notification.MerchantTradeNumber),
            ("provider trade number", notification.ProviderTradeNumber),
            ("kind", (long)notification.Kind),
            ("refund number", notification.RefundNumber),
            ("amount", MovesMoney(notification) && notification.Amount is { } amount ? FingerprintValue.Of(amount) : default),
        };
        var key = new OperationKey(notification.Tenant, $"payment-effect:{notification.Provider}", EffectOf(notification));
        var effect = new OperationRequest(key, Fingerprint.Of(fields), Guid.NewGuid());
        return notification.TransportId is { } id
            ? [
                new(new OperationKey(notification.Tenant, $"notification:{notification.Provider}", id), effect.Fingerprint, Guid.NewGuid()),
                effect,
            ]
            : [effect];
    }

    // A closed or finished trade is the same with and without its amount.
    private static bool MovesMoney(NotificationFacts notification) =>
        notification.Kind is NotificationKind.Paid or NotificationKind.Refunded;

    // A second paid trade for the same document has another number of the provider. It is another payment and another effect.
    private static string EffectOf(NotificationFacts notification) => string.Create(
        CultureInfo.InvariantCulture,
        $"{notification.MerchantTradeNumber}|{notification.ProviderTradeNumber}|{(int)notification.Kind}|{notification.RefundNumber}");
}

using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging;

/// <summary>Lists dead letters, redrives them, or discards them.</summary>
/// <remarks>
/// Every action is recorded with its author. A redrive keeps the message's id, so that a receiver that already has the message recognises
/// it. Two redrives of one letter take effect once.
/// </remarks>
public sealed class DeadLetters
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private readonly IDeadLetterStore _letters;
    private readonly IOutboxStore _outbox;
    private readonly IInboxStore _inbox;
    private readonly IUnitOfWorkFactory _units;
    private readonly InboxPumpOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Creates the service. Hosts with a container resolve it.</summary>
    public DeadLetters(
        IDeadLetterStore letters,
        IOutboxStore outbox,
        IInboxStore inbox,
        IUnitOfWorkFactory units,
        IOptions<InboxPumpOptions>? options = null,
        TimeProvider? timeProvider = null)
    {
        _letters = letters ?? throw new ArgumentNullException(nameof(letters));
        _outbox = outbox ?? throw new ArgumentNullException(nameof(outbox));
        _inbox = inbox ?? throw new ArgumentNullException(nameof(inbox));
        _units = units ?? throw new ArgumentNullException(nameof(units));
        _options = options?.Value ?? new InboxPumpOptions();
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Lists letters, the oldest first.</summary>
    public async Task<Page<DeadLetter>> QueryAsync(DeadLetterQuery query, CancellationToken cancellationToken = default) =>
        await _letters.QueryAsync(query, cancellationToken).ConfigureAwait(false);

    /// <summary>Lists the actions on a letter, the oldest first.</summary>
    public async Task<IReadOnlyList<DeadLetterAct>> ActsAsync(long number, CancellationToken cancellationToken = default) =>
        await _letters.ActsAsync(number, cancellationToken).ConfigureAwait(false);

    /// <summary>Sends one message again, at the end of its lane.</summary>
    /// <param name="number">The letter.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="note">Why.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<RedriveResult> RedriveAsync(
        long number, string by, string? note = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        return await _letters.FindAsync(number, cancellationToken).ConfigureAwait(false) is { } letter
            ? await RedriveAsync(letter, by, note, cancellationToken).ConfigureAwait(false)
            : new RedriveResult.NotFound();
    }

    /// <summary>Sends all messages that a query finds again, each in its own transaction, the oldest first.</summary>
    /// <remarks>Only dead letters are redriven, whatever <see cref="DeadLetterQuery.State"/> says.</remarks>
    public async Task<RedriveReport> RedriveAsync(
        DeadLetterQuery query, RedriveOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(options.By))
        {
            throw new ArgumentException("RedriveOptions.By is empty. Name the operator; it is recorded with each letter.", nameof(options));
        }

        if (options.MaxCount < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxCount, "RedriveOptions.MaxCount is at least 1.");
        }

        if (options.PerSecond is < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.PerSecond, "RedriveOptions.PerSecond is at least 1, or null for no limit.");
        }

        var report = default(RedriveReport);
        var next = query with { State = DeadLetterState.Dead };
        while (true)
        {
            var page = await _letters.QueryAsync(next, cancellationToken).ConfigureAwait(false);
            foreach (var letter in page.Items)
            {
                if (report.Matched == options.MaxCount)
                {
                    return report;
                }

                if (!options.IsDryRun && options.PerSecond is { } rate && report.Matched > 0 && report.Matched % rate == 0)
                {
                    await Task.Delay(OneSecond, _time, cancellationToken).ConfigureAwait(false);
                }

                report = report with { Matched = report.Matched + 1 };
                if (!options.IsDryRun)
                {
                    var result = await RedriveAsync(letter, options.By, options.Note, cancellationToken).ConfigureAwait(false);
                    report = result is RedriveResult.Redriven
                        ? report with { Redriven = report.Redriven + 1 }
                        : report with { Refused = report.Refused + 1 };
                }
            }

            if (page.Continuation is null)
            {
                return report;
            }

            next = next with { Continuation = page.Continuation };
        }
    }

    /// <summary>Discards a message for good. Its bytes stay with the letter.</summary>
    /// <param name="number">The letter.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<DiscardResult> DiscardAsync(long number, string by, string reason, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (await _letters.FindAsync(number, cancellationToken).ConfigureAwait(false) is not { } letter)
        {
            return DiscardResult.NotFound;
        }

        var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            if (letter.Flow == MessageFlow.Inbox)
            {
                await _inbox.SettleAsync(unit, letter.ToInbox(), _options.Retention, cancellationToken).ConfigureAwait(false);
            }

            // Last, as in a redrive: with different orders the two could deadlock.
            if (!await _letters.CloseAsync(unit, number, DeadLetterState.Discarded, by, reason, cancellationToken).ConfigureAwait(false))
            {
                return DiscardResult.AlreadyClosed;
            }

            await unit.CommitAsync(cancellationToken).ConfigureAwait(false);
            return DiscardResult.Discarded;
        }
    }

    private async Task<RedriveResult> RedriveAsync(DeadLetter letter, string by, string? note, CancellationToken cancellationToken)
    {
        var unit = await _units.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            var isReceived = false;
            if (letter.Flow == MessageFlow.Outbox)
            {
                await _outbox.AppendAsync(unit, [letter.ToOutbox()], cancellationToken).ConfigureAwait(false);
            }
            else
            {
                isReceived = !await _inbox.BringBackAsync(unit, letter.ToInbox(), cancellationToken).ConfigureAwait(false);
            }

            // Last, so that of two redrives of one letter the second waits here for the first, and rolls back.
            var isClosed = await _letters.CloseAsync(
                unit,
                letter.Number,
                isReceived ? DeadLetterState.Discarded : DeadLetterState.Redriven,
                by,
                isReceived ? "The inbox has this message as pending or done." : note,
                cancellationToken).ConfigureAwait(false);
            if (isClosed)
            {
                await unit.CommitAsync(cancellationToken).ConfigureAwait(false);
                return isReceived ? new RedriveResult.Duplicate() : new RedriveResult.Redriven();
            }
        }

        // After the unit has ended: the store may allow no reads while it is open.
        var now = await _letters.FindAsync(letter.Number, cancellationToken).ConfigureAwait(false);
        return now is null ? new RedriveResult.NotFound() : new RedriveResult.AlreadyClosed(now.State);
    }
}

using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging.Storage;

namespace OrderKit.Messaging;

/// <summary>What people do with messages that were given up: look, send them on their way again, or discard them.</summary>
/// <remarks>
/// Every act is noted with its author. A redrive keeps the message's id, so that whoever received the message after all recognises
/// it; two redrives of one letter are one.
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

    /// <summary>Makes the service; hosts with a container get it from there.</summary>
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

    /// <summary>Lists letters, the longest dead first.</summary>
    public async Task<Page<DeadLetter>> QueryAsync(DeadLetterQuery query, CancellationToken cancellationToken = default) =>
        await _letters.QueryAsync(query, cancellationToken).ConfigureAwait(false);

    /// <summary>What was done with a letter, in the order done.</summary>
    public async Task<IReadOnlyList<DeadLetterAct>> ActsAsync(long number, CancellationToken cancellationToken = default) =>
        await _letters.ActsAsync(number, cancellationToken).ConfigureAwait(false);

    /// <summary>Sends one message on its way again, at the end of its lane.</summary>
    /// <param name="number">The letter.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="note">Why.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<RedriveResult> RedriveAsync(long number, string by, string? note = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        return await _letters.FindAsync(number, cancellationToken).ConfigureAwait(false) is { } letter
            ? await RedriveAsync(letter, by, note, cancellationToken).ConfigureAwait(false)
            : new RedriveResult.NotFound();
    }

    /// <summary>Sends the messages that a query finds on their way again, one transaction each, the longest dead first.</summary>
    /// <remarks>Only dead letters are redriven, whatever <see cref="DeadLetterQuery.State"/> says.</remarks>
    public async Task<RedriveReport> RedriveAsync(DeadLetterQuery query, RedriveOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(options.By))
        {
            throw new ArgumentException("RedriveOptions.By is empty; it is who does it, and is noted with each letter.", nameof(options));
        }

        if (options.MaxCount < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxCount, "RedriveOptions.MaxCount is at least 1.");
        }

        if (options.PerSecond is < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.PerSecond, "RedriveOptions.PerSecond is at least 1, or nothing for no limit.");
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
                    report = await RedriveAsync(letter, options.By, options.Note, cancellationToken).ConfigureAwait(false) is RedriveResult.Redriven
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

    /// <summary>Gives a message up for good; its bytes stay with the letter.</summary>
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

            // Last, as in a redrive: in another order the two could wait for each other.
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

            // Last, so that of two who redrive one letter the second waits here for the first, and takes back what it wrote.
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

        // After the unit has ended: the store may let nobody read while it is open.
        var now = await _letters.FindAsync(letter.Number, cancellationToken).ConfigureAwait(false);
        return now is null ? new RedriveResult.NotFound() : new RedriveResult.AlreadyClosed(now.State);
    }
}

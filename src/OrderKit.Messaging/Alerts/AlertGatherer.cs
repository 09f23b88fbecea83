using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Messaging;

/// <summary>Folds many notices into few alerts.</summary>
/// <remarks>
/// A batch of notices is folded in one transaction: its rows leave the outbox and one row for each group takes their place, so that
/// nothing is lost or counted twice in a crash. When a group has waited long enough, and is not quiet, its row becomes one for each sink in
/// the same way. The quiet time of a group is a lease that nobody releases: it expires by the store's clock, for all processes.
/// </remarks>
internal sealed partial class AlertGatherer(
    IOutboxStore outbox, ILeaseStore leases, IUnitOfWorkFactory units, IReadOnlyList<string> sinks, AlertOptions options, ILogger logger)
{
    private static readonly Counter<long> Alerts = OrderKitTelemetry.Meter.CreateCounter<long>(
        OrderKitTelemetry.AlertsCounterName, "{alert}", "Alerts that were sent.");

    private static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Unreadable = TimeSpan.FromHours(1);

    /// <summary>Folds what is there and hands over what is due; returns how many alerts the sinks got each.</summary>
    public async Task<int> GatherAsync(CancellationToken cancellationToken)
    {
        var told = 0;
        while (true)
        {
            var claimed = await outbox.ClaimAsync(AlertNotice.Destination, options.BatchSize, options.Lease, cancellationToken)
                .ConfigureAwait(false);

            // Of a full batch, groups are only folded: there may be more of the same behind it, and they are one alert.
            var mayTell = claimed.Count < options.BatchSize;
            var rows = await ReadAsync(claimed).ConfigureAwait(false);
            foreach (var group in rows.GroupBy(static row => row.Notices.Group))
            {
                told += await TakeAsync([.. group], mayTell, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }

            if (mayTell)
            {
                return told;
            }
        }
    }

    private async Task<List<Row>> ReadAsync(IReadOnlyList<OutboxDelivery> claimed)
    {
        var rows = new List<Row>(claimed.Count);
        foreach (var delivery in claimed)
        {
            try
            {
                if (GatheredNotices.Of(delivery) is { } notices)
                {
                    rows.Add(new Row(delivery, notices));
                    continue;
                }
            }
            catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException or NotSupportedException)
            {
                LogUnreadable(logger, e, delivery.Message.MessageId);
            }

            // Another version may read it.
            await outbox.RetryAsync(delivery, Unreadable, "This version can't read the notice.", CancellationToken.None)
                .ConfigureAwait(false);
        }

        return rows;
    }

    private async Task<bool> TakeAsync(List<Row> rows, bool mayTell, CancellationToken cancellationToken)
    {
        var folded = GatheredNotices.Fold(rows.Select(static row => row.Notices), options.Subjects);
        var now = rows[0].Delivery.FirstAt + rows[0].Delivery.Age;
        var rest = options.Gather - (now - folded.FirstAt);
        if ((mayTell || rows.Count == 1) && rest <= TimeSpan.Zero && await MayTellAsync(folded, cancellationToken).ConfigureAwait(false))
        {
            if (!await ReplaceAsync(rows, [.. sinks.Select(folded.ToMessage)]).ConfigureAwait(false))
            {
                return false;
            }

            Alerts.Add(1, new KeyValuePair<string, object?>(OrderKitTelemetry.OutcomeTag, folded.Kind));
            return true;
        }

        if (rows.Count > 1)
        {
            await ReplaceAsync(rows, [folded.ToMessage()]).ConfigureAwait(false);
            return false;
        }

        // Due again at the next sweep while they gather, and all at the same instant while they are quiet, so that they are folded then.
        var look = options.Quiet < LongestLook ? options.Quiet : LongestLook;
        var pause = TimeSpan.FromTicks(
            rest > TimeSpan.Zero ? Math.Min(rest.Ticks, options.PollInterval.Ticks / 2) : look.Ticks - (now.UtcTicks % look.Ticks));
        await outbox.RetryAsync(rows[0].Delivery, pause, "It waits for others of its kind.", CancellationToken.None).ConfigureAwait(false);
        return false;
    }

    // Whoever crashes between this and the handing over comes back with the same first row, and so as the same owner.
    private async Task<bool> MayTellAsync(GatheredNotices folded, CancellationToken cancellationToken)
    {
        var name = new CanonicalWriter();
        name.WriteString(folded.Kind);
        name.WriteString(folded.Source);
        name.WriteString(folded.Reason);
        return await leases.TryAcquireAsync(
            $"orderkit.alerts.quiet.{Digest.Of(name.WrittenSpan).ToString()[..32]}", $"row-{folded.FirstRow}", options.Quiet,
            cancellationToken).ConfigureAwait(false) is not null;
    }

    private async Task<bool> ReplaceAsync(List<Row> rows, IReadOnlyList<OutboxMessage> by)
    {
        var unit = await units.BeginAsync(CancellationToken.None).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            foreach (var row in rows)
            {
                if (!await outbox.RemoveAsync(unit, row.Delivery, CancellationToken.None).ConfigureAwait(false))
                {
                    // The lease lapsed and another process has the row: it decides.
                    return false;
                }
            }

            await outbox.AppendAsync(unit, by, CancellationToken.None).ConfigureAwait(false);
            await unit.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return true;
        }
    }

    [LoggerMessage(2403, LogLevel.Error, "The notice {MessageId} cannot be read; it is looked at again in an hour.")]
    private static partial void LogUnreadable(ILogger logger, Exception exception, string messageId);

    private sealed record Row(OutboxDelivery Delivery, GatheredNotices Notices);
}

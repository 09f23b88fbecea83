using System.Diagnostics;
using ControlTower.FollowUp;
using ControlTower.Invoices;
using ControlTower.Stories;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Simulation;
using OrderKit.StateMachine.Storage;

namespace ControlTower.Replays;

/// <summary>Loads the tower: the invoices of the excerpt, the simulated world around them, and the two stories.</summary>
public sealed class TowerLoader(Replay replay, ICaseStore cases, IOrderQueryStore orders, FollowUpTally tally)
{
    /// <summary>Loads everything.</summary>
    /// <param name="seed">The seed of the simulated world.</param>
    /// <param name="limit">The maximum number of sales.</param>
    /// <param name="progress">Receives the number of messages first, and then the number of replayed ones.</param>
    /// <param name="cancellationToken">Cancels the load between two slots.</param>
    public async Task<ReplaySummary> LoadAsync(
        long seed, int limit, IProgress<(int Played, int All)>? progress = null, CancellationToken cancellationToken = default)
    {
        var started = Stopwatch.GetTimestamp();
        var counts = new ReplayCounts();
        var reader = new InvoiceReader();
        var book = new SalesBook();
        await foreach (var document in reader.ReadFileAsync(InvoiceReader.Excerpt, cancellationToken))
        {
            if (document.Kind == InvoiceKind.Sale && book.Sales.Count >= limit)
                break;
            book.Add(document);
        }

        // The stories first, because their clock is in 2026, and the clock must end in the time of the excerpt.
        await replay.PlayAsync(TwoOrders.Messages, TimeSpan.Zero, Eras.StoriesEnd, counts, cancellationToken: cancellationToken);

        var messages = MessagesOf(book, seed);
        var all = messages.Count(m => m.ArrivesAt <= Eras.InvoicesEnd);
        var done = 0;
        progress?.Report((0, all));
        await replay.PlayAsync(
            messages, Replay.QuarterHour, Eras.InvoicesEnd, counts, played => progress?.Report((done += played, all)), cancellationToken);
        return new ReplaySummary(
            book, reader.Refused, counts, await cases.CountOpenAsync(TenantId.Default, cancellationToken),
            await CountParkedAsync(cancellationToken),
            tally.Releases, tally.FollowUps, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Returns all messages about the invoices, in the order of arrival.</summary>
    public static IReadOnlyList<SimulatedMessage> MessagesOf(SalesBook book, long seed)
    {
        ArgumentNullException.ThrowIfNull(book);

        // This host releases orders itself; see ReleaseWhenReady.
        var world = new SimulatedRetailWorld(seed, new SimulatedRetailOptions { ReleasesOrders = false });
        var messages = new List<(SimulatedMessage Message, int Sale)>();
        for (var i = 0; i < book.Sales.Count; i++)
        {
            messages.Add((InvoiceFacts.Placed(book.Sales[i]), i));
            foreach (var message in world.Follow(book.Sales[i].ToSale()).Messages)
                messages.Add((message, i));
        }

        foreach (var credit in book.Unmatched)
            messages.Add((InvoiceFacts.Unmatched(credit), int.MaxValue));
        return [.. messages.OrderBy(m => m.Message.ArrivesAt).ThenBy(m => m.Sale).Select(m => m.Message)];
    }

    private async Task<long> CountParkedAsync(CancellationToken cancellationToken)
    {
        var count = 0L;
        string? continuation = null;
        do
        {
            var page = await orders.ParkedAsync(TenantId.Default, 500, continuation, cancellationToken);
            (count, continuation) = (count + page.Items.Count, page.Continuation);
        }
        while (continuation is not null);
        return count;
    }
}

using OrderKit.Core;
using OrderKit.Messaging;
using OrderKit.Simulation;
using OrderKit.StateMachine;

namespace ControlTower.Replays;

/// <summary>Replays messages in the order of arrival, one slot of time per batch, and runs deadlines and events in between.</summary>
public sealed class Replay(OrderLifecycle lifecycle, OutboxPump pump, DeadlineRunner deadlines, ReplayClock clock)
{
    /// <summary>A slot of 15 minutes, as for an integration that polls every quarter of an hour.</summary>
    public static readonly TimeSpan QuarterHour = TimeSpan.FromMinutes(15);

    /// <summary>Replays messages up to a time and leaves the clock there.</summary>
    /// <param name="messages">The messages, in the order of arrival.</param>
    /// <param name="slot">The duration of one batch. Zero replays each instant separately.</param>
    /// <param name="until">The end. Later messages are not replayed.</param>
    /// <param name="counts">Receives the number of each outcome.</param>
    /// <param name="played">Receives the number of replayed messages.</param>
    /// <param name="cancellationToken">Cancels the replay between two slots.</param>
    public async Task PlayAsync(
        IReadOnlyList<SimulatedMessage> messages, TimeSpan slot, DateTimeOffset until, ReplayCounts counts, Action<int>? played = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(counts);
        var next = 0;
        while (next < messages.Count && messages[next].ArrivesAt <= until)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var end = EndOfSlot(messages[next].ArrivesAt, slot, until);
            clock.Set(end);
            while (next < messages.Count && messages[next].ArrivesAt <= end)
            {
                var first = next;
                next = EndOfBatch(messages, first, end);
                foreach (
                    var result in await lifecycle.FireManyAsync([.. messages.Take(first..next).Select(m => m.Fact)], cancellationToken))
                    counts.Add(result);
                played?.Invoke(next - first);
            }

            await pump.PumpAllAsync(cancellationToken);
            await deadlines.RunDueAsync(cancellationToken);
        }

        clock.Set(until);
        await deadlines.RunDueAsync(cancellationToken);
        await pump.PumpAllAsync(cancellationToken);
    }

    // A fact with a number that an earlier fact of the batch links begins a new batch. In the same batch it would be parked until the
    // number is linked and be decided after later facts. Nothing would be lost, but the journal would have the wrong order.
    private static int EndOfBatch(IReadOnlyList<SimulatedMessage> messages, int next, DateTimeOffset end)
    {
        var known = new HashSet<OrderReference>();
        for (; next < messages.Count && messages[next].ArrivesAt <= end; next++)
        {
            if (messages[next].Fact.Reference is { } number && known.Contains(number))
                break;
            known.UnionWith(messages[next].Fact.Links);
        }

        return next;
    }

    private static DateTimeOffset EndOfSlot(DateTimeOffset at, TimeSpan slot, DateTimeOffset until)
    {
        var end = slot == TimeSpan.Zero ? at : new DateTimeOffset(((at.UtcTicks / slot.Ticks) + 1) * slot.Ticks, TimeSpan.Zero);
        return end < until ? end : until;
    }
}

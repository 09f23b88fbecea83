using OrderKit.Core;
using OrderKit.Messaging;
using OrderKit.Simulation;
using OrderKit.StateMachine;

namespace ControlTower.Replays;

/// <summary>Brings messages to the engine in the order of arrival, a slot of time at a time, and lets deadlines and events do their work in between.</summary>
public sealed class Replay(OrderLifecycle lifecycle, OutboxPump pump, DeadlineRunner deadlines, ReplayClock clock)
{
    /// <summary>As an integration would that asks every quarter of an hour: many small transactions in daylight, none at night.</summary>
    public static readonly TimeSpan QuarterHour = TimeSpan.FromMinutes(15);

    /// <summary>Plays messages up to an instant and leaves the clock there.</summary>
    /// <param name="messages">The messages, in the order of arrival.</param>
    /// <param name="slot">How much time goes into one batch; zero plays each instant on its own.</param>
    /// <param name="until">The end; what arrives later has not happened yet.</param>
    /// <param name="counts">Counts the endings.</param>
    /// <param name="played">Hears how many were played.</param>
    /// <param name="cancellationToken">Stops between two slots.</param>
    public async Task PlayAsync(
        IReadOnlyList<SimulatedMessage> messages, TimeSpan slot, DateTimeOffset until, ReplayCounts counts, Action<int>? played = null, CancellationToken cancellationToken = default)
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
                foreach (var result in await lifecycle.FireManyAsync([.. messages.Take(first..next).Select(m => m.Fact)], cancellationToken))
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

    // A fact that names its order by a number which an earlier one makes known begins a batch of its own. In one batch it would wait for
    // that number and be decided after its later neighbours: nothing would be lost, but the journal would tell it in the wrong order.
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

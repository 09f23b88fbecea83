using System.Diagnostics;
using OrderKit;
using OrderKit.StateMachine;

namespace PaymentStorm;

/// <summary>Delivers callbacks from many connections, and compares what was answered with what the store has.</summary>
internal sealed class Storm(OrderIntake intake, OrderLifecycle orders, OrderQueries queries, int orderCount, int callers)
{
    private const int Seed = 8_821;
    private const int PlacedAtOnce = 2_000;

    // Answered parts of each order, a bit for each: what the provider will not send again.
    private readonly int[] _answered = new int[orderCount];
    private readonly List<TimeSpan>[] _waits = [.. Enumerable.Range(0, callers).Select(_ => new List<TimeSpan>())];
    private long _sent;
    private long _effects;
    private TimeSpan _lasted;

    public long Sent => Interlocked.Read(ref _sent);

    public long Effects => Interlocked.Read(ref _effects);

    /// <summary>Places the orders that will be paid.</summary>
    public async Task PlaceAsync(Action<double> progress)
    {
        for (var i = 0; i < orderCount; i += PlacedAtOnce)
        {
            await orders.FireManyAsync([.. Enumerable.Range(i, Math.Min(PlacedAtOnce, orderCount - i)).Select(Callback.Placed)]).ConfigureAwait(false);
            progress(Math.Min(1.0, (double)(i + PlacedAtOnce) / orderCount));
        }
    }

    /// <summary>Delivers for a while.</summary>
    public async Task BlowAsync(TimeSpan duration)
    {
        var stream = new CallbackStream(orderCount, Seed);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(_waits.Select(waits => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(started) < duration && stream.TryTake(out var callback))
            {
                var begun = Stopwatch.GetTimestamp();
                var result = await intake.TakeAsync(callback.ToRequest()).ConfigureAwait(false);
                waits.Add(Stopwatch.GetElapsedTime(begun));
                Interlocked.Increment(ref _sent);
                switch (result)
                {
                    case IntakeResult.Taken { Fired: not FireResult.Conflict and not FireResult.Unresolved }:
                        Interlocked.Increment(ref _effects);
                        break;
                    case IntakeResult.Repeated:
                        break;
                    default:
                        // Not taken: a provider would send it again.
                        continue;
                }

                Interlocked.Or(ref _answered[callback.Order], 1 << callback.Part);
            }
        }))).ConfigureAwait(false);
        _lasted = Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Reads every order back, and counts what is missing or there twice.</summary>
    public async Task<Account> CloseAsync()
    {
        long lost = 0, doubled = 0;
        var captured = await CapturedAsync().ConfigureAwait(false);
        for (var order = 0; order < orderCount; order++)
        {
            var expected = int.PopCount(_answered[order]);
            var found = captured.GetValueOrDefault(Callback.KeyOf(order)) / Callback.Amount.MinorUnits;
            lost += Math.Max(0, expected - found);
            doubled += Math.Max(0, found - expected);
        }

        var waits = _waits.SelectMany(static waits => waits).Order().ToArray();
        return new Account(
            Sent, Sent - Effects, Effects, lost, doubled, Sent / _lasted.TotalSeconds,
            waits.Length == 0 ? default : waits[waits.Length / 2], waits.Length == 0 ? default : waits[Math.Min(waits.Length - 1, waits.Length * 99 / 100)]);
    }

    private async Task<Dictionary<OrderKit.Core.OrderKey, long>> CapturedAsync()
    {
        var captured = new Dictionary<OrderKit.Core.OrderKey, long>(orderCount);
        string? continuation = null;
        do
        {
            var page = await queries.SearchAsync(new OrderQuery { PageSize = 1_000, Continuation = continuation }).ConfigureAwait(false);
            foreach (var order in page.Items)
            {
                captured[order.Key] = order.Snapshot.Counters.Captured;
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);

        return captured;
    }
}

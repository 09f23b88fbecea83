using System.Diagnostics;
using OrderKit;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace PaymentStorm;

/// <summary>Delivers callbacks from many connections, and compares the answers with the store.</summary>
internal sealed class Storm(OrderIntake intake, OrderLifecycle orders, IJournalStore journal, int orderCount, int callers)
{
    private const int Seed = 8_821;
    private const int PlacedAtOnce = 2_000;

    private readonly PartBook _parts = new(orderCount);
    private readonly List<TimeSpan>[] _waits = [.. Enumerable.Range(0, callers).Select(_ => new List<TimeSpan>())];
    private long _sent;
    private long _effects;
    private TimeSpan _lasted;

    public long Sent => Interlocked.Read(ref _sent);

    public long Effects => Interlocked.Read(ref _effects);

    /// <summary>Places the orders to be paid.</summary>
    public async Task PlaceAsync(Action<double> progress)
    {
        for (var i = 0; i < orderCount; i += PlacedAtOnce)
        {
            await orders.FireManyAsync(
                [.. Enumerable.Range(i, Math.Min(PlacedAtOnce, orderCount - i)).Select(Callback.Placed)]).ConfigureAwait(false);
            progress(Math.Min(1.0, (double)(i + PlacedAtOnce) / orderCount));
        }
    }

    /// <summary>Delivers callbacks for a while.</summary>
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
                    case IntakeResult.Applied:
                        Interlocked.Increment(ref _effects);
                        break;
                    case IntakeResult.Duplicate:
                        break;
                    default:
                        // Not accepted: a provider would send it again.
                        continue;
                }

                _parts.NoteAnswer(callback);
            }
        }))).ConfigureAwait(false);
        _lasted = Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Reads every order back, and counts missing and duplicate payments.</summary>
    public async Task<Account> CloseAsync()
    {
        await foreach (var (_, trade) in JournalledPayments.ReadAsync(journal).ConfigureAwait(false))
        {
            _parts.NoteEffect(Callback.Of(trade));
        }

        var (lost, doubled) = _parts.Compare();
        var waits = _waits.SelectMany(static waits => waits).Order().ToArray();
        return new Account(
            Sent, Sent - Effects, Effects, lost, doubled, Sent / _lasted.TotalSeconds,
            waits.Length == 0 ? default : waits[waits.Length / 2], waits.Length == 0 ? default : waits[Math.Min(
                waits.Length - 1, waits.Length * 99 / 100)]);
    }
}

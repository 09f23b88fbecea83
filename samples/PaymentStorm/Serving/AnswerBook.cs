using System.Diagnostics;

namespace PaymentStorm.Serving;

/// <summary>What the server answered: how often, how fast, and which payments it said it has.</summary>
internal sealed class AnswerBook(int trades)
{
    // Tenths of milliseconds up to 30 seconds; slower ones count as those.
    private const int Buckets = 300_000;

    private readonly int[] _acknowledged = new int[trades];
    private readonly long[] _waits = new long[Buckets];
    private long _taken;
    private long _again;
    private long _refused;
    private long _payments;
    private long _first = long.MaxValue;
    private long _last = long.MinValue;

    /// <summary>Callbacks answered, whatever the answer.</summary>
    public long Sent => Taken + Again + Refused;

    /// <summary>Callbacks of which the provider heard that they were taken.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Of those, the ones that say that money came in.</summary>
    public long Payments => Interlocked.Read(ref _payments);

    /// <summary>Callbacks that the provider is asked to send again.</summary>
    public long Again => Interlocked.Read(ref _again);

    /// <summary>Callbacks that were wrong.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public bool IsAcknowledged(int trade) => Volatile.Read(ref _acknowledged[trade]) != 0;

    /// <summary>Notes that a provider was told that this payment was taken, by this server or one before it.</summary>
    public bool TryAcknowledge(Trade trade)
    {
        if (trade.Number >= _acknowledged.Length)
        {
            return false;
        }

        Volatile.Write(ref _acknowledged[trade.Number], 1);
        return true;
    }

    /// <summary>Notes an answer after it was given.</summary>
    /// <param name="begun">When its request came, as <see cref="Stopwatch.GetTimestamp"/>.</param>
    /// <param name="status">The status.</param>
    /// <param name="paid">The payment, where the callback was about money that came in.</param>
    public void Note(long begun, int status, Trade? paid)
    {
        var now = Stopwatch.GetTimestamp();
        Interlocked.Increment(ref _waits[(int)Math.Min(Buckets - 1, Stopwatch.GetElapsedTime(begun, now).TotalMilliseconds * 10)]);
        Widen(begun, now);
        switch (status)
        {
            case < 300:
                Interlocked.Increment(ref _taken);
                if (paid is { } trade)
                {
                    Interlocked.Increment(ref _payments);
                    TryAcknowledge(trade);
                }

                break;
            case < 500:
                Interlocked.Increment(ref _refused);
                break;
            default:
                Interlocked.Increment(ref _again);
                break;
        }
    }

    /// <summary>Callbacks answered in a second, from the first to the last.</summary>
    public double PerSecond() => Sent == 0 ? 0 : Sent / Math.Max(0.001, Stopwatch.GetElapsedTime(Volatile.Read(ref _first), Volatile.Read(ref _last)).TotalSeconds);

    /// <summary>The time within which a share of the callbacks was answered.</summary>
    public TimeSpan Within(double share)
    {
        var (target, sum) = (share * Sent, 0L);
        for (var i = 0; i < Buckets && Sent > 0; i++)
        {
            if ((sum += Interlocked.Read(ref _waits[i])) >= target)
            {
                return TimeSpan.FromMilliseconds((i + 0.5) / 10);
            }
        }

        return TimeSpan.Zero;
    }

    private void Widen(long begun, long now)
    {
        for (var first = Volatile.Read(ref _first); begun < first; first = Volatile.Read(ref _first))
        {
            Interlocked.CompareExchange(ref _first, begun, first);
        }

        for (var last = Volatile.Read(ref _last); now > last; last = Volatile.Read(ref _last))
        {
            Interlocked.CompareExchange(ref _last, now, last);
        }
    }
}

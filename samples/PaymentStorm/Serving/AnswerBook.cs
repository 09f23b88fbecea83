using System.Diagnostics;

namespace PaymentStorm.Serving;

/// <summary>Counts the answers of the server, their latency, and the payments that it acknowledged.</summary>
internal sealed class AnswerBook(int trades)
{
    // Tenths of milliseconds up to 30 seconds; slower answers count as 30 seconds.
    private const int Buckets = 300_000;

    private readonly int[] _acknowledged = new int[trades];
    private readonly long[] _waits = new long[Buckets];
    private long _taken;
    private long _again;
    private long _refused;
    private long _payments;
    private long _first = long.MaxValue;
    private long _last = long.MinValue;

    /// <summary>All answered callbacks.</summary>
    public long Sent => Taken + Again + Refused;

    /// <summary>Acknowledged callbacks.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Acknowledged callbacks about a captured payment.</summary>
    public long Payments => Interlocked.Read(ref _payments);

    /// <summary>Callbacks that the provider must send again.</summary>
    public long Again => Interlocked.Read(ref _again);

    /// <summary>Refused callbacks.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public bool IsAcknowledged(int trade) => Volatile.Read(ref _acknowledged[trade]) != 0;

    /// <summary>Records that this payment was acknowledged, by this server or by one before it.</summary>
    public bool TryAcknowledge(Trade trade)
    {
        if (trade.Number >= _acknowledged.Length)
        {
            return false;
        }

        Volatile.Write(ref _acknowledged[trade.Number], 1);
        return true;
    }

    /// <summary>Records an answer after it was sent.</summary>
    /// <param name="begun">The start of the request, from <see cref="Stopwatch.GetTimestamp"/>.</param>
    /// <param name="status">The status.</param>
    /// <param name="paid">The payment, if the callback was about a captured payment.</param>
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

    /// <summary>Returns the callbacks answered per second, from the first to the last.</summary>
    public double PerSecond() =>
        Sent == 0 ? 0 : Sent / Math.Max(0.001, Stopwatch.GetElapsedTime(Volatile.Read(ref _first), Volatile.Read(ref _last)).TotalSeconds);

    /// <summary>Returns the time within which a share of the callbacks was answered.</summary>
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

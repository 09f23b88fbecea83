namespace OrderKit.Messaging;

/// <summary>Stops deliveries to a destination that fails again and again. Its state is this process's own.</summary>
/// <remarks>Safe for several threads. When a break is over, one delivery is tried.</remarks>
internal sealed class CircuitBreaker(int failuresToOpen, TimeSpan firstBreak, TimeSpan maxBreak, TimeProvider time)
{
    private readonly Lock _gate = new();
    private int _failures;
    private int _breaks;
    private long _openSince;
    private TimeSpan _break;

    /// <summary>Whether nothing may be delivered now.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return IsOpenNow;
            }
        }
    }

    private bool IsOpenNow => _break > TimeSpan.Zero && time.GetElapsedTime(_openSince) < _break;

    /// <summary>How many messages may be claimed at once: one after a break.</summary>
    public int Allows(int max)
    {
        lock (_gate)
        {
            return _breaks > 0 ? 1 : max;
        }
    }

    /// <summary>Notes a delivery, and closes the circuit.</summary>
    public void Succeeded()
    {
        lock (_gate)
        {
            _failures = _breaks = 0;
            _break = TimeSpan.Zero;
        }
    }

    /// <summary>Notes a failure; returns how long the circuit is open from now on, or zero.</summary>
    public TimeSpan Failed()
    {
        lock (_gate)
        {
            // What was in flight when the break began says nothing new; it must not double the break.
            if (IsOpenNow || (_breaks == 0 && ++_failures < failuresToOpen))
            {
                return TimeSpan.Zero;
            }

            _break = Backoff.After(++_breaks, firstBreak, maxBreak, chance: 1);
            _openSince = time.GetTimestamp();
            return _break;
        }
    }
}

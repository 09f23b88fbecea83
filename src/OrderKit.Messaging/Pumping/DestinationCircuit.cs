namespace OrderKit.Messaging;

/// <summary>Lets a destination rest that fails again and again. Its state is this process's own.</summary>
/// <remarks>Safe for several threads. A rest that is over is followed by one delivery for trial.</remarks>
internal sealed class DestinationCircuit(int failuresToOpen, TimeSpan firstRest, TimeSpan longestRest, TimeProvider time)
{
    private readonly Lock _gate = new();
    private int _failures;
    private int _rests;
    private long _restsSince;
    private TimeSpan _rest;

    /// <summary>Whether nothing should be delivered now.</summary>
    public bool IsResting
    {
        get
        {
            lock (_gate)
            {
                return IsRestingNow;
            }
        }
    }

    private bool IsRestingNow => _rest > TimeSpan.Zero && time.GetElapsedTime(_restsSince) < _rest;

    /// <summary>How many messages to take at once: one for trial after a rest.</summary>
    public int Allows(int max)
    {
        lock (_gate)
        {
            return _rests > 0 ? 1 : max;
        }
    }

    /// <summary>Notes that the destination took a message.</summary>
    public void Succeeded()
    {
        lock (_gate)
        {
            _failures = _rests = 0;
            _rest = TimeSpan.Zero;
        }
    }

    /// <summary>Notes that the destination failed; returns for how long it now rests, or nothing.</summary>
    public TimeSpan Failed()
    {
        lock (_gate)
        {
            // What was in flight when the rest began says nothing new; it must not double the rest.
            if (IsRestingNow || (_rests == 0 && ++_failures < failuresToOpen))
            {
                return TimeSpan.Zero;
            }

            _rest = Backoff.After(++_rests, firstRest, longestRest, chance: 1);
            _restsSince = time.GetTimestamp();
            return _rest;
        }
    }
}

namespace OrderKit.Core;

/// <summary>A clock that stands still until a test moves it, with timers that fire while it moves.</summary>
/// <remarks>
/// <para>
/// Timers that become due are called on the thread that moves the clock, in the order in which they are due; of equals, the one set first.
/// During a call the clock shows the instant at which that timer was due. A timer set to fire at once fires with the next move, even with
/// one of length zero. What a callback throws comes out of the move; the next move goes on with the rest.
/// </para>
/// <para>All members may be used from several threads; moves made at the same time add up. The local time zone is UTC.</para>
/// </remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    // A callback that sets its own timer to zero again and again would keep a test run going for ever.
    private const int MaxCallsAtOneInstant = 100_000;

    private readonly Lock _gate = new();
    private readonly SortedSet<ManualTimer> _armed = new(ManualTimer.DueOrder);

    private long _elapsed;
    private long _target;
    private long _startUtcTicks;
    private long _armings;

    /// <summary>Starts the clock at an instant.</summary>
    public ManualTimeProvider(DateTimeOffset start) => _startUtcTicks = start.UtcTicks;

    /// <summary>The local time zone, which is UTC on every machine.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How many timestamps there are in a second: one for each tick of a <see cref="TimeSpan"/>.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The instant that the clock shows.</summary>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return new DateTimeOffset(_startUtcTicks + _elapsed, TimeSpan.Zero);
    }

    /// <summary>The time passed since the start, in ticks; it never goes back.</summary>
    public override long GetTimestamp()
    {
        lock (_gate)
            return _elapsed;
    }

    /// <summary>Moves the clock forward and calls the timers that become due.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative, or would lead past the year 9999.</exception>
    /// <exception cref="InvalidOperationException">A timer that sets itself to fire at once again doesn't come to an end.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        long target;
        lock (_gate)
        {
            if (by.Ticks > DateTimeOffset.MaxValue.UtcTicks - _startUtcTicks - _target)
                throw new ArgumentOutOfRangeException(nameof(by), by, "The clock would pass the year 9999.");
            target = _target += by.Ticks;
        }

        FireUntil(target);
    }

    /// <summary>Sets the clock to an instant, which may lie in the past.</summary>
    /// <remarks>
    /// Forward it is the same as <see cref="Advance"/>. Backward it is what happens when an operator or a time server corrects a machine's
    /// clock: only <see cref="GetUtcNow"/> changes, timestamps and timers go on as they were, and nothing fires.
    /// </remarks>
    public void SetUtcNow(DateTimeOffset instant)
    {
        long target;
        lock (_gate)
        {
            var change = instant.UtcTicks - (_startUtcTicks + _elapsed);
            if (change < 0)
            {
                _startUtcTicks += change;
                return;
            }

            target = _elapsed + change;
            _target = Math.Max(_target, target);
        }

        FireUntil(target);
    }

    /// <summary>Makes a timer that fires when the clock is moved past its time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative and not <see cref="Timeout.InfiniteTimeSpan"/>.</exception>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    internal void Arm(ManualTimer timer, TimeSpan dueTime)
    {
        _armed.Remove(timer);
        if (dueTime == Timeout.InfiniteTimeSpan)
            return;
        // Timers that would fire after the end of time never do.
        timer.Due = dueTime.Ticks > long.MaxValue - _elapsed ? long.MaxValue : _elapsed + dueTime.Ticks;
        timer.Arming = ++_armings;
        _armed.Add(timer);
    }

    internal Lock Gate => _gate;

    internal void Disarm(ManualTimer timer) => _armed.Remove(timer);

    private void FireUntil(long target)
    {
        var callsAtOneInstant = 0;
        while (TakeDue(target, out var moved) is { } timer)
        {
            callsAtOneInstant = moved ? 1 : callsAtOneInstant + 1;
            if (callsAtOneInstant > MaxCallsAtOneInstant)
            {
                throw new InvalidOperationException(
                    $"Timers were called {MaxCallsAtOneInstant} times while the clock stood at {GetUtcNow():O}; one of them sets itself to fire at once again. Give it a delay.");
            }

            // Outside the lock: a callback may set timers, read the clock, or move it.
            timer.Call();
        }
    }

    private ManualTimer? TakeDue(long target, out bool moved)
    {
        lock (_gate)
        {
            var timer = _armed.Min;
            if (timer is null || timer.Due > target)
            {
                moved = target > _elapsed;
                _elapsed = Math.Max(_elapsed, target);
                return null;
            }

            moved = timer.Due > _elapsed;
            _elapsed = Math.Max(_elapsed, timer.Due);
            _armed.Remove(timer);
            if (timer.Period > TimeSpan.Zero)
            {
                timer.Due = timer.Period.Ticks > long.MaxValue - timer.Due ? long.MaxValue : timer.Due + timer.Period.Ticks;
                timer.Arming = ++_armings;
                _armed.Add(timer);
            }

            return timer;
        }
    }
}

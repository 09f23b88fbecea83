namespace OrderKit.Core.Tests;

public sealed class ManualTimeProviderTests
{
    private static readonly DateTimeOffset Start = new(2026, 2, 9, 8, 0, 0, TimeSpan.FromHours(8));
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _clock = new(Start);
    private readonly List<string> _calls = [];

    [Fact]
    public void The_clock_stands_still_until_it_is_moved()
    {
        var timestamp = _clock.GetTimestamp();
        Assert.Equal(Start, _clock.GetUtcNow());
        Assert.Equal(TimeSpan.Zero, _clock.GetUtcNow().Offset);
        Assert.Equal(TimeZoneInfo.Utc, _clock.LocalTimeZone);
        Assert.Equal(_clock.GetUtcNow(), _clock.GetLocalNow());

        _clock.Advance(Second);
        Assert.Equal(Start + Second, _clock.GetUtcNow());
        Assert.Equal(Second, _clock.GetElapsedTime(timestamp));
    }

    [Fact]
    public void The_clock_can_not_be_advanced_backwards_or_past_the_end_of_time()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.FromTicks(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.MaxValue));
        _clock.SetUtcNow(DateTimeOffset.MaxValue);
        Assert.Equal(DateTimeOffset.MaxValue, _clock.GetUtcNow());
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void A_timer_fires_when_its_time_has_come_and_not_before()
    {
        using var timer = Set("once", Second);
        _clock.Advance(Second - TimeSpan.FromTicks(1));
        Assert.Empty(_calls);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["once@1"], _calls);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Single(_calls);
    }

    [Fact]
    public void Timers_fire_in_the_order_in_which_they_are_due()
    {
        using var third = Set("c", 3 * Second);
        using var first = Set("a", Second);
        using var second = Set("b", 2 * Second);
        using var alsoSecond = Set("b2", 2 * Second);
        _clock.Advance(10 * Second);
        Assert.Equal(["a@1", "b@2", "b2@2", "c@3"], _calls);
        Assert.Equal(Start + (10 * Second), _clock.GetUtcNow());
    }

    [Fact]
    public void A_periodic_timer_fires_for_each_period_between_the_others()
    {
        using var tick = Set("tick", Second, 2 * Second);
        using var once = Set("once", 4 * Second);
        _clock.Advance(6 * Second);
        Assert.Equal(["tick@1", "tick@3", "once@4", "tick@5"], _calls);
    }

    [Fact]
    public void A_timer_can_be_changed_stopped_and_disposed()
    {
        var timer = Set("t", Second);
        Assert.True(timer.Change(2 * Second, Timeout.InfiniteTimeSpan));
        _clock.Advance(Second);
        Assert.Empty(_calls);
        _clock.Advance(Second);
        Assert.Equal(["t@2"], _calls);

        timer.Change(Second, Second);
        timer.Change(Timeout.InfiniteTimeSpan, Second);
        _clock.Advance(5 * Second);
        Assert.Single(_calls);

        timer.Change(Second, Second);
        timer.Dispose();
        Assert.False(timer.Change(Second, Second));
        _clock.Advance(5 * Second);
        Assert.Single(_calls);
    }

    [Fact]
    public void A_timer_set_to_fire_at_once_fires_with_the_next_move()
    {
        using var timer = Set("now", TimeSpan.Zero);
        Assert.Empty(_calls);
        _clock.Advance(TimeSpan.Zero);
        Assert.Equal(["now@0"], _calls);
    }

    [Fact]
    public void A_callback_may_set_its_timer_again()
    {
        ITimer? timer = null;
        timer = _clock.CreateTimer(
            _ =>
            {
                Note("again");
                timer!.Change(_calls.Count < 3 ? 2 * Second : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            },
            null, Second, Timeout.InfiniteTimeSpan);
        _clock.Advance(60 * Second);
        Assert.Equal(["again@1", "again@3", "again@5"], _calls);
    }

    [Fact]
    public void A_callback_may_move_the_clock()
    {
        using var mover = _clock.CreateTimer(_ => _clock.Advance(5 * Second), null, Second, Timeout.InfiniteTimeSpan);
        using var later = Set("later", 4 * Second);
        _clock.Advance(2 * Second);
        Assert.Equal(["later@4"], _calls);
        Assert.Equal(Start + (7 * Second), _clock.GetUtcNow());
    }

    [Fact]
    public void A_timer_that_never_comes_to_an_end_is_reported()
    {
        ITimer? timer = null;
        timer = _clock.CreateTimer(_ => timer!.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan), null, Second, Timeout.InfiniteTimeSpan);
        Assert.Contains("Give it a delay", Assert.Throws<InvalidOperationException>(() => _clock.Advance(Second)).Message);
    }

    [Fact]
    public void What_a_callback_throws_comes_out_and_the_next_move_goes_on_with_the_rest()
    {
        using var broken = _clock.CreateTimer(_ => throw new NotSupportedException("broken"), null, Second, Timeout.InfiniteTimeSpan);
        using var sound = Set("sound", 2 * Second);
        Assert.Throws<NotSupportedException>(() => _clock.Advance(3 * Second));
        Assert.Equal(Start + Second, _clock.GetUtcNow());
        _clock.Advance(TimeSpan.Zero);
        Assert.Equal(["sound@2"], _calls);
        Assert.Equal(Start + (3 * Second), _clock.GetUtcNow());
    }

    [Fact]
    public void Set_forward_the_clock_fires_what_becomes_due()
    {
        using var timer = Set("t", Second);
        _clock.SetUtcNow(Start + (2 * Second));
        Assert.Equal(["t@1"], _calls);
        Assert.Equal(Start + (2 * Second), _clock.GetUtcNow());
        Assert.Equal(2 * Second, _clock.GetElapsedTime(0));
    }

    [Fact]
    public void Set_back_the_clock_fires_nothing_and_timers_keep_their_distance()
    {
        using var timer = Set("t", 2 * Second);
        _clock.Advance(Second);
        _clock.SetUtcNow(Start - TimeSpan.FromHours(1));
        Assert.Empty(_calls);
        Assert.Equal(Start - TimeSpan.FromHours(1), _clock.GetUtcNow());
        Assert.Equal(Second, _clock.GetElapsedTime(0));

        _clock.Advance(Second);
        Assert.Equal(["t@2"], _calls);
        Assert.Equal(Start - TimeSpan.FromHours(1) + Second, _clock.GetUtcNow());
    }

    [Fact]
    public void Times_that_no_timer_has_are_refused()
    {
        Assert.Throws<ArgumentNullException>(() => _clock.CreateTimer(null!, null, Second, Second));
        Assert.Throws<ArgumentOutOfRangeException>(() => Set("t", -Second));
        Assert.Throws<ArgumentOutOfRangeException>(() => Set("t", Second, -Second));
    }

    [Fact]
    public void A_timer_beyond_the_end_of_time_never_fires()
    {
        using var timer = Set("never", TimeSpan.MaxValue, TimeSpan.MaxValue);
        _clock.SetUtcNow(DateTimeOffset.MaxValue);
        Assert.Empty(_calls);
    }

    [Fact]
    public async Task Delays_and_timeouts_of_the_runtime_follow_the_clock()
    {
        var delay = Task.Delay(Second, _clock);
        using var timeout = new CancellationTokenSource(2 * Second, _clock);
        _clock.Advance(Second);
        await delay;
        Assert.False(timeout.IsCancellationRequested);
        _clock.Advance(Second);
        Assert.True(timeout.IsCancellationRequested);
    }

    [Fact]
    public async Task Moves_made_at_the_same_time_add_up_and_every_timer_fires_once()
    {
        const int Movers = 4;
        const int Moves = 250;
        var fired = 0;
        var timers = Enumerable.Range(1, Movers * Moves)
            .Select(n => _clock.CreateTimer(_ => Interlocked.Increment(ref fired), null, n * Second, Timeout.InfiniteTimeSpan))
            .ToArray();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var movers = Enumerable.Range(0, Movers).Select(_ => Task.Run(async () =>
        {
            await gate.Task;
            for (var i = 0; i < Moves; i++)
                _clock.Advance(Second);
        })).ToArray();
        gate.SetResult();
        await Task.WhenAll(movers);

        Assert.Equal(Start + (Movers * Moves * Second), _clock.GetUtcNow());
        Assert.Equal(timers.Length, fired);
    }

    private ITimer Set(string name, TimeSpan dueTime, TimeSpan? period = null) =>
        _clock.CreateTimer(_ => Note(name), null, dueTime, period ?? Timeout.InfiniteTimeSpan);

    // Timers' own time, which goes on when the shown time is set back.
    private void Note(string name) => _calls.Add($"{name}@{_clock.GetElapsedTime(0).TotalSeconds:0.#######}");
}

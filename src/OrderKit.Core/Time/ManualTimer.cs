namespace OrderKit.Core;

/// <summary>A timer of a <see cref="ManualTimeProvider"/>; its fields belong to the provider's lock.</summary>
internal sealed class ManualTimer(ManualTimeProvider provider, TimerCallback callback, object? state) : ITimer
{
    internal static readonly Comparer<ManualTimer> DueOrder =
        Comparer<ManualTimer>.Create(static (a, b) => a.Due != b.Due ? a.Due.CompareTo(b.Due) : a.Arming.CompareTo(b.Arming));

    private bool _disposed;

    /// <summary>The timestamp at which it fires next.</summary>
    internal long Due { get; set; }

    /// <summary>Which of all settings of timers the last one was; it decides between timers that are due at the same time.</summary>
    internal long Arming { get; set; }

    internal TimeSpan Period { get; private set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        RequireTimerSpan(dueTime, nameof(dueTime));
        RequireTimerSpan(period, nameof(period));
        lock (provider.Gate)
        {
            if (_disposed)
                return false;
            Period = period;
            provider.Arm(this, dueTime);
            return true;
        }
    }

    public void Dispose()
    {
        lock (provider.Gate)
        {
            _disposed = true;
            provider.Disarm(this);
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal void Call() => callback(state);

    private static void RequireTimerSpan(TimeSpan value, string parameterName)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(parameterName, value, "A timer's time is zero or more, or Timeout.InfiniteTimeSpan for never.");
    }
}

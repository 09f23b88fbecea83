namespace ControlTower.Replays;

/// <summary>The clock of the replay. The replay sets it, so that each message has the time of its arrival.</summary>
/// <remarks>Timers use real time, because the pump must run while the clock stands still.</remarks>
public sealed class ReplayClock : TimeProvider
{
    private long _ticks = Eras.InvoicesEnd.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    /// <summary>Sets the clock.</summary>
    public void Set(DateTimeOffset now) => Volatile.Write(ref _ticks, now.UtcTicks);
}

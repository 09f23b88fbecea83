namespace ControlTower.Replays;

/// <summary>The clock of the replay: it stands where the replay puts it, so that the engine hears each message when it arrived.</summary>
/// <remarks>Timers run on real time: the pump has to turn while the clock stands still.</remarks>
public sealed class ReplayClock : TimeProvider
{
    private long _ticks = Eras.InvoicesEnd.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    /// <summary>Puts the clock to an instant.</summary>
    public void Set(DateTimeOffset now) => Volatile.Write(ref _ticks, now.UtcTicks);
}

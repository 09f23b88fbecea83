namespace ControlTower.FollowUp;

/// <summary>Counts what the event handler did, for the summary.</summary>
public sealed class FollowUpTally
{
    private long _releases;
    private long _followUps;

    public long Releases => Volatile.Read(ref _releases);

    public long FollowUps => Volatile.Read(ref _followUps);

    public void CountRelease() => Interlocked.Increment(ref _releases);

    public void CountFollowUps(int cases) => Interlocked.Add(ref _followUps, cases);
}

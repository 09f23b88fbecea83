using OrderKit.StateMachine;

namespace ControlTower.Replays;

/// <summary>The number of facts of a replay by outcome.</summary>
public sealed class ReplayCounts
{
    private readonly SortedDictionary<string, long> _endings = new(StringComparer.Ordinal);

    public long Facts { get; private set; }

    public IReadOnlyDictionary<string, long> Endings => _endings;

    public void Add(FireResult result)
    {
        Facts++;
        var ending = result switch
        {
            FireResult.Applied => "applied",
            FireResult.AlreadyApplied => "already applied",
            FireResult.Duplicate => "duplicate",
            FireResult.Late => "late",
            FireResult.Early => "early",
            FireResult.Contradictory => "contradictory",
            FireResult.Rejected or FireResult.GuardFailed => "refused",
            FireResult.Parked or FireResult.Unresolved => "parked",
            FireResult.Several => "several orders",
            FireResult.Conflict => "conflict",
            _ => "stale",
        };
        _endings[ending] = _endings.GetValueOrDefault(ending) + 1;
    }
}

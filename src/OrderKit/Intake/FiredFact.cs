using OrderKit.Idempotency;
using OrderKit.StateMachine;

namespace OrderKit;

/// <summary>What the results of the lifecycle mean for a claim.</summary>
internal static class FiredFact
{
    /// <summary>How facts that share a claim ended: as the one that ended worst.</summary>
    public static (EffectEnding Ending, string? Detail) EndingOf(IEnumerable<FireResult> fired)
    {
        var endings = fired.Select(EndingOf).ToList();
        return endings.Count == 0 ? default
            : endings.TrueForAll(static one => one.Ending == EffectEnding.Duplicate) ? endings[0]
            : endings.Select(static one => one.Ending == EffectEnding.Duplicate ? default : one).MaxBy(static one => one.Ending);
    }

    /// <summary>How a fact ended, and what it waits for or why it was refused.</summary>
    public static (EffectEnding Ending, string? Detail) EndingOf(FireResult fired) => fired switch
    {
        FireResult.Conflict => (EffectEnding.Conflict, null),
        FireResult.Rejected rejected => (EffectEnding.Rejected, rejected.Message),
        FireResult.GuardFailed guarded => (EffectEnding.Rejected, $"These guards failed: {string.Join(", ", guarded.Guards)}."),
        FireResult.Unresolved unresolved => (EffectEnding.Rejected, unresolved.Detail),
        FireResult.Parked parked => (EffectEnding.Parked, parked.Detail),
        FireResult.Duplicate => (EffectEnding.Duplicate, null),
        FireResult.Several several => EndingOf(several.Results),
        _ => (EffectEnding.Applied, null),
    };

    /// <summary>Whether a command was not kept, so that it must be sent again.</summary>
    public static bool IsForgotten(FireResult fired) =>
        fired is FireResult.Unresolved || (fired is FireResult.Several several && several.Results.Any(IsForgotten));
}

namespace OrderKit.Messaging;

/// <summary>Tells from a window of samples how a destination or consumer keeps up. There are no thresholds to set.</summary>
/// <remarks>
/// The rules are those of Burrow, applied to time instead of offsets. A window in which nothing waited even once is fine, however much
/// waits now; otherwise what counts is whether messages go out at all, and whether the wait of the oldest ever shrinks.
/// </remarks>
public static class LagJudge
{
    /// <summary>How many samples a verdict needs.</summary>
    public const int FewestSamples = 3;

    /// <summary>Judges a window of samples, the earliest first.</summary>
    public static LagVerdict Judge(IReadOnlyList<LagSample> window)
    {
        ArgumentNullException.ThrowIfNull(window);
        if (window.Count == 0)
        {
            return LagVerdict.Unknown;
        }

        if (window[^1].Pending == 0)
        {
            return LagVerdict.Idle;
        }

        if (window.Count < FewestSamples)
        {
            return LagVerdict.Unknown;
        }

        if (window.Any(static sample => sample.Pending == 0))
        {
            return LagVerdict.Advancing;
        }

        var hasMoved = window[^1].OldestAt > window[0].OldestAt;
        var isFewer = window[^1].Pending < window[0].Pending;
        if (hasMoved)
        {
            return isFewer || EverShrinks(window) ? LagVerdict.Advancing : LagVerdict.FallingBehind;
        }

        // The oldest stands where it stood. Others may go out beside it: it then holds back one lane.
        return isFewer ? LagVerdict.Advancing : IsTried(window) || EverFewer(window) ? LagVerdict.Stalled : LagVerdict.Stopped;
    }

    private static bool EverShrinks(IReadOnlyList<LagSample> window) =>
        AnyStep(window, static (before, after) => after.At - after.OldestAt <= before.At - before.OldestAt);

    private static bool EverFewer(IReadOnlyList<LagSample> window) =>
        AnyStep(window, static (before, after) => after.Pending < before.Pending);

    private static bool IsTried(IReadOnlyList<LagSample> window) =>
        window.Any(static sample => !sample.OldestIsDue)
        || AnyStep(window, static (before, after) => after.OldestAttempts != before.OldestAttempts);

    private static bool AnyStep(IReadOnlyList<LagSample> window, Func<LagSample, LagSample, bool> holds)
    {
        for (var i = 1; i < window.Count; i++)
        {
            if (holds(window[i - 1], window[i]))
            {
                return true;
            }
        }

        return false;
    }
}

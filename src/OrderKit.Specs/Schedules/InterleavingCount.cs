namespace OrderKit.Specs;

/// <summary>The number of interleavings that were tried.</summary>
/// <param name="Interleavings">The number of interleavings.</param>
/// <param name="Steps">The number of steps in all of them.</param>
/// <param name="Crashes">The number of interleavings with a crash.</param>
/// <param name="LostCommits">The number of interleavings with a lost commit answer.</param>
/// <param name="Blocked">The number of statements that waited for a lock of another participant.</param>
/// <param name="IsComplete">Whether all interleavings within the allowed deviations were tried.</param>
public readonly record struct InterleavingCount(
    long Interleavings, long Steps, long Crashes, long LostCommits, long Blocked, bool IsComplete)
{
    /// <summary>Formats the counts as one line.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Interleavings:N0} interleavings{(IsComplete ? " (all)" : "")}, {Steps:N0} steps, {Crashes:N0} with a crash, {LostCommits:N0} "
        + $"with a lost commit, {Blocked:N0} waits for a lock");
}

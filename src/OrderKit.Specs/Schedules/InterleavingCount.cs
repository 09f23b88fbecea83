namespace OrderKit.Specs;

/// <summary>What was tried of a scenario.</summary>
/// <param name="Interleavings">How many interleavings.</param>
/// <param name="Steps">How many steps in all of them.</param>
/// <param name="Crashes">In how many of them a participant crashed.</param>
/// <param name="LostCommits">In how many of them the answer to a commit was lost.</param>
/// <param name="Blocked">How often a statement waited for another participant's lock.</param>
/// <param name="IsComplete">Whether nothing was left to try within the allowed deviations.</param>
public readonly record struct InterleavingCount(long Interleavings, long Steps, long Crashes, long LostCommits, long Blocked, bool IsComplete)
{
    /// <summary>As a line to print.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Interleavings:N0} interleavings{(IsComplete ? " (all)" : "")}, {Steps:N0} steps, {Crashes:N0} with a crash, {LostCommits:N0} with a lost commit, {Blocked:N0} waits for a lock");
}

namespace OrderKit.Specs;

/// <summary>How much of what may happen is tried.</summary>
/// <param name="Runs">How many interleavings are tried one after the other, at most; with those that leave the plain way least.</param>
/// <param name="Deviations">How often each of them may leave the plain way, by a switch before a participant is done, a crash, or a lost commit.</param>
/// <param name="Drawn">How many are drawn by chance, with any number of deviations, where that was not all of them.</param>
/// <param name="Seed">From which seed.</param>
public sealed record Exploration(int Runs, int Deviations, int Drawn, int Seed)
{
    /// <summary>For stores in memory: all that five deviations make, or thousands of them.</summary>
    public static Exploration Wide { get; } = new(10_000, 5, 10_000, 1);

    /// <summary>For stores where each step is a round trip: what two deviations make, in which most faults show, or hundreds of that.</summary>
    public static Exploration Narrow { get; } = new(150, 2, 100, 1);
}

namespace OrderKit.Specs;

/// <summary>How much of what may happen is tried.</summary>
/// <param name="Runs">How many interleavings at most.</param>
/// <param name="Deviations">How often one interleaving may leave the plain way, by a switch before a participant is done, a crash, or a lost commit.</param>
/// <param name="Seed">Where there are more interleavings than runs, as many again are drawn by chance, from this seed.</param>
public sealed record Exploration(int Runs, int Deviations, int Seed)
{
    /// <summary>For stores in memory: all, or tens of thousands.</summary>
    public static Exploration Wide { get; } = new(10_000, 5, 1);

    /// <summary>For stores where each step is a round trip: what two deviations make, in which most faults show.</summary>
    public static Exploration Narrow { get; } = new(150, 2, 1);
}

namespace OrderKit.Specs;

/// <summary>The limits of the search through interleavings.</summary>
/// <param name="Runs">The maximum number of interleavings to try systematically, starting with the fewest deviations.</param>
/// <param name="Deviations">
/// The maximum number of deviations in each: a switch before a participant is done, a crash, or a lost commit.
/// </param>
/// <param name="Drawn">The number of random interleavings, with any number of deviations, if not all were tried.</param>
/// <param name="Seed">The seed of the random interleavings.</param>
public sealed record Exploration(int Runs, int Deviations, int Drawn, int Seed)
{
    /// <summary>For in-memory stores: all interleavings with up to five deviations, or thousands of them.</summary>
    public static Exploration Wide { get; } = new(10_000, 5, 10_000, 1);

    /// <summary>For stores with a round trip per step: up to two deviations, which show most errors, or hundreds of them.</summary>
    public static Exploration Narrow { get; } = new(150, 2, 100, 1);
}

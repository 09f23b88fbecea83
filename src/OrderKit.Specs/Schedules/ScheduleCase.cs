namespace OrderKit.Specs;

/// <summary>A scenario that must come out right in whatever order its participants take their steps.</summary>
/// <param name="Name">What holds, as a sentence.</param>
/// <param name="ExploreAsync">Tries it; throws a <see cref="SpecFailedException"/> with the way that led to it where it does not hold.</param>
/// <param name="Needs">What a store must be able to do for the scenario to occur.</param>
public sealed record ScheduleCase(
    string Name, Func<IStoreUnderTest, Exploration, Task<InterleavingCount>> ExploreAsync, StoreAbilities Needs = StoreAbilities.None)
{
    /// <summary>The scenario as a case of a suite: tried widely in memory, and narrowly where each step is a round trip.</summary>
    internal SpecCase<IStoreUnderTest> AsCase() => new(Name, store => ExploreAsync(store, store is ISteppedStore ? Exploration.Narrow : Exploration.Wide), Needs);
}

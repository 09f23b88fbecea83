namespace OrderKit.Specs;

/// <summary>A scenario with a rule that must hold in every order of the participants' steps.</summary>
public sealed class ScheduleCase
{
    private readonly Func<IStoreUnderTest, Interleaving, Task> _scenario;

    internal ScheduleCase(string name, Func<IStoreUnderTest, Interleaving, Task> scenario, StoreAbilities needs = StoreAbilities.None)
    {
        Name = name;
        Needs = needs;
        _scenario = scenario;
    }

    /// <summary>The rule as a sentence.</summary>
    public string Name { get; }

    /// <summary>The abilities that a store needs for the scenario.</summary>
    public StoreAbilities Needs { get; }

    /// <summary>Runs the scenario in many orders of its steps.</summary>
    /// <remarks>
    /// Runs on the thread pool, because the synchronization context of a test framework would switch threads at every turn.
    /// </remarks>
    /// <exception cref="SpecFailedException">The rule is broken. The message contains the steps that led to it.</exception>
    public Task<InterleavingCount> ExploreAsync(IStoreUnderTest store, Exploration exploration) =>
        Task.Run(() => Interleavings.ExploreAsync(store, exploration, way => _scenario(store, way)));

    /// <summary>Converts the scenario to a case of a suite. The search is wide in memory and narrow if each step is a round trip.</summary>
    internal SpecCase<IStoreUnderTest> AsCase() =>
        new(Name, store => ExploreAsync(store, store is ISteppedStore ? Exploration.Narrow : Exploration.Wide), Needs);
}

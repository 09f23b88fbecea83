namespace OrderKit.Specs;

/// <summary>A rule of the contract and its test.</summary>
/// <param name="Name">The rule as a sentence.</param>
/// <param name="RunAsync">Runs the test. Throws a <see cref="SpecFailedException"/> if the rule is broken.</param>
/// <param name="Needs">The abilities that a store needs for the rule to apply.</param>
public sealed record SpecCase<TStore>(string Name, Func<TStore, Task> RunAsync, StoreAbilities Needs = StoreAbilities.None);

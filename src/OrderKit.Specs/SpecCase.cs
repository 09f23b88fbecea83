namespace OrderKit.Specs;

/// <summary>A rule, and how to try it.</summary>
/// <param name="Name">The rule, as a sentence.</param>
/// <param name="RunAsync">Tries it; throws a <see cref="SpecFailedException"/> where it does not hold.</param>
/// <param name="Needs">What a store must be able to do for the rule to mean anything.</param>
public sealed record SpecCase<TStore>(string Name, Func<TStore, Task> RunAsync, StoreAbilities Needs = StoreAbilities.None);

namespace OrderKit.Specs.Tests;

/// <summary>A way in which a store may be wrong, and the cases that find it.</summary>
/// <param name="Name">What the store does wrong, as a sentence.</param>
/// <param name="Suite">The suite whose cases find it.</param>
/// <param name="Break">Breaks a store.</param>
/// <param name="FoundBy">The cases that find it.</param>
internal sealed record Fault(string Name, string Suite, Action<BrokenStore> Break, params string[] FoundBy);

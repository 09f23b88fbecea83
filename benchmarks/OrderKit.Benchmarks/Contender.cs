namespace OrderKit.Benchmarks;

/// <summary>One of the things that are measured side by side.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Bar">What it must not exceed; empty for none.</param>
/// <param name="Operations">How many operations one run makes.</param>
/// <param name="Run">One run.</param>
internal sealed record Contender(string Name, string Bar, int Operations, Action Run);

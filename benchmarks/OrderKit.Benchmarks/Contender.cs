namespace OrderKit.Benchmarks;

/// <summary>One of the cases that are measured side by side.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Bar">The limit; empty for none.</param>
/// <param name="Operations">The number of operations in one run.</param>
/// <param name="Run">Makes one run.</param>
internal sealed record Contender(string Name, string Bar, int Operations, Action Run);

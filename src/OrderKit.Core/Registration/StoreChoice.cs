namespace OrderKit.Core;

/// <summary>Which store the host chose.</summary>
/// <param name="Name">The registering call, such as <c>UseSqlite</c>.</param>
public sealed record StoreChoice(string Name);

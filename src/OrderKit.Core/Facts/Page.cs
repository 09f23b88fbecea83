namespace OrderKit.Core;

/// <summary>A page of a list.</summary>
/// <param name="Items">The rows.</param>
/// <param name="Continuation">The continuation to pass for the next page; <see langword="null"/> on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Continuation);

namespace OrderKit.Idempotency;

/// <summary>An article of an <see cref="OrderCandidate"/>.</summary>
/// <param name="Sku">The article's number; compared character by character.</param>
/// <param name="Quantity">How many pieces.</param>
public sealed record CandidateLine(string Sku, long Quantity);

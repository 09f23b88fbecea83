namespace OrderKit.Idempotency.Storage;

/// <summary>The answer of a store to a request: a new claim, or the existing row.</summary>
/// <param name="Claim">The claim, if the request won.</param>
/// <param name="Existing">The existing row, if the request lost.</param>
public readonly record struct ClaimAnswer(OperationClaim? Claim, StoredOperation? Existing);

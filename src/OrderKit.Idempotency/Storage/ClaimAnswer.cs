namespace OrderKit.Idempotency.Storage;

/// <summary>What a store answers to a request: a claim, or the row that was there.</summary>
/// <param name="Claim">The claim, where the request won.</param>
/// <param name="Existing">The row, where it lost.</param>
public readonly record struct ClaimAnswer(OperationClaim? Claim, StoredOperation? Existing);

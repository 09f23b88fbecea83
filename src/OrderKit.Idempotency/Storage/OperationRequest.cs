namespace OrderKit.Idempotency.Storage;

/// <summary>Somebody who wants to work on an operation.</summary>
/// <param name="Key">The operation.</param>
/// <param name="Fingerprint">What is asked for.</param>
/// <param name="Owner">Drawn for this request.</param>
public readonly record struct OperationRequest(OperationKey Key, Fingerprint Fingerprint, Guid Owner);

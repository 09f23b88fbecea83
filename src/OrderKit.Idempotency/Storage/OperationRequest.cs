namespace OrderKit.Idempotency.Storage;

/// <summary>A request to claim an operation.</summary>
/// <param name="Key">The operation.</param>
/// <param name="Fingerprint">The fingerprint of the request's content.</param>
/// <param name="Owner">A random id of this request.</param>
public readonly record struct OperationRequest(OperationKey Key, Fingerprint Fingerprint, Guid Owner);

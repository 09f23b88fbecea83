namespace OrderKit.Idempotency.Storage;

/// <summary>The right to work on an operation. It is lost when the lease lapses and another claim takes over.</summary>
/// <param name="Key">The operation.</param>
/// <param name="Epoch">The number of the claim within the row.</param>
/// <param name="Owner">A random id of this claim.</param>
/// <param name="Attempt">The number of the attempt, starting at 1.</param>
/// <param name="Step">The last recovery point that an earlier attempt reached.</param>
/// <param name="StepContent">The data stored at that recovery point.</param>
public sealed record OperationClaim(OperationKey Key, long Epoch, Guid Owner, int Attempt, string? Step, ReadOnlyMemory<byte> StepContent);

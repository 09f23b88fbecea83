namespace OrderKit.Idempotency.Storage;

/// <summary>The right to work on an operation. It is lost when the lease lapses and another one takes over.</summary>
/// <param name="Key">The operation.</param>
/// <param name="Epoch">Which claim of the row this is.</param>
/// <param name="Owner">Drawn for this claim.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Step">The last recovery point that an earlier attempt reached.</param>
/// <param name="StepContent">What it kept there.</param>
public sealed record OperationClaim(OperationKey Key, long Epoch, Guid Owner, int Attempt, string? Step, ReadOnlyMemory<byte> StepContent);

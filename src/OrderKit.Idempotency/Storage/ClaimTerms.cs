namespace OrderKit.Idempotency.Storage;

/// <summary>On what terms operations are claimed.</summary>
/// <param name="State">What a claimed row says: <see cref="OperationState.Running"/>, or <see cref="OperationState.Succeeded"/> where the effect stands in the same transaction.</param>
/// <param name="Span">How long the lease of a running one is, or how long a finished one is answered again.</param>
/// <param name="MaxAttempts">How often an operation is begun at most.</param>
/// <param name="TakesLapsed">Whether one whose lease lapsed is begun again without asking anybody.</param>
public readonly record struct ClaimTerms(OperationState State, TimeSpan Span, int MaxAttempts, bool TakesLapsed);

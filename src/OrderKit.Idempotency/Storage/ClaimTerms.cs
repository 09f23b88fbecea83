namespace OrderKit.Idempotency.Storage;

/// <summary>The terms on which operations are claimed.</summary>
/// <param name="State">
/// The state of a claimed row: <see cref="OperationState.Running"/>, or <see cref="OperationState.Succeeded"/> if the effect is written in
/// the same transaction.
/// </param>
/// <param name="Span">The duration of the lease if running, or of the retention of the result if finished.</param>
/// <param name="MaxAttempts">The maximum number of attempts of an operation.</param>
/// <param name="TakesLapsed">Whether an operation whose lease has lapsed is attempted again without asking a resolver.</param>
public readonly record struct ClaimTerms(OperationState State, TimeSpan Span, int MaxAttempts, bool TakesLapsed);

using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>One operation of a group.</summary>
internal sealed class GroupedOperation<T>(
    OperationKey key, Fingerprint fingerprint, ResultCodec<T> codec, Func<JoinedOperation, CancellationToken, Task<T>> effect, OperationPolicy policy) : GroupMember
{
    /// <summary>What became of it, when its unit is durable.</summary>
    public OperationOutcome<T>? Outcome { get; private set; }

    public override IReadOnlyList<OperationRequest> Requests { get; } = [new OperationRequest(key, fingerprint, Guid.NewGuid())];

    public override ClaimTerms Terms => Operations.JoinedTerms(policy);

    public override bool TellHeld()
    {
        Outcome = new OperationOutcome<T>.Running(Operations.WhileUncommitted);
        return true;
    }

    public override async Task ActAsync(UnitOfWork unitOfWork, IReadOnlyList<ClaimAnswer> answers)
    {
        if (answers[0].Claim is not { } claim)
        {
            Outcome = Operations.TellJoined(answers[0].Existing!, fingerprint, codec);
            return;
        }

        try
        {
            // Its caller may have gone; the others of its group have not.
            var result = await effect(new JoinedOperation(unitOfWork, key), CancellationToken.None).ConfigureAwait(false);
            var bytes = Operations.Encode(codec, result, policy, key);
            Change = bytes.Length > 0 ? OperationChange.Of(claim, OperationState.Succeeded, OperationState.Succeeded, policy.SuccessRetention) with { Result = bytes } : null;
            Outcome = new OperationOutcome<T>.Executed(result, CommitState.Committed);
        }
        catch (OperationFailedException e)
        {
            Change = OperationChange.Of(claim, OperationState.Succeeded, OperationState.Failed, policy.FailureRetention) with { Error = e.Message };
            Outcome = new OperationOutcome<T>.Failed(e.Message, null);
        }
    }
}

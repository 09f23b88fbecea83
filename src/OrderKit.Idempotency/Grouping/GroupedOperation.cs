using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>An operation that shares a transaction.</summary>
internal abstract class GroupedOperation : GroupMember
{
    /// <summary>Runs the effect under its claim, or finds what came of it before.</summary>
    public abstract ValueTask ActAsync(GroupRun<GroupedOperation> run);
}

/// <summary>An operation that shares a transaction.</summary>
/// <typeparam name="T">The result.</typeparam>
internal sealed class GroupedOperation<T>(
    OperationKey key, ResultCodec<T> codec, Func<JoinedOperation, CancellationToken, Task<T>> effect,
    OperationPolicy policy) : GroupedOperation
{
    /// <summary>What came of it, once its transaction is durable.</summary>
    public OperationOutcome<T>? Outcome { get; private set; }

    public override bool AnswerHeld()
    {
        Outcome = new OperationOutcome<T>.Running(Operations.WhileUncommitted);
        return true;
    }

    protected internal override bool TryConclude(StoredOperation row)
    {
        Outcome = Operations.TellJoined(row, Requests[0].Fingerprint, codec);
        return true;
    }

    public override async ValueTask ActAsync(GroupRun<GroupedOperation> run)
    {
        if (Answers[0].Claim is not { } claim)
        {
            Outcome = Operations.TellJoined(Answers[0].Existing!, Requests[0].Fingerprint, codec);
            return;
        }

        try
        {
            // Its caller may have gone; the others of its group have not.
            var operation = new JoinedOperation(run.UnitOfWork, key);
            var result = await run.CallAsync(token => new ValueTask<T>(effect(operation, token))).ConfigureAwait(false);
            var bytes = Operations.Encode(codec, result, policy, key);
            Change = bytes.Length == 0 ? null : ChangeOf(claim, OperationState.Succeeded, policy.SuccessRetention) with { Result = bytes };
            Outcome = new OperationOutcome<T>.Applied(result, CommitState.Committed);
        }
        catch (OperationFailedException e)
        {
            Change = ChangeOf(claim, OperationState.Failed, policy.FailureRetention) with { Error = e.Message };
            Outcome = new OperationOutcome<T>.Failed(e.Message, null);
        }
    }

    private static OperationChange ChangeOf(OperationClaim claim, OperationState to, TimeSpan retention) =>
        OperationChange.Of(claim, OperationState.Succeeded, to, retention);
}

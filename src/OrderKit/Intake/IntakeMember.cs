using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;
using OrderKit.StateMachine;

namespace OrderKit;

/// <summary>A fact that shares a transaction.</summary>
internal sealed class IntakeMember(IntakeRequest request) : GroupMember
{
    // What the rows of a fact need beside its message and note.
    private const int Overhead = 1_024;
    private static readonly TimeSpan WhileUncommitted = TimeSpan.FromSeconds(1);

    public IntakeRequest Request => request;

    /// <summary>What becomes of it once its transaction is durable.</summary>
    public IntakeResult? Result { get; private set; }

    public override int Size => Overhead + request.Fact.Payload.Length + (request.Fact.Note?.Length ?? 0);

    public override bool AnswerHeld()
    {
        Result = new IntakeResult.Running(WhileUncommitted);
        return true;
    }

    protected override bool TryConclude(StoredOperation row)
    {
        Conclude(row);
        return true;
    }

    /// <summary>Concludes that the store has its key already.</summary>
    public void Conclude(StoredOperation row) => Result =
        !row.Fingerprint.Equals(request.Fingerprint) ? new IntakeResult.Mismatch(row.Fingerprint.DifferencesTo(request.Fingerprint))
        : row.State is OperationState.Succeeded or OperationState.Failed ? new IntakeResult.Duplicate(row.FinishedAt!.Value, row.Error)
        : new IntakeResult.Running(row.RetryAfter);

    /// <summary>Concludes from what the lifecycle made of the fact.</summary>
    public void Conclude(FireResult fired)
    {
        var (ending, detail) = OrderNotificationEffects.EndingOf(fired);
        (IsInConflict, GivesUp) = (ending == EffectEnding.Conflict, IsForgotten(fired));
        Result = ending switch
        {
            EffectEnding.Duplicate => new IntakeResult.Duplicate(null, null),
            EffectEnding.Parked => new IntakeResult.Parked(fired),
            EffectEnding.Rejected => new IntakeResult.Rejected(fired, detail!),
            EffectEnding.Conflict => new IntakeResult.Conflict(fired),
            _ => new IntakeResult.Applied(fired),
        };
        if (ending == EffectEnding.Rejected && !GivesUp)
        {
            var claim = Answers[0].Claim!;
            Change = new OperationChange
            {
                Key = claim.Key,
                Epoch = claim.Epoch,
                Owner = claim.Owner,
                From = OperationState.Succeeded,
                To = OperationState.Failed,
                Span = Terms.Span,
                Error = detail,
            };
        }
    }

    /// <summary>Whether a command was not kept, so that it must be sent again.</summary>
    public static bool IsForgotten(FireResult fired) =>
        fired is FireResult.Unresolved || (fired is FireResult.Several several && several.Results.Any(IsForgotten));
}

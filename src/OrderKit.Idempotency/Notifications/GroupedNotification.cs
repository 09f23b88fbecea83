using OrderKit.Core;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Idempotency;

/// <summary>One notification of a group.</summary>
internal sealed class GroupedNotification(NotificationGate gate, NotificationFacts notification, IReadOnlyList<OperationRequest> requests, ClaimTerms terms) : GroupMember
{
    /// <summary>What becomes of it when its unit is durable.</summary>
    public NotificationOutcome? Outcome { get; private set; }

    /// <summary>What is still to be written of it, together with that of the others.</summary>
    public NotificationEffect? Effect { get; private set; }

    public override IReadOnlyList<OperationRequest> Requests => requests;

    public override ClaimTerms Terms => terms;

    public override async Task ActAsync(UnitOfWork unitOfWork, IReadOnlyList<ClaimAnswer> answers)
    {
        (Outcome, Effect) = await gate.DecideAsync(unitOfWork, notification, requests, answers, CancellationToken.None).ConfigureAwait(false);
        if (Outcome is NotificationOutcome.Quarantined)
        {
            Claims = [];
            HasWritten = true;
        }
    }
}

using OrderKit.StateMachine;

namespace ControlTower.FollowUp;

/// <summary>Answers the question whether an unpaid order may be closed.</summary>
/// <remarks>
/// A platform closes its orders itself and tells us; a wholesaler's invoice may be paid for fourteen days. So this desk never
/// agrees at once, and nothing is closed on a guess. A shop of one's own would close the payment at the provider here.
/// </remarks>
public sealed class PaymentCloseDesk : IDeadlineProbe
{
    public string Name => "payment-close";

    public Task<ProbeAnswer> AskAsync(DueDeadline deadline, CancellationToken cancellationToken) =>
        Task.FromResult<ProbeAnswer>(new ProbeAnswer.Postpone(TimeSpan.FromDays(14)));
}

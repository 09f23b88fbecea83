using OrderKit.StateMachine;

namespace ControlTower.FollowUp;

/// <summary>Decides whether an unpaid order may be closed.</summary>
/// <remarks>
/// A platform closes its orders itself and reports it, and a wholesale invoice may be paid within fourteen days. Therefore this
/// class never agrees immediately, and no order is closed on a guess. Your own shop would close the payment at the provider here.
/// </remarks>
public sealed class PaymentCloseDesk : IDeadlineProbe
{
    public string Name => "payment-close";

    public Task<ProbeAnswer> AskAsync(DueDeadline deadline, CancellationToken cancellationToken) =>
        Task.FromResult<ProbeAnswer>(new ProbeAnswer.Postpone(TimeSpan.FromDays(14)));
}

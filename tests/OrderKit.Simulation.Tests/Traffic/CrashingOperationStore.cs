using OrderKit.Core;
using OrderKit.Eng;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Simulation.Tests;

internal sealed class CrashingOperationStore(IOperationStore inner, Crashes crashes) : ForwardingOperationStore(inner)
{
    public override ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms, CancellationToken cancellationToken = default) =>
        crashes.AroundAsync(() => base.ClaimAsync(unitOfWork, requests, terms, cancellationToken));

    public override ValueTask<IReadOnlyList<bool>> ChangeAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default) =>
        crashes.AroundAsync(() => base.ChangeAsync(unitOfWork, changes, cancellationToken));

    public override ValueTask<IReadOnlyList<bool>> ReleaseAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default) =>
        crashes.AroundAsync(() => base.ReleaseAsync(unitOfWork, claims, cancellationToken));
}

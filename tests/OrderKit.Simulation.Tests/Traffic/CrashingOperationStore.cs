using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Simulation.Tests;

internal sealed class CrashingOperationStore(IOperationStore inner, Crashes crashes) : IOperationStore
{
    public ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms, CancellationToken cancellationToken = default) =>
        crashes.AroundAsync(() => inner.ClaimAsync(unitOfWork, requests, terms, cancellationToken));

    public ValueTask<IReadOnlyList<bool>> ChangeAsync(UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default) =>
        crashes.AroundAsync(() => inner.ChangeAsync(unitOfWork, changes, cancellationToken));

    public ValueTask<IReadOnlyList<bool>> ReleaseAsync(UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default) =>
        crashes.AroundAsync(() => inner.ReleaseAsync(unitOfWork, claims, cancellationToken));

    public ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default) => inner.FindAsync(key, cancellationToken);

    public ValueTask<IReadOnlyList<StoredOperation>> ListInterruptedAsync(TenantId tenant, int max, CancellationToken cancellationToken = default) =>
        inner.ListInterruptedAsync(tenant, max, cancellationToken);

    public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default) => inner.SweepAsync(max, cancellationToken);
}

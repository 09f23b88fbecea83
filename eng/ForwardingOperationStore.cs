using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace OrderKit.Eng;

/// <summary>A store of operations that forwards all calls. A test or a benchmark overrides the calls that it needs.</summary>
internal abstract class ForwardingOperationStore(IOperationStore inner) : IOperationStore
{
    public virtual ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms, CancellationToken cancellationToken = default) =>
        inner.ClaimAsync(unitOfWork, requests, terms, cancellationToken);

    public virtual ValueTask<IReadOnlyList<bool>> ChangeAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default) =>
        inner.ChangeAsync(unitOfWork, changes, cancellationToken);

    public virtual ValueTask<IReadOnlyList<bool>> ReleaseAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default) =>
        inner.ReleaseAsync(unitOfWork, claims, cancellationToken);

    public virtual ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default) =>
        inner.FindAsync(key, cancellationToken);

    public virtual ValueTask<IReadOnlyList<StoredOperation>> ListInterruptedAsync(
        TenantId tenant, int max, CancellationToken cancellationToken = default) =>
        inner.ListInterruptedAsync(tenant, max, cancellationToken);

    public virtual ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default) =>
        inner.SweepAsync(max, cancellationToken);
}

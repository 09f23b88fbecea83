using System.Diagnostics;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Benchmarks;

/// <summary>Times the transactions of the sweeper: each call is one.</summary>
internal sealed class TimedOperationStore(IOperationStore inner) : IOperationStore
{
    public List<(int Rows, double Milliseconds)> Sweeps { get; } = [];

    public ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms, CancellationToken cancellationToken = default) =>
        inner.ClaimAsync(unitOfWork, requests, terms, cancellationToken);

    public ValueTask<IReadOnlyList<bool>> ChangeAsync(UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default) =>
        inner.ChangeAsync(unitOfWork, changes, cancellationToken);

    public ValueTask<IReadOnlyList<bool>> ReleaseAsync(UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default) =>
        inner.ReleaseAsync(unitOfWork, claims, cancellationToken);

    public ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default) => inner.FindAsync(key, cancellationToken);

    public ValueTask<IReadOnlyList<StoredOperation>> ListInterruptedAsync(TenantId tenant, int max, CancellationToken cancellationToken = default) =>
        inner.ListInterruptedAsync(tenant, max, cancellationToken);

    public async ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default)
    {
        var start = Stopwatch.GetTimestamp();
        var rows = await inner.SweepAsync(max, cancellationToken).ConfigureAwait(false);
        Sweeps.Add((rows, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
        return rows;
    }
}

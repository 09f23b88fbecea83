using OrderKit.Core;

namespace OrderKit.Idempotency.Storage;

/// <summary>Stores operations. Writes take a unit of work. The store's clock judges leases and expiry.</summary>
/// <remarks>
/// A row whose result has expired counts as absent: it can be claimed again under the next epoch, whether or not it was swept.
/// </remarks>
public interface IOperationStore
{
    /// <summary>
    /// Whether a read is cheap compared with a claim, so that it is worthwhile to look for duplicates before they wait for the writer.
    /// </summary>
    /// <value><see langword="false"/> by default. A file with one writer and many readers returns <see langword="true"/>.</value>
    bool FindsBeforeClaims => false;

    /// <summary>Claims operations, each by one atomic statement. Waits for another transaction that claims the same key.</summary>
    /// <param name="unitOfWork">The transaction of the effect, or of the claim alone.</param>
    /// <param name="requests">The requests. Their keys must differ.</param>
    /// <param name="terms">The terms of all claims.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>One answer for each request.</returns>
    /// <exception cref="ArgumentException">Two requests have the same key.</exception>
    ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms, CancellationToken cancellationToken = default);

    /// <summary>Changes claimed operations.</summary>
    /// <returns>For each change, whether its claim was still valid.</returns>
    ValueTask<IReadOnlyList<bool>> ChangeAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default);

    /// <summary>Removes claims that were made in this unit, as if they had never been made.</summary>
    /// <returns>For each claim, whether it was still valid.</returns>
    ValueTask<IReadOnlyList<bool>> ReleaseAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default);

    /// <summary>Reads an operation; <see langword="null"/> if there is none or its result has expired.</summary>
    ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads operations with an unknown outcome: those in state <see cref="OperationState.Unknown"/> and running ones with a lapsed lease.
    /// </summary>
    ValueTask<IReadOnlyList<StoredOperation>> ListInterruptedAsync(TenantId tenant, int max, CancellationToken cancellationToken = default);

    /// <summary>Removes finished operations whose result has expired, in its own transaction, and returns their number.</summary>
    ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default);
}

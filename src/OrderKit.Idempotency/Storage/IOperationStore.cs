using OrderKit.Core;

namespace OrderKit.Idempotency.Storage;

/// <summary>Keeps operations. What writes takes a unit of work; the store's clock judges leases and expiry.</summary>
/// <remarks>A row whose answer has expired is as good as none: it is claimed again under its next epoch, whether or not it was swept.</remarks>
public interface IOperationStore
{
    /// <summary>Whether a read costs little beside a claim, so that it is worthwhile to look for duplicates before they wait for the writer.</summary>
    /// <value><see langword="false"/>; a file with one writer and many readers answers <see langword="true"/>.</value>
    bool FindsBeforeClaims => false;

    /// <summary>Claims operations, each by one atomic statement; waits for another transaction that claims the same.</summary>
    /// <param name="unitOfWork">The transaction of the effect, or of the claim alone.</param>
    /// <param name="requests">The requests, of different keys.</param>
    /// <param name="terms">The terms of all.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>One answer for each.</returns>
    /// <exception cref="ArgumentException">A key is there twice.</exception>
    ValueTask<IReadOnlyList<ClaimAnswer>> ClaimAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OperationRequest> requests, ClaimTerms terms, CancellationToken cancellationToken = default);

    /// <summary>Changes claimed operations; for each, whether its claim still stood.</summary>
    ValueTask<IReadOnlyList<bool>> ChangeAsync(UnitOfWork unitOfWork, IReadOnlyList<OperationChange> changes, CancellationToken cancellationToken = default);

    /// <summary>Takes back claims that were made in this unit, as if they had not been made; for each, whether it still stood.</summary>
    ValueTask<IReadOnlyList<bool>> ReleaseAsync(UnitOfWork unitOfWork, IReadOnlyList<OperationClaim> claims, CancellationToken cancellationToken = default);

    /// <summary>Reads an operation; <see langword="null"/> where there is none, or its answer has expired.</summary>
    ValueTask<StoredOperation?> FindAsync(OperationKey key, CancellationToken cancellationToken = default);

    /// <summary>Reads operations of which nobody knows whether their effect happened: the unknown, and the running whose lease lapsed.</summary>
    ValueTask<IReadOnlyList<StoredOperation>> ListInterruptedAsync(TenantId tenant, int max, CancellationToken cancellationToken = default);

    /// <summary>Removes finished operations whose answer has expired, in a transaction of its own; returns how many.</summary>
    ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default);
}

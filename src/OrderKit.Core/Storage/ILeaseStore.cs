namespace OrderKit.Core.Storage;

/// <summary>Leases by name. The store's clock decides when they expire. Each call is a transaction of its own.</summary>
public interface ILeaseStore
{
    /// <summary>Takes a free or expired lease. The holder renews it with the same epoch.</summary>
    /// <returns>The lease; <see langword="null"/> if another owner holds it.</returns>
    ValueTask<Lease?> TryAcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Releases a lease. A lease that another owner holds now is left unchanged.</summary>
    ValueTask ReleaseAsync(Lease lease, CancellationToken cancellationToken = default);
}

namespace OrderKit.Core.Storage;

/// <summary>Leases by name, stamped and judged by the store's clock. Each call is a transaction of its own.</summary>
public interface ILeaseStore
{
    /// <summary>Takes a lease that is free or lapsed; <see langword="null"/> where another holds it. The holder itself may take it again: that renews it under the same epoch.</summary>
    ValueTask<Lease?> TryAcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Gives a lease back; a lease that another holds by now is left alone.</summary>
    ValueTask ReleaseAsync(Lease lease, CancellationToken cancellationToken = default);
}

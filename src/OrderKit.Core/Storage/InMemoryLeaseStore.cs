namespace OrderKit.Core.Storage;

/// <summary>The leases of an <see cref="InMemoryDatabase"/>.</summary>
public sealed class InMemoryLeaseStore(InMemoryDatabase database) : ILeaseStore
{
    // A released lease stays as a row without an owner, so that its epoch never starts again.
    private readonly Dictionary<string, (string? Owner, long Epoch, DateTimeOffset Until)> _rows = [];

    /// <inheritdoc/>
    public ValueTask<Lease?> TryAcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        return database.WriteAsync(
            () =>
            {
                var (holder, epoch, until) = _rows.GetValueOrDefault(name);
                if (holder != owner)
                {
                    if (holder is not null && until > database.Now)
                    {
                        return null;
                    }

                    epoch++;
                }

                until = database.After(duration);
                _rows[name] = (owner, epoch, until);
                return new Lease(name, owner, epoch, until);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(Lease lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        await database.WriteAsync(
            () =>
            {
                if (_rows.TryGetValue(lease.Name, out var row) && row.Owner == lease.Owner && row.Epoch == lease.Epoch)
                {
                    _rows[lease.Name] = row with { Owner = null };
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }
}

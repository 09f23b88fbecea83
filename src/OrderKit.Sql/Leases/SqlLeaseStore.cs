
namespace OrderKit.Sql;

/// <summary>Stores leases in SQL. A released lease keeps its row, so that epochs never restart.</summary>
internal sealed class SqlLeaseStore(SqlDatabase database) : ILeaseStore
{
    private const string Acquire = """
        INSERT INTO {leases} AS l (name, owner, epoch, until_at) VALUES ($1, $2, 1, {now} + $3)
        ON CONFLICT (name) DO UPDATE SET
            owner = excluded.owner, until_at = excluded.until_at,
            epoch = CASE WHEN l.owner = excluded.owner THEN l.epoch ELSE l.epoch + 1 END
        WHERE l.owner = excluded.owner OR l.until_at <= {now}
        RETURNING epoch, until_at
        """;

    // The empty owner matches nobody, so that even the previous owner gets a new epoch.
    private const string Release = "UPDATE {leases} SET owner = '', until_at = {now} WHERE name = $1 AND owner = $2 AND epoch = $3";

    public ValueTask<Lease?> TryAcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        return database.WriteAsync(
            session => session.Call(Acquire).With(name, owner, duration)
                .FirstAsync<Lease>(row => new Lease(name, owner, row.Int64(0), row.Instant(1)), cancellationToken),
            cancellationToken);
    }

    public async ValueTask ReleaseAsync(Lease lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        await database.WriteAsync(
            session => session.Call(Release).With(lease.Name, lease.Owner, lease.Epoch).ExecuteAsync(cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }
}

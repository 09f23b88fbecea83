namespace OrderKit.Core;

/// <summary>A transaction, passed explicitly and nothing else.</summary>
/// <remarks>
/// Not safe for several threads at once. One that is enlisted belongs to the host: it is never committed, rolled back or
/// disposed by this library.
/// </remarks>
public abstract class UnitOfWork : IAsyncDisposable
{
    /// <summary>Whether the host's own transaction stands behind it.</summary>
    public abstract bool IsEnlisted { get; }

    /// <summary>Makes everything written in it durable.</summary>
    /// <exception cref="InvalidOperationException">It is enlisted: the host commits its own transaction.</exception>
    public abstract ValueTask CommitAsync(CancellationToken cancellationToken = default);

    /// <summary>Undoes everything that was not committed, unless it is enlisted.</summary>
    public abstract ValueTask DisposeAsync();
}

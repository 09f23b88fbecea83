namespace OrderKit.Core;

/// <summary>A transaction, passed explicitly and nothing else.</summary>
/// <remarks>
/// Not safe for several threads at once. One that is enlisted belongs to the host: it is never committed, rolled back or
/// disposed by this library.
/// </remarks>
public abstract class UnitOfWork : IAsyncDisposable
{
    private Action? _afterCommit;

    /// <summary>Whether the host's own transaction stands behind it.</summary>
    public abstract bool IsEnlisted { get; }

    /// <summary>Makes everything written in it durable.</summary>
    /// <exception cref="InvalidOperationException">It is enlisted: the host commits its own transaction.</exception>
    public abstract ValueTask CommitAsync(CancellationToken cancellationToken = default);

    /// <summary>Undoes everything that was not committed, unless it is enlisted.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Has something done when this unit is committed: something that may also be left out, such as a hint to look again.</summary>
    /// <param name="act">
    /// What is done: once, however often it is given. It must be quick and may not throw. It is left out where the unit is enlisted,
    /// since nobody is told of the host's commit, or where the outcome of the commit is unknown.
    /// </param>
    public virtual void AfterCommit(Action act)
    {
        ArgumentNullException.ThrowIfNull(act);
        if (!IsEnlisted)
        {
            _afterCommit = _afterCommit - act + act;
        }
    }

    /// <summary>Does what was left for after the commit; called by the implementations when it is certain.</summary>
    protected void TellCommitted()
    {
        var acts = _afterCommit;
        _afterCommit = null;
        acts?.Invoke();
    }
}

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

    /// <summary>Whether it is in the hands of somebody who writes in it and may not commit it. Whoever began it says so, and takes that back.</summary>
    public virtual bool IsLent { get; set; }

    /// <summary>Makes everything written in it durable.</summary>
    /// <exception cref="InvalidOperationException">It is enlisted: the host commits its own transaction. Or it is lent: whoever began it commits it.</exception>
    public abstract ValueTask CommitAsync(CancellationToken cancellationToken = default);

    /// <summary>Undoes everything that was not committed, unless it is enlisted.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Limits how long each statement of this unit waits for rows that another transaction holds, where the store can.</summary>
    /// <remarks>A statement that waits for longer fails with a <see cref="ContentionException"/>, and the unit with it.</remarks>
    public virtual ValueTask LimitLockWaitsAsync(TimeSpan limit, CancellationToken cancellationToken = default) => default;

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

    /// <summary>Refuses the commit of a unit that is lent; called by the implementations before they commit.</summary>
    protected void RequireNotLent()
    {
        if (IsLent)
        {
            throw new InvalidOperationException("This unit of work is only lent: write in it and return. Whoever began it commits it, together with what else belongs to it.");
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

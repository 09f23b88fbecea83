namespace OrderKit.Core;

/// <summary>A transaction that is passed explicitly.</summary>
/// <remarks>
/// Not safe for several threads. A transaction that a host enlisted belongs to the host: OrderKit never commits, rolls back or disposes it.
/// </remarks>
public abstract class UnitOfWork : IAsyncDisposable
{
    private Action? _afterCommit;

    /// <summary>Whether it wraps a transaction of the host.</summary>
    public abstract bool IsEnlisted { get; }

    /// <summary>Whether a callee may write in it but not commit it. The caller that began it sets and resets this.</summary>
    public virtual bool IsLent { get; set; }

    /// <summary>Commits the transaction.</summary>
    /// <exception cref="InvalidOperationException">It is enlisted, and the host commits it; or <see cref="IsLent"/> is set.</exception>
    public abstract ValueTask CommitAsync(CancellationToken cancellationToken = default);

    /// <summary>Rolls back what was not committed, unless it is enlisted.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Limits how long each statement of this unit waits for rows that another transaction holds, where the store can.</summary>
    /// <remarks>A statement that waits for longer fails with a <see cref="ContentionException"/>, and the unit with it.</remarks>
    public virtual ValueTask LimitLockWaitsAsync(TimeSpan limit, CancellationToken cancellationToken = default) => default;

    /// <summary>Runs an action after the commit. It must be one that can be skipped, such as a wake-up.</summary>
    /// <param name="act">
    /// The action. It runs once even if it is added several times, must be quick and must not throw. It is skipped if the unit is
    /// enlisted, because OrderKit does not see the commit of the host, or if the outcome of the commit is unknown.
    /// </param>
    public virtual void AfterCommit(Action act)
    {
        ArgumentNullException.ThrowIfNull(act);
        if (!IsEnlisted)
        {
            _afterCommit = _afterCommit - act + act;
        }
    }

    /// <summary>Throws if <see cref="IsLent"/> is set. Implementations call it before they commit.</summary>
    protected void RequireNotLent()
    {
        if (IsLent)
        {
            throw new InvalidOperationException(
                "This unit of work is only lent: write in it and return. The caller that began it commits it.");
        }
    }

    /// <summary>Runs the actions for after the commit. Implementations call it when the commit is certain.</summary>
    protected void TellCommitted()
    {
        var acts = _afterCommit;
        _afterCommit = null;
        acts?.Invoke();
    }
}

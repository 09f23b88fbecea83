namespace OrderKit.Core.Storage;

/// <summary>An owned transaction on an <see cref="InMemoryDatabase"/>.</summary>
public sealed class InMemoryUnitOfWork : UnitOfWork
{
    private List<Action>? _undo;
    private bool _isOpen = true;

    internal InMemoryUnitOfWork(InMemoryDatabase database) => Database = database;

    /// <summary>The database that it writes.</summary>
    public InMemoryDatabase Database { get; }

    /// <inheritdoc/>
    public override bool IsEnlisted => false;

    /// <summary>Records how to undo a change.</summary>
    public void OnRollback(Action undo)
    {
        RequireOpen();
        (_undo ??= []).Add(undo);
    }

    /// <inheritdoc/>
    public override ValueTask CommitAsync(CancellationToken cancellationToken = default)
    {
        RequireOpen();
        RequireNotLent();
        cancellationToken.ThrowIfCancellationRequested();
        _undo = null;
        Close();
        TellCommitted();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        if (_isOpen)
        {
            for (var i = (_undo?.Count ?? 0) - 1; i >= 0; i--)
            {
                _undo![i]();
            }

            Close();
        }

        return ValueTask.CompletedTask;
    }

    internal InMemoryUnitOfWork RequireOpen() =>
        _isOpen ? this : throw new InvalidOperationException("This unit of work has ended. Begin another one.");

    private void Close()
    {
        _isOpen = false;
        Database.Release();
    }
}

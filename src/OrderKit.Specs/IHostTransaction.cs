using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>A transaction that belongs to a host.</summary>
public interface IHostTransaction : IAsyncDisposable
{
    /// <summary>Enlists the transaction, as a host does.</summary>
    UnitOfWork Enlist();

    /// <summary>Commits the transaction, as a host does.</summary>
    Task CommitAsync();

    /// <summary>Rolls back the transaction, as a host does.</summary>
    Task RollbackAsync();
}

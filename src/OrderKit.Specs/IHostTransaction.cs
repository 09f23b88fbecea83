using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>A transaction of a host.</summary>
public interface IHostTransaction : IAsyncDisposable
{
    /// <summary>Enlists it, as the host's code does.</summary>
    UnitOfWork Enlist();

    /// <summary>Commits it, as the host's code does.</summary>
    Task CommitAsync();

    /// <summary>Rolls it back, as the host's code does.</summary>
    Task RollbackAsync();
}

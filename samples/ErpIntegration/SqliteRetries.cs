using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Storage;

namespace ErpIntegration;

/// <summary>Repeats a transaction that a lock or the disk has stopped. EF Core brings no such strategy for SQLite.</summary>
internal sealed class SqliteRetries(ExecutionStrategyDependencies dependencies)
    : ExecutionStrategy(dependencies, maxRetryCount: 3, maxRetryDelay: TimeSpan.FromMilliseconds(10))
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int InputOutputError = 10;

    protected override bool ShouldRetryOn(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: Busy or Locked or InputOutputError };
}

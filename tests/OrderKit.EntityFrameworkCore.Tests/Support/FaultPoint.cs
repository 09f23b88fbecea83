using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using OrderKit.Eng;

namespace OrderKit.EntityFrameworkCore.Tests;

/// <summary>Fails the n-th step of a connection once: before a statement, before a commit, or when a commit has taken effect.</summary>
internal sealed class FaultPoint(int step, Func<DbConnection, Task> fail) : DbTransactionInterceptor
{
    private int _steps;

    /// <summary>Whether the run was long enough to meet it.</summary>
    public bool WasMet => _steps >= step;

    public DbConnection Watch(DbConnection connection) => new RecordingConnection(connection, _ => new ValueTask(CountAsync(connection)));

    public override Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) => CountAsync(null);

    private Task CountAsync(DbConnection? connection) => ++_steps == step ? fail(connection!) : Task.CompletedTask;
}

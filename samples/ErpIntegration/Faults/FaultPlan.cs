using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using OrderKit.Eng;

namespace ErpIntegration.Faults;

/// <summary>Fails one step of an operation: before or after a statement, before a commit, or after it has taken effect.</summary>
/// <remarks>
/// The steps of the context's own transactions include OrderKit's statements. A fault is a connection that breaks, which the
/// execution strategy repeats, or an exception as a bug throws it, which reaches the caller.
/// </remarks>
/// <param name="random">Chooses the steps.</param>
/// <param name="dataSource">PostgreSQL, where it is used.</param>
internal sealed class FaultPlan(Random random, NpgsqlDataSource? dataSource) : DbCommandInterceptor, IDbTransactionInterceptor, IDbConnectionInterceptor
{
    private const int LatestStep = 24;
    private const int InputOutputError = 10;

    private int _left;
    private bool _breaksConnection;

    /// <summary>How many faults have struck.</summary>
    public int Count { get; private set; }

    /// <summary>Chooses the step that fails next.</summary>
    public void Arm() => (_left, _breaksConnection) = (random.Next(1, LatestStep), random.Next(2) == 0);

    public void Disarm() => _left = 0;

    public DbConnection ConnectionCreated(ConnectionCreatedEventData eventData, DbConnection result) =>
        new RecordingConnection(result, async _ => await StrikeAsync(result));

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        await StrikeAsync(null);
        return result;
    }

    public override async ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        await StrikeAsync(null);
        return result;
    }

    public async Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) => await StrikeAsync(null);

    private async Task StrikeAsync(DbConnection? connection)
    {
        if (_left == 0 || --_left > 0)
        {
            return;
        }

        Count++;
        if (!_breaksConnection)
        {
            throw new InvalidOperationException("An injected bug.");
        }

        if (dataSource is null)
        {
            throw new SqliteException("The disk did not answer.", InputOutputError);
        }

        if (connection is not NpgsqlConnection { State: System.Data.ConnectionState.Open } session)
        {
            throw new NpgsqlException("The connection broke.", new IOException());
        }

        // The server ends the session, and the statement that follows finds out.
        await using var command = dataSource.CreateCommand(FormattableString.Invariant($"SELECT pg_terminate_backend({session.ProcessID}, 5000)"));
        await command.ExecuteNonQueryAsync();
    }
}

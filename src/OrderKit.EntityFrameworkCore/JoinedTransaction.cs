using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace OrderKit.EntityFrameworkCore;

/// <summary>A context on a connection and in a transaction that others own; the context gets its own connection back in the end.</summary>
internal sealed class JoinedTransaction : IAsyncDisposable
{
    private readonly DatabaseFacade _database;
    private readonly DbConnection? _connection;
    private readonly string? _connectionString;

    private JoinedTransaction(DatabaseFacade database)
    {
        _database = database;
        var configured = RelationalOptionsExtension.Extract(database.GetService<IDbContextOptions>());
        _connection = configured.Connection;

        // A context over a data source has no connection string of its own: it asks the data source again.
        _connectionString = _connection is null && configured.ConnectionString is not null ? database.GetConnectionString() : null;
    }

    public static async Task<JoinedTransaction> EnterAsync(DatabaseFacade database, DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (database.CurrentTransaction is not null)
        {
            throw new InvalidOperationException(
                "The DbContext has a transaction already, and cannot be in two. Commit it first, or use another DbContext in this unit of work.");
        }

        var joined = new JoinedTransaction(database);
        var connection = transaction.Connection!;
        database.SetDbConnection(connection, contextOwnsConnection: false);
        try
        {
            SqliteFunctions.AddTo(connection, database);
            await database.UseTransactionAsync(transaction, cancellationToken).ConfigureAwait(false);
            return joined;
        }
        catch
        {
            // A pooled context would keep the connection for its next user.
            await joined.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _database.UseTransactionAsync(null).ConfigureAwait(false);
        _database.SetDbConnection(_connection, contextOwnsConnection: _connection is null);
        if (_connectionString is not null)
        {
            _database.SetConnectionString(_connectionString);
        }
    }
}

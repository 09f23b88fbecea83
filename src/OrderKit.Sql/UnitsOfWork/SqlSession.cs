using System.Data.Common;
using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>An open connection with its transaction and its prepared commands.</summary>
/// <remarks>Not safe for concurrent use: one caller at a time.</remarks>
public sealed class SqlSession : IAsyncDisposable
{
    private readonly SqlDatabase _database;
    private readonly Dictionary<string, SqlCall>? _calls;

    internal SqlSession(SqlDatabase database, DbConnection connection)
    {
        _database = database;
        Connection = connection;
        // Compared by reference, because the texts are constants and hashing two kilobytes per call would cost more than it saves.
        _calls = database.Dialect.KeepsCommands ? new(ReferenceEqualityComparer.Instance) : null;
    }

    /// <summary>The connection.</summary>
    public DbConnection Connection { get; }

    /// <summary>The transaction that commands belong to.</summary>
    public DbTransaction? Transaction { get; set; }

    /// <summary>Whether a statement of the transaction failed, or may have failed without being noticed here.</summary>
    internal bool HasFailed { get; set; }

    /// <summary>Whether contention is thrown as the driver's own exception.</summary>
    internal bool ThrowsDriverExceptions { get; init; }

    internal SqlDatabase Database => _database;

    internal SqlDialect Dialect => _database.Dialect;

    /// <summary>Returns a command for a constant text.</summary>
    internal SqlCall Call(string template)
    {
        if (_calls is null)
        {
            return Make(template, isConstant: true);
        }

        if (!_calls.TryGetValue(template, out var call))
        {
            _calls.Add(template, call = Make(template, isConstant: true));
        }

        call.Command.Transaction = Transaction;
        return call;
    }

    /// <summary>Returns the exception to throw instead of the driver's; <see langword="null"/> to throw that of the driver.</summary>
    internal ContentionException? ContentionOf(DbException exception) => ThrowsDriverExceptions ? null : Dialect.ContentionOf(exception);

    /// <summary>Returns a command for a text that was built for this call.</summary>
    internal SqlCall CallOnce(string template) => Make(template, isConstant: false);

    /// <summary>Closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_calls is not null)
        {
            foreach (var call in _calls.Values)
            {
                await call.Command.DisposeAsync().ConfigureAwait(false);
            }
        }

        await Connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Disposes the commands and leaves the connection open for its owner.</summary>
    internal void Forget()
    {
        if (_calls is not null)
        {
            foreach (var call in _calls.Values)
            {
                call.Command.Dispose();
            }

            _calls.Clear();
        }
    }

    private SqlCall Make(string template, bool isConstant)
    {
        var command = Connection.CreateCommand();
        command.Transaction = Transaction;
        var (text, hasNow) = _database.Render(template, isConstant);
#pragma warning disable CA2100 // The text is a constant with validated names. Values are parameters.
        command.CommandText = text;
#pragma warning restore CA2100
        return new SqlCall(this, command, hasNow);
    }
}

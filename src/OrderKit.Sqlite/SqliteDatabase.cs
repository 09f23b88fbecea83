using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using OrderKit.Sql;
using SQLitePCL;

namespace OrderKit.Sqlite;

/// <summary>A SQLite file with one writing connection, whose users take turns, and several reading connections.</summary>
internal sealed class SqliteDatabase : SqlDatabase, IDisposable, IAsyncDisposable
{
    private const int MaxIdleReaders = 16;
    private const int Busy = 5;
    private const int ReadOnly = 8;
    private const int CannotOpen = 14;
    private const int NoDatabase = 26;

    private static readonly IReadOnlyList<SqlMigration> AllMigrations =
        SqlMigration.From(
            typeof(SqliteDatabase).Assembly,
            ("Core", "core"),
            ("StateMachine", "state-machine"),
            ("Idempotency", "idempotency"),
            ("Messaging", "messaging"));

    // One writer of this process at a time per file, as SQLite allows only one. Callers that wait inside SQLite poll with growing delays
    // and can starve each other for seconds; callers that wait here are served in order.
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Turns = new(SqliteFile.Comparer);

    private readonly SqliteStoreOptions _options;
    private readonly string _connectionString;
    private readonly SemaphoreSlim _turn;
    private readonly ConcurrentBag<SqlSession> _readers = [];
    private SqlSession? _writer;
    private bool _isDisposed;

    internal SqliteDatabase(SqliteStoreOptions options, TimeProvider clock)
        : base(new SqliteDialect(clock), new SqlNames(options.TablePrefix))
    {
        _options = options;
        Path = SqliteFile.PathOf(options.ConnectionString);
        _turn = Turns.GetOrAdd(Path, static _ => new SemaphoreSlim(1, 1));

        // The pool of this class keeps connections with their prepared statements, and closes the file when it is disposed.
        _connectionString = new SqliteConnectionStringBuilder(options.ConnectionString)
        {
            Pooling = false,
            DefaultTimeout = Math.Max(1, (int)Math.Ceiling(options.BusyTimeout.TotalSeconds)),
        }.ConnectionString;
    }

    public override IReadOnlyList<SqlMigration> Migrations => AllMigrations;

    internal string Path { get; }

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        while (_readers.TryTake(out var reader))
        {
            await reader.DisposeAsync().ConfigureAwait(false);
        }

        if (Interlocked.Exchange(ref _writer, null) is { } writer)
        {
            await writer.DisposeAsync().ConfigureAwait(false);
        }
    }

    // The driver works synchronously, so this call does not block on a task.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    protected override async ValueTask<SqlSession> OpenAsync(bool toWrite, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!toWrite)
        {
            return _readers.TryTake(out var reader) ? reader : Open(toWrite);
        }

        if (!await _turn.WaitAsync(_options.WriteWaitLimit, cancellationToken).ConfigureAwait(false))
        {
            throw new TimeoutException(
                $"Another unit of work of this process has locked the SQLite file '{Path}' for {_options.WriteWaitLimit}. Commit or "
                + "dispose that unit, or pass it to this call: a unit that is begun while another one of the same flow is open waits for "
                + "itself.");
        }

        try
        {
            return Interlocked.Exchange(ref _writer, null) ?? Open(toWrite);
        }
        catch
        {
            _turn.Release();
            throw;
        }
    }

    protected override async ValueTask ReturnAsync(SqlSession session, bool toWrite, bool isSound)
    {
        if (isSound && !_isDisposed)
        {
            if (toWrite)
            {
                _writer = session;
                _turn.Release();
                return;
            }

            if (_readers.Count < MaxIdleReaders)
            {
                _readers.Add(session);
                return;
            }
        }

        try
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            if (toWrite)
            {
                _turn.Release();
            }
        }
    }

    protected override Exception? Explain(DbException exception) => exception switch
    {
        SqliteException { SqliteErrorCode: Busy } => new TimeoutException(
            $"The SQLite file '{Path}' has been locked for {_options.BusyTimeout} by another process, or by a connection of this process "
            + "that OrderKit did not open. End that transaction, pass it with SqlUnitOfWork.Enlist(transaction) if it is yours, or raise "
            + "SqliteStoreOptions.BusyTimeout.",
            exception),
        SqliteException { SqliteErrorCode: NoDatabase } foreign => Named(foreign),
        _ => null,
    };

    protected override ValueTask<string?> FindWeaknessAsync(CancellationToken cancellationToken) => new(
        _options.Synchronous == SqliteSynchronous.Full
            ? null
            : $"SqliteStoreOptions.Synchronous is {_options.Synchronous}. Set it to Full to wait for the disk.");

    protected override void CheckBorrowed(DbConnection connection)
    {
        var source = connection.DataSource;
        if (string.IsNullOrEmpty(source) || !SqliteFile.Comparer.Equals(SqliteFile.Resolve(source), Path))
        {
            throw new ArgumentException(
                $"The enlisted transaction is on '{source}', but this store uses the SQLite file '{Path}'. Enlist a transaction on that "
                + "file: two files cannot be committed together.",
                nameof(connection));
        }
    }

    private SqlSession Open(bool toWrite)
    {
        var file = new SqliteConnection(_connectionString);
        var connection = _options.Wrap?.Invoke(file) ?? file;
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            var synchronous = _options.Synchronous == SqliteSynchronous.Full ? "FULL" : "NORMAL";
            var pages = toWrite ? _options.CachePages : Math.Min(_options.CachePages, 2_000);
#pragma warning disable CA2100 // Only numbers and constants are inserted.
            command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
                PRAGMA busy_timeout = {(int)_options.BusyTimeout.TotalMilliseconds};
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = {synchronous};
                PRAGMA cache_size = {pages};
                PRAGMA wal_autocheckpoint = {_options.CheckpointPages};
                PRAGMA temp_store = MEMORY;
                """);
#pragma warning restore CA2100
            command.ExecuteNonQuery();
            if (toWrite && raw.sqlite3_db_readonly(file.Handle, "main") == 1)
            {
                // BEGIN IMMEDIATE would silently begin a read-only transaction.
                throw new SqliteException(
                    "the file is read-only. This process needs write access to the file and to its folder.", ReadOnly);
            }

            return NewSession(connection);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == Busy)
        {
            connection.Dispose();
            throw new TimeoutException(
                $"The SQLite file '{Path}' could not be opened, because another process has locked it for {_options.BusyTimeout}. End the "
                + "transaction of that process, or raise SqliteStoreOptions.BusyTimeout.",
                exception);
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw Named(exception);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // The message of the driver does not contain the file name.
    private SqliteException Named(SqliteException exception)
    {
        var wayOut = exception.SqliteErrorCode == CannotOpen ? " Its folder must exist, and this process needs write access to it." : "";
        return new SqliteException(
            $"The SQLite file '{Path}' cannot be used: {exception.Message}{wayOut}",
            exception.SqliteErrorCode,
            exception.SqliteExtendedErrorCode);
    }
}

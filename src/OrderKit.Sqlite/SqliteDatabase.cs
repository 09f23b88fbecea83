using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using OrderKit.Sql;
using SQLitePCL;

namespace OrderKit.Sqlite;

/// <summary>A SQLite file: one connection that writes, behind the gate, and some that read.</summary>
internal sealed class SqliteDatabase : SqlDatabase, IDisposable, IAsyncDisposable
{
    private const int MaxIdleReaders = 16;
    private const int Busy = 5;
    private const int ReadOnly = 8;
    private const int CannotOpen = 14;
    private const int NoDatabase = 26;

    private static readonly IReadOnlyList<SqlMigration> AllMigrations =
        SqlMigration.From(typeof(SqliteDatabase).Assembly, ("Core", "core"), ("StateMachine", "state-machine"), ("Idempotency", "idempotency"), ("Messaging", "messaging"));

    private readonly SqliteStoreOptions _options;
    private readonly string _connectionString;
    private readonly WriteGate _gate;
    private readonly ConcurrentBag<SqlSession> _readers = [];
    private SqlSession? _writer;
    private bool _isDisposed;

    internal SqliteDatabase(SqliteStoreOptions options, TimeProvider clock)
        : base(new SqliteDialect(clock), new SqlNames(options.TablePrefix))
    {
        _options = options;
        Path = SqliteFile.PathOf(options.ConnectionString);
        _gate = WriteGate.Of(Path);

        // Our own pool keeps connections together with their prepared statements, and lets go of the file when it is disposed.
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

    // The driver works synchronously, so nothing is waited for here.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    protected override async ValueTask<SqlSession> OpenAsync(bool toWrite, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!toWrite)
        {
            return _readers.TryTake(out var reader) ? reader : Open(toWrite);
        }

        await _gate.EnterAsync(_options.WriteWaitLimit, cancellationToken).ConfigureAwait(false);
        try
        {
            return Interlocked.Exchange(ref _writer, null) ?? Open(toWrite);
        }
        catch
        {
            _gate.Leave();
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
                _gate.Leave();
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
                _gate.Leave();
            }
        }
    }

    protected override async ValueTask<DbTransaction> BeginTransactionAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            // The driver begins with BEGIN IMMEDIATE: a transaction that began by reading could not become a writer later.
            return await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException exception) when (Explain(exception) is not null)
        {
            throw Explain(exception)!;
        }
    }

    protected override Exception? Explain(DbException exception) => exception switch
    {
        SqliteException { SqliteErrorCode: Busy } => new TimeoutException(
            $"The SQLite file '{Path}' has been locked for {_options.BusyTimeout} by another process, or by a connection of this one that is not OrderKit's. End its transaction; if it is yours, pass it with SqlUnitOfWork.Enlist(transaction); or raise SqliteStoreOptions.BusyTimeout.",
            exception),
        SqliteException { SqliteErrorCode: NoDatabase } foreign => Named(foreign),
        _ => null,
    };

    protected override ValueTask<string?> FindWeaknessAsync(CancellationToken cancellationToken) => new(
        _options.Synchronous == SqliteSynchronous.Full ? null : $"SqliteStoreOptions.Synchronous is {_options.Synchronous}. Full waits for the disk.");

    protected override void CheckBorrowed(DbConnection connection)
    {
        var source = connection.DataSource;
        if (string.IsNullOrEmpty(source) || !SqliteFile.Comparer.Equals(SqliteFile.Resolve(source), Path))
        {
            throw new ArgumentException(
                $"The enlisted transaction is on '{source}', and this store is the SQLite file '{Path}'. Enlist a transaction on that file: two files cannot be committed together.",
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
#pragma warning disable CA2100 // Numbers and two words of ours.
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
                // BEGIN IMMEDIATE would begin a transaction that only reads, and say nothing.
                throw new SqliteException("it can only be read. This process must be allowed to write to it and in its folder.", ReadOnly);
            }

            return NewSession(connection);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == Busy)
        {
            connection.Dispose();
            throw new TimeoutException(
                $"The SQLite file '{Path}' has been locked for {_options.BusyTimeout} by another process and could not be opened. End that process's transaction, or raise SqliteStoreOptions.BusyTimeout.",
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

    // The driver's words do not say which file.
    private SqliteException Named(SqliteException exception)
    {
        var wayOut = exception.SqliteErrorCode == CannotOpen ? " Its folder must exist, and this process must be allowed to write in it." : "";
        return new SqliteException($"The SQLite file '{Path}' cannot be used: {exception.Message}{wayOut}", exception.SqliteErrorCode, exception.SqliteExtendedErrorCode);
    }
}

using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Text;
using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>
/// The database of the SQL stores. It opens connections and begins units of work. Packages that bring a driver implement it.
/// </summary>
public abstract class SqlDatabase : IUnitOfWorkFactory
{
    private readonly ConcurrentDictionary<string, (string Text, bool HasNow)> _rendered = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<string, (string Now, string Text)> _withNow = new(ReferenceEqualityComparer.Instance);

    /// <summary>Initialises the database.</summary>
    protected SqlDatabase(SqlDialect dialect, SqlNames names)
    {
        Dialect = dialect;
        Names = names;
    }

    /// <summary>The SQL dialect.</summary>
    public SqlDialect Dialect { get; }

    /// <summary>The names of the tables.</summary>
    public SqlNames Names { get; }

    /// <summary>Signalled after each commit that wrote to the outbox.</summary>
    internal WakeUp OutboxWritten { get; } = new();

    /// <summary>The numbered scripts of the tables, in the order of execution.</summary>
    public abstract IReadOnlyList<SqlMigration> Migrations { get; }

    /// <inheritdoc/>
    public async ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default)
    {
        RefuseAmbient();
        cancellationToken.ThrowIfCancellationRequested();
        var session = await OpenAsync(toWrite: true, cancellationToken).ConfigureAwait(false);
        try
        {
            // SQLite's driver sends BEGIN IMMEDIATE, because a transaction that begins with a read may fail to become a writer.
            // Npgsql sends BEGIN together with the first statement.
            var transaction = await session.Connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken)
                .ConfigureAwait(false);
            return new SqlUnitOfWork(session, transaction);
        }
        catch (Exception exception)
        {
            await ReturnAsync(session, toWrite: true, isSound: false).ConfigureAwait(false);
            if (exception is DbException failure && Explain(failure) is { } clearer)
            {
                throw clearer;
            }

            throw;
        }
    }

    /// <summary>Opens a connection or reuses a kept one.</summary>
    /// <param name="toWrite">Whether the caller writes. On SQLite, writers wait for their turn.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    protected internal abstract ValueTask<SqlSession> OpenAsync(bool toWrite, CancellationToken cancellationToken);

    /// <summary>Returns a connection.</summary>
    /// <param name="session">The session that <see cref="OpenAsync"/> returned.</param>
    /// <param name="toWrite">The same value as passed to <see cref="OpenAsync"/>.</param>
    /// <param name="isSound">Whether the connection may be reused.</param>
    protected internal abstract ValueTask ReturnAsync(SqlSession session, bool toWrite, bool isSound);

    /// <summary>Checks that the connection of a host's transaction belongs to this database.</summary>
    /// <exception cref="ArgumentException">It belongs to another database.</exception>
    protected internal abstract void CheckBorrowed(DbConnection connection);

    /// <summary>
    /// Returns why a power failure may undo commits, and how to change that; <see langword="null"/> if commits are durable.
    /// </summary>
    protected internal virtual ValueTask<string?> FindWeaknessAsync(CancellationToken cancellationToken) => new((string?)null);

    /// <summary>Converts an exception of the driver to a clearer one; <see langword="null"/> if it is clear enough.</summary>
    protected virtual Exception? Explain(DbException exception) => null;

    /// <summary>Creates a session for a connection of this database.</summary>
    protected SqlSession NewSession(DbConnection connection) => new(this, connection);

    internal static void RefuseAmbient()
    {
        if (System.Transactions.Transaction.Current is not null)
        {
            throw new InvalidOperationException(
                "An ambient System.Transactions.Transaction is open, but OrderKit does not take part in it and would commit separately. "
                + "Begin a DbTransaction and pass SqlUnitOfWork.Enlist(transaction), or close the TransactionScope first.");
        }
    }

    /// <summary>Returns the session of a unit of work, which must belong to this database.</summary>
    internal SqlSession On(UnitOfWork unitOfWork) => unitOfWork is SqlUnitOfWork unit
        ? unit.On(this)
        : throw new ArgumentException(
            $"The unit of work is {unitOfWork?.GetType().Name ?? "null"}, but a SQL store needs a SqlUnitOfWork. Pass "
            + "SqlUnitOfWork.Enlist(transaction), or a unit that the IUnitOfWorkFactory of this store began.",
            nameof(unitOfWork));

    /// <summary>Reads committed rows outside a unit of work.</summary>
    internal ValueTask<T> ReadAsync<T>(Func<SqlSession, ValueTask<T>> read, CancellationToken cancellationToken) =>
        RunAsync(toWrite: false, read, cancellationToken);

    /// <summary>Reads the committed rows of a constant query.</summary>
    internal async ValueTask<IReadOnlyList<T>> ListAsync<T>(
        string sql, object?[] values, Func<SqlRow, T> read, CancellationToken cancellationToken) =>
        await ReadAsync(session => session.Call(sql).With(values).ListAsync(read, cancellationToken), cancellationToken)
            .ConfigureAwait(false);

    /// <summary>Reads a page with a query that was built for it. Completes the query, which asks for one row more.</summary>
    internal async ValueTask<Page<T>> PageAsync<TRow, T>(
        StringBuilder sql, List<object?> values, int size, Func<SqlRow, TRow> read, Func<TRow, T> select, Func<TRow, string> continuation,
        CancellationToken cancellationToken)
    {
        var text = sql.Append(" LIMIT ").Add(values, size + 1).ToString();
        var rows = await ReadAsync(
            session => session.CallOnce(text).With([.. values]).ListAsync(read, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        return Continuations.Page(rows, size, select, continuation);
    }

    /// <summary>Runs one statement as its own transaction.</summary>
    internal ValueTask<T> WriteAsync<T>(Func<SqlSession, ValueTask<T>> write, CancellationToken cancellationToken)
    {
        RefuseAmbient();
        return RunAsync(toWrite: true, write, cancellationToken);
    }

    /// <summary>Runs several statements as one transaction.</summary>
    internal async ValueTask<T> TransactAsync<T>(Func<SqlSession, ValueTask<T>> write, CancellationToken cancellationToken)
    {
        var unit = await BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (unit.ConfigureAwait(false))
        {
            var result = await write(On(unit)).ConfigureAwait(false);
            await unit.CommitAsync(cancellationToken).ConfigureAwait(false);
            return result;
        }
    }

    /// <summary>Inserts the names and the clock into a text. The result is cached for a constant text.</summary>
    internal (string Text, bool HasNow) Render(string template, bool isConstant)
    {
        var rendered = isConstant
            ? _rendered.GetOrAdd(template, static (key, names) => RenderNames(key, names), Names)
            : RenderNames(template, Names);

        if (!rendered.HasNow)
        {
            return rendered;
        }

        // The expression may change between calls, because a test can move the clock.
        var now = Dialect.Now;
        if (isConstant && _withNow.TryGetValue(template, out var kept) && kept.Now == now)
        {
            return (kept.Text, true);
        }

        var text = rendered.Text.Replace("{now}", now, StringComparison.Ordinal);
        if (isConstant)
        {
            _withNow[template] = (now, text);
        }

        return (text, true);
    }

    private static (string Text, bool HasNow) RenderNames(string template, SqlNames names) =>
        (names.Render(template), template.Contains("{now}", StringComparison.Ordinal));

    private async ValueTask<T> RunAsync<T>(bool toWrite, Func<SqlSession, ValueTask<T>> run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var session = await OpenAsync(toWrite, cancellationToken).ConfigureAwait(false);
        var isSound = false;
        try
        {
            var result = await run(session).ConfigureAwait(false);
            isSound = true;
            return result;
        }
        catch (DbException exception) when (Explain(exception) is not null)
        {
            throw Explain(exception)!;
        }
        finally
        {
            await ReturnAsync(session, toWrite, isSound).ConfigureAwait(false);
        }
    }
}

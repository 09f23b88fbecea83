using System.Collections.Concurrent;
using System.Data.Common;
using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>The database behind the SQL stores: opens connections and begins units of work. Implemented by the packages that bring a driver.</summary>
public abstract class SqlDatabase : IUnitOfWorkFactory
{
    private readonly ConcurrentDictionary<string, (string Text, bool HasNow)> _rendered = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<string, (string Now, string Text)> _withNow = new(ReferenceEqualityComparer.Instance);

    /// <summary>Sets what never changes.</summary>
    protected SqlDatabase(SqlDialect dialect, SqlNames names)
    {
        Dialect = dialect;
        Names = names;
    }

    /// <summary>How this kind of database spells things.</summary>
    public SqlDialect Dialect { get; }

    /// <summary>How the tables are called.</summary>
    public SqlNames Names { get; }

    /// <summary>Told after each commit that wrote to the outbox.</summary>
    internal WakeUp OutboxWritten { get; } = new();

    /// <summary>The numbered scripts of the tables, in the order in which they are run.</summary>
    public abstract IReadOnlyList<SqlMigration> Migrations { get; }

    /// <inheritdoc/>
    public async ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default)
    {
        RefuseAmbient();
        cancellationToken.ThrowIfCancellationRequested();
        var session = await OpenAsync(toWrite: true, cancellationToken).ConfigureAwait(false);
        try
        {
            return new SqlUnitOfWork(session, await BeginTransactionAsync(session.Connection, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            await ReturnAsync(session, toWrite: true, isSound: false).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a connection, or takes one that is kept.</summary>
    /// <param name="toWrite">Whether the caller writes; on SQLite it then waits for its turn.</param>
    /// <param name="cancellationToken">Cancels.</param>
    protected internal abstract ValueTask<SqlSession> OpenAsync(bool toWrite, CancellationToken cancellationToken);

    /// <summary>Gives a connection back.</summary>
    /// <param name="session">What <see cref="OpenAsync"/> gave.</param>
    /// <param name="toWrite">As it was opened.</param>
    /// <param name="isSound">Whether the connection can be used again.</param>
    protected internal abstract ValueTask ReturnAsync(SqlSession session, bool toWrite, bool isSound);

    /// <summary>Begins a transaction that may write.</summary>
    protected abstract ValueTask<DbTransaction> BeginTransactionAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Refuses the connection of a host's transaction that is not on this database.</summary>
    /// <exception cref="ArgumentException">It is on another database.</exception>
    protected internal abstract void CheckBorrowed(DbConnection connection);

    /// <summary>What of a commit a loss of power may undo, and how to change that; <see langword="null"/> where nothing.</summary>
    protected internal virtual ValueTask<string?> FindWeaknessAsync(CancellationToken cancellationToken) => new((string?)null);

    /// <summary>Says in our words what a driver's exception means; <see langword="null"/> where it speaks for itself.</summary>
    protected virtual Exception? Explain(DbException exception) => null;

    /// <summary>Makes a session for a connection of this database.</summary>
    protected SqlSession NewSession(DbConnection connection) => new(this, connection);

    internal static void RefuseAmbient()
    {
        if (System.Transactions.Transaction.Current is not null)
        {
            throw new InvalidOperationException(
                "An ambient System.Transactions.Transaction is open, and OrderKit would write beside it, not in it. Begin a DbTransaction and pass SqlUnitOfWork.Enlist(transaction), or close the TransactionScope first.");
        }
    }

    /// <summary>The session of a unit of work that must belong here.</summary>
    internal SqlSession On(UnitOfWork unitOfWork) => unitOfWork is SqlUnitOfWork unit
        ? unit.On(this)
        : throw new ArgumentException(
            $"A {unitOfWork?.GetType().Name ?? "null"} was passed to a SQL store. Pass SqlUnitOfWork.Enlist(transaction), or a unit that this store's IUnitOfWorkFactory began.",
            nameof(unitOfWork));

    /// <summary>Reads between units of work.</summary>
    internal ValueTask<T> ReadAsync<T>(Func<SqlSession, ValueTask<T>> read, CancellationToken cancellationToken) =>
        RunAsync(toWrite: false, read, cancellationToken);

    /// <summary>Runs one statement that is a transaction by itself.</summary>
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

    /// <summary>Puts names and the clock into a text; a constant is kept.</summary>
    internal (string Text, bool HasNow) Render(string template, bool isConstant)
    {
        var rendered = isConstant
            ? _rendered.GetOrAdd(template, static (key, names) => RenderNames(key, names), Names)
            : RenderNames(template, Names);

        if (!rendered.HasNow)
        {
            return rendered;
        }

        // The expression may change between calls: a test moves the clock.
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

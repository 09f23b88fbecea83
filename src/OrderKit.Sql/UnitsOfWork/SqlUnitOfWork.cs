using System.Data.Common;
using System.Globalization;
using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>A transaction on the SQL store: begun by OrderKit, or the host's own.</summary>
/// <remarks>Not safe for concurrent use by several threads.</remarks>
public sealed class SqlUnitOfWork : UnitOfWork
{
    private const string InFailedTransaction = "25P02";

    private readonly DbTransaction _transaction;
    private readonly bool _throwsDriverExceptions;
    private SqlSession? _session;
    private bool _hasEnded;

    internal SqlUnitOfWork(SqlSession session, DbTransaction transaction)
    {
        _session = session;
        _transaction = session.Transaction = transaction;
    }

    private SqlUnitOfWork(DbTransaction transaction, bool throwsDriverExceptions)
    {
        _transaction = transaction;
        _throwsDriverExceptions = throwsDriverExceptions;
        IsEnlisted = true;
    }

    /// <inheritdoc/>
    public override bool IsEnlisted { get; }

    /// <summary>The transaction, for the host's own statements that belong to it.</summary>
    /// <exception cref="InvalidOperationException">The unit of work has ended.</exception>
    public DbTransaction Transaction
    {
        get
        {
            if (_hasEnded)
            {
                throw Ended();
            }

            // Failures of the host's statements cannot be observed here.
            _session?.HasFailed = true;
            return _transaction;
        }
    }

    /// <summary>Joins the host's own transaction.</summary>
    /// <remarks>
    /// OrderKit never commits, rolls back or disposes the transaction, and its statements cannot make it fail. Changes take effect when the
    /// host commits. On SQLite the transaction must be on the file of the store.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The transaction has ended.</exception>
    public static SqlUnitOfWork Enlist(DbTransaction transaction) => Enlist(transaction, throwsDriverExceptions: false);

    /// <summary>Joins the host's own transaction, for a retry policy that recognises only the exceptions of its driver.</summary>
    /// <param name="transaction">The host's transaction.</param>
    /// <param name="throwsDriverExceptions">
    /// Whether a deadlock, a serialisation failure or a lock timeout is thrown as the driver's own exception, and not as a
    /// <see cref="ContentionException"/> around it. The execution strategies of EF Core need it.
    /// </param>
    /// <exception cref="InvalidOperationException">The transaction has ended.</exception>
    public static SqlUnitOfWork Enlist(DbTransaction transaction, bool throwsDriverExceptions)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return HasCompleted(transaction)
            ? throw new InvalidOperationException(
                "The transaction has been committed, rolled back or disposed. Enlist an open transaction.")
            : new SqlUnitOfWork(transaction, throwsDriverExceptions);
    }

    /// <inheritdoc/>
    /// <exception cref="CommitOutcomeUnknownException">The connection broke during the commit.</exception>
    /// <exception cref="InvalidOperationException">
    /// The unit is enlisted, or a statement failed before and nothing was committed.
    /// </exception>
    public override async ValueTask CommitAsync(CancellationToken cancellationToken = default)
    {
        if (IsEnlisted)
        {
            throw new InvalidOperationException(
                "This unit of work is enlisted in a transaction of the host. Commit that transaction instead.");
        }

        if (_hasEnded)
        {
            throw Ended();
        }

        RequireNotLent();
        cancellationToken.ThrowIfCancellationRequested();
        var session = _session!;
        try
        {
            if (session.HasFailed && session.Dialect.FailsWholeTransactions)
            {
                // After a failed statement, PostgreSQL answers a commit with a silent rollback, but it refuses a savepoint with an error.
                // The driver sends the savepoint together with the commit.
                await _transaction.SaveAsync("orderkit_commit", CancellationToken.None).ConfigureAwait(false);
            }

            // A commit that is cancelled halfway has an unknown outcome, so the token is not passed on.
            await _transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (DbException exception) when (exception.SqlState == InFailedTransaction)
        {
            throw new InvalidOperationException(
                "A statement of this unit of work failed and its exception was caught, so the unit cannot be committed. Let the exception "
                + "reach the code that began the unit, or set a savepoint before a statement that may fail.",
                exception);
        }
        catch (Exception exception) when (session.Dialect.IsCommitOutcomeUnknown(exception))
        {
            throw new CommitOutcomeUnknownException(exception);
        }

        await EndAsync(isSound: true).ConfigureAwait(false);
        TellCommitted();
    }

    /// <inheritdoc/>
    public override async ValueTask LimitLockWaitsAsync(TimeSpan limit, CancellationToken cancellationToken = default)
    {
        if (!IsEnlisted && _session is { Dialect.LimitLockWaits: { } statement } session)
        {
            var milliseconds = ((long)limit.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
            await session.Call(statement).With(milliseconds).ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_hasEnded)
        {
            return;
        }

        if (IsEnlisted)
        {
            _hasEnded = true;
            _session?.Forget();
            return;
        }

        var isSound = false;
        try
        {
            await _transaction.RollbackAsync(CancellationToken.None).ConfigureAwait(false);
            isSound = !IsLent;
        }
        catch (Exception exception) when (exception is DbException or InvalidOperationException or IOException)
        {
            // The connection is lost or the server ended the transaction. Both roll it back, and the cause was thrown before.
        }
        finally
        {
            await EndAsync(isSound).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the session of this unit, which must belong to the given database.</summary>
    internal SqlSession On(SqlDatabase database)
    {
        if (_hasEnded || (IsEnlisted && HasCompleted(_transaction)))
        {
            throw Ended();
        }

        if (_session is null)
        {
            var connection = _transaction.Connection!;
            database.CheckBorrowed(connection);
            _session = new SqlSession(database, connection)
            {
                Transaction = _transaction,
                ThrowsDriverExceptions = _throwsDriverExceptions,
            };
        }

        return ReferenceEquals(_session.Database, database)
            ? _session
            : throw new ArgumentException(
                "The unit of work belongs to another store. Begin it with the IUnitOfWorkFactory of this store.", nameof(database));
    }

    // After a transaction has ended, some drivers keep its connection usable, and every statement would commit by itself. All drivers
    // refuse
    // to return the isolation level of such a transaction.
    private static bool HasCompleted(DbTransaction transaction)
    {
        try
        {
            _ = transaction.IsolationLevel;
            return transaction.Connection is null;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static InvalidOperationException Ended() => new("The unit of work has ended. Begin a new one.");

    private async ValueTask EndAsync(bool isSound)
    {
        _hasEnded = true;
        var session = _session!;
        _session = null;
        session.Transaction = null;
        session.HasFailed = false;
        await _transaction.DisposeAsync().ConfigureAwait(false);
        await session.Database.ReturnAsync(session, toWrite: true, isSound).ConfigureAwait(false);
    }
}

using System.Data.Common;
using OrderKit.Core;
using OrderKit.EntityFrameworkCore;
using OrderKit.Sql;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Runs changes of a <see cref="DbContext"/> and changes of OrderKit as one transaction.</summary>
public static class OrderKitDbContextExtensions
{
    private const string LockNotAvailable = "55P03";
    private const string DeadlockDetected = "40P01";
    private const string SerializationFailure = "40001";

    /// <summary>Runs a delegate in a transaction of the context that OrderKit has joined, then saves the changes and commits.</summary>
    /// <typeparam name="TResult">What the delegate returns.</typeparam>
    /// <param name="context">The context. It must have no pending changes: make them in the delegate.</param>
    /// <param name="operation">
    /// Writes. The context's execution strategy runs it again after a transient failure, also where the answer to a commit was lost:
    /// OrderKit then answers with a duplicate, and the delegate must not repeat its own changes.
    /// </param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <remarks>
    /// Each attempt begins with an empty change tracker, so that no entity of a failed attempt counts as saved. Load what you change inside
    /// the delegate. No savepoints are set, so an exception of <c>SaveChangesAsync</c> that the delegate catches ends the transaction on
    /// PostgreSQL.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The context has a transaction already, or pending changes.</exception>
    public static async Task<TResult> ExecuteWithOrderKitAsync<TResult>(
        this DbContext context,
        Func<SqlUnitOfWork, CancellationToken, Task<TResult>> operation,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(operation);
        RefusePendingChanges(context);
        if (context.Database.CurrentTransaction is not null)
        {
            throw new InvalidOperationException(
                "The DbContext has a transaction already. Join it with Database.EnlistOrderKit(), and commit it where it was begun.");
        }

        // A savepoint is of no use to a transaction that is repeated as a whole, and a connection that breaks while EF Core releases
        // one is reported as a transaction that was disposed, which no execution strategy retries.
        var hadSavepoints = context.Database.AutoSavepointsEnabled;
        context.Database.AutoSavepointsEnabled = false;
        try
        {
            return await context.Database.CreateExecutionStrategy().ExecuteAsync(AttemptAsync, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            context.Database.AutoSavepointsEnabled = hadSavepoints;
        }

        async Task<TResult> AttemptAsync(CancellationToken cancellation)
        {
            context.ChangeTracker.Clear();
            var transaction = await context.Database.BeginTransactionAsync(cancellation).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var unit = context.Database.EnlistOrderKit();
                await using (unit.ConfigureAwait(false))
                {
                    var result = await operation(unit, cancellation).ConfigureAwait(false);
                    await context.SaveChangesAsync(cancellation).ConfigureAwait(false);

                    // A commit that is cancelled half-way has an unknown outcome, so the token ends here.
                    await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                    return result;
                }
            }
        }
    }

    /// <summary>Runs a delegate with the context in a unit of work that OrderKit owns, then saves the context's changes into it.</summary>
    /// <typeparam name="TResult">What the delegate returns.</typeparam>
    /// <param name="context">The context. It must have no pending changes: make them in the delegate.</param>
    /// <param name="unitOfWork">The unit of work that OrderKit passed to a handler or an effect.</param>
    /// <param name="operation">Reads and changes entities.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <remarks>
    /// The context uses the connection and the transaction of the unit until the call returns. It neither commits nor closes them, and
    /// its execution strategy does not retry: whoever began the unit commits it or runs the handler again.
    /// </remarks>
    /// <exception cref="ArgumentException">The unit of work is not of a SQL store.</exception>
    /// <exception cref="ContentionException">The database ended the transaction because of another one; nothing of it is written.</exception>
    /// <exception cref="InvalidOperationException">The context has a transaction or an open connection already, or pending changes.</exception>
    public static async Task<TResult> ExecuteInUnitOfWorkAsync<TResult>(
        this DbContext context,
        UnitOfWork unitOfWork,
        Func<CancellationToken, Task<TResult>> operation,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(operation);
        if (unitOfWork is not SqlUnitOfWork unit)
        {
            throw new ArgumentException(
                $"The unit of work is a {unitOfWork?.GetType().Name ?? "null"}, which has no DbTransaction. Choose UseSqlite or UsePostgreSql as the store.",
                nameof(unitOfWork));
        }

        RefusePendingChanges(context);
        var joined = await JoinedTransaction.EnterAsync(context.Database, unit.Transaction, cancellationToken).ConfigureAwait(false);
        await using var leaving = joined.ConfigureAwait(false);
        try
        {
            return await new SingleAttempt(context).ExecuteAsync(
                async cancellation =>
                {
                    var result = await operation(cancellation).ConfigureAwait(false);
                    await context.SaveChangesAsync(cancellation).ConfigureAwait(false);
                    return result;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (ContentionIn(exception) is not null)
        {
            // EF Core wraps what the driver throws, and the unit's owner looks for OrderKit's exception.
            throw ContentionIn(exception)!;
        }
    }

    /// <inheritdoc cref="ExecuteInUnitOfWorkAsync{TResult}"/>
    public static Task ExecuteInUnitOfWorkAsync(
        this DbContext context, UnitOfWork unitOfWork, Func<CancellationToken, Task> operation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return context.ExecuteInUnitOfWorkAsync(
            unitOfWork,
            async cancellation =>
            {
                await operation(cancellation).ConfigureAwait(false);
                return true;
            },
            cancellationToken);
    }

    private static ContentionException? ContentionIn(Exception exception)
    {
        for (var inner = exception; inner is not (null or ContentionException); inner = inner.InnerException)
        {
            if (inner is DbException { SqlState: LockNotAvailable or DeadlockDetected or SerializationFailure } driver)
            {
                return new ContentionException(isHeld: driver.SqlState == LockNotAvailable, driver);
            }
        }

        return null;
    }

    private static void RefusePendingChanges(DbContext context)
    {
        if (context.ChangeTracker.HasChanges())
        {
            throw new InvalidOperationException(
                "The DbContext has pending changes, and a retry would lose them. Make the changes inside the delegate, or save them first.");
        }
    }
}

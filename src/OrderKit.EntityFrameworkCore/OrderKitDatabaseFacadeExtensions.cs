using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using OrderKit.Sql;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Joins OrderKit to the transaction of a <see cref="DbContext"/>.</summary>
public static class OrderKitDatabaseFacadeExtensions
{
    /// <summary>Joins the context's current transaction: what OrderKit writes in the unit of work is committed or rolled back with it.</summary>
    /// <remarks>
    /// The transaction stays the context's: commit it there. A deadlock, a serialisation failure or a lock timeout is thrown as the
    /// exception of the driver, so that the context's execution strategy recognises it. The store checks the connection when the unit
    /// of work is first used: it must be of the store's driver and, on SQLite, on the store's file.
    /// </remarks>
    /// <example>
    /// <code>
    /// await using var transaction = await db.Database.BeginTransactionAsync();
    /// var unitOfWork = db.Database.EnlistOrderKit();
    /// await orders.FireAsync(unitOfWork, fact);
    /// await db.SaveChangesAsync();
    /// await transaction.CommitAsync();
    /// </code>
    /// </example>
    /// <exception cref="InvalidOperationException">
    /// The context has no current transaction, or the transaction has ended, or the provider is not relational.
    /// </exception>
    public static SqlUnitOfWork EnlistOrderKit(this DatabaseFacade database)
    {
        ArgumentNullException.ThrowIfNull(database);
        if (!database.IsRelational())
        {
            throw new InvalidOperationException(
                $"The EF Core provider '{database.ProviderName}' is not relational, so it has no transaction to join. "
                + "Use the provider for SQLite or PostgreSQL.");
        }

        return database.CurrentTransaction is { } transaction
            ? SqlUnitOfWork.Enlist(transaction.GetDbTransaction(), throwsDriverExceptions: true)
            : throw new InvalidOperationException(
                "The DbContext has no current transaction to join. Call Database.BeginTransactionAsync() before EnlistOrderKit(), "
                + "inside Database.CreateExecutionStrategy().ExecuteAsync(…) where retries are enabled; or use ExecuteWithOrderKitAsync(…).");
    }
}

using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency.Storage;
using OrderKit.Messaging.Storage;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Sql.Tests;

/// <summary>An empty store of its own for one test.</summary>
public abstract class TestStore : IAsyncDisposable
{
    public abstract IServiceProvider Services { get; }

    public IUnitOfWorkFactory Units => Services.GetRequiredService<IUnitOfWorkFactory>();

    public IOrderStore Orders => Services.GetRequiredService<IOrderStore>();

    public IOrderQueryStore Queries => Services.GetRequiredService<IOrderQueryStore>();

    public IJournalStore Journal => Services.GetRequiredService<IJournalStore>();

    public IDeadlineStore Deadlines => Services.GetRequiredService<IDeadlineStore>();

    public IOutboxStore Outbox => Services.GetRequiredService<IOutboxStore>();

    public IOperationStore Operations => Services.GetRequiredService<IOperationStore>();

    public IQuarantineStore Quarantine => Services.GetRequiredService<IQuarantineStore>();

    public ILeaseStore Leases => Services.GetRequiredService<ILeaseStore>();

    public ICaseStore Cases => Services.GetRequiredService<ICaseStore>();

    public IDuplicateOrderStore DuplicateOrders => Services.GetRequiredService<IDuplicateOrderStore>();

    public IDuplicateOrderQueryStore DuplicateOrderQueries => Services.GetRequiredService<IDuplicateOrderQueryStore>();

    public IInboxStore Inbox => Services.GetRequiredService<IInboxStore>();

    public IDeadLetterStore DeadLetters => Services.GetRequiredService<IDeadLetterStore>();

    public IDeliveryPauseStore Pauses => Services.GetRequiredService<IDeliveryPauseStore>();

    public OrderKitSchema Schema => Services.GetRequiredService<OrderKitSchema>();

    /// <summary>The full name of a table.</summary>
    public abstract string Table(string name);

    /// <summary>Moves the store's clock.</summary>
    public abstract void Advance(TimeSpan by);

    /// <summary>Opens a connection the way that a host does.</summary>
    public abstract Task<DbConnection> OpenHostAsync();

    /// <summary>The lines of a statement's plan; parameters are named $1, $2, ….</summary>
    public abstract Task<string> ExplainAsync(string sql);

    /// <summary>Whether a statement of another store on the same data waits for a lock.</summary>
    public virtual ValueTask<bool> IsBlockedAsync(TestStore other) => new(false);

    public abstract ValueTask DisposeAsync();

    public async Task<IReadOnlyList<long>> SaveAsync(params OrderChange[] changes)
    {
        await using var unit = await Units.BeginAsync();
        var saved = await Orders.SaveAsync(unit, changes);
        await unit.CommitAsync();
        return saved;
    }

    public async Task<long> CountAsync(string table, string where = "1 = 1")
    {
        await using var connection = await OpenHostAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {Table(table)} WHERE {where}";
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task RunAsync(string sql)
    {
        await using var connection = await OpenHostAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

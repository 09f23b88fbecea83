using System.Data.Common;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Messaging;
using OrderKit.Specs;
using OrderKit.StateMachine;

namespace OrderKit.Sql.Tests;

/// <summary>A SQL store for the catalogue of the specs.</summary>
internal sealed class SqlStoreUnderTest(TestStore store, StoreAbilities abilities, Func<TestStore> reopen) : IStoreUnderTest, IHostTransactions
{
    private readonly List<TestStore> _others = [];

    public TenantId Tenant { get; } = new("tenant-1");

    public StoreAbilities Abilities => abilities;

    public IUnitOfWorkFactory Units => store.Units;

    public IOrderStore Orders => store.Orders;

    public IOrderQueryStore Queries => store.Queries;

    public IJournalStore Journal => store.Journal;

    public IDeadlineStore Deadlines => store.Deadlines;

    public IOutboxStore Outbox => store.Outbox;

    public IOperationStore Operations => store.Operations;

    public IQuarantineStore Quarantine => store.Quarantine;

    public ILeaseStore Leases => store.Leases;

    public ICaseStore Cases => store.Cases;

    public IDuplicateOrderStore DuplicateOrders => store.DuplicateOrders;

    public IDuplicateOrderQueryStore DuplicateOrderQueries => store.DuplicateOrderQueries;

    public IInboxStore Inbox => store.Inbox;

    public IDeadLetterStore DeadLetters => store.DeadLetters;

    public IDeliveryPauseStore Pauses => store.Pauses;

    public Task AdvanceAsync(TimeSpan by)
    {
        store.Advance(by);
        return Task.CompletedTask;
    }

    public Task<IStoreActor> OpenAnotherAsync()
    {
        var other = reopen();
        _others.Add(other);
        return Task.FromResult<IStoreActor>(new SqlStoreUnderTest(other, abilities, reopen));
    }

    public async Task<IHostTransaction> BeginHostTransactionAsync()
    {
        var connection = await store.OpenHostAsync();
        return new HostTransaction(connection, await connection.BeginTransactionAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var other in _others)
        {
            await other.DisposeAsync();
        }

        await store.DisposeAsync();
    }

    private sealed class HostTransaction(DbConnection connection, DbTransaction transaction) : IHostTransaction
    {
        public UnitOfWork Enlist() => SqlUnitOfWork.Enlist(transaction);

        public Task CommitAsync() => transaction.CommitAsync();

        public Task RollbackAsync() => transaction.RollbackAsync();

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}

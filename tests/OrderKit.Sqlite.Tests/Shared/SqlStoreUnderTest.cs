using System.Data.Common;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Eng;
using OrderKit.Idempotency.Storage;
using OrderKit.Messaging.Storage;
using OrderKit.Specs;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Sql.Tests;

/// <summary>A SQL store for the catalogue of the specs.</summary>
/// <param name="store">The store.</param>
/// <param name="abilities">What it can do.</param>
/// <param name="reopen">Opens it once more, with something around its connections.</param>
internal sealed class SqlStoreUnderTest(TestStore store, StoreAbilities abilities, Func<Func<DbConnection, DbConnection>?, TestStore> reopen)
    : IStoreUnderTest, IHostTransactions, ISteppedStore
{
    private readonly List<TestStore> _others = [];

    private TestStore Store => store;

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

    public Task<IStoreActor> OpenAnotherAsync() => Task.FromResult<IStoreActor>(Open(null));

    public Task<IStoreActor> OpenSteppedAsync(Func<ValueTask> beforeStatement) => Task.FromResult<IStoreActor>(
        Open(connection => new RecordingConnection(connection, step => IsWork(step) ? beforeStatement() : default)));

    public ValueTask<bool> IsBlockedAsync(IStoreActor participant) => store.IsBlockedAsync(((SqlStoreUnderTest)participant).Store);

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

    // The beginning and the end of a unit are calls of their own, and settings belong to the opening of a connection.
    private static bool IsWork(RecordedStep step) =>
        step.Kind is not (StepKind.Begin or StepKind.Commit) && !step.Statements[0].Text.StartsWith("PRAGMA", StringComparison.Ordinal);

    private SqlStoreUnderTest Open(Func<DbConnection, DbConnection>? around)
    {
        var other = reopen(around);
        _others.Add(other);
        return new SqlStoreUnderTest(other, abilities, reopen);
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

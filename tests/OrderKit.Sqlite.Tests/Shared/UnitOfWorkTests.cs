using System.Transactions;
using OrderKit.Core.Storage;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Sql.Tests;

/// <summary>Whose transaction it is, and what may be done with it.</summary>
public abstract class UnitOfWorkTests
{
    protected abstract Task<TestStore> OpenAsync();

    [Fact]
    public async Task What_is_written_in_a_hosts_transaction_comes_and_goes_with_it()
    {
        await using var store = await OpenAsync();
        await using var host = await store.OpenHostAsync();
        foreach (var commits in new[] { false, true })
        {
            await using var transaction = await host.BeginTransactionAsync();
            await using (var unit = SqlUnitOfWork.Enlist(transaction))
            {
                Assert.True(unit.IsEnlisted);
                Assert.NotEqual(0, (await store.Orders.SaveAsync(unit, [Samples.Full(Samples.Key(1))]))[0]);
                Assert.NotNull((await store.Orders.LoadAsync(unit, [new OrderLookup(Samples.Key(1), "x", "y", null)]))[0].Order);
            }

            Assert.Null(await store.Queries.FindAsync(Samples.Key(1)));
            await (commits ? transaction.CommitAsync() : transaction.RollbackAsync());
        }

        Assert.NotNull(await store.Queries.FindAsync(Samples.Key(1)));
    }

    [Fact]
    public async Task A_hosts_transaction_is_not_ours_to_commit()
    {
        await using var store = await OpenAsync();
        await using var host = await store.OpenHostAsync();
        await using var transaction = await host.BeginTransactionAsync();
        var unit = SqlUnitOfWork.Enlist(transaction);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await unit.CommitAsync());
        await unit.DisposeAsync();
        await unit.DisposeAsync();

        Assert.NotNull(transaction.Connection);
        var late = SqlUnitOfWork.Enlist(transaction);
        await store.Orders.LoadAsync(late, [new OrderLookup(Samples.Key(1), "x", "y", null)]);
        await transaction.CommitAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.Orders.SaveAsync(late, [Samples.Full(Samples.Key(1))]));
        Assert.Equal(0, await store.CountAsync("orders"));
        Assert.Contains("Enlist", Assert.Throws<InvalidOperationException>(() => SqlUnitOfWork.Enlist(transaction)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conflict_leaves_a_hosts_transaction_as_it_was()
    {
        await using var store = await OpenAsync();
        await store.SaveAsync(Samples.Change(Samples.Key(1)));
        await using var host = await store.OpenHostAsync();
        await using var transaction = await host.BeginTransactionAsync();
        await using var unit = SqlUnitOfWork.Enlist(transaction);

        Assert.Equal([0L], await store.Orders.SaveAsync(unit, [Samples.Full(Samples.Key(1))]));
        Assert.NotEqual([0L], await store.Orders.SaveAsync(unit, [Samples.Full(Samples.Key(2))]));
        await transaction.CommitAsync();

        Assert.Equal(2, await store.CountAsync("journal"));
    }

    [Fact]
    public async Task An_owned_unit_is_refused_beside_an_ambient_transaction()
    {
        await using var store = await OpenAsync();
        using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.Units.BeginAsync());

        Assert.Contains("SqlUnitOfWork.Enlist", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_unit_without_commit_leaves_nothing_and_a_unit_has_one_end()
    {
        await using var store = await OpenAsync();
        var unit = await store.Units.BeginAsync();
        Assert.False(unit.IsEnlisted);
        await store.Orders.SaveAsync(unit, [Samples.Full(Samples.Key(1))]);
        await unit.DisposeAsync();
        await unit.DisposeAsync();
        Assert.Equal(0, await store.CountAsync("orders"));

        await using var second = await store.Units.BeginAsync();
        await store.Orders.SaveAsync(second, [Samples.Full(Samples.Key(1))]);
        await second.CommitAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await second.CommitAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.Orders.SaveAsync(second, [Samples.Full(Samples.Key(1), 1)]));
        Assert.Equal(1, await store.CountAsync("orders"));
    }

    [Fact]
    public async Task A_unit_of_another_kind_of_store_is_refused()
    {
        await using var store = await OpenAsync();
        using var memory = new InMemoryDatabase();
        await using var unit = await memory.BeginAsync();

        await Assert.ThrowsAsync<ArgumentException>(async () => await store.Orders.SaveAsync(unit, [Samples.Full(Samples.Key(1))]));
    }

    [Fact]
    public async Task A_cancelled_call_writes_nothing()
    {
        await using var store = await OpenAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.Units.BeginAsync(cancelled.Token));
        await using var unit = await store.Units.BeginAsync();
        await store.Orders.SaveAsync(unit, [Samples.Full(Samples.Key(1))]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await unit.CommitAsync(cancelled.Token));
        await unit.DisposeAsync();

        Assert.Equal(0, await store.CountAsync("orders"));
    }
}

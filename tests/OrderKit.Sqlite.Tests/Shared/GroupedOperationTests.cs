using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Options;
using OrderKit.Idempotency;

namespace OrderKit.Sql.Tests;

/// <summary>Operations of many callers in one transaction of a database, with effects in a table of the host.</summary>
public abstract class GroupedOperationTests
{
    protected static readonly Fingerprint Asked = Fingerprint.Of(("amount", 19_900));

    protected abstract Task<TestStore> OpenAsync();

    /// <summary>Whether the database gives up a transaction in which a statement has failed.</summary>
    protected abstract bool GivesUp { get; }

    [Fact]
    public async Task Of_256_the_one_that_throws_is_told_so_and_255_are_done()
    {
        await using var store = await OpenWithTableAsync();
        await using var service = NewService(store);

        var requests = await TogetherAsync(service, () => Enumerable.Range(0, 256).Select(i => GrantAsync(store, service, i, _ => i == 137 ? throw new DivideByZeroException() : Task.CompletedTask)).ToList());

        await Assert.ThrowsAsync<DivideByZeroException>(() => requests[137]);
        Assert.All(await Task.WhenAll(requests.Where((_, i) => i != 137)), answer => Assert.IsType<OperationOutcome<string>.Applied>(answer));
        Assert.Equal(255, await store.CountAsync("granted"));
        Assert.Equal(0, await store.CountAsync("granted", "id = 137"));
        Assert.Null(await store.Operations.FindAsync(Key(137)));
        Assert.IsType<OperationOutcome<string>.Duplicate>(await GrantAsync(store, service, 138));
        Assert.IsType<OperationOutcome<string>.Applied>(await GrantAsync(store, service, 137));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(31)]
    public async Task A_statement_whose_failure_an_effect_hides_harms_nobody_else(int hidden)
    {
        await using var store = await OpenWithTableAsync();
        await using var service = NewService(store);

        var requests = await TogetherAsync(service, () => Enumerable.Range(0, 32).Select(i => GrantAsync(store, service, i, operation => i == hidden ? HideAsync(operation) : Task.CompletedTask)).ToList());

        Assert.All(await Task.WhenAll(requests.Where((_, i) => i != hidden)), answer => Assert.IsType<OperationOutcome<string>.Applied>(answer));
        Assert.Equal(GivesUp, await Record.ExceptionAsync(() => requests[hidden]) is DbException);
        await AsToldAsync(store, hidden, 32);
    }

    [Fact]
    public async Task A_hidden_failure_of_those_without_a_result_is_noticed_too()
    {
        await using var store = await OpenWithTableAsync();
        await using var service = NewService(store);
        Task<OperationOutcome<bool>> MarkAsync(int i) => service.RunAsync(Key(i), Asked, ResultCodec.None, async (operation, _) =>
        {
            await WriteAsync(store, operation, i);
            await (i == 3 ? HideAsync(operation) : Task.CompletedTask);
            return true;
        });

        var requests = await TogetherAsync(service, () => Enumerable.Range(0, 4).Select(MarkAsync).ToList());

        Assert.All(await Task.WhenAll(requests.Take(3)), answer => Assert.IsType<OperationOutcome<bool>.Applied>(answer));
        Assert.Equal(GivesUp, await Record.ExceptionAsync(() => requests[3]) is not null);
        await AsToldAsync(store, 3, 4);
    }

    [Fact]
    public async Task Joined_to_a_transaction_of_its_own_it_is_noticed_as_well()
    {
        await using var store = await OpenWithTableAsync();
        var told = await Record.ExceptionAsync(() => new Operations(store.Operations, store.Units).RunAsync(Key(0), Asked, ResultCodec.None, async (operation, _) =>
        {
            await WriteAsync(store, operation, 0);
            await HideAsync(operation);
            return true;
        }));

        Assert.Equal(GivesUp, told is not null);
        await AsToldAsync(store, 0, 1);
    }

    [Fact]
    public async Task Results_that_cannot_be_kept_are_their_own_callers_failures()
    {
        await using var store = await OpenWithTableAsync();
        await using var service = NewService(store);
        var unwritable = new ResultCodec<string>(_ => throw new NotSupportedException("cannot be written"), _ => "");

        var requests = await TogetherAsync(service, () => Enumerable.Range(0, 32).Select(i => GrantAsync(
            store, service, i, codec: i == 7 ? unwritable : null, policy: i == 20 ? new OperationPolicy { MaxResult = 3 } : null)).ToList());

        await Assert.ThrowsAsync<NotSupportedException>(() => requests[7]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => requests[20]);
        Assert.All(await Task.WhenAll(requests.Where((_, i) => i is not (7 or 20))), answer => Assert.IsType<OperationOutcome<string>.Applied>(answer));
        Assert.Equal(30, await store.CountAsync("granted"));
        Assert.Null(await store.Operations.FindAsync(Key(7)));
        Assert.Null(await store.Operations.FindAsync(Key(20)));
    }

    [Fact]
    public async Task Sixteen_callers_of_two_services_have_each_key_done_once()
    {
        await using var store = await OpenWithTableAsync();
        await using var first = NewService(store);
        await using var second = NewService(store);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Half of them in the opposite order.
        var callers = Enumerable.Range(0, 16).Select(async caller =>
        {
            await gate.Task;
            var service = caller % 2 == 0 ? first : second;
            return await Task.WhenAll(Enumerable.Range(0, 40).Select(i => GrantAsync(store, service, caller % 4 < 2 ? i : 39 - i)));
        }).ToList();
        gate.SetResult();
        var answers = (await Task.WhenAll(callers)).SelectMany(answers => answers).ToList();

        Assert.Equal(40, answers.OfType<OperationOutcome<string>.Applied>().Count());
        Assert.Equal(15 * 40, answers.OfType<OperationOutcome<string>.Duplicate>().Count());
        Assert.Equal(40, await store.CountAsync("granted"));
    }

    [Fact]
    public async Task A_failure_for_good_a_repetition_and_another_content_share_a_transaction()
    {
        await using var store = await OpenWithTableAsync();
        await using var service = NewService(store);

        var requests = await TogetherAsync(service, () => new[]
        {
            GrantAsync(store, service, 1), GrantAsync(store, service, 1), service.RunAsync(Key(1), Fingerprint.Of(("amount", 1)), ResultCodec.Text, (_, _) => Task.FromResult("")),
            service.RunAsync<string>(Key(2), Asked, ResultCodec.Text, (_, _) => throw new OperationFailedException("No.")), GrantAsync(store, service, 2), GrantAsync(store, service, 3),
        });
        var answers = await Task.WhenAll(requests);

        Assert.Equal("granted 1", Assert.IsType<OperationOutcome<string>.Applied>(answers[0]).Result);
        Assert.Equal("granted 1", Assert.IsType<OperationOutcome<string>.Duplicate>(answers[1]).Result);
        Assert.Equal(["amount"], Assert.IsType<OperationOutcome<string>.Mismatch>(answers[2]).Fields);
        Assert.Null(Assert.IsType<OperationOutcome<string>.Failed>(answers[3]).FailedAt);
        Assert.NotNull(Assert.IsType<OperationOutcome<string>.Failed>(answers[4]).FailedAt);
        Assert.Equal(2, await store.CountAsync("granted"));
    }

    protected static OperationKey Key(int id) => OperationKey.Of("coupon", string.Create(CultureInfo.InvariantCulture, $"{id}"));

    protected static GroupedOperations NewService(TestStore store) =>
        new(store.Operations, store.Units, Options.Create(new GroupedOperationsOptions { SlowEffectBudget = TimeSpan.FromHours(1) }));

    protected static Task<OperationOutcome<string>> GrantAsync(
        TestStore store, GroupedOperations service, int id, Func<JoinedOperation, Task>? then = null, ResultCodec<string>? codec = null, OperationPolicy? policy = null) =>
        service.RunAsync(
            Key(id), Asked, codec ?? ResultCodec.Text,
            async (operation, _) =>
            {
                await WriteAsync(store, operation, id);
                await (then?.Invoke(operation) ?? Task.CompletedTask);
                return string.Create(CultureInfo.InvariantCulture, $"granted {id}");
            },
            policy);

    /// <summary>Keeps the writer busy while requests are made, so that all of them are gathered in one set.</summary>
    protected static async Task<T> TogetherAsync<T>(GroupedOperations service, Func<T> request)
    {
        var (begun, ends) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var holder = service.RunAsync(OperationKey.Of("holder", "1"), Asked, ResultCodec.None, async (_, _) =>
        {
            begun.SetResult();
            await ends.Task;
            return true;
        });
        await begun.Task;
        var requests = request();
        ends.SetResult();
        await holder;
        return requests;
    }

    protected async Task<TestStore> OpenWithTableAsync()
    {
        var store = await OpenAsync();
        await store.RunAsync($"CREATE TABLE {store.Table("granted")} (id integer NOT NULL)");
        return store;
    }

    private static Task WriteAsync(TestStore store, JoinedOperation operation, int id) =>
        ExecuteAsync(operation, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO {store.Table("granted")} (id) VALUES ({id})"));

    private static async Task HideAsync(JoinedOperation operation) =>
        Assert.IsAssignableFrom<DbException>(await Record.ExceptionAsync(() => ExecuteAsync(operation, "INSERT INTO there_is_no_such_table VALUES (1)")));

    private static async Task ExecuteAsync(JoinedOperation operation, string sql)
    {
        var transaction = ((SqlUnitOfWork)operation.UnitOfWork).Transaction;
        await using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private async Task AsToldAsync(TestStore store, int hidden, int all)
    {
        Assert.Equal(GivesUp ? all - 1 : all, await store.CountAsync("granted"));
        Assert.Equal(GivesUp ? 0 : 1, await store.CountAsync("granted", string.Create(CultureInfo.InvariantCulture, $"id = {hidden}")));
        Assert.Equal(GivesUp, await store.Operations.FindAsync(Key(hidden)) is null);
    }
}

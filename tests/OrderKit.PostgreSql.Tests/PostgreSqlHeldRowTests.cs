using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.StateMachine;

namespace OrderKit.PostgreSql.Tests;

/// <summary>A host's open transaction holds a row that one of 200 callers needs.</summary>
[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlHeldRowTests
{
    private const int Callers = 200;
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(2);

    // The first of a set, and one in its midst; the first one may come alone.
    [Theory, InlineData(0, 1), InlineData(137, 1), InlineData(137, 2)]
    public async Task Only_the_fact_of_an_order_that_a_host_holds_waits_for_it(int held, int writers)
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        var lifecycle = store.Services.GetRequiredService<OrderLifecycle>();
        await lifecycle.FireManyAsync([.. Enumerable.Range(0, Callers).Select(i => Fact(i, "placed"))]);
        await using var intake = new OrderIntake(store.Operations, store.Units, lifecycle, Options.Create(new IntakeOptions { Writers = writers }));
        List<Task<IntakeResult>> requests;
        await using (var host = await store.OpenHostAsync())
        await using (var transaction = await host.BeginTransactionAsync())
        {
            await using var command = host.CreateCommand();
            command.CommandText = $"SELECT 1 FROM {store.Table("orders")} WHERE order_id = '{Order(held).Order.Value}' FOR UPDATE";
            await command.ExecuteScalarAsync();

            requests = [.. Enumerable.Range(0, Callers).Select(i => intake.TakeAsync(
                new IntakeRequest(OperationKey.Of("callback", Name(i)), Fingerprint.Nothing, Fact(i, "captured"))))];

            Assert.All(
                await Task.WhenAll(requests.Where((_, i) => i != held)).WaitAsync(Hang), result => Assert.IsType<IntakeResult.Applied>(result));
            Assert.False(requests[held].IsCompleted);
        }

        Assert.IsType<IntakeResult.Applied>(await requests[held].WaitAsync(Hang));
    }

    [Fact]
    public async Task Only_the_caller_of_a_key_that_a_host_has_claimed_waits_for_it()
    {
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.CreateAsync();
        await using var grouped = new GroupedOperations(store.Operations, store.Units);
        List<Task<OperationOutcome<string>>> requests;
        await using (var host = await store.Units.BeginAsync())
        {
            await store.Services.GetRequiredService<Operations>().RunAsync(host, Key(137), Fingerprint.Nothing, ResultCodec.Text, DoAsync);
            requests = [.. Enumerable.Range(0, Callers).Select(i => grouped.RunAsync(Key(i), Fingerprint.Nothing, ResultCodec.Text, DoAsync))];

            Assert.All(
                await Task.WhenAll(requests.Where((_, i) => i != 137)).WaitAsync(Hang),
                outcome => Assert.IsType<OperationOutcome<string>.Applied>(outcome));
            Assert.False(requests[137].IsCompleted);
            await host.CommitAsync();
        }

        Assert.IsType<OperationOutcome<string>.Duplicate>(await requests[137].WaitAsync(Hang));

        static Task<string> DoAsync(JoinedOperation operation, CancellationToken cancellationToken) => Task.FromResult("done");
    }

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"H-{i:D3}");

    private static OperationKey Key(int i) => OperationKey.Of("coupon", Name(i));

    private static OrderKey Order(int i) => OrderKey.For(OrderId.Derive(new ChannelCode("TB"), Name(i)));

    private static OrderFact Fact(int i, string trigger) => new()
    {
        Trigger = trigger, Source = "shop", Id = trigger, Order = Order(i), Amount = new Money(1_000, Currency.CNY),
    };
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Tests.Intake;

public sealed class OrderIntakeTests : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly OrderIntake _intake;

    public OrderIntakeTests()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddOrderKit().UseInMemory();
        _services = services.BuildServiceProvider();
        _intake = _services.GetRequiredService<OrderIntake>();
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task A_callback_that_comes_three_times_takes_effect_once()
    {
        await TakeAsync("placed", "placed:1");

        Assert.IsType<FireResult.Applied>(Assert.IsType<IntakeResult.Taken>(await TakeAsync("captured", "notify-1")).Fired);
        Assert.Null(Assert.IsType<IntakeResult.Repeated>(await TakeAsync("captured", "notify-1")).Refusal);
        Assert.IsType<IntakeResult.Repeated>(await TakeAsync("captured", "notify-1"));

        Assert.Equal(19_900, (await OrderAsync())!.Snapshot.Counters.Captured);
    }

    [Fact]
    public void What_is_forgotten_before_its_source_gives_up_is_a_faulty_setting()
    {
        var services = new ServiceCollection();
        services.AddOrderKit().UseInMemory();
        services.Configure<IntakeOptions>(options => options.RedeliveryHorizons["bank"] = options.Retention);
        using var provider = services.BuildServiceProvider();

        var refusal = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<IntakeOptions>>().Value);

        Assert.Contains("bank repeats a delivery for 7.00:00:00", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_deliveries_at_once_one_takes_effect_and_all_are_answered()
    {
        await TakeAsync("placed", "placed:1");

        var results = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Task.Run(() => TakeAsync("captured", "notify-1"))));

        Assert.Single(results.OfType<IntakeResult.Taken>());
        Assert.Equal(499, results.OfType<IntakeResult.Repeated>().Count());
        Assert.Equal(19_900, (await OrderAsync())!.Snapshot.Counters.Captured);
    }

    [Fact]
    public async Task Another_amount_under_the_same_key_is_noticed_also_in_one_group()
    {
        await TakeAsync("placed", "placed:1");

        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => TakeAsync("captured", "notify-1", i % 2 == 0 ? 19_900 : 1))));
        var winner = PlaceOf(results);

        Assert.Equal(20, results.Where((_, i) => i % 2 != winner % 2).Count(result => result is IntakeResult.Mismatch { Fields: ["amount"] }));
        Assert.Equal(19, results.Where((_, i) => i % 2 == winner % 2).Count(result => result is IntakeResult.Repeated));

        static int PlaceOf(IntakeResult[] results) => Array.FindIndex(results, result => result is IntakeResult.Taken);
    }

    [Fact]
    public async Task A_refused_command_is_answered_with_its_refusal_again()
    {
        await TakeAsync("placed", "placed:1");
        Assert.Null(Assert.IsType<IntakeResult.Taken>(await TakeAsync("cancel", "cancel-1")).Refusal);

        var refused = Assert.IsType<IntakeResult.Taken>(await TakeAsync("split-or-merge", "split-1"));
        var again = Assert.IsType<IntakeResult.Repeated>(await TakeAsync("split-or-merge", "split-1"));

        Assert.IsType<FireResult.Rejected>(refused.Fired);
        Assert.NotNull(refused.Refusal);
        Assert.Equal(refused.Refusal, again.Refusal);
    }

    [Fact]
    public async Task A_command_that_cannot_be_decided_yet_may_be_delivered_again()
    {
        Assert.IsType<FireResult.Unresolved>(Assert.IsType<IntakeResult.Taken>(await TakeAsync("cancel", "cancel-1")).Fired);
        await TakeAsync("placed", "placed:1");

        Assert.IsType<FireResult.Applied>(Assert.IsType<IntakeResult.Taken>(await TakeAsync("cancel", "cancel-1")).Fired);
    }

    [Fact]
    public async Task A_malformed_fact_harms_nobody_else_in_its_group()
    {
        await TakeAsync("placed", "placed:1");

        var good = Enumerable.Range(0, 50).Select(i => Task.Run(() => TakeAsync("captured", $"notify-{i}", 1))).ToList();
        var bad = Task.Run(() => _intake.TakeAsync(new IntakeRequest(OperationKey.Of("callback", "bad"), Fingerprint.Nothing, Fact("captured", "bad") with { Order = null })));

        await Assert.ThrowsAsync<ArgumentException>(() => bad);
        Assert.All(await Task.WhenAll(good), result => Assert.IsType<IntakeResult.Taken>(result));
        Assert.Equal(50, (await OrderAsync())!.Snapshot.Counters.Captured);
        Assert.Null(await _services.GetRequiredService<IOperationStore>().FindAsync(OperationKey.Of("callback", "bad")));
    }

    [Fact]
    public void A_fact_of_several_orders_that_conflicts_on_one_is_to_be_delivered_again()
    {
        var duplicate = new FireResult.Duplicate(Order, 1);

        Assert.True(new IntakeResult.Taken(new FireResult.Several([duplicate, new FireResult.Conflict(Order, 1)])).IsUndone);
        Assert.False(new IntakeResult.Taken(new FireResult.Several([duplicate, duplicate])).IsUndone);
        Assert.Equal("no", new IntakeResult.Taken(new FireResult.Several([duplicate, new FireResult.Rejected(Order, default, "no")])).Refusal);
    }

    [Fact]
    public void Who_says_something_else_than_a_first_that_did_not_count_is_written_by_itself()
    {
        var fact = Fact("captured", "1");
        IntakeRequest Request(int amount) => new(OperationKey.Of("callback", "1"), Fingerprint.Of(("amount", amount)), fact);
        var group = new IntakeGroup([Request(1), Request(2), Request(1)]);
        IntakeResult?[] answers = [new IntakeResult.Mismatch(["amount"]), null, null];

        Assert.Equal([1], group.AnswerFollowers(answers, DateTimeOffset.UnixEpoch));
        Assert.IsType<IntakeResult.Mismatch>(answers[2]);
    }

    private static OrderKey Order => OrderKey.For(OrderId.Derive(new ChannelCode("TB"), "OD20260206-8821"));

    private static OrderFact Fact(string trigger, string id, long amount = 19_900) => new()
    {
        Trigger = trigger,
        Source = "alipay",
        Id = id,
        Order = Order,
        Amount = trigger is "placed" or "captured" ? new Money(amount, Currency.CNY) : null,
        Quantity = trigger == "placed" ? 2 : null,
    };

    private async Task<StoredOrder?> OrderAsync() => await _services.GetRequiredService<IOrderQueryStore>().FindAsync(Order);

    private Task<IntakeResult> TakeAsync(string trigger, string id, long amount = 19_900) =>
        _intake.TakeAsync(new IntakeRequest(OperationKey.Of("callback", id), Fingerprint.Of(("trigger", trigger), ("amount", amount)), Fact(trigger, id, amount)));
}

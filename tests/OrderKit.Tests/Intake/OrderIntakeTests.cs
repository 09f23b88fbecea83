using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;
using OrderKit.Messaging;
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

        Assert.IsType<FireResult.Applied>(Assert.IsType<IntakeResult.Applied>(await TakeAsync("captured", "notify-1")).Fired);
        Assert.Null(Assert.IsType<IntakeResult.Duplicate>(await TakeAsync("captured", "notify-1")).Refusal);
        Assert.IsType<IntakeResult.Duplicate>(await TakeAsync("captured", "notify-1"));

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
    public async Task A_container_may_be_disposed_synchronously()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit()
            .UseInMemory()
            .AddPaymentNotifications<QuarantineAlertTests>()
            .AddInProcessTransport(o => o.Topics.Add("events"))
            .ReceiveFromTransport(o => (o.Topic, o.Consumer) = ("events", "warehouse"));
        var provider = services.BuildServiceProvider();
        var intake = provider.GetRequiredService<OrderIntake>();
        Assert.NotNull(provider.GetRequiredService<GroupedOperations>());
        Assert.NotNull(provider.GetRequiredService<NotificationGate>());
        Assert.NotNull(provider.GetRequiredService<TransportReceiver>());

        provider.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => intake.TakeAsync(
            new IntakeRequest(OperationKey.Of("callback", "n-1"), Fingerprint.Of(("trigger", "placed")), Fact("placed", "n-1"))));
    }

    [Fact]
    public async Task Of_many_deliveries_at_once_one_takes_effect_and_all_are_answered()
    {
        await TakeAsync("placed", "placed:1");

        var results = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Task.Run(() => TakeAsync("captured", "notify-1"))));

        Assert.Single(results.OfType<IntakeResult.Applied>());
        Assert.Equal(499, results.OfType<IntakeResult.Duplicate>().Count());
        Assert.Equal(19_900, (await OrderAsync())!.Snapshot.Counters.Captured);
    }

    [Fact]
    public async Task Another_amount_under_the_same_key_is_noticed_also_in_one_group()
    {
        await TakeAsync("placed", "placed:1");

        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => TakeAsync("captured", "notify-1", i % 2 == 0 ? 19_900 : 1))));
        var winner = PlaceOf(results);

        Assert.Equal(20, results.Where((_, i) => i % 2 != winner % 2).Count(result => result is IntakeResult.Mismatch { Fields: ["amount"] }));
        Assert.Equal(19, results.Where((_, i) => i % 2 == winner % 2).Count(result => result is IntakeResult.Duplicate));

        static int PlaceOf(IntakeResult[] results) => Array.FindIndex(results, result => result is IntakeResult.Applied);
    }

    [Fact]
    public async Task A_refused_command_is_answered_with_its_refusal_again()
    {
        await TakeAsync("placed", "placed:1");
        Assert.IsType<IntakeResult.Applied>(await TakeAsync("cancel", "cancel-1"));

        var refused = Assert.IsType<IntakeResult.Rejected>(await TakeAsync("split-or-merge", "split-1"));
        var again = Assert.IsType<IntakeResult.Duplicate>(await TakeAsync("split-or-merge", "split-1"));

        Assert.IsType<FireResult.Rejected>(refused.Fired);
        Assert.NotNull(refused.Refusal);
        Assert.Equal(refused.Refusal, again.Refusal);
    }

    [Fact]
    public async Task A_command_that_cannot_be_decided_yet_may_be_delivered_again()
    {
        Assert.IsType<FireResult.Unresolved>(Assert.IsType<IntakeResult.Rejected>(await TakeAsync("cancel", "cancel-1")).Fired);
        await TakeAsync("placed", "placed:1");

        Assert.IsType<FireResult.Applied>(Assert.IsType<IntakeResult.Applied>(await TakeAsync("cancel", "cancel-1")).Fired);
    }

    [Fact]
    public async Task A_malformed_fact_harms_nobody_else_in_its_group()
    {
        await TakeAsync("placed", "placed:1");

        var good = Enumerable.Range(0, 50).Select(i => Task.Run(() => TakeAsync("captured", $"notify-{i}", 1))).ToList();
        var bad = Task.Run(() => _intake.TakeAsync(new IntakeRequest(OperationKey.Of("callback", "bad"), Fingerprint.Nothing, Fact("captured", "bad") with { Order = null })));

        await Assert.ThrowsAsync<ArgumentException>(() => bad);
        Assert.All(await Task.WhenAll(good), result => Assert.IsType<IntakeResult.Applied>(result));
        Assert.Equal(50, (await OrderAsync())!.Snapshot.Counters.Captured);
        Assert.Null(await _services.GetRequiredService<IOperationStore>().FindAsync(OperationKey.Of("callback", "bad")));
    }

    [Fact]
    public async Task A_malformed_fact_begins_no_transaction()
    {
        var units = new CountedUnits(_services.GetRequiredService<IUnitOfWorkFactory>());
        await using var intake = new OrderIntake(
            _services.GetRequiredService<IOperationStore>(), units, _services.GetRequiredService<OrderLifecycle>());
        var key = OperationKey.Of("callback", "bad");

        await Assert.ThrowsAsync<ArgumentException>(
            () => intake.TakeAsync(new IntakeRequest(key, Fingerprint.Nothing, Fact("captured", "bad") with { Order = null })));
        Assert.Equal(0, units.Begun);

        await intake.TakeAsync(new IntakeRequest(key, Fingerprint.Nothing, Fact("placed", "good")));
        Assert.Equal(1, units.Begun);
    }

    [Fact]
    public async Task A_fact_before_its_order_is_parked_and_applied_when_the_order_comes()
    {
        Assert.IsType<IntakeResult.Parked>(await TakeAsync("captured", "notify-1"));
        Assert.IsType<IntakeResult.Duplicate>(await TakeAsync("captured", "notify-1"));
        await TakeAsync("placed", "placed:1");

        Assert.Equal(19_900, (await OrderAsync())!.Snapshot.Counters.Captured);
    }

    [Fact]
    public async Task A_fact_that_the_order_got_on_another_path_is_a_duplicate_of_an_unknown_time()
    {
        await TakeAsync("placed", "placed:1");
        await _services.GetRequiredService<OrderLifecycle>().FireAsync(Fact("captured", "notify-1"));

        Assert.Null(Assert.IsType<IntakeResult.Duplicate>(await TakeAsync("captured", "notify-1")).FirstAt);
    }

    [Fact]
    public void A_fact_of_several_orders_ends_as_the_one_that_ended_worst()
    {
        FireResult duplicate = new FireResult.Duplicate(Order, 1), rejected = new FireResult.Rejected(Order, default, "no");
        static (EffectEnding, string?) Of(params FireResult[] results) => OrderNotificationEffects.EndingOf(new FireResult.Several(results));

        Assert.Equal((EffectEnding.Conflict, null), Of(duplicate, new FireResult.Conflict(Order, 1), rejected));
        Assert.Equal((EffectEnding.Rejected, "no"), Of(duplicate, rejected));
        Assert.Equal((EffectEnding.Applied, null), Of(duplicate, new FireResult.Stale(Order)));
        Assert.Equal((EffectEnding.Duplicate, null), Of(duplicate, duplicate));
        Assert.True(IntakeMember.IsForgotten(
            new FireResult.Several([duplicate, new FireResult.Unresolved(ParkReason.UnknownTrigger, default, "")])));
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

    private sealed class CountedUnits(IUnitOfWorkFactory inner) : IUnitOfWorkFactory
    {
        public int Begun { get; private set; }

        public ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default)
        {
            Begun++;
            return inner.BeginAsync(cancellationToken);
        }
    }
}

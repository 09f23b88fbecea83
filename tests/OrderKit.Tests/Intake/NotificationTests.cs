using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Tests.Intake;

/// <summary>A combined payment of 199.00 yuan for two orders, as Alipay tells of it.</summary>
public sealed class NotificationTests : IAsyncDisposable
{
    private static readonly Money Whole = new(19_900, Currency.CNY);

    private readonly ServiceProvider _services;
    private readonly NotificationGate _gate;
    private readonly Documents _documents = new();

    public NotificationTests()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IPaymentDocuments>(_documents);
        services.AddOrderKit().AddPaymentNotifications<Documents>().UseInMemory();
        _services = services.BuildServiceProvider();
        _gate = _services.GetRequiredService<NotificationGate>();
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task The_same_post_twice_in_three_seconds_takes_effect_once_and_is_answered_twice()
    {
        await PlaceAsync();

        var first = Assert.IsType<NotificationOutcome.Applied>(await _gate.AcceptAsync(Paid()));
        var second = Assert.IsType<NotificationOutcome.Duplicate>(await _gate.AcceptAsync(Paid()));

        Assert.Equal("success", Encoding.UTF8.GetString(first.Acknowledgement.Body.Span));
        Assert.Equal("success", Encoding.UTF8.GetString(second.Acknowledgement.Body.Span));
        await CapturedAsync(14_900, 5_000);
    }

    [Fact]
    public async Task Callback_browser_return_and_query_meet()
    {
        await PlaceAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => _gate.AcceptAsync(Paid() with { TransportId = i % 3 == 0 ? null : $"notify-{i}" }))));

        Assert.Single(outcomes.OfType<NotificationOutcome.Applied>());
        Assert.Equal(59, outcomes.OfType<NotificationOutcome.Duplicate>().Count());
        await CapturedAsync(14_900, 5_000);
    }

    [Fact]
    public async Task Success_finished_and_a_partial_refund_are_three_effects_each_once()
    {
        await PlaceAsync();
        _documents.Refund = new PaymentDocument("M-1", new Money(1_000, Currency.CNY), [new PaymentShare(Order(1), new Money(1_000, Currency.CNY))], "alipay");
        var refund = Paid() with { TransportId = "n-3", Kind = NotificationKind.Refunded, RawStatus = "TRADE_SUCCESS", RefundNumber = "R-1", Amount = new Money(1_000, Currency.CNY) };
        NotificationFacts[] told = [Paid(), Paid() with { TransportId = "n-2", Kind = NotificationKind.Finished, RawStatus = "TRADE_FINISHED" }, refund];

        foreach (var notification in told.Concat(told))
        {
            await _gate.AcceptAsync(notification);
        }

        await CapturedAsync(14_900, 5_000);
        Assert.Equal(1_000, (await FindAsync(1)).Snapshot.Counters.Refunded);
        Assert.Equal(0, (await FindAsync(2)).Snapshot.Counters.Refunded);
    }

    [Fact]
    public async Task Another_amount_than_was_asked_for_is_kept_and_moves_nothing_until_it_is_put_right()
    {
        await PlaceAsync();
        var wrong = Paid() with { Amount = new Money(199, Currency.CNY), Raw = "total_amount=1.99"u8.ToArray() };

        var kept = Assert.IsType<NotificationOutcome.Quarantined>(await _gate.AcceptAsync(wrong));
        Assert.IsType<NotificationOutcome.Quarantined>(await _gate.AcceptAsync(wrong));

        Assert.Equal("amount-differs", kept.Reason);
        Assert.Equal("success", Encoding.UTF8.GetString(kept.Acknowledgement.Body.Span));
        await CapturedAsync(0, 0);
        var message = Assert.Single((await _services.GetRequiredService<IQuarantineStore>().QueryAsync(new QuarantineQuery())).Items);

        Assert.IsType<NotificationOutcome.Quarantined>(await _gate.ReplayAsync(message.Number, "chen", "nothing has changed"));
        _documents.Payment = new PaymentDocument("M-1", new Money(199, Currency.CNY), [new PaymentShare(Order(1), new Money(199, Currency.CNY))], "alipay");
        Assert.IsType<NotificationOutcome.Applied>(await _gate.ReplayAsync(message.Number, "chen", "the document was wrong"));
        Assert.Null(await _gate.ReplayAsync(message.Number, "chen", "once more"));
        Assert.IsType<NotificationOutcome.Duplicate>(await _gate.AcceptAsync(wrong));
        await CapturedAsync(199, 0);
    }

    [Fact]
    public async Task The_same_id_with_another_content_is_kept_and_moves_nothing()
    {
        await PlaceAsync();
        await _gate.AcceptAsync(Paid());

        var kept = Assert.IsType<NotificationOutcome.Quarantined>(await _gate.AcceptAsync(Paid() with { Amount = new Money(1, Currency.CNY) }));

        Assert.Equal("content-differs", kept.Reason);
        Assert.Contains("amount", kept.Detail, StringComparison.Ordinal);
        await CapturedAsync(14_900, 5_000);
    }

    [Fact]
    public async Task Each_other_content_under_one_id_is_kept()
    {
        await PlaceAsync();
        await _gate.AcceptAsync(Paid());

        foreach (var amount in (long[])[1, 2, 2])
        {
            await _gate.AcceptAsync(Paid() with { Amount = new Money(amount, Currency.CNY) });
        }

        Assert.Equal(2, (await _services.GetRequiredService<IQuarantineStore>().QueryAsync(new QuarantineQuery())).Items.Count);
    }

    [Fact]
    public async Task A_trade_that_is_finished_is_the_same_with_and_without_its_sum()
    {
        var finished = Paid() with { Kind = NotificationKind.Finished, RawStatus = "TRADE_FINISHED" };

        Assert.IsType<NotificationOutcome.Applied>(await _gate.AcceptAsync(finished));
        Assert.IsType<NotificationOutcome.Duplicate>(await _gate.AcceptAsync(finished with { TransportId = null, Amount = null }));
    }

    [Fact]
    public async Task A_payment_that_nobody_knows_is_kept()
    {
        _documents.Payment = null;

        var kept = Assert.IsType<NotificationOutcome.Quarantined>(await _gate.AcceptAsync(Paid()));

        // A callback may be faster than the host's own document: it is asked for again.
        Assert.Equal("unknown-trade", kept.Reason);
        Assert.Equal("fail", Encoding.UTF8.GetString(kept.Acknowledgement.Body.Span));
    }

    [Fact]
    public async Task A_second_trade_for_the_same_payment_is_money_and_opens_a_case()
    {
        await PlaceAsync();
        await _gate.AcceptAsync(Paid());

        Assert.IsType<NotificationOutcome.Applied>(await _gate.AcceptAsync(Paid() with { TransportId = "n-2", ProviderTradeNumber = "2026020622009" }));

        await CapturedAsync(29_800, 10_000);
        var cases = await _services.GetRequiredService<ICaseStore>().QueryAsync(new CaseQuery());
        Assert.Equal(["duplicate-charge", "duplicate-charge"], cases.Items.Select(item => item.Code));
        var proposals = await _services.GetRequiredService<OrderQueries>().ProposeRefundsAsync(cases.Items[0].Order);
        var proposal = Assert.Single(proposals);
        Assert.Equal(("alipay", "2026020622009"), (proposal.Source, proposal.Payment));
    }

    [Fact]
    public async Task A_notification_before_its_order_waits_for_it()
    {
        // It is durable, and the provider need not send it again.
        var parked = Assert.IsType<NotificationOutcome.Parked>(await _gate.AcceptAsync(Paid()));
        Assert.Equal("success", Encoding.UTF8.GetString(parked.Acknowledgement.Body.Span));
        Assert.IsType<NotificationOutcome.Duplicate>(await _gate.AcceptAsync(Paid()));
        await PlaceAsync();
        await CapturedAsync(14_900, 5_000);
    }

    [Fact]
    public async Task A_notification_that_a_model_refuses_is_kept_and_takes_effect_once_the_mapping_is_right()
    {
        await PlaceAsync();
        var options = _services.GetRequiredService<IOptions<NotificationOptions>>().Value;
        var retail = options.Trigger;

        // A wish and not a fact: both orders are placed only, and a refund cannot be approved.
        options.Trigger = static notification => notification.RawStatus == "TRADE_SUCCESS" ? "split-or-merge" : null;
        await FireAsync("cancel", 1);
        await FireAsync("cancel", 2);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => _gate.AcceptAsync(Paid())));

        Assert.All(outcomes, outcome => Assert.IsType<NotificationOutcome.Rejected>(outcome));
        Assert.Equal("success", Encoding.UTF8.GetString(outcomes[0].Acknowledgement.Body.Span));
        var message = Assert.Single((await _services.GetRequiredService<IQuarantineStore>().QueryAsync(new QuarantineQuery())).Items);
        Assert.Equal("rejected", message.Reason);
        Assert.IsType<NotificationOutcome.Rejected>(await _gate.ReplayAsync(message.Number, "chen", "nothing has changed"));

        options.Trigger = retail;
        Assert.IsType<NotificationOutcome.Applied>(await _gate.ReplayAsync(message.Number, "chen", "the trigger was wrong"));
        Assert.IsType<NotificationOutcome.Duplicate>(await _gate.AcceptAsync(Paid()));
        await CapturedAsync(14_900, 5_000);
    }

    [Fact]
    public async Task Services_of_the_host_that_live_in_a_scope_are_one_per_transaction_and_disposed_after_it()
    {
        var contexts = new List<Context>();
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton(contexts);
        services.AddScoped<Context>();
        services.AddOrderKit().AddPaymentNotifications<ContextDocuments>(options => options.MaxItems = 16).UseInMemory();
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        var gate = provider.GetRequiredService<NotificationGate>();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => gate.AcceptAsync(Paid() with { TransportId = null, ProviderTradeNumber = $"T-{i}" }))));

        Assert.Equal(100, contexts.Sum(context => context.Asked));
        Assert.All(contexts, context => Assert.Single(context.Units));
        Assert.All(contexts, context => Assert.True(context.IsDisposed));
        Assert.Equal(contexts.Count, contexts.SelectMany(context => context.Units).Distinct().Count());
    }

    [Fact]
    public void Each_provider_is_answered_in_its_own_way()
    {
        Assert.Equal((200, "success"), Read(AcknowledgementProtocol.Alipay.Taken));
        Assert.Equal((200, "fail"), Read(_gate.RetryLater("alipay")));
        Assert.Equal(200, AcknowledgementProtocol.WeChatPay.Taken.StatusCode);
        Assert.Equal(503, _gate.RetryLater("wechatpay").StatusCode);
        Assert.Equal(503, _gate.RetryLater("a bank").StatusCode);

        static (int, string) Read(Acknowledgement acknowledgement) => (acknowledgement.StatusCode, Encoding.UTF8.GetString(acknowledgement.Body.Span));
    }

    [Fact]
    public async Task Money_without_an_amount_and_a_refund_without_a_number_are_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => _gate.AcceptAsync(Paid() with { Amount = null }));
        await Assert.ThrowsAsync<ArgumentException>(() => _gate.AcceptAsync(Paid() with { Kind = NotificationKind.Refunded }));
        await Assert.ThrowsAsync<ArgumentException>(() => _gate.AcceptAsync(Paid() with { Kind = NotificationKind.Refunded, RefundNumber = "" }));
        await Assert.ThrowsAsync<ArgumentException>(() => _gate.AcceptAsync(Paid() with { ProviderTradeNumber = "" }));
        await Assert.ThrowsAsync<ArgumentException>(() => _gate.AcceptAsync(Paid() with { MerchantTradeNumber = "" }));
        await Assert.ThrowsAsync<ArgumentException>(() => _gate.AcceptAsync(Paid() with { TransportId = "two\nlines" }));
    }

    [Fact]
    public void Forgetting_a_notification_before_its_sender_gives_up_is_refused_at_the_start()
    {
        Assert.Null(FaultOf(_ => { }));
        Assert.Contains("alipay repeats a notification for 1.01:00:00", FaultOf(options => options.Retention = TimeSpan.FromHours(25)), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_its_groups_that_make_no_sense_are_refused_at_the_start() => Assert.Contains(
        "NotificationOptions.Writers is 0", FaultOf(options => options.Writers = 0), StringComparison.Ordinal);

    private static string? FaultOf(Action<NotificationOptions> configure)
    {
        using var provider = new ServiceCollection().AddOrderKit().AddNotifications(configure).Services.BuildServiceProvider();
        return Record.Exception(() => provider.GetRequiredService<IOptions<NotificationOptions>>().Value)?.Message;
    }

    [Fact]
    public void A_payment_document_adds_up() => Assert.Contains(
        "add up", Assert.Throws<ArgumentException>(() => new PaymentDocument("M-1", Whole, [new PaymentShare(Order(1), new Money(14_900, Currency.CNY))], "alipay")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_payment_document_names_an_order_once() => Assert.Throws<ArgumentException>(() => new PaymentDocument(
        "M-1", new Money(200, Currency.CNY), [new PaymentShare(Order(1), new Money(100, Currency.CNY)), new PaymentShare(Order(1), new Money(100, Currency.CNY))], "alipay"));

    private static OrderKey Order(int number) => OrderKey.For(OrderId.Derive(new ChannelCode("TB"), $"OD20260206-{number}"));

    private static NotificationFacts Paid() => new()
    {
        Provider = "alipay",
        TransportId = "n-1",
        MerchantTradeNumber = "M-1",
        ProviderTradeNumber = "2026020622001",
        Kind = NotificationKind.Paid,
        RawStatus = "TRADE_SUCCESS",
        Amount = Whole,
    };

    private async Task PlaceAsync()
    {
        foreach (var (number, amount) in ((int, long)[])[(1, 14_900), (2, 5_000)])
        {
            await _services.GetRequiredService<OrderLifecycle>().FireAsync(new OrderFact
            {
                Trigger = "placed", Source = "taobao", Id = $"placed:{number}", Order = Order(number), Amount = new Money(amount, Currency.CNY), Quantity = 1,
            });
        }
    }

    private Task FireAsync(string trigger, int number) =>
        _services.GetRequiredService<OrderLifecycle>().FireAsync(new OrderFact { Trigger = trigger, Source = "shop", Order = Order(number) });

    private async Task<StoredOrder> FindAsync(int number) => (await _services.GetRequiredService<IOrderQueryStore>().FindAsync(Order(number)))!;

    private async Task CapturedAsync(long first, long second) =>
        Assert.Equal((first, second), ((await FindAsync(1)).Snapshot.Counters.Captured, (await FindAsync(2)).Snapshot.Counters.Captured));

    private sealed class Documents : IPaymentDocuments
    {
        public PaymentDocument? Payment { get; set; } = new("M-1", Whole, [new PaymentShare(Order(1), new Money(14_900, Currency.CNY)), new PaymentShare(Order(2), new Money(5_000, Currency.CNY))], "alipay");

        public PaymentDocument? Refund { get; set; }

        public ValueTask<PaymentDocument?> FindAsync(
            UnitOfWork unitOfWork, TenantId tenant, string provider, string merchantTradeNumber, string? refundNumber, CancellationToken cancellationToken = default) =>
            new(refundNumber is null ? Payment : Refund);
    }

    /// <summary>What stands for a <c>DbContext</c>.</summary>
    private sealed class Context : IAsyncDisposable
    {
        public Context(List<Context> all)
        {
            lock (all)
            {
                all.Add(this);
            }
        }

        public int Asked { get; set; }

        public HashSet<UnitOfWork> Units { get; } = [];

        public bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            // The transaction has ended: nothing can be written in it any more.
            Assert.All(Units, unit => Assert.Throws<InvalidOperationException>(() => ((InMemoryUnitOfWork)unit).OnRollback(static () => { })));
            IsDisposed = true;
            return default;
        }
    }

    private sealed class ContextDocuments(Context context) : IPaymentDocuments
    {
        public ValueTask<PaymentDocument?> FindAsync(
            UnitOfWork unitOfWork, TenantId tenant, string provider, string merchantTradeNumber, string? refundNumber, CancellationToken cancellationToken = default)
        {
            Assert.False(context.IsDisposed);
            context.Asked++;
            context.Units.Add(unitOfWork);
            return new(new PaymentDocument("M-1", Whole, [new PaymentShare(Order(1), Whole)], "alipay"));
        }
    }
}

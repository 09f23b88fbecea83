using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.StateMachine;

namespace OrderKit.Tests.Snippets;

/// <summary>The code that the documentation shows; a test holds the two together.</summary>
public sealed class IdempotencySnippets
{
    private static readonly OrderKey Order = OrderKey.For(OrderId.Derive(new ChannelCode("TB"), "OD20260206-8821"));

    [Fact]
    public async Task Something_is_done_once()
    {
        await using var provider = NewHost();
        var operations = provider.GetRequiredService<Operations>();

        #region joined
        var key = OperationKey.Of("coupon", "C-2026-88121");
        var asked = Fingerprint.Of(("buyer", "B-17"), ("amount", Money.FromMajor(20m, Currency.CNY)));

        var outcome = await operations.RunAsync(key, asked, ResultCodec.Text, async (operation, cancellationToken) =>
        {
            await GrantAsync(operation.UnitOfWork, "B-17", cancellationToken);      // your own write, in the same transaction
            return "granted";
        });

        var answer = outcome switch
        {
            OperationOutcome<string>.Applied applied => applied.Result,
            OperationOutcome<string>.Duplicate duplicate => $"{duplicate.Result} at {duplicate.FirstAt:u}",
            OperationOutcome<string>.Mismatch mismatch => $"another request has this key: {string.Join(", ", mismatch.Fields)}",
            OperationOutcome<string>.Failed failed => failed.Error,
            _ => "ask again later",
        };
        #endregion

        Assert.Equal("granted", answer);
    }

    [Fact]
    public async Task Many_share_a_transaction()
    {
        await using var provider = NewHost();
        var grouped = provider.GetRequiredService<GroupedOperations>();

        #region grouped
        var outcome = await grouped.RunAsync(
            OperationKey.Of("coupon", "C-2026-88121"),
            Fingerprint.Of(("buyer", "B-17")),
            ResultCodec.Text,
            async (operation, cancellationToken) =>
            {
                await GrantAsync(operation.UnitOfWork, "B-17", cancellationToken);      // only what is written in this unit, and soon
                return "granted";
            });                                                                         // durable when it returns
        #endregion

        Assert.IsType<OperationOutcome<string>.Applied>(outcome);
    }

    [Fact]
    public async Task A_call_to_the_outside_is_fenced()
    {
        await using var provider = NewHost();
        var operations = provider.GetRequiredService<Operations>();
        var bank = new Bank();

        #region leased
        var policy = new OperationPolicy
        {
            Lease = TimeSpan.FromSeconds(30),
            OnLapse = LapsePolicy.Resolve,
            Resolver = async (interrupted, cancellationToken) => await bank.FindAsync(interrupted.DownstreamKey("bank"), cancellationToken) switch
            {
                { } reference => new Resolution.Done(System.Text.Encoding.UTF8.GetBytes(reference)),
                null => new Resolution.NotDone(),                   // the bank says that it never had it
            },
        };

        var outcome = await operations.RunLeasedAsync(
            OperationKey.Of("refund", "R20260206-1"),
            Fingerprint.Of(("trade", "2026020622001"), ("amount", Money.FromMajor(199m, Currency.CNY))),
            ResultCodec.Text,
            (operation, cancellationToken) => bank.RefundAsync(operation.DownstreamKey("bank"), cancellationToken),     // the same key at every attempt
            policy);
        #endregion

        Assert.IsType<OperationOutcome<string>.Applied>(outcome);
    }

    [Fact]
    public async Task Many_callbacks_share_a_transaction()
    {
        await using var provider = NewHost();
        await provider.GetRequiredService<OrderLifecycle>().FireAsync(new() { Trigger = "placed", Source = "taobao", Order = Order });
        var intake = provider.GetRequiredService<OrderIntake>();

        #region intake
        var paid = new OrderFact { Trigger = "captured", Source = "alipay", Order = Order, Id = "2026020622001", Evidence = "2026020622001" };
        var request = new IntakeRequest(OperationKey.Of("alipay", "notify-7d1f"), Fingerprint.Of(("trade", "2026020622001")), paid);

        var answer = await intake.TakeAsync(request) switch          // durable when it returns
        {
            IntakeResult.Applied => "taken",
            IntakeResult.Duplicate duplicate => duplicate.Refusal ?? "taken before",
            IntakeResult.Parked => "kept until its order is known",
            IntakeResult.Rejected rejected => rejected.Refusal,
            IntakeResult.Mismatch => "another content has this key",
            _ => "again later",
        };
        #endregion

        Assert.Equal("taken", answer);
        Assert.IsType<IntakeResult.Duplicate>(await intake.TakeAsync(request));
    }

    [Fact]
    public async Task A_payment_provider_is_answered()
    {
        #region gate
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().AddPaymentNotifications<Payments>().UseInMemory();
        await using var provider = services.BuildServiceProvider();
        var gate = provider.GetRequiredService<NotificationGate>();

        // What your channel code has verified and read; from the callback, the browser's return or a query alike.
        var outcome = await gate.AcceptAsync(new NotificationFacts
        {
            Provider = "alipay",
            TransportId = "notify-7d1f",
            MerchantTradeNumber = "M-8821",
            ProviderTradeNumber = "2026020622001",
            Kind = NotificationKind.Paid,
            RawStatus = "TRADE_SUCCESS",
            Amount = Money.FromMajor(199m, Currency.CNY),
        });

        var (status, body) = (outcome.Acknowledgement.StatusCode, outcome.Acknowledgement.Body);      // "success", and only now
        #endregion

        Assert.IsType<NotificationOutcome.Parked>(outcome);
        Assert.Equal((200, "success"), (status, System.Text.Encoding.UTF8.GetString(body.Span)));
    }

    private static ServiceProvider NewHost()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().UseInMemory();
        return services.BuildServiceProvider();
    }

    private static Task GrantAsync(UnitOfWork unitOfWork, string buyer, CancellationToken cancellationToken) => Task.CompletedTask;

    private sealed class Bank
    {
        public Task<string?> FindAsync(string refund, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

        public Task<string> RefundAsync(string key, CancellationToken cancellationToken) => Task.FromResult($"bank-{key}");
    }

    #region documents
    private sealed class Payments : IPaymentDocuments
    {
        public ValueTask<PaymentDocument?> FindAsync(
            UnitOfWork unitOfWork, TenantId tenant, string provider, string merchantTradeNumber, string? refundNumber, CancellationToken cancellationToken = default) =>
            new(new PaymentDocument(merchantTradeNumber, Money.FromMajor(199m, Currency.CNY), [new PaymentShare(Order, Money.FromMajor(199m, Currency.CNY))], "alipay"));
    }
    #endregion
}

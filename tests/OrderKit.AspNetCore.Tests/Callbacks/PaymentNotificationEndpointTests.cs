using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace OrderKit.AspNetCore.Tests;

public sealed class PaymentNotificationEndpointTests
{
    private static readonly OrderKey Order = OrderKey.For(OrderId.Derive(new ChannelCode("WEB"), "8821"));

    [Fact]
    public async Task A_verified_notification_is_answered_in_the_providers_words_and_takes_effect_once()
    {
        await using var shop = await OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            var answer = await PostAsync(shop, "signed M-8821 199");

            Assert.Equal((HttpStatusCode.OK, "success", "text/plain"), (answer.StatusCode, await answer.TextAsync(), answer.Content.Headers.ContentType?.MediaType));
        }

        Assert.Equal(1, shop.Services.GetRequiredService<Effects>().Applied);
    }

    [Fact]
    public async Task A_wrong_signature_is_answered_with_400_and_stores_nothing()
    {
        await using var shop = await OpenAsync();

        var answer = await PostAsync(shop, "forged M-8821 199");

        Assert.Equal((HttpStatusCode.BadRequest, ""), (answer.StatusCode, await answer.TextAsync()));
        Assert.Equal(0, shop.Services.GetRequiredService<Effects>().Applied);
        Assert.Empty((await shop.Services.GetRequiredService<IQuarantineStore>().QueryAsync(new QuarantineQuery { State = null })).Items);
    }

    [Theory]
    [InlineData(CommitFault.NothingIsCommitted)]
    [InlineData(CommitFault.AnswerIsLostAndNothingIsCommitted)]
    public async Task Where_the_store_is_down_the_provider_is_asked_to_send_again(CommitFault fault)
    {
        await using var shop = await OpenAsync();
        shop.Store.Break(fault);

        var first = await PostAsync(shop, "signed M-8821 199");
        var second = await PostAsync(shop, "signed M-8821 199");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "fail"), (first.StatusCode, await first.TextAsync()));
        Assert.Equal((HttpStatusCode.OK, "success"), (second.StatusCode, await second.TextAsync()));
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_is_looked_up_before_the_provider_is_answered()
    {
        await using var shop = await OpenAsync();
        shop.Store.Break(CommitFault.AnswerIsLost);

        var answer = await PostAsync(shop, "signed M-8821 199");

        Assert.Equal((HttpStatusCode.OK, "success"), (answer.StatusCode, await answer.TextAsync()));
        Assert.Equal(1, shop.Services.GetRequiredService<Effects>().Applied);
    }

    [Fact]
    public async Task Another_amount_goes_into_quarantine_and_is_acknowledged()
    {
        await using var shop = await OpenAsync();

        var answer = await PostAsync(shop, "signed M-8821 200");

        Assert.Equal("success", await answer.TextAsync());
        var kept = Assert.Single((await shop.Services.GetRequiredService<IQuarantineStore>().QueryAsync(new QuarantineQuery())).Items);
        Assert.Equal("amount-differs", kept.Reason);
    }

    [Theory]
    [InlineData("irrelevant", HttpStatusCode.OK, "success")]
    [InlineData("unusable", HttpStatusCode.BadRequest, "")]
    [InlineData("other-provider", HttpStatusCode.ServiceUnavailable, "fail")]
    public async Task What_the_reader_says_decides_the_answer(string text, HttpStatusCode status, string body)
    {
        await using var shop = await OpenAsync();

        var answer = await PostAsync(shop, text);

        Assert.Equal((status, body), (answer.StatusCode, await answer.TextAsync()));
        Assert.Equal(0, shop.Services.GetRequiredService<Effects>().Applied);
    }

    [Fact]
    public async Task A_callback_that_is_too_large_is_refused()
    {
        await using var shop = await OpenAsync();

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(shop, new string('x', 300_000))).StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_no_HTTP_is_the_senders_fault()
    {
        await using var shop = await OpenAsync(static app => app.Use(static (context, next) =>
        {
            context.Request.Body = new Broken();
            return next(context);
        }));

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(shop, "signed M-8821 199")).StatusCode);
    }

    private static Task<HttpResponseMessage> PostAsync(WebShop shop, string text) => shop.SendAsync(null, new StringContent(text), user: null, path: "/notify/alipay");

    private static Task<WebShop> OpenAsync(Action<WebApplication>? before = null) => WebShop.OpenAsync(
        new MemoryShopStore(),
        static (app, _) => app.MapPaymentNotifications("/notify/alipay", "alipay", static (_, body, _) => new(Read(Encoding.UTF8.GetString(body.Span)))),
        static services =>
        {
            services.AddSingleton<Effects>();
            services.AddSingleton<INotificationEffects>(static provider => provider.GetRequiredService<Effects>());
            services.AddSingleton(static provider => new NotificationGate(
                provider.GetRequiredService<IOperationStore>(), new Unwrapping(provider.GetRequiredService<IQuarantineStore>()), provider.GetRequiredService<IUnitOfWorkFactory>(), new ScopedService<INotificationEffects>(provider.GetRequiredService<INotificationEffects>())));
        },
        before);

    private static NotificationReading Read(string text)
    {
        var words = text.Split(' ');
        return words[0] switch
        {
            "signed" => new NotificationReading.Verified(Facts(words[1]) with { Amount = Money.FromMajor(decimal.Parse(words[2]), Currency.CNY) }),
            "irrelevant" => new NotificationReading.Irrelevant(),
            "unusable" => new NotificationReading.Verified(Facts("M-1")),
            "other-provider" => new NotificationReading.Verified(Facts("M-1") with { Provider = "wechatpay" }),
            _ => new NotificationReading.Refused("signature"),
        };
    }

    private static NotificationFacts Facts(string number) => new()
    {
        Provider = "alipay", TransportId = "n-1", MerchantTradeNumber = number, ProviderTradeNumber = "2026020622001", Kind = NotificationKind.Paid, RawStatus = "TRADE_SUCCESS",
    };

    private sealed class Effects : INotificationEffects
    {
        public int Applied { get; private set; }

        public ValueTask<PaymentDocument?> FindDocumentAsync(UnitOfWork unitOfWork, NotificationFacts notification, CancellationToken cancellationToken) =>
            new(new PaymentDocument(notification.MerchantTradeNumber, Money.FromMajor(199m, Currency.CNY), [new PaymentShare(Order, Money.FromMajor(199m, Currency.CNY))], "alipay"));

        public ValueTask<IReadOnlyList<NotificationEffectResult>> ApplyAsync(
            UnitOfWork unitOfWork, IReadOnlyList<NotificationEffect> effects, CancellationToken cancellationToken)
        {
            Applied += effects.Count;
            return new(new NotificationEffectResult[effects.Count]);
        }
    }

    /// <summary>What a server reads where a chunk has no length.</summary>
    private sealed class Broken : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new BadHttpRequestException("Bad chunk size data.");
    }

    private sealed class Unwrapping(IQuarantineStore inner) : IQuarantineStore
    {
        public ValueTask<bool> AddAsync(UnitOfWork unitOfWork, QuarantinedMessage message, CancellationToken cancellationToken = default) =>
            inner.AddAsync(BreakableStore.Inner(unitOfWork), message, cancellationToken);

        public ValueTask<bool> DecideAsync(UnitOfWork unitOfWork, long number, QuarantineState state, string operatorId, string note, CancellationToken cancellationToken = default) =>
            inner.DecideAsync(BreakableStore.Inner(unitOfWork), number, state, operatorId, note, cancellationToken);

        public ValueTask<QuarantinedMessage?> FindAsync(long number, CancellationToken cancellationToken = default) => inner.FindAsync(number, cancellationToken);

        public ValueTask<Page<QuarantinedMessage>> QueryAsync(QuarantineQuery query, CancellationToken cancellationToken = default) => inner.QueryAsync(query, cancellationToken);
    }
}

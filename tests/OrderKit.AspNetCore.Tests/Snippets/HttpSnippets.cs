using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Sql;

namespace OrderKit.AspNetCore.Tests;

/// <summary>The code that the documentation shows; a test holds the two together.</summary>
public sealed class HttpSnippets
{
    [Fact]
    public async Task An_order_is_placed_once_in_one_commit_with_its_answer()
    {
        await using var shop = await WebShop.OpenAsync(new SqliteShopStore(), static (app, _) =>
        {
            app.Services.GetRequiredService<OrderKitSchema>().EnsureAsync().GetAwaiter().GetResult();

            #region keyed-joined
            app.MapPost("/orders", async (IdempotentRequest request, CancellationToken cancellationToken) =>
            {
                var transaction = ((SqlUnitOfWork)request.UnitOfWork).Transaction;      // yours to write in; it is committed with the answer
                await using var command = transaction.Connection!.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = "CREATE TABLE IF NOT EXISTS placed (id text); INSERT INTO placed VALUES ('8821')";
                await command.ExecuteNonQueryAsync(cancellationToken);
                return Results.Created("/orders/8821", new Dictionary<string, string> { ["order"] = "8821" });
            }).RequireIdempotencyKey(o => o.Mode = IdempotencyMode.Joined);
            #endregion
        }, isBreakable: false);

        Assert.Equal(HttpStatusCode.Created, (await shop.PostAsync("\"k\"")).StatusCode);
        Assert.True((await shop.PostAsync("\"k\"")).IsReplayed());
    }

    [Fact]
    public async Task A_refund_is_asked_of_the_bank_under_one_key()
    {
        var bank = new Bank();
        await using var shop = await WebShop.OpenAsync(new MemoryShopStore(), (app, _) =>
        {
            #region keyed-leased
            var money = app.MapGroup("/refunds").RequireIdempotencyKey(o =>
            {
                o.OnLapse = LapsePolicy.Hold;                                           // the default: held, where nobody knows
                o.Retention = TimeSpan.FromDays(3);
            });
            money.MapPost("/{trade}", async (string trade, IdempotentRequest request, CancellationToken cancellationToken) =>
            {
                if (!await bank.IsOpenAsync(cancellationToken))
                {
                    request.NothingHappened();                                          // so that the same key may run again
                    return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
                }

                return Results.Ok(await bank.RefundAsync(trade, request.DownstreamKey("bank"), cancellationToken));
            });
            #endregion
        });

        var first = await shop.PostAsync("k", path: "/refunds/T-1");
        var second = await shop.PostAsync("k", path: "/refunds/T-1");

        Assert.Equal((HttpStatusCode.OK, true, 1), (first.StatusCode, second.IsReplayed(), bank.Refunds));
    }

    [Fact]
    public async Task A_callback_is_answered_when_it_is_durable()
    {
        await using var shop = await WebShop.OpenAsync(
            new MemoryShopStore(),
            static (app, _) =>
            {
                #region callbacks
                app.MapPaymentNotifications("/notify/alipay", "alipay", static async (context, body, cancellationToken) =>
                    await AlipayMessages.VerifyAsync(body, cancellationToken) is { } facts      // yours: the signature, and what it says
                        ? new NotificationReading.Verified(facts)
                        : new NotificationReading.Refused("signature"));
                #endregion
            },
            static services => services.AddOrderKitCore().AddPaymentNotifications<NoPayments>());

        Assert.Equal(HttpStatusCode.BadRequest, (await shop.SendAsync(null, new StringContent("forged"), path: "/notify/alipay")).StatusCode);
    }

    private sealed class Bank
    {
        public int Refunds { get; private set; }

        public Task<bool> IsOpenAsync(CancellationToken cancellationToken) => Task.FromResult(!cancellationToken.IsCancellationRequested);

        public Task<string> RefundAsync(string trade, string key, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Refunds++;
            return Task.FromResult($"{trade}-{key.Length}");
        }
    }

    private static class AlipayMessages
    {
        public static Task<NotificationFacts?> VerifyAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
            Task.FromResult<NotificationFacts?>(body.IsEmpty || cancellationToken.IsCancellationRequested ? new NotificationFacts
            {
                Provider = "alipay", MerchantTradeNumber = "M-1", ProviderTradeNumber = "T-1", Kind = NotificationKind.Closed, RawStatus = "TRADE_CLOSED",
            } : null);
    }

    private sealed class NoPayments : IPaymentDocuments
    {
        public ValueTask<PaymentDocument?> FindAsync(
            UnitOfWork unitOfWork, TenantId tenant, string provider, string merchantTradeNumber, string? refundNumber, CancellationToken cancellationToken = default) => default;
    }
}

using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Idempotency.Tests;

/// <summary>The code of docs/duplicate-orders.md.</summary>
public sealed class DuplicateOrderSnippets
{
    [Fact]
    public async Task Check()
    {
        #region duplicates-check
        var services = new ServiceCollection().AddLogging();
        services.AddOrderKit().UseInMemory()                        // or UseSqlite(…), UsePostgreSql(…)
            .AddDuplicateOrders(o =>
            {
                o.OwnChannels.Add("WEB");                           // only here are orders held
                o.DigestKey = "a secret of this company";           // keep it with the other secrets
                o.Rules["device"] = new() { Subject = "device + amount", Window = TimeSpan.FromMinutes(30) };
            });
        await using var provider = services.BuildServiceProvider();
        var duplicates = provider.GetRequiredService<DuplicateOrders>();
        var units = provider.GetRequiredService<IUnitOfWorkFactory>();

        async Task<string> PlaceAsync(string number, string cart)
        {
            await using var unit = await units.BeginAsync();        // or SqlUnitOfWork.Enlist(yourTransaction)
            var verdict = await duplicates.CheckAsync(unit, new()
            {
                Order = OrderKey.For(OrderId.Derive(new ChannelCode("WEB"), number)),
                ExternalNumber = number,
                Buyer = "user-7",
                Cart = cart,
                Amount = Money.FromMajor(199m, Currency.CNY),
            });
            if (verdict is DuplicateVerdict.Reject rejected)
            {
                return $"You have ordered this: {rejected.Earlier.Order}";
            }

            // insert the order here: what is rolled back with it has guarded nothing
            await unit.CommitAsync();
            return verdict switch
            {
                DuplicateVerdict.Hold hold => $"We look at it until {hold.AutoReleaseAt:HH:mm}",
                DuplicateVerdict.Label => "Thank you",              // it goes on; reconciliation finds the label
                _ => "Thank you",
            };
        }
        #endregion

        Assert.Equal("Thank you", await PlaceAsync("1", "cart-3"));
        Assert.StartsWith("We look at it", await PlaceAsync("2", "cart-3"), StringComparison.Ordinal);
        Assert.StartsWith("You have ordered this", await PlaceAsync("1", "cart-3"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Review()
    {
        await using var shop = new DuplicateShop();
        await shop.CheckAsync(DuplicateShop.Order(1));
        await shop.CheckAsync(DuplicateShop.Order(2));
        var review = shop.Review;
        var units = shop.Units;

        #region duplicates-review
        var queue = await review.QueryAsync(new() { State = SuspicionState.Held });
        var held = queue.Items[0];

        await using var unit = await units.BeginAsync();
        var answer = await review.MergeAsync(unit, held.Order, "user-9", "She rang: one parcel, please.") switch
        {
            ReviewResult.Applied => "done",
            ReviewResult.Duplicate before => $"done before, by {before.Act.Operator}",
            ReviewResult.Mismatch other => $"{other.Act.Operator} chose {other.Act.Decision} at {other.Act.At:HH:mm}",
            _ => "this order was never held",
        };
        await unit.CommitAsync();
        #endregion

        Assert.Equal("done", answer);
    }

    [Fact]
    public async Task Act()
    {
        await using var shop = new DuplicateShop();
        var order = DuplicateShop.Key(2);
        var orders = new OrderLifecycle(
            shop.Services.GetRequiredService<IOrderStore>(), shop.Units, new OrderModelRegistry([OrderModels.Retail]), shop.Clock);
        await orders.FireAsync(new() { Trigger = "placed", Source = "web", Order = order, Amount = Money.FromMajor(199m, Currency.CNY) });
        await shop.CheckAsync(DuplicateShop.Order(1));
        await shop.CheckAsync(DuplicateShop.Order(2));
        var delivery = Assert.Single(await shop.Outbox.ClaimAsync("duplicate-orders", 10, TimeSpan.FromMinutes(1)));
        FireResult? result = null;
        var tickets = new List<Money>();

        #region duplicates-act
        // In an IOutboxSink of your own, behind an OutboxPump for the destination "duplicate-orders":
        var notice = DuplicateOrderNoticeCodec.Decode(delivery.Message.Body.Span);
        if (notice.ToFact() is { } fact)
        {
            result = await orders.FireAsync(fact);                  // hold-placed, hold-released, cancel: once, however often it comes
        }
        else if (notice.Refund is { } refund)
        {
            tickets.Add(refund);                                    // a paid order is given up: propose a refund ticket
        }
        #endregion

        Assert.IsType<FireResult.Applied>(result);
        Assert.IsType<FireResult.Duplicate>(await orders.FireAsync(notice.ToFact()!));
        Assert.Empty(tickets);
    }
}

using OrderKit.Core;
using OrderKit.StateMachine.Storage;
using static OrderKit.StateMachine.Tests.Shop;

namespace OrderKit.StateMachine.Tests;

/// <summary>Money is known again by its number and never by its wording: a fact about money without a key is refused at the door.</summary>
public sealed class MoneyKeyTests : IDisposable
{
    private static readonly OrderFact Paid = Fact("captured", amount: 1000) with { Id = null, Evidence = "2026020622001" };
    private readonly Shop _shop = new();

    public static TheoryData<string, string> RetailMoney => new() { { "captured", "payment" }, { "refund-paid", "after-sale" } };

    public void Dispose() => _shop.Dispose();

    [Theory, MemberData(nameof(RetailMoney))]
    public async Task Money_without_a_key_is_refused_and_nothing_is_written(string trigger, string number)
    {
        await _shop.TellAsync(Placed());
        var keyless = Paid with { Trigger = trigger, Evidence = null };

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => _shop.TellAsync(keyless));
        var inMany = await Assert.ThrowsAsync<ArgumentException>(() => _shop.Lifecycle.FireManyAsync([Fact("stock-locked"), keyless]));

        Assert.StartsWith(
            $"The fact '{trigger}' from 'erp' has no key, and without one it would count again if it is repeated with any change. "
            + $"The model 'retail' asks for its {number} number as Evidence, or for an Id of its own.",
            refusal.Message,
            StringComparison.Ordinal);
        Assert.Contains("(number 1) has no key", inMany.Message, StringComparison.Ordinal);
        Assert.Single(await _shop.JournalAsync());
    }

    [Fact]
    public async Task The_unit_of_a_host_goes_on_after_a_refusal()
    {
        await _shop.TellAsync(Placed());
        await using var unit = await _shop.Database.BeginAsync();

        await Assert.ThrowsAsync<ArgumentException>(async () => await _shop.Lifecycle.FireAsync(unit, Paid with { Evidence = null }));
        Assert.IsType<FireResult.Applied>(await _shop.Lifecycle.FireAsync(unit, Paid));
        await unit.CommitAsync();

        Assert.Equal(1000, (await _shop.SumsAsync()).Captured);
    }

    [Fact]
    public async Task Money_for_an_order_that_nobody_knows_yet_is_not_parked_without_a_key()
    {
        var number = Number(ReferenceKind.Trade, "T1");

        await Assert.ThrowsAsync<ArgumentException>(() => _shop.TellAsync(Paid with { Evidence = null }));
        await Assert.ThrowsAsync<ArgumentException>(() => _shop.TellAsync(Paid with { Order = null, Reference = number, Evidence = "" }));
        Assert.Empty(await _shop.ParkedAsync());

        Assert.IsType<FireResult.Parked>(await _shop.TellAsync(Paid with { Order = null, Reference = number }));
    }

    [Fact]
    public async Task Money_that_waited_from_before_there_was_a_key_is_not_lost()
    {
        var keyless = Paid with { Evidence = null };
        await using (var unit = await _shop.Database.BeginAsync())
        {
            await _shop.Store.ParkAsync(unit, [new ParkedFact(Number(ReferenceKind.Order, Key("A").Order.Value), keyless, ParkReason.UnknownOrder, Noon)]);
            await unit.CommitAsync();
        }

        Assert.IsType<FireResult.Applied>(await _shop.TellAsync(Placed()));

        Assert.Equal(1000, (await _shop.SumsAsync()).Captured);
    }

    [Fact]
    public async Task One_capture_told_with_other_words_counts_once()
    {
        await _shop.TellAsync(Placed());
        await _shop.TellAsync(Paid);

        Assert.IsType<FireResult.Duplicate>(await _shop.TellAsync(Paid with { RawStatus = "TRADE_FINISHED", OccurredAt = Noon.AddMinutes(3), Note = "again" }));

        Assert.Equal(1000, (await _shop.SumsAsync()).Captured);
    }

    [Fact]
    public async Task Where_a_number_stands_for_several_payments_only_an_id_will_do()
    {
        var model = Tiny.With((m, _) => m.Fact("tip").AddsAmount(Counter.Captured, Counter.Due).KeyedById());
        var host = _shop.Host(model);
        await host.FireAsync(new OrderFact { Trigger = "placed", Source = "till", Order = Key("A"), Id = "placed" });
        var tip = new OrderFact { Trigger = "tip", Source = "till", Order = Key("A"), Evidence = "table 7", Amount = new Money(100, Currency.CNY) };

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => host.FireAsync(tip));
        await host.FireAsync(tip with { Id = "1" });
        await host.FireAsync(tip with { Id = "2" });

        Assert.Contains("The model 'tiny' asks for an Id of its own.", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(200, (await _shop.SumsAsync()).Captured);
    }

    [Fact]
    public async Task Of_two_models_the_stricter_key_counts_whichever_comes_first()
    {
        var byId = Tiny.With((m, _) => m.Fact("captured").AddsAmount(Counter.Captured, Counter.Due).KeyedById());

        foreach (var host in (OrderLifecycle[])[_shop.Host(OrderModels.Retail, byId), _shop.Host(byId, OrderModels.Retail)])
        {
            var refusal = await Assert.ThrowsAsync<ArgumentException>(() => host.FireAsync(Paid));
            Assert.Contains("'tiny'", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_key_may_be_asked_for_where_no_money_moves()
    {
        var model = Tiny.With((m, _) => m.Fact("seen").KeyedBy(ReferenceKind.Outbound));

        Assert.Equal(new OrderModel.TriggerKey(ReferenceKind.Outbound), model.TriggerNamed("seen")!.Key);
        Assert.Throws<ArgumentException>(() => Tiny.With((m, _) => m.Fact("seen").KeyedBy(default)));
    }
}

using OrderKit.Core;
using static OrderKit.StateMachine.Tests.Shop;

namespace OrderKit.StateMachine.Tests;

/// <summary>A malformed fact is a defect of the caller: it is refused at the door, by name, with nothing written.</summary>
public sealed class FactCheckTests : IDisposable
{
    private static readonly OrderFact Good = Fact("captured", amount: 1000);
    private readonly Shop _shop = new();

    public static TheoryData<string> Faults => [.. Malformed.Keys];

    private static Dictionary<string, (OrderFact Fact, string Message)> Malformed { get; } = new()
    {
        ["no order"] = (Good with { Order = null }, "exactly one of Order and Reference"),
        ["order and number"] = (Good with { Reference = Number(ReferenceKind.Erp, "1") }, "exactly one of Order and Reference"),
        ["empty order"] = (Good with { Order = default(OrderKey) }, "empty order id"),
        ["empty number"] = (Good with { Order = null, Reference = default(OrderReference) }, "empty number"),
        ["empty trigger"] = (Good with { Trigger = " " }, "empty Trigger"),
        ["long trigger"] = (Good with { Trigger = new string('t', 65) }, "more than 64 characters"),
        ["empty source"] = (Good with { Source = "" }, "empty Source"),
        ["blank id"] = (Good with { Id = "  " }, "empty Id"),
        ["long id"] = (Good with { Id = new string('i', 201) }, "more than 200 characters"),
        ["control character"] = (Good with { Evidence = "a\nb" }, "control character"),
        ["half a pair"] = (Good with { Id = "\ud83d!" }, "half a surrogate pair"),
        ["the other half"] = (Good with { RawStatus = "ok\udc00" }, "half a surrogate pair"),
        ["long revocation"] = (Good with { Revokes = new string('r', 201) }, "Revokes"),
        ["long operator"] = (Good with { Operator = new string('o', 201) }, "Operator"),
        ["long trace"] = (Good with { TraceId = new string('o', 201) }, "TraceId"),
        ["long response"] = (Good with { ResponseCode = new string('o', 201) }, "ResponseCode"),
        ["long model"] = (Good with { Model = new string('o', 65) }, "Model"),
        ["long profile"] = (Good with { Profile = new string('o', 65) }, "Profile"),
        ["NUL in the note"] = (Good with { Note = "a\0b" }, "Note"),
        ["half a pair in the note"] = (Good with { Note = "\udc00" }, "Note"),
        ["long note"] = (Good with { Note = new string('n', 16_385) }, "Note"),
        ["large payload"] = (Good with { Payload = new byte[(4 * 1024 * 1024) + 1] }, "Payload of 4194305 bytes"),
        ["negative amount"] = (Good with { Amount = new Money(-1, Currency.CNY) }, "Money that goes back"),
        ["huge amount"] = (Good with { Amount = new Money(1_000_000_000_000_001, Currency.CNY) }, "at most"),
        ["amount without a currency"] = (Good with { Amount = new Money(1, default) }, "without a currency"),
        ["negative quantity"] = (Good with { Quantity = -1 }, "Goods that come back"),
        ["link of another tenant"] = (Good with { Links = [new OrderReference(new TenantId("other"), ReferenceKind.Erp, "1")] }, "another tenant"),
        ["empty link"] = (Good with { Links = [default] }, "empty number"),
        ["too many links"] = (Good with { Links = [.. Enumerable.Range(0, 101).Select(i => Number(ReferenceKind.Erp, $"{i}"))] }, "more than 100"),
        ["no holds"] = (Good with { Holds = null! }, "null"),
        ["empty hold"] = (Good with { Holds = [""] }, "empty Holds"),
        ["empty attachment"] = (Good with { Attachments = [null!] }, "empty Attachments"),
    };

    public void Dispose() => _shop.Dispose();

    [Theory, MemberData(nameof(Faults))]
    public async Task A_malformed_fact_is_refused_by_name(string fault)
    {
        await _shop.TellAsync(Placed());
        var (fact, message) = Malformed[fault];

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => _shop.TellAsync(fact));
        var inMany = await Assert.ThrowsAsync<ArgumentException>(() => _shop.Lifecycle.FireManyAsync([Fact("stock-locked"), fact]));

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("(number 1)", inMany.Message, StringComparison.Ordinal);
        Assert.Single(await _shop.JournalAsync());
    }

    [Fact]
    public async Task More_facts_than_one_call_may_bring_are_refused()
    {
        var options = Microsoft.Extensions.Options.Options.Create(new OrderLifecycleOptions { MaxBatch = 2 });
        var host = new OrderLifecycle(_shop.Store, _shop.Database, new OrderModelRegistry([OrderModels.Retail]), _shop.Clock, options);

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => host.FireManyAsync([Good, Good, Good]));

        Assert.StartsWith("3 facts in one call; 2 is the limit. Split them.", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await host.FireManyAsync([]));
    }

    [Fact]
    public async Task The_whole_of_unicode_may_be_told()
    {
        await _shop.TellAsync(Placed() with { Note = "📦 寄到北京 🏠", RawStatus = "已付款✅" });

        Assert.Equal("已付款✅", (await _shop.JournalAsync())[0].RawStatus);
    }
}

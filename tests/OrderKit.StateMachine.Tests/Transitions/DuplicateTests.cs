using OrderKit.Core;
using static OrderKit.StateMachine.Tests.Shop;

namespace OrderKit.StateMachine.Tests;

/// <summary>A fact takes effect once, however often and by whichever ways it comes.</summary>
public sealed class DuplicateTests : IDisposable
{
    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task A_callback_that_comes_a_thousand_times_counts_once()
    {
        await _shop.TellAsync(Placed());
        Assert.IsType<FireResult.Applied>(await _shop.TellAsync("captured", amount: 1000));

        for (var i = 1; i < 1000; i++)
        {
            Assert.Equal(new FireResult.Duplicate(Key("A"), 2), await _shop.TellAsync("captured", amount: 1000));
        }

        Assert.Equal(1000, (await _shop.SumsAsync()).Captured);
        Assert.Equal(2, (await _shop.JournalAsync()).Count);
        Assert.Equal(2, (await _shop.EventsAsync()).Count);
    }

    [Fact]
    public async Task Two_callbacks_in_one_instant_count_once()
    {
        await _shop.TellAsync(Placed());
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var callbacks = Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            await gate.Task;
            return await _shop.TellAsync("captured", amount: 1000);
        })).ToList();
        gate.SetResult();

        var results = await Task.WhenAll(callbacks);

        Assert.Single(results.OfType<FireResult.Applied>());
        Assert.Equal(15, results.OfType<FireResult.Duplicate>().Count());
        Assert.Equal(1000, (await _shop.SumsAsync()).Captured);
    }

    [Fact]
    public async Task A_fact_twice_in_one_call_counts_once_and_is_told_where_it_stands()
    {
        var results = await _shop.Lifecycle.FireManyAsync(
            [Placed(), Fact("captured", amount: 400), Fact("stock-locked"), Fact("captured", amount: 400), Placed()]);

        Assert.Equal(new FireResult.Duplicate(Key("A"), 2), results[3]);
        Assert.Equal(new FireResult.Duplicate(Key("A"), 1), results[4]);
        Assert.Equal(400, (await _shop.SumsAsync()).Captured);
    }

    [Fact]
    public async Task Facts_beyond_a_handful_in_one_call_are_still_told_apart()
    {
        var facts = Enumerable.Range(0, 60).Select(i => Fact("captured", id: $"pay-{i % 30}", amount: 10 + (i % 30))).Prepend(Placed()).ToList();

        var results = await _shop.Lifecycle.FireManyAsync(facts);

        Assert.Equal(30, results.OfType<FireResult.Duplicate>().Count());
        Assert.Equal(Enumerable.Range(0, 30).Sum(i => 10 + i), (await _shop.SumsAsync()).Captured);
        await _shop.AssertWholeAsync(Key("A"));
    }

    [Fact]
    public async Task One_id_for_two_payments_opens_a_case_and_drops_neither_from_the_journal()
    {
        await _shop.TellAllAsync("placed");
        await _shop.TellAsync(Fact("captured", id: "P1", amount: 400));

        var other = Assert.IsType<FireResult.Contradictory>(await _shop.TellAsync(Fact("captured", id: "P1", amount: 600)));
        var again = await _shop.TellAsync(Fact("captured", id: "P1", amount: 600));

        Assert.Equal(DecisionReason.IdReused, other.Reason);
        Assert.Equal([BuiltInCases.IdReused], other.OpenedCases);
        Assert.Equal(new FireResult.Duplicate(Key("A"), 3), again);
        Assert.Equal([400L, 600L], (await _shop.JournalAsync()).Where(e => e.Trigger == "captured").Select(e => e.Amount!.Value));
    }

    [Fact]
    public async Task One_id_for_two_payments_in_one_call_opens_a_case_too()
    {
        var results = await _shop.Lifecycle.FireManyAsync(
            [Placed(), Fact("captured", id: "P1", amount: 400), Fact("captured", id: "P1", amount: 600), Fact("captured", id: "P1", amount: 600)]);

        Assert.Equal(DecisionReason.IdReused, Assert.IsType<FireResult.Contradictory>(results[2]).Reason);
        Assert.Equal(new FireResult.Duplicate(Key("A"), 3), results[3]);
        Assert.Equal(new FireResult.Duplicate(Key("A"), 3), await _shop.TellAsync(Fact("captured", id: "P1", amount: 600)));
        await _shop.AssertWholeAsync(Key("A"));
    }

    [Fact]
    public async Task One_id_for_two_payments_of_two_sources_is_no_contradiction()
    {
        await _shop.TellAllAsync("placed");

        Assert.IsType<FireResult.Applied>(await _shop.TellAsync(Fact("captured", id: "P1", amount: 400, source: "alipay")));
        Assert.IsType<FireResult.Applied>(await _shop.TellAsync(Fact("captured", id: "P1", amount: 600, source: "wechat")));
        Assert.Equal("101/200", await _shop.StatesAsync());
    }

    [Fact]
    public async Task Callback_and_query_of_one_trade_without_an_id_are_one_fact_by_their_document()
    {
        await _shop.TellAllAsync("placed");
        var callback = Fact("captured", amount: 1000) with { Id = null, Evidence = "2026020622001", RawStatus = "TRADE_SUCCESS" };

        Assert.IsType<FireResult.Applied>(await _shop.TellAsync(callback));
        Assert.IsType<FireResult.Duplicate>(await _shop.TellAsync(callback with { RawStatus = "SUCCESS", OccurredAt = Noon.AddSeconds(9) }));
        Assert.Equal("captured:2026020622001", (await _shop.JournalAsync())[^1].FactId);
    }

    [Fact]
    public async Task Without_id_and_document_the_same_content_is_the_same_fact()
    {
        await _shop.TellAllAsync("placed");
        var scan = Fact("stock-unknown") with { Id = null, Note = "no answer" };

        await _shop.TellAsync(scan);

        Assert.IsType<FireResult.Duplicate>(await _shop.TellAsync(scan));
        Assert.IsNotType<FireResult.Duplicate>(await _shop.TellAsync(scan with { Note = "still no answer" }));
        Assert.IsNotType<FireResult.Duplicate>(await _shop.TellAsync(scan with { OccurredAt = Noon.AddMinutes(5) }));
    }

    [Fact]
    public async Task A_wish_without_an_id_is_a_new_wish_each_time()
    {
        await _shop.TellAllAsync("placed", "stock-locked");
        var release = Fact("release") with { Id = null, OccurredAt = null };

        Assert.IsType<FireResult.GuardFailed>(await _shop.TellAsync(release));
        await _shop.TellAsync("captured", amount: 1000);
        Assert.IsType<FireResult.Applied>(await _shop.TellAsync(release));
        Assert.Equal("101/204", await _shop.StatesAsync());
        await _shop.AssertWholeAsync(Key("A"));
    }

    [Fact]
    public async Task A_wish_with_an_id_gets_the_answer_once()
    {
        await _shop.TellAllAsync("placed", "stock-locked");

        Assert.IsType<FireResult.GuardFailed>(await _shop.TellAsync("release"));
        Assert.IsType<FireResult.Duplicate>(await _shop.TellAsync("release"));
    }

    [Fact]
    public async Task Facts_of_one_order_are_decided_in_the_order_of_the_call_by_whatever_name_they_call_it()
    {
        var trade = Number(ReferenceKind.Trade, "T1");
        await _shop.TellAsync(Placed() with { Links = [trade] });

        var results = await _shop.Lifecycle.FireManyAsync(
            [Fact("captured", amount: 1000) with { Order = null, Reference = trade }, Fact("refund-paid", amount: 1000)]);

        Assert.All(results, result => Assert.IsType<FireResult.Applied>(result));
        Assert.Empty(await _shop.OpenCasesAsync());
    }

    [Fact]
    public async Task A_revocation_finds_what_it_revokes_in_the_same_call()
    {
        await _shop.TellAllAsync("placed", "captured", "packed");

        var results = await _shop.Lifecycle.FireManyAsync([Fact("outbound", source: "wms"), Fact("outbound-revoked", source: "wms") with { Revokes = "outbound" }]);

        Assert.All(results, result => Assert.IsType<FireResult.Applied>(result));
        Assert.Equal("101/202", await _shop.StatesAsync());
    }
}

using OrderKit.Core;
using static OrderKit.StateMachine.Tests.Shop;

namespace OrderKit.StateMachine.Tests;

/// <summary>What operators do to an order, each act with its row.</summary>
public sealed class OperatorTests : IDisposable
{
    private static readonly OrderModel First = Versioned(1, null);
    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task An_order_is_moved_to_the_model_that_supersedes_its_own_with_all_that_it_has()
    {
        var second = Versioned(2, First);
        var host = _shop.Host(First, second);
        await host.FireAsync(Placed() with { Model = "shop" });
        await _shop.Host(First).FireManyAsync([Placed("B"), Fact("paid", "B"), Fact("hold-placed", "B") with { Holds = ["risk"] }, Fact("doubted", "B")]);
        var before = (await _shop.OrderAsync("B")).Snapshot;

        var moved = Assert.IsType<FireResult.Applied>(await host.MoveAsync(Key("B"), second, "ops-7"));

        Assert.Equal(second.Fingerprint, moved.Snapshot.Model);
        Assert.Equal(before.States, moved.Snapshot.States);
        Assert.Equal(First.HoldCodes(before.Holds), second.HoldCodes(moved.Snapshot.Holds));
        Assert.Equal(["doubt"], second.CaseCodes(moved.Snapshot.Cases));
        Assert.NotEqual(0u, moved.Snapshot.Anchors);
        var row = (await _shop.JournalAsync("B"))[^1];
        Assert.Equal(("model-moved", "ops-7", DecisionReason.ModelMoved), (row.Trigger, row.Operator, row.Reason));
        await _shop.AssertWholeAsync(Key("B"), First, second);
        Assert.IsType<FireResult.AlreadyApplied>(await host.MoveAsync(Key("B"), second, "ops-7"));
        Assert.IsType<FireResult.Applied>(await host.FireAsync(Fact("gifted", "B")));
    }

    [Fact]
    public async Task A_model_that_does_not_supersede_the_orders_is_refused()
    {
        var stranger = Versioned(2, null);
        var host = _shop.Host(First, stranger);
        await _shop.Host(First).FireAsync(Placed());

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => host.MoveAsync(Key("A"), stranger, "ops"));

        Assert.Contains("does not supersede", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _shop.Host(First).MoveAsync(Key("A"), stranger, "ops"));
        Assert.Single(await _shop.JournalAsync());
    }

    [Theory]
    [InlineData("state")]
    [InlineData("hold")]
    [InlineData("case")]
    [InlineData("anchor")]
    [InlineData("profile")]
    public async Task A_model_that_lacks_what_the_order_has_is_refused_and_names_it(string lacks)
    {
        var second = Versioned(2, First, lacks);
        var host = _shop.Host(First, second);
        await _shop.Host(First).FireManyAsync([Placed(), Fact("paid"), Fact("hold-placed") with { Holds = ["risk"] }, Fact("doubted")]);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => host.MoveAsync(Key("A"), second, "ops"));

        Assert.Contains($"lacks {(lacks == "state" ? "a" : "the")} {lacks}", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(First.Fingerprint, (await _shop.OrderAsync()).Snapshot.Model);
    }

    [Fact]
    public async Task Moving_an_order_that_does_not_exist_comes_to_nothing() =>
        Assert.Equal(ParkReason.UnknownOrder, Assert.IsType<FireResult.Unresolved>(await _shop.Lifecycle.MoveAsync(Key("A"), OrderModels.Retail, "ops")).Reason);

    [Fact]
    public async Task A_case_is_closed_by_hand_with_a_reason_that_can_be_erased()
    {
        await _shop.TellAllAsync("placed", "cancel");
        await _shop.TellAsync("captured", amount: 1000);
        await _shop.EventsAsync();

        Assert.IsType<FireResult.Applied>(await _shop.Lifecycle.CloseCaseAsync(Key("A"), "paid-after-cancel", "ops-7", "Mrs Li took the goods after all."));

        Assert.Empty(await _shop.OpenCasesAsync());
        var closed = Assert.Single((await _shop.Cases.QueryAsync(new CaseQuery { Order = Key("A"), IncludeClosed = true })).Items);
        Assert.Equal(4, closed.ClosedVersion);
        Assert.Equal("case-closed", Assert.Single(await _shop.EventsAsync()).Trigger);
        Assert.Equal("Mrs Li took the goods after all.", Assert.Single(await _shop.Store.ReadDetailsAsync(Key("A"))).Note);
        await _shop.AssertWholeAsync(Key("A"));
        Assert.IsType<FireResult.AlreadyApplied>(await _shop.Lifecycle.CloseCaseAsync(Key("A"), "paid-after-cancel", "ops-7", "again"));
        Assert.Equal(4, (await _shop.JournalAsync()).Count);
    }

    [Fact]
    public async Task Closing_a_case_that_the_model_does_not_know_names_those_that_it_knows()
    {
        await _shop.TellAsync(Placed());

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => _shop.Lifecycle.CloseCaseAsync(Key("A"), "moon", "ops", "why"));

        Assert.Contains("overpaid", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erasing_takes_the_personal_parts_and_leaves_a_journal_that_still_verifies()
    {
        await _shop.TellAsync(Placed() with { Note = "Li Lei, 138…", Payload = "<order/>"u8.ToArray() });
        await _shop.TellAsync(Fact("captured", amount: 1000) with { Payload = "<pay/>"u8.ToArray() });
        var sealer = new JournalSealer(_shop.Store, _shop.Leases, _shop.Clock, Microsoft.Extensions.Options.Options.Create(new JournalSealingOptions()));
        await sealer.SealOnceAsync();

        Assert.Equal(2, await _shop.Lifecycle.EraseDetailsAsync(Key("A")));

        Assert.Empty(await _shop.Store.ReadDetailsAsync(Key("A")));
        Assert.All(await _shop.JournalAsync(), row => Assert.NotNull(row.DetailDigest));
        Assert.True((await new JournalVerifier(_shop.Store).VerifyAsync()).IsIntact);
        Assert.Equal(0, await _shop.Lifecycle.EraseDetailsAsync(Key("A")));
    }

    private static OrderModel Versioned(int version, OrderModel? superseded, string? without = null) => OrderModel.Define("shop", version, m =>
    {
        var facet = m.Facet("all");
        var open = facet.State(1, "Open", "", 0).Resting();
        var paid = without == "state" ? facet.State(3, "Paid3", "", 5).Anchor().Resting() : facet.State(2, "Paid", "", 5).Resting();
        if (without is not "anchor" and not "state")
        {
            paid.Anchor();
        }

        if (version > 1)
        {
            // What is added comes first, so that bits carried over as bits would be found out.
            m.Hold("new-hold", "");
            m.Case("new-case", "desk", "");
            m.Profile("NEW", [open], []);
            m.Fact("gifted", facet).From(open, paid).Stay();
        }

        if (without != "hold")
        {
            m.Hold("risk", "");
        }

        var doubt = m.Case(without == "case" ? "other-doubt" : "doubt", "desk", "");
        m.Creation("placed");
        m.Fact("paid", facet).Lands(paid).From(open).To(paid);
        m.Fact("hold-placed").PlacesNamedHolds();
        m.Fact("doubted").Opens(doubt);
        m.Profile(without == "profile" ? "OTHER" : "P", [open], []);
        m.HeadlineFromFacet(facet);
        if (superseded is not null)
        {
            m.Supersedes(superseded);
        }
    });
}

using OrderKit.Core;

namespace OrderKit.Idempotency.Tests;

public sealed class DuplicateReviewTests
{
    private static readonly OrderKey Held = DuplicateShop.Key(2);

    [Fact]
    public async Task A_released_order_goes_on_and_the_earlier_one_guards_as_before()
    {
        await using var shop = await WithOneHeldAsync();

        Assert.IsType<ReviewResult.Applied>(await shop.InUnitAsync(unit => shop.Review.ReleaseAsync(unit, Held, "user-9", "two gifts")));

        var fact = Assert.Single(await shop.TakeNoticesAsync()).ToFact()!;
        Assert.Equal(("hold-released", DuplicateOrderNotice.HoldCode, "user-9"), (fact.Trigger, Assert.Single(fact.Holds), fact.Operator));
        var act = Assert.Single(await shop.Review.ReadActsAsync(Held));
        Assert.Equal((SuspicionState.Released, "user-9", "two gifts", DuplicateShop.Start), (act.Decision, act.Operator, act.Reason, act.At));
        Assert.Empty((await shop.Review.QueryAsync(new DuplicateOrderQuery { State = SuspicionState.Held })).Items);
        Assert.Equal(DuplicateShop.Key(1), Assert.IsType<DuplicateVerdict.Hold>(await shop.CheckAsync(DuplicateShop.Order(3))).Earlier);
    }

    [Fact]
    public async Task Merged_orders_go_on_together_and_stay_two_orders()
    {
        await using var shop = await WithOneHeldAsync();

        await shop.InUnitAsync(unit => shop.Review.MergeAsync(unit, Held, "user-9", "one parcel"));

        var fact = Assert.Single(await shop.TakeNoticesAsync()).ToFact()!;
        Assert.Equal((Held, "hold-released"), (fact.Order!.Value, fact.Trigger));
        Assert.Equal(new OrderReference(TenantId.Default, ReferenceKind.Order, DuplicateShop.Key(1).Order.Value), Assert.Single(fact.Links));
    }

    [Theory]
    [InlineData(19900L)]
    [InlineData(0L)]
    [InlineData(null)]
    public async Task An_order_that_is_given_up_is_refunded_where_it_was_paid_and_cancelled_where_not(long? paid)
    {
        await using var shop = await WithOneHeldAsync();
        Money? captured = paid is { } minorUnits ? new Money(minorUnits, Currency.CNY) : null;

        await shop.InUnitAsync(unit => shop.Review.VoidAsync(unit, Held, captured, "user-9", "twice by mistake"));

        var notice = Assert.Single(await shop.TakeNoticesAsync());
        Assert.Equal(paid is 19900 ? captured : null, notice.Refund);
        Assert.Equal(paid is 19900 ? null : "cancel", notice.ToFact()?.Trigger);
    }

    [Fact]
    public async Task Giving_an_order_up_frees_what_it_guards()
    {
        await using var shop = new DuplicateShop();
        await shop.CheckAsync(DuplicateShop.Order(1));
        await shop.CheckAsync(DuplicateShop.Order(2) with { Cart = "other" });

        await shop.InUnitAsync(unit => shop.Review.VoidAsync(unit, Held, null, "user-9", "mistake"));

        Assert.IsType<DuplicateVerdict.Accept>(await shop.CheckAsync(new OrderCandidate { Order = DuplicateShop.Key(3), Buyer = "buyer-7", Cart = "other" }));
    }

    [Fact]
    public async Task Acting_twice_is_one_effect_and_acting_otherwise_is_told()
    {
        await using var shop = await WithOneHeldAsync();
        await shop.InUnitAsync(unit => shop.Review.ReleaseAsync(unit, Held, "user-9", "two gifts"));

        var again = await shop.InUnitAsync(unit => shop.Review.ReleaseAsync(unit, Held, "user-8", "me too"));
        var otherwise = await shop.InUnitAsync(unit => shop.Review.VoidAsync(unit, Held, null, "user-8", "no"));

        Assert.Equal("user-9", Assert.IsType<ReviewResult.Duplicate>(again).Act.Operator);
        Assert.Equal(SuspicionState.Released, Assert.IsType<ReviewResult.Mismatch>(otherwise).Act.Decision);
        Assert.Single(await shop.TakeNoticesAsync());
        Assert.Single(await shop.Review.ReadActsAsync(Held));
    }

    [Fact]
    public async Task An_order_that_was_never_held_cannot_be_decided()
    {
        await using var shop = await WithOneHeldAsync();

        Assert.IsType<ReviewResult.NotFound>(await shop.InUnitAsync(unit => shop.Review.ReleaseAsync(unit, DuplicateShop.Key(1), "user-9", "why not")));
    }

    [Fact]
    public async Task A_decision_that_is_rolled_back_was_not_made()
    {
        await using var shop = await WithOneHeldAsync();

        await shop.InUnitAsync(unit => shop.Review.ReleaseAsync(unit, Held, "user-9", "two gifts"), commit: false);

        Assert.IsType<ReviewResult.Applied>(await shop.InUnitAsync(unit => shop.Review.MergeAsync(unit, Held, "user-9", "one parcel")));
        Assert.Equal(SuspicionState.Merged, Assert.Single(await shop.TakeNoticesAsync()).State);
    }

    [Fact]
    public async Task A_hold_that_nobody_looked_at_ends_once_by_the_stores_clock()
    {
        await using var shop = await WithOneHeldAsync();
        shop.Clock.Advance(TimeSpan.FromHours(2) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await shop.Review.RunDueAsync());

        shop.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var released = await Task.WhenAll(shop.Review.RunDueAsync(), shop.Review.RunDueAsync());

        Assert.Equal(1, released.Sum());
        var notice = Assert.Single(await shop.TakeNoticesAsync());
        Assert.Equal((SuspicionState.Lapsed, DuplicateReview.AutomaticOperator, "hold-released"), (notice.State, notice.Operator, notice.ToFact()?.Trigger));
        Assert.Equal(SuspicionState.Lapsed, Assert.IsType<ReviewResult.Mismatch>(
            await shop.InUnitAsync(unit => shop.Review.VoidAsync(unit, Held, null, "user-9", "late"))).Act.Decision);
    }

    [Fact]
    public async Task All_holds_end_batch_by_batch()
    {
        await using var shop = new DuplicateShop(options => options.BatchSize = 3);
        for (var number = 1; number <= 11; number++)
        {
            await shop.CheckAsync(DuplicateShop.Order(number));
        }

        shop.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(10, await shop.Review.RunDueAsync());
        Assert.Equal(20, (await shop.TakeNoticesAsync()).Count);
    }

    [Fact]
    public async Task Nobody_decides_without_a_name_and_a_reason()
    {
        await using var shop = await WithOneHeldAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => shop.InUnitAsync(unit => shop.Review.ReleaseAsync(unit, Held, " ", "why")));
        await Assert.ThrowsAsync<ArgumentException>(() => shop.InUnitAsync(unit => shop.Review.MergeAsync(unit, Held, "user-9", "")));
        await Assert.ThrowsAsync<ArgumentException>(() => shop.InUnitAsync(unit => shop.Review.VoidAsync(unit, Held, new Money(-1, Currency.CNY), "user-9", "why")));
    }

    [Theory]
    [InlineData(SuspicionState.Held, null, null)]
    [InlineData(SuspicionState.Voided, "user-9", 19900L)]
    [InlineData(SuspicionState.Lapsed, "🙂", null)]
    public void A_notice_comes_back_as_it_was_written(SuspicionState state, string? who, long? refund)
    {
        var notice = new DuplicateOrderNotice(Held, DuplicateShop.Key(1), "规则", state, who, who, refund is { } amount ? new Money(amount, Currency.JPY) : null);

        Assert.Equal(notice, DuplicateOrderNoticeCodec.Decode(DuplicateOrderNoticeCodec.Encode(notice)));
        var bytes = DuplicateOrderNoticeCodec.Encode(notice);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<FormatException>(() => DuplicateOrderNoticeCodec.Decode(bytes.AsSpan(0, length)));
        }
    }

    private static async Task<DuplicateShop> WithOneHeldAsync()
    {
        var shop = new DuplicateShop();
        await shop.CheckAsync(DuplicateShop.Order(1));
        Assert.IsType<DuplicateVerdict.Hold>(await shop.CheckAsync(DuplicateShop.Order(2)));
        await shop.TakeNoticesAsync();
        return shop;
    }
}

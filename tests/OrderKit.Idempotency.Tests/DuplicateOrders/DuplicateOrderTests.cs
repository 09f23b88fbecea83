using Microsoft.Extensions.Options;
using OrderKit.Core;

namespace OrderKit.Idempotency.Tests;

public sealed class DuplicateOrderTests
{
    private static OrderCandidate Order(int number, string channel = "WEB") => DuplicateShop.Order(number, channel);

    [Fact]
    public async Task A_cart_that_is_submitted_from_two_tabs_is_taken_once_and_held_once()
    {
        await using var shop = new DuplicateShop();

        Assert.IsType<DuplicateVerdict.Accept>(await shop.CheckAsync(Order(1)));
        shop.Clock.Advance(TimeSpan.FromSeconds(61));
        var hold = Assert.IsType<DuplicateVerdict.Hold>(await shop.CheckAsync(Order(2)));

        Assert.Equal(("cart", DuplicateShop.Key(1), TimeSpan.FromSeconds(61)), (hold.Rule, hold.Earlier, hold.Apart));
        Assert.Equal(shop.Clock.GetUtcNow() + TimeSpan.FromHours(2), hold.AutoReleaseAt);
        var held = Assert.Single(await shop.TakeNoticesAsync());
        Assert.Equal((DuplicateShop.Key(2), DuplicateShop.Key(1), SuspicionState.Held), (held.Order, held.Earlier, held.State));
        Assert.Equal("hold-placed", held.ToFact()?.Trigger);
    }

    [Fact]
    public async Task Sixteen_orders_of_one_cart_at_once_leave_one_accepted()
    {
        await using var shop = new DuplicateShop();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tabs = Enumerable.Range(1, 16).Select(async number =>
        {
            await gate.Task;
            return await shop.CheckAsync(Order(number));
        }).ToList();
        gate.SetResult();

        var verdicts = await Task.WhenAll(tabs);

        Assert.Single(verdicts, verdict => verdict is DuplicateVerdict.Accept);
        Assert.Equal(15, verdicts.Count(verdict => verdict is DuplicateVerdict.Hold));
    }

    [Fact]
    public async Task The_same_external_number_is_rejected_for_ever_and_named()
    {
        await using var shop = new DuplicateShop();
        var order = new OrderCandidate { Order = DuplicateShop.Key(1, "TB"), ExternalNumber = "6917294876372" };

        Assert.IsType<DuplicateVerdict.Accept>(await shop.CheckAsync(order));
        shop.Clock.Advance(TimeSpan.FromDays(400));

        Assert.Equal(DuplicateShop.Key(1, "TB"), Assert.IsType<DuplicateVerdict.Reject>(await shop.CheckAsync(order)).Earlier);
        Assert.Equal(DuplicateShop.Key(1, "TB"), Assert.IsType<DuplicateVerdict.Reject>(await shop.CheckAsync(order with { Order = DuplicateShop.Key(2, "TB") })).Earlier);
        Assert.IsType<DuplicateVerdict.Accept>(await shop.CheckAsync(order with { Order = DuplicateShop.Key(2, "TB"), Shop = "other" }));
        Assert.IsType<DuplicateVerdict.Accept>(await shop.CheckAsync(order with { Order = DuplicateShop.Key(1, "JD") }));
    }

    [Fact]
    public async Task An_order_that_is_rejected_leaves_no_guard_behind()
    {
        await using var shop = new DuplicateShop(options => options.Rules["another"] = new DuplicateRule { Subject = "device", Action = DuplicateAction.Reject });
        await shop.CheckAsync(new OrderCandidate { Order = DuplicateShop.Key(1), ExternalNumber = "1", Device = "phone" });

        Assert.IsType<DuplicateVerdict.Reject>(await shop.CheckAsync(Order(2) with { ExternalNumber = "1", Device = "tablet" }));

        Assert.IsType<DuplicateVerdict.Accept>(await shop.CheckAsync(Order(3) with { ExternalNumber = "3", Device = "tablet" }));
    }

    [Fact]
    public async Task The_same_lines_to_the_same_address_are_held_whatever_their_order_and_spelling()
    {
        await using var shop = new DuplicateShop();
        await shop.CheckAsync(Order(1));

        var hold = Assert.IsType<DuplicateVerdict.Hold>(await shop.CheckAsync(Order(2) with
        {
            Cart = "another",
            Lines = [new CandidateLine("SKU-2", 1), new CandidateLine("SKU-1", 1), new CandidateLine("SKU-1", 1)],
            Address = "杭州市西湖区文三路９０号 ",
        }));

        Assert.Equal("lines", hold.Rule);
    }

    [Fact]
    public async Task Other_lines_for_the_same_total_are_only_labelled()
    {
        await using var shop = new DuplicateShop();
        await shop.CheckAsync(Order(1));
        shop.Clock.Advance(TimeSpan.FromHours(1));

        var label = Assert.IsType<DuplicateVerdict.Label>(await shop.CheckAsync(Order(2) with { Cart = "another", Lines = [new CandidateLine("SKU-9", 1)] }));

        Assert.Equal(("amount", DuplicateShop.Key(1), TimeSpan.FromHours(1)), (label.Rule, label.Earlier, label.Apart));
        Assert.Empty(await shop.TakeNoticesAsync());
    }

    [Fact]
    public async Task Orders_of_platforms_and_those_in_the_warehouse_are_labelled_and_not_held()
    {
        await using var shop = new DuplicateShop();
        await shop.CheckAsync(Order(1, "TB"));

        Assert.IsType<DuplicateVerdict.Label>(await shop.CheckAsync(Order(2, "TB")));
        Assert.IsType<DuplicateVerdict.Label>(await shop.CheckAsync(Order(3) with { IsReleased = true }));
    }

    [Fact]
    public async Task A_hold_ends_well_before_the_parcel_must_ship()
    {
        await using var shop = new DuplicateShop();
        await shop.CheckAsync(Order(1));
        var now = DuplicateShop.Start;

        var hold = Assert.IsType<DuplicateVerdict.Hold>(await shop.CheckAsync(Order(2) with { ShipBy = now.AddHours(13) }));
        var late = await shop.CheckAsync(Order(3) with { ShipBy = now.AddHours(12) });

        Assert.Equal(now.AddHours(1), hold.AutoReleaseAt);
        Assert.IsType<DuplicateVerdict.Label>(late);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public async Task The_window_ends_to_the_millisecond(int milliseconds, bool isAccepted)
    {
        await using var shop = new DuplicateShop(options => options.Rules["amount"].IsEnabled = options.Rules["lines"].IsEnabled = false);
        await shop.CheckAsync(Order(1));
        shop.Clock.Advance(TimeSpan.FromMinutes(15) + TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(isAccepted, await shop.CheckAsync(Order(2)) is DuplicateVerdict.Accept);
    }

    [Fact]
    public async Task Cancelling_the_earlier_order_lets_the_next_one_pass()
    {
        await using var shop = new DuplicateShop();
        await shop.CheckAsync(Order(1) with { ExternalNumber = "1" });

        Assert.Equal(3, await shop.InUnitAsync(unit => shop.Duplicates.ReleaseAsync(unit, DuplicateShop.Key(1))));

        Assert.IsType<DuplicateVerdict.Accept>(await shop.CheckAsync(Order(2)));
        Assert.IsType<DuplicateVerdict.Reject>(await shop.CheckAsync(Order(3) with { ExternalNumber = "1" }));
    }

    [Fact]
    public async Task An_order_whose_insert_rolls_back_guards_nothing()
    {
        await using var shop = new DuplicateShop();

        await shop.CheckAsync(Order(1), commit: false);

        Assert.IsType<DuplicateVerdict.Accept>(await shop.CheckAsync(Order(2)));
    }

    [Fact]
    public async Task Checking_an_order_again_gives_the_same_verdict_and_one_row()
    {
        await using var shop = new DuplicateShop();
        await shop.CheckAsync(Order(1));
        shop.Clock.Advance(TimeSpan.FromMinutes(5));
        var first = await shop.CheckAsync(Order(2));
        shop.Clock.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal(first, await shop.CheckAsync(Order(2)));
        Assert.IsType<DuplicateVerdict.Accept>(await shop.CheckAsync(Order(1)));

        Assert.Single(await shop.TakeNoticesAsync());
        Assert.Equal(3, (await shop.Review.QueryAsync(new DuplicateOrderQuery())).Items.Count);
    }

    [Fact]
    public async Task An_order_that_lacks_a_dimension_is_not_judged_by_its_rule()
    {
        await using var shop = new DuplicateShop();
        var bare = new OrderCandidate { Order = DuplicateShop.Key(1), Cart = "cart", Lines = [new CandidateLine("a", 1)], Address = " ", Amount = Money.Zero(Currency.CNY) };

        Assert.IsType<DuplicateVerdict.Accept>(await shop.CheckAsync(bare));
        Assert.IsType<DuplicateVerdict.Accept>(await shop.CheckAsync(bare with { Order = DuplicateShop.Key(2) }));
    }

    [Theory]
    [InlineData("phone", "+86 138-0013-8000", "１３８ 0013 8000", true)]
    [InlineData("phone", "0086 13800138000", "13800138000", true)]
    [InlineData("phone", "13800138000", "13800138001", false)]
    [InlineData("phone", "8613800138", "13800138", false)]
    [InlineData("ip", "192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("ip", "192.0.2.1", "192.0.2.2", false)]
    [InlineData("ip-range", "192.0.2.1", "192.0.2.254", true)]
    [InlineData("ip-range", "192.0.2.1", "192.0.3.1", false)]
    [InlineData("ip-range", "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("ip-range", "2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("address", "Unit 5, 90 Wensan Rd.", "ＵＮＩＴ５ 90wensan rd", true)]
    [InlineData("address", "Unit 5, 90 Wensan Rd.", "Unit 6, 90 Wensan Rd.", false)]
    [InlineData("device", "abc", "ABC", false)]
    [InlineData("field:coupon", "Spring 10", "SPRING10", true)]
    [InlineData("field:coupon", "Spring 10", "SPRING11", false)]
    public async Task A_dimension_is_compared_as_it_says(string dimension, string first, string second, bool isSame)
    {
        await using var shop = new DuplicateShop(options =>
        {
            options.Rules.Clear();
            options.Rules["own"] = new DuplicateRule { Subject = dimension, Window = TimeSpan.FromHours(1) };
        });
        OrderCandidate With(int number, string value) => new()
        {
            Order = DuplicateShop.Key(number),
            Phone = value,
            IpAddress = value,
            Address = value,
            Device = value,
            Fields = new Dictionary<string, string> { ["coupon"] = value },
        };

        await shop.CheckAsync(With(1, first));

        Assert.Equal(isSame, await shop.CheckAsync(With(2, second)) is DuplicateVerdict.Label);
    }

    [Fact]
    public void Texts_that_lie_side_by_side_are_not_confused()
    {
        byte[] key = [];
        OrderCandidate Lines(params CandidateLine[] lines) => new() { Order = DuplicateShop.Key(1), Lines = lines, Buyer = "ab", Cart = "c" };
        Digest? Of(OrderCandidate order, params string[] dimensions) => SubjectDigest.Of("rule", dimensions, order, key);

        Assert.NotEqual(Of(Lines(new CandidateLine("a1", 1)), "lines"), Of(Lines(new CandidateLine("a", 11)), "lines"));
        Assert.NotEqual(Of(Lines(), "buyer", "cart"), Of(Lines() with { Buyer = "a", Cart = "bc" }, "buyer", "cart"));
        Assert.NotEqual(SubjectDigest.Of("rule", ["buyer"], Lines(), key), SubjectDigest.Of("other", ["buyer"], Lines(), key));
        Assert.NotEqual(SubjectDigest.Of("rule", ["buyer"], Lines(), key), SubjectDigest.Of("rule", ["buyer"], Lines(), [1]));
        var elsewhere = Lines() with { Order = DuplicateShop.Key(1) with { Tenant = new TenantId("other") } };
        Assert.NotEqual(Of(Lines(), "buyer"), Of(elsewhere, "buyer"));
    }

    [Fact]
    public async Task A_rule_that_is_changed_while_the_host_runs_is_used_at_once()
    {
        await using var shop = new DuplicateShop();
        await shop.CheckAsync(Order(1));
        var second = Order(2) with { Cart = "b", Lines = [] };
        Assert.IsType<DuplicateVerdict.Label>(await shop.CheckAsync(second, commit: false));

        shop.Settings.Set(options => options.Rules["amount"].Action = DuplicateAction.Hold);

        Assert.IsType<DuplicateVerdict.Hold>(await shop.CheckAsync(second));
    }

    [Fact]
    public async Task A_change_that_is_faulty_leaves_the_last_good_rules()
    {
        await using var shop = new DuplicateShop();
        await shop.CheckAsync(Order(1));

        shop.Settings.Set(options => options.Rules["cart"].Subject = "buyer + basket");

        Assert.Equal("cart", Assert.IsType<DuplicateVerdict.Hold>(await shop.CheckAsync(Order(2))).Rule);
        shop.Settings.Set(options => options.Rules["cart"].IsEnabled = false);
        Assert.Equal("lines", Assert.IsType<DuplicateVerdict.Hold>(await shop.CheckAsync(Order(3))).Rule);
    }

    [Fact]
    public async Task Faulty_settings_fail_the_start_with_all_faults()
    {
        await using var shop = new DuplicateShop(options =>
        {
            options.Rules["cart"].Subject = "buyer + basket + buyer";
            options.Rules["lines"].Window = TimeSpan.Zero;
            options.Rules["amount"].Action = (DuplicateAction)9;
            options.Rules["empty"] = new DuplicateRule();
            options.Rules[" "] = new DuplicateRule { Subject = "buyer" };
            options.OwnChannels.Add("web");
            options.DigestKey = "short";
            options.HoldFor = options.PollInterval = TimeSpan.Zero;
            options.ShipByMargin = -TimeSpan.FromHours(1);
            options.BatchSize = 0;
            options.MessageDestination = "";
        });

        var failure = Assert.Throws<OptionsValidationException>(() => shop.Duplicates);

        Assert.Equal(13, failure.Failures.Count());
        Assert.Contains("'field:basket'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_without_an_id_is_refused()
    {
        await using var shop = new DuplicateShop();

        await Assert.ThrowsAsync<ArgumentException>(() => shop.CheckAsync(new OrderCandidate { Order = default }));
    }
}

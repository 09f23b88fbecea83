namespace OrderKit.Core.Tests;

public sealed class ShortCodesTests
{
    private static readonly OrderId Order = OrderId.Parse("DY_23XY55AGSMH6H25G4Q1W1365SA");

    [Theory]
    [MemberData(nameof(Cultures.Hostile), MemberType = typeof(Cultures))]
    public void A_short_code_is_channel_day_and_the_end_of_the_id_in_every_culture(string culture) =>
        Cultures.Run(culture, () => Assert.Equal("DY_20260209_1365SA", ShortCodes.For(Order, new DateOnly(2026, 2, 9))));

    [Fact]
    public void Orders_of_one_day_rarely_share_a_short_code()
    {
        var codes = Enumerable.Range(0, 10_000)
            .Select(n => ShortCodes.For(OrderId.Derive(new ChannelCode("DY"), $"{n}"), new DateOnly(2026, 2, 9)))
            .ToHashSet();
        Assert.InRange(codes.Count, 9_998, 10_000);
    }

    [Fact]
    public void No_order_has_no_short_code() =>
        Assert.Throws<ArgumentException>(() => ShortCodes.For(default, new DateOnly(2026, 2, 9)));
}

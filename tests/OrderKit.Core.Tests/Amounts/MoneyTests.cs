namespace OrderKit.Core.Tests;

public sealed class MoneyTests
{
    [Fact]
    public void An_amount_is_counted_in_minor_units()
    {
        Assert.Equal(1990, Money.FromMajor(19.90m, Currency.CNY).MinorUnits);
        Assert.Equal(1990, Money.FromMajor(19.9000m, Currency.CNY).MinorUnits);
        Assert.Equal(1990, Money.FromMajor(1990m, Currency.JPY).MinorUnits);
        Assert.Equal(-1990, Money.FromMajor(-1.990m, Currency.Of("KWD")).MinorUnits);
        Assert.Equal(19.90m, new Money(1990, Currency.CNY).ToMajor());
        Assert.Equal(-92233720368547758.08m, new Money(long.MinValue, Currency.CNY).ToMajor());
    }

    [Fact]
    public void An_amount_finer_than_the_currency_is_refused_not_rounded()
    {
        var refusal = Assert.Throws<ArgumentException>(() => Money.FromMajor(19.905m, Currency.CNY));
        Assert.Contains("19.905 has more decimals than CNY, which has 2", refusal.Message);
        Assert.Throws<ArgumentException>(() => Money.FromMajor(0.5m, Currency.JPY));
        Assert.Throws<ArgumentException>(() => Money.FromMajor(1.0000000000000000000000000001m, Currency.CNY));
    }

    [Theory]
    [InlineData("92233720368547758.07", long.MaxValue)]
    [InlineData("-92233720368547758.08", long.MinValue)]
    public void The_largest_amounts_fit(string major, long minorUnits) =>
        Assert.Equal(minorUnits, Money.FromMajor(decimal.Parse(major, System.Globalization.CultureInfo.InvariantCulture), Currency.CNY).MinorUnits);

    [Fact]
    public void An_amount_that_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Money.FromMajor(92233720368547758.08m, Currency.CNY));
        Assert.Throws<ArgumentOutOfRangeException>(() => Money.FromMajor(decimal.MaxValue, Currency.CNY));
        Assert.Throws<ArgumentOutOfRangeException>(() => Money.FromMajor(decimal.MinValue, Currency.Custom("WEI18", 18)));
    }

    [Fact]
    public void Amounts_in_different_currencies_do_not_mix()
    {
        var yuan = new Money(100, Currency.CNY);
        var dollars = new Money(100, Currency.USD);
        var refusal = Assert.Throws<InvalidOperationException>(() => yuan + dollars);
        Assert.Contains("CNY", refusal.Message);
        Assert.Contains("USD", refusal.Message);
        Assert.Throws<InvalidOperationException>(() => yuan - dollars);
        Assert.Throws<InvalidOperationException>(() => yuan < dollars);
        Assert.Throws<InvalidOperationException>(() => yuan > dollars);
        Assert.Throws<InvalidOperationException>(() => yuan <= dollars);
        Assert.Throws<InvalidOperationException>(() => yuan >= dollars);
        Assert.Throws<InvalidOperationException>(() => yuan.CompareTo(dollars));
        Assert.Throws<InvalidOperationException>(() => yuan + default(Money));
        Assert.NotEqual(yuan, dollars);
        Assert.NotEqual(Money.Zero(Currency.CNY), Money.Zero(Currency.USD));
    }

    [Fact]
    public void A_result_that_does_not_fit_is_an_error_not_a_wrong_amount()
    {
        var most = new Money(long.MaxValue, Currency.CNY);
        var least = new Money(long.MinValue, Currency.CNY);
        var fen = new Money(1, Currency.CNY);
        Assert.Throws<OverflowException>(() => most + fen);
        Assert.Throws<OverflowException>(() => least - fen);
        Assert.Throws<OverflowException>(() => -least);
        Assert.Throws<OverflowException>(() => most * 2);
        Assert.Throws<OverflowException>(() => 2 * least);
    }

    [Fact]
    public void Amounts_compare_by_size()
    {
        var less = new Money(-1, Currency.CNY);
        var more = new Money(2, Currency.CNY);
        Assert.True(less < more && more > less && less <= more && more >= less);
        Assert.False(less > more || more < less || more <= less || less >= more);
        Assert.True(more <= new Money(2, Currency.CNY) && more >= new Money(2, Currency.CNY));
        Assert.False(more < new Money(2, Currency.CNY) || more > new Money(2, Currency.CNY));
    }

    [Fact]
    public void A_discount_is_shared_out_to_the_cent()
    {
        var shares = new Money(100, Currency.CNY).Allocate([1, 1, 1]);
        Assert.Equal([34, 33, 33], shares.Select(s => s.MinorUnits));
        Assert.All(shares, s => Assert.Equal(Currency.CNY, s.Currency));
    }

    [Fact]
    public void The_largest_fraction_gets_the_unit_left_over() =>
        // Exact shares 0.7, 2.1, 4.2: one unit is left, and the first lost most.
        Assert.Equal([1, 2, 4], new Money(7, Currency.CNY).Allocate([10, 30, 60]).Select(s => s.MinorUnits));

    [Fact]
    public void Of_equal_fractions_the_earlier_one_gets_the_unit() =>
        Assert.Equal([1, 1, 0, 0], new Money(2, Currency.CNY).Allocate([5, 5, 5, 5]).Select(s => s.MinorUnits));

    [Fact]
    public void A_refund_is_shared_out_as_the_payment_was() =>
        Assert.Equal([-34, -33, -33], new Money(-100, Currency.CNY).Allocate([1, 1, 1]).Select(s => s.MinorUnits));

    [Fact]
    public void A_gift_bears_no_part_of_a_discount() =>
        Assert.Equal([0, 4, 3, 0], new Money(7, Currency.CNY).Allocate([0, 1, 1, 0]).Select(s => s.MinorUnits));

    [Fact]
    public void Only_gifts_share_evenly() =>
        Assert.Equal([3, 2, 2], new Money(7, Currency.CNY).Allocate([0, 0, 0]).Select(s => s.MinorUnits));

    [Fact]
    public void The_extremes_are_shared_out_without_overflow()
    {
        Assert.Equal([long.MinValue], new Money(long.MinValue, Currency.CNY).Allocate([long.MaxValue]).Select(s => s.MinorUnits));
        Assert.Equal(
            [(long.MaxValue / 2) + 1, long.MaxValue / 2],
            new Money(long.MaxValue, Currency.CNY).Allocate([long.MaxValue, long.MaxValue]).Select(s => s.MinorUnits));
        Assert.Equal([long.MinValue / 2, long.MinValue / 2], new Money(long.MinValue, Currency.CNY).Split(2).Select(s => s.MinorUnits));
        Assert.Equal([long.MinValue, 0], new Money(long.MinValue, Currency.CNY).Allocate([1, 0]).Select(s => s.MinorUnits));
    }

    [Fact]
    public void Weights_that_mean_nothing_are_refused()
    {
        var amount = new Money(7, Currency.CNY);
        Assert.Throws<ArgumentException>(() => amount.Allocate([]));
        Assert.Contains("Weight 1 is -2", Assert.Throws<ArgumentException>(() => amount.Allocate([1, -2])).Message);
        Assert.Throws<ArgumentException>(() => amount.Allocate([1, 2], new Money[3]));
        Assert.Throws<ArgumentException>(() => amount.Allocate([1, 2], new Money[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => amount.Split(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => amount.Split(-1));
    }

    [Theory]
    [InlineData(1990, "CNY", "19.90 CNY")]
    [InlineData(-5, "CNY", "-0.05 CNY")]
    [InlineData(0, "CNY", "0.00 CNY")]
    [InlineData(1234567, "JPY", "1234567 JPY")]
    [InlineData(1, "KWD", "0.001 KWD")]
    [InlineData(long.MinValue, "USD", "-92233720368547758.08 USD")]
    [InlineData(0, "XXX", "0 XXX")]
    public void An_amount_has_one_text_in_every_culture(long minorUnits, string code, string text)
    {
        foreach (var culture in Cultures.Names)
        {
            Cultures.Run(culture, () =>
            {
                var money = new Money(minorUnits, Currency.Of(code));
                Assert.Equal(text, money.ToString());
                Assert.Equal(money, Money.Parse(text));
            });
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("CNY")]
    [InlineData("19.90")]
    [InlineData(" CNY")]
    [InlineData("19.90CNY")]
    [InlineData("19.90  CNY")]
    [InlineData(" 19.90 CNY")]
    [InlineData("19.90 CNY ")]
    [InlineData("19.9 CNY")]
    [InlineData("19.900 CNY")]
    [InlineData("19,90 CNY")]
    [InlineData("1,990.00 CNY")]
    [InlineData("+19.90 CNY")]
    [InlineData("-0.00 CNY")]
    [InlineData("019.90 CNY")]
    [InlineData(".90 CNY")]
    [InlineData("1e3 CNY")]
    [InlineData("19.90 cny")]
    [InlineData("19.90 RMB")]
    [InlineData("CNY 19.90")]
    [InlineData("1990. JPY")]
    [InlineData("92233720368547758.08 CNY")]
    [InlineData("99999999999999999999999999999999999999 CNY")]
    [InlineData("1.000000000000000000000000000000001 CNY")]
    [InlineData("\u0661.00 CNY")]
    public void Another_form_is_no_amount(string? text)
    {
        Assert.False(Money.TryParse(text, out var money));
        Assert.Equal(default, money);
        if (text is not null)
            Assert.Throws<FormatException>(() => Money.Parse(text));
    }
}

using System.Runtime.CompilerServices;

namespace OrderKit.Core.Tests;

public sealed class CurrencyTests
{
    [Theory]
    [InlineData("CNY", 2)]
    [InlineData("USD", 2)]
    [InlineData("JPY", 0)]
    [InlineData("KRW", 0)]
    [InlineData("VND", 0)]
    [InlineData("KWD", 3)]
    [InlineData("CLF", 4)]
    [InlineData("XCG", 2)]
    [InlineData("XXX", 0)]
    public void A_currency_of_the_standard_is_known_with_its_digits(string code, int digits)
    {
        var currency = Currency.Of(code);
        Assert.Equal(code, currency.Code);
        Assert.Equal(code, currency.ToString());
        Assert.Equal(digits, currency.MinorDigits);
        Assert.Equal(currency, Currency.Custom(code, digits));
    }

    [Fact]
    public void The_currencies_at_hand_are_those_of_the_standard() =>
        Assert.Equal(
            ["CNY", "USD", "EUR", "GBP", "BRL", "JPY", "HKD"],
            new[] { Currency.CNY, Currency.USD, Currency.EUR, Currency.GBP, Currency.BRL, Currency.JPY, Currency.HKD }.Select(c => c.Code));

    [Theory]
    [InlineData("DEM")]
    [InlineData("XAU")]
    [InlineData("cny")]
    [InlineData("")]
    [InlineData("RMB")]
    public void An_unknown_code_is_refused_with_the_way_out(string code)
    {
        var refusal = Assert.Throws<ArgumentException>(() => Currency.Of(code));
        Assert.Contains($"'{code}'", refusal.Message);
        Assert.Contains("Currency.Custom(code, digits)", refusal.Message);
    }

    [Fact]
    public void A_shop_may_count_in_points_and_coins()
    {
        Assert.Equal("12 POINTS", new Money(12, Currency.Custom("POINTS", 0)).ToString());
        Assert.Equal("0.00000012 BTC", new Money(12, Currency.Custom("BTC", 8)).ToString());
        Assert.Equal("-9.223372036854775808 WEI18", new Money(long.MinValue, Currency.Custom("WEI18", 18)).ToString());
        Assert.Equal("JFCOIN7", Currency.Custom("JFCOIN7", 2).Code);
    }

    [Theory]
    [InlineData("AB")]
    [InlineData("TOOLONG8")]
    [InlineData("1AB")]
    [InlineData("abc")]
    [InlineData("A B")]
    public void A_custom_code_of_another_form_is_refused(string code) => Assert.Throws<ArgumentException>(() => Currency.Custom(code, 2));

    [Theory]
    [InlineData(-1)]
    [InlineData(19)]
    public void Digits_that_no_amount_can_have_are_refused(int digits) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Currency.Custom("POINTS", digits));

    [Fact]
    public void A_currency_of_the_standard_can_not_get_another_scale() =>
        Assert.Contains("has 2 digits", Assert.Throws<ArgumentException>(() => Currency.Custom("CNY", 0)).Message);

    [Fact]
    public void The_default_value_is_no_currency()
    {
        Assert.Equal(Currency.Of("XXX"), default);
        Assert.Equal("XXX", default(Currency).Code);
        Assert.Equal(0, default(Currency).MinorDigits);
    }

    [Fact]
    public void A_currency_is_cheap_to_carry()
    {
        Assert.Equal(8, Unsafe.SizeOf<Currency>());
        Assert.Equal(16, Unsafe.SizeOf<Money>());
        Assert.False(RuntimeHelpers.IsReferenceOrContainsReferences<Money>());
    }
}

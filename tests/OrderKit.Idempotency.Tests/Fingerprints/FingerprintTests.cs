using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrderKit.Core;

namespace OrderKit.Idempotency.Tests.Fingerprints;

public sealed class FingerprintTests
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 6, 12, 0, 0, TimeSpan.FromHours(8));

    [Fact]
    public void A_difference_is_named()
    {
        var first = Fingerprint.Of(("order", "OD20260206-8821"), ("amount", new Money(19_900, Currency.CNY)), ("reason", "damaged"));
        var second = Fingerprint.Of(("order", "OD20260206-8821"), ("amount", new Money(1_990, Currency.CNY)), ("note", "again"));

        Assert.Equal(["amount", "note", "reason"], first.DifferencesTo(second));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void The_order_of_the_fields_does_not_matter() =>
        Assert.Equal(Fingerprint.Of(("a", 1), ("b", 2)), Fingerprint.Of(("b", 2), ("a", 1)));

    [Fact]
    public void A_number_and_its_text_are_different_values_however_alike_they_look()
    {
        FingerprintValue[] values =
        [
            19_900, "19900", new Money(19_900, Currency.CNY), new Money(19_900, Currency.Of("USD")), true, false, 1, 0, "", FingerprintValue.Of((string?)null), Noon,
            FingerprintValue.Of("19900"u8.ToArray()), 199.01m,
        ];

        Assert.Equal(values.Length, values.Select(value => Fingerprint.Of(("x", value))).Distinct().Count());
    }

    [Fact]
    public void What_is_the_same_is_the_same_however_it_is_written()
    {
        Assert.Equal(Fingerprint.Of(("x", 1.0m)), Fingerprint.Of(("x", 1.000m)));
        Assert.Equal(Fingerprint.Of(("x", 1)), Fingerprint.Of(("x", 1.00m)));
        Assert.Equal(Fingerprint.Of(("x", Noon)), Fingerprint.Of(("x", Noon.ToUniversalTime().AddTicks(3))));
    }

    [Theory]
    [InlineData("""{"amount":19900,"lines":[{"sku":"A","n":1}]}""", """{ "lines": [ { "n": 1.0, "sku": "\u0041" } ], "amount": 1.99e4 }""", "")]
    [InlineData("""{"amount":19900}""", """{"amount":"19900"}""", "amount")]
    [InlineData("""{"amount":19900}""", """{"amount":19900,"note":null}""", "note")]
    [InlineData("""{"a":["x","y"]}""", """{"a":["xy",""]}""", "a")]
    [InlineData("""{"a":["x","y"]}""", """{"a":["y","x"]}""", "a")]
    [InlineData("""{"a":{"b":1},"c":2}""", """{"a":{"b":2},"c":3}""", "a,c")]
    public void Json_is_compared_by_what_it_says(string first, string second, string differences) =>
        Assert.Equal(differences, string.Join(',', OfJson(first).DifferencesTo(OfJson(second))));

    [Theory]
    [InlineData("[1]")]
    [InlineData("{")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":1} {"b":2}""")]
    public void What_is_no_object_cannot_be_compared(string json) => Assert.Throws<ArgumentException>(() => OfJson(json));

    [Fact]
    public void A_field_is_named_once_and_shortly()
    {
        Assert.Throws<ArgumentException>(() => Fingerprint.Of(("a", 1), ("a", 1)));
        Assert.Throws<ArgumentException>(() => Fingerprint.Of(("", 1)));
        Assert.Throws<ArgumentException>(() => Fingerprint.Of([.. Enumerable.Range(0, 65).Select(i => ($"f{i}", (FingerprintValue)i))]));
    }

    [Fact]
    public void What_was_stored_is_equal_and_broken_bytes_are_refused()
    {
        var fingerprint = Fingerprint.Of(("order", "1"), ("amount", 5));

        Assert.Equal(fingerprint, Fingerprint.FromBytes(fingerprint.Bytes.Span));
        Assert.Equal("amount, order", fingerprint.ToString());
        Assert.ThrowsAny<Exception>(() => Fingerprint.FromBytes(fingerprint.Bytes.Span[..^1]));
    }

    [Fact]
    public void Fingerprints_differ_exactly_in_the_fields_that_differ() =>
        Prop.ForAll(
            Gen.Choose(0, 3).ListOf(5).Two().ToArbitrary(),
            pair =>
            {
                var (first, second) = (Of(pair.Item1), Of(pair.Item2));
                var expected = Enumerable.Range(0, 5).Where(i => pair.Item1[i] != pair.Item2[i]).Select(i => $"f{i}").ToList();
                return first.DifferencesTo(second).SequenceEqual(expected) && first.Equals(second) == (expected.Count == 0);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static Fingerprint Of(IEnumerable<int> values) => Fingerprint.Of([.. values.Select((value, i) => ($"f{i}", (FingerprintValue)(long)value))]);

    private static Fingerprint OfJson(string json) => Fingerprint.OfJson(Encoding.UTF8.GetBytes(json));

    [Fact]
    public void Half_of_a_surrogate_pair_has_no_fingerprint()
    {
        // Not an argument of the test: attributes are stored as UTF-8, which has no form for it.
        var text = "a\ud800";
        Assert.ThrowsAny<ArgumentException>(() => Fingerprint.Of(("a", text)));
        Assert.ThrowsAny<ArgumentException>(() => Fingerprint.Of((text, "a")));
    }

    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("""{"a":[{"b":"\ud800\ud800"}]}""")]
    public void JSON_with_half_of_a_surrogate_pair_has_no_fingerprint(string json) =>
        Assert.ThrowsAny<ArgumentException>(() => Fingerprint.OfJson(System.Text.Encoding.UTF8.GetBytes(json)));
}

using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Primitives;

namespace OrderKit.AspNetCore.Tests;

public sealed class KeyHeaderTests
{
    [Theory]
    [InlineData("8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324")]
    [InlineData("\"8e03978e-40d5-43e8-bc93-6894a57f9324\"", "8e03978e-40d5-43e8-bc93-6894a57f9324")]
    [InlineData("  \"a b\"\t", "a b")]
    [InlineData("\"a\\\"b\\\\c\"", "a\"b\\c")]
    [InlineData("\"'; DROP TABLE orders; --\"", "'; DROP TABLE orders; --")]
    [InlineData("a=b&c", "a=b&c")]
    public void A_key_is_read(string header, string key) => Assert.Equal((key, null), IdempotencyKeyHeader.Read(header, 255));

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("\"\"", "it is empty")]
    [InlineData("\"", "no closing one")]
    [InlineData("\"abc", "no closing one")]
    [InlineData("\"abc\\\"", "no closing one")]
    [InlineData("\"a\\n\"", "backslash at position 2")]
    [InlineData("\"a\", \"b\"", "after its closing quote at position 2")]
    [InlineData("\"a\";v=1", "after its closing quote")]
    [InlineData("a, b", "',' at position 1 and is not quoted")]
    [InlineData("a;v=1", "';' at position 1")]
    [InlineData("a b", "' ' at position 1")]
    [InlineData("ab\"", "'\"' at position 2")]
    [InlineData("\" a\"", "begins or ends with a space")]
    [InlineData("a\u0000b", "U+0000 at position 1")]
    [InlineData("a\rb", "U+000D")]
    [InlineData("a\u007fb", "U+007F")]
    [InlineData("k\u0435y", "U+0435 at position 1")] // a Cyrillic e
    [InlineData("key\u200b", "U+200B")] // a space without width
    [InlineData("\uff4bey", "U+FF4B")] // a full-width k
    public void What_breaks_a_rule_is_refused_with_the_rule(string header, string rule)
    {
        var (key, fault) = IdempotencyKeyHeader.Read(header, 255);

        Assert.Null(key);
        Assert.Contains(rule, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_too_long_is_refused_and_never_cut()
    {
        Assert.Null(IdempotencyKeyHeader.Read(new string('k', 255), 255).Fault);
        Assert.Contains("256 characters", IdempotencyKeyHeader.Read(new string('k', 256), 255).Fault, StringComparison.Ordinal);
        Assert.Contains("33 characters and may have 32", IdempotencyKeyHeader.Read($"\"{new string('k', 33)}\"", 32).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_headers_are_refused() =>
        Assert.Contains("2 times", IdempotencyKeyHeader.Read(new StringValues(["a", "a"]), 255).Fault, StringComparison.Ordinal);

    [Fact]
    public void No_header_is_no_key_and_no_fault() => Assert.Equal((null, null), IdempotencyKeyHeader.Read(StringValues.Empty, 255));

    [Fact]
    public void Whatever_printable_text_is_quoted_is_read_again() =>
        Prop.ForAll(
            Gen.Choose(' ', '~').Select(code => (char)code).ArrayOf().Select(chars => new string(chars)).Where(text => text.Length is > 0 and < 200 && text.Trim() == text).ToArbitrary(),
            text => IdempotencyKeyHeader.Read($"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"", 255) == (text, null))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void No_text_at_all_makes_the_reader_throw() =>
        Prop.ForAll(ArbMap.Default.GeneratorFor<string>().Where(text => text is not null).ToArbitrary(), text => IdempotencyKeyHeader.Read(text, 255) is (null, not null) or (not null, null))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
}

namespace OrderKit.Core.Tests;

public sealed class ChannelCodeTests
{
    [Theory]
    [InlineData("A")]
    [InlineData("DY")]
    [InlineData("1688")]
    [InlineData("SHOPIFY8")]
    public void A_code_keeps_its_text(string value)
    {
        var code = new ChannelCode(value);
        Assert.Equal(value, code.Value);
        Assert.Equal(value, code.ToString());
        Assert.Equal(code, new ChannelCode(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("dy")]
    [InlineData("D_Y")]
    [InlineData("D Y")]
    [InlineData("NINECHARS")]
    [InlineData("\u0130")]
    [InlineData("\u0661")]
    public void Anything_but_upper_case_letters_and_digits_is_refused(string value)
    {
        var refusal = Assert.Throws<ArgumentException>(() => new ChannelCode(value));
        Assert.Contains($"'{value}'", refusal.Message);
        Assert.Contains("upper case", refusal.Message);
    }

    [Fact]
    public void The_default_value_names_no_channel()
    {
        Assert.Equal("", default(ChannelCode).Value);
        Assert.NotEqual(default, new ChannelCode("A"));
    }

    [Fact]
    public void Codes_that_share_a_place_among_the_recent_texts_are_not_mixed_up()
    {
        var texts = Enumerable.Range(0, 5_000).Select(n => $"C{n}").ToArray();
        var codes = texts.Select(t => new ChannelCode(t)).ToArray();
        Assert.Equal(texts, codes.Select(c => c.Value));
        Assert.Equal(texts, codes.Select(c => c.Value));
    }
}

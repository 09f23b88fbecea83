namespace OrderKit.Core.Tests;

public sealed class TenantIdTests
{
    [Fact]
    public void The_default_value_is_the_default_tenant()
    {
        Assert.Equal(TenantId.Default, default);
        Assert.Equal(TenantId.Default, new TenantId("default"));
        Assert.Equal(TenantId.Default.GetHashCode(), new TenantId("default").GetHashCode());
        Assert.Equal("default", default(TenantId).Value);
        Assert.Equal("default", TenantId.Default.ToString());
    }

    [Fact]
    public void Tenants_are_told_apart_character_by_character()
    {
        Assert.NotEqual(new TenantId("brand-a"), new TenantId("Brand-A"));
        Assert.NotEqual(TenantId.Default, new TenantId("Default"));
        Assert.Equal(new TenantId("\u54C1\u724C"), new TenantId("\u54C1\u724C"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("a\u3000")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("\u0085")]
    public void A_name_that_would_be_stored_or_logged_wrongly_is_refused(string value) =>
        Assert.Throws<ArgumentException>(() => new TenantId(value));

    [Fact]
    public void Half_a_surrogate_pair_is_refused_and_a_whole_one_is_not()
    {
        Assert.Throws<ArgumentException>(() => new TenantId("a\uD83D"));
        Assert.Throws<ArgumentException>(() => new TenantId("\uDE00a"));
        Assert.Throws<ArgumentException>(() => new TenantId("\uDE00\uD83D"));
        Assert.Equal("\U0001F600", new TenantId("\U0001F600").Value);
    }

    [Fact]
    public void A_name_has_at_most_64_characters()
    {
        Assert.Equal(64, new TenantId(new string('a', 64)).Value.Length);
        Assert.Throws<ArgumentException>(() => new TenantId(new string('a', 65)));
    }

    [Fact]
    public void Null_is_refused_by_name() =>
        Assert.Equal("value", Assert.Throws<ArgumentNullException>(() => new TenantId(null!)).ParamName);

    [Fact]
    public void A_refusal_shows_the_value_without_its_line_breaks()
    {
        var refusal = Assert.Throws<ArgumentException>(() => new TenantId("a\r\nERROR forged"));
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Contains("position 1", refusal.Message);
    }
}

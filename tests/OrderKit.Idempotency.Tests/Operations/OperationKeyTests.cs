using OrderKit.Core;

namespace OrderKit.Idempotency.Tests.Operations;

public sealed class OperationKeyTests
{
    [Theory]
    [InlineData("", "empty")]
    [InlineData(" 2026020622001", "begins or ends with a space")]
    [InlineData("2026020622001 ", "begins or ends with a space")]
    [InlineData("2026\n020622001", "U+000A at position 4")]
    [InlineData("2026\0020622001", "U+0000 at position 4")]
    [InlineData("2026\u200B020622001", "U+200B at position 4")]
    [InlineData("2026\u202E020622001", "U+202E at position 4")]
    public void A_key_that_cannot_be_read_back_is_refused_with_the_reason(string key, string reason)
    {
        var refused = Assert.Throws<ArgumentException>(() => OperationKey.Of("refund", key));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused() => A_key_that_cannot_be_read_back_is_refused_with_the_reason("2026\uD83D", "half a surrogate pair at position 4");

    [Fact]
    public void A_key_is_as_long_as_providers_allow_and_no_longer()
    {
        Assert.Equal(255, OperationKey.Of("refund", new string('9', 255)).Key.Length);
        Assert.Contains("256 characters", Assert.Throws<ArgumentException>(() => OperationKey.Of("refund", new string('9', 256))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'; DROP TABLE orderkit_operations; --")]
    [InlineData("租约 🙂 %_\\")]
    public void A_key_is_only_text(string key) => Assert.Equal(key, OperationKey.Of("refund", key).Key);

    [Fact]
    public void Keys_that_only_look_alike_are_different_keys()
    {
        // Latin a, Cyrillic а; the composed and the decomposed é.
        Assert.NotEqual(OperationKey.Of("refund", "a-1"), OperationKey.Of("refund", "\u0430-1"));
        Assert.NotEqual(OperationKey.Of("refund", "caf\u00E9"), OperationKey.Of("refund", "cafe\u0301"));
        Assert.NotEqual(OperationKey.Of("refund", "A-1"), OperationKey.Of("refund", "a-1"));
    }

    [Fact]
    public void The_same_id_of_another_tenant_or_of_another_kind_of_business_is_another_operation()
    {
        var key = OperationKey.Of("refund", "1");

        Assert.NotEqual(key, new OperationKey(new TenantId("other"), "refund", "1"));
        Assert.NotEqual(key, OperationKey.Of("capture", "1"));
        Assert.Equal("default/refund/1", key.ToString());
    }
}

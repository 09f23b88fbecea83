namespace OrderKit.Core.Tests;

public sealed class OrderReferenceTests
{
    [Fact]
    public void The_kinds_that_ship_have_stable_codes() =>
        Assert.Equal(
            ["external", "trade", "payment", "waybill", "outbound", "after-sale", "erp", "short-code", "order"],
            new[]
            {
                ReferenceKind.External, ReferenceKind.Trade, ReferenceKind.Payment, ReferenceKind.Waybill, ReferenceKind.Outbound,
                ReferenceKind.AfterSale, ReferenceKind.Erp, ReferenceKind.ShortCode, ReferenceKind.Order,
            }.Select(kind => kind.Code));

    [Fact]
    public void A_host_may_add_a_kind() => Assert.Equal("pick-wave-2", new ReferenceKind("pick-wave-2").ToString());

    [Theory]
    [InlineData("")]
    [InlineData("Waybill")]
    [InlineData("way bill")]
    [InlineData("way_bill")]
    [InlineData("a-kind-that-is-longer-than-32-char")]
    public void A_kind_of_another_form_is_refused(string code) =>
        Assert.Contains($"'{code}'", Assert.Throws<ArgumentException>(() => new ReferenceKind(code)).Message);

    [Fact]
    public void References_are_compared_as_they_are()
    {
        var one = new OrderReference(TenantId.Default, ReferenceKind.Waybill, "SF1234567890");
        Assert.Equal(one, new OrderReference(TenantId.Default, new ReferenceKind("waybill"), "SF1234567890"));
        Assert.NotEqual(one, new OrderReference(TenantId.Default, ReferenceKind.Waybill, "sf1234567890"));
        Assert.NotEqual(one, new OrderReference(TenantId.Default, ReferenceKind.Outbound, "SF1234567890"));
        Assert.NotEqual(one, new OrderReference(new TenantId("brand-a"), ReferenceKind.Waybill, "SF1234567890"));
        Assert.Equal("default/waybill:SF1234567890", one.ToString());
    }

    [Fact]
    public void A_reference_needs_a_kind_and_a_clean_value()
    {
        Assert.Throws<ArgumentException>(() => new OrderReference(TenantId.Default, default, "1"));
        Assert.Throws<ArgumentNullException>(() => new OrderReference(TenantId.Default, ReferenceKind.Erp, null!));
        Assert.Throws<ArgumentException>(() => new OrderReference(TenantId.Default, ReferenceKind.Erp, ""));
        Assert.Throws<ArgumentException>(() => new OrderReference(TenantId.Default, ReferenceKind.Erp, "1 "));
        Assert.Throws<ArgumentException>(() => new OrderReference(TenantId.Default, ReferenceKind.Erp, "1\t2"));
        Assert.Throws<ArgumentException>(() => new OrderReference(TenantId.Default, ReferenceKind.Erp, new string('1', 129)));
        Assert.Equal(128, new OrderReference(TenantId.Default, ReferenceKind.Erp, new string('1', 128)).Value.Length);
    }

    [Fact]
    public void The_default_values_are_empty_and_safe_to_show()
    {
        Assert.Equal("", default(ReferenceKind).Code);
        Assert.Equal("", default(OrderReference).Value);
        Assert.Equal("default/:", default(OrderReference).ToString());
    }

    [Fact]
    public void A_reference_can_be_taken_apart()
    {
        var (tenant, kind, value) = new OrderReference(TenantId.Default, ReferenceKind.Erp, "SO-17");
        Assert.Equal((TenantId.Default, ReferenceKind.Erp, "SO-17"), (tenant, kind, value));
    }
}

using FsCheck;
using FsCheck.Fluent;

namespace OrderKit.Core.Tests;

public sealed class OrderIdTests
{
    private static readonly ChannelCode Douyin = new("DY");

    // Computed apart from this code, in Python:
    //   part = lambda s: struct.pack("<i", len(s.encode())) + s.encode()
    //   n = int.from_bytes(hashlib.sha256(b"\x01" + part(channel) + part(shop) + part(external)).digest()[:16], "big")
    //   "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(n >> (5 * i)) & 31] for i in range(25, -1, -1))
    [Theory]
    [InlineData("DY", "4781236549870123", "", "DY_23XY55AGSMH6H25G4Q1W1365SA")]
    [InlineData("POS", "000123", "\u4E0A\u6D77\u5F90\u6C47\u5E97", "POS_6XMRA4754YTFZC3H0AB1GGKHKF")]
    [InlineData("A", "1", "", "A_1GJH1WE53WCTHMNNJH5ZNK06KA")]
    [InlineData("SHOPIFY8", "gid://shopify/Order/5539", "x.myshopify.com", "SHOPIFY8_0J9RS1MRERPS6DZTBSHM29RT8J")]
    [InlineData("TB", "\u8BA2\u5355\U0001F6001", "", "TB_5GPQMRSE7GQ2K44723KSAAP4TN")]
    public void An_external_order_has_the_id_that_anyone_can_compute(string channel, string externalId, string shop, string expected) =>
        Assert.Equal(expected, OrderId.Derive(new ChannelCode(channel), externalId, shop).Value);

    [Fact]
    public void The_hash_input_is_what_the_canonical_writer_would_write()
    {
        var writer = new CanonicalWriter();
        writer.WriteVersion(1);
        writer.WriteString("POS");
        writer.WriteString("shop");
        writer.WriteString("17");
        var number = new System.Numerics.BigInteger(writer.ToDigest().ToArray().AsSpan(0, 16), isUnsigned: true, isBigEndian: true);
        var expected = "POS_" + string.Concat(Enumerable.Range(0, 26).Select(i => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(int)((number >> (5 * (25 - i))) & 31)]));
        Assert.Equal(expected, OrderId.Derive(new ChannelCode("POS"), "17", "shop").Value);
    }

    [Theory]
    [MemberData(nameof(Cultures.Hostile), MemberType = typeof(Cultures))]
    public void An_id_is_the_same_on_machines_all_over_the_world(string culture) =>
        Cultures.Run(culture, () =>
        {
            Assert.Equal("DY_23XY55AGSMH6H25G4Q1W1365SA", OrderId.Derive(Douyin, "4781236549870123").ToString());
            Assert.True(OrderId.TryParse("DY_23XY55AGSMH6H25G4Q1W1365SA", out _));
        });

    [Fact]
    public void The_same_external_order_always_gets_the_same_id() =>
        Prop.ForAll(
                Generators.Channels.ToArbitrary(), Generators.ExternalIds.ToArbitrary(), Generators.ExternalIds.ToArbitrary(),
                (channel, shop, external) =>
                {
                    var id = OrderId.Derive(channel, external, shop);
                    var again = OrderId.Derive(new ChannelCode(channel.Value), new string(external), new string(shop));
                    return id == again && id.GetHashCode() == again.GetHashCode() && id.Channel == channel && !id.IsEmpty;
                })
            .Check(Generators.Config);

    [Fact]
    public void What_is_written_is_read_again() =>
        Prop.ForAll(
                Generators.Channels.ToArbitrary(), Generators.ExternalIds.ToArbitrary(),
                (channel, external) =>
                {
                    var id = OrderId.Derive(channel, external);
                    return OrderId.Parse(id.Value) == id
                        && OrderId.TryParse($"{id}", out var read) && read == id
                        && read.Value == id.Value
                        && id.Value.Length == channel.Value.Length + 27;
                })
            .Check(Generators.Config);

    [Fact]
    public void Different_orders_have_different_ids() =>
        Prop.ForAll(
                Gen.Zip(Generators.ExternalIds, Generators.ExternalIds).ToArbitrary(), Gen.Zip(Generators.ExternalIds, Generators.ExternalIds).ToArbitrary(),
                (one, other) =>
                    one == other || OrderId.Derive(Douyin, one.Item1, one.Item2) != OrderId.Derive(Douyin, other.Item1, other.Item2))
            .Check(Generators.Config);

    [Fact]
    public void A_character_moved_from_shop_to_number_makes_another_order()
    {
        Assert.NotEqual(OrderId.Derive(Douyin, "bc", "a"), OrderId.Derive(Douyin, "c", "ab"));
        Assert.NotEqual(OrderId.Derive(Douyin, "abc"), OrderId.Derive(Douyin, "c", "ab"));
        Assert.NotEqual(OrderId.Derive(new ChannelCode("D"), "x", "Y"), OrderId.Derive(Douyin, "x"));

        Prop.ForAll(
                Gen.Choose(1, 5).ToArbitrary(), Generators.ExternalIds.Where(s => s.Length > 1).ToArbitrary(),
                (cut, text) =>
                {
                    cut = 1 + (cut % (text.Length - 1));
                    return OrderId.Derive(Douyin, text[cut..], text[..cut]) != OrderId.Derive(Douyin, text)
                        && (cut == 1 || OrderId.Derive(Douyin, text[cut..], text[..cut]) != OrderId.Derive(Douyin, text[(cut - 1)..], text[..(cut - 1)]));
                })
            .Check(Generators.Config);
    }

    [Fact]
    public void A_number_that_names_no_order_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => OrderId.Derive(Douyin, null!));
        Assert.Throws<ArgumentNullException>(() => OrderId.Derive(Douyin, "1", null!));
        Assert.Throws<ArgumentException>(() => OrderId.Derive(Douyin, ""));
        Assert.Throws<ArgumentException>(() => OrderId.Derive(Douyin, " 1"));
        Assert.Throws<ArgumentException>(() => OrderId.Derive(Douyin, "1\n"));
        Assert.Throws<ArgumentException>(() => OrderId.Derive(Douyin, "1\uD83D"));
        Assert.Throws<ArgumentException>(() => OrderId.Derive(Douyin, "1", "shop "));
        Assert.Throws<ArgumentException>(() => OrderId.Derive(Douyin, new string('1', 129)));
        Assert.Contains("names no channel", Assert.Throws<ArgumentException>(() => OrderId.Derive(default, "1")).Message);
    }

    [Fact]
    public void The_longest_parts_still_fit()
    {
        var longest = new string('\u5355', OrderId.MaxPartLength);
        Assert.Equal(OrderId.MaxLength, OrderId.Derive(new ChannelCode("ABCDEFGH"), longest, longest).Value.Length);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("DY")]
    [InlineData("_23XY55AGSMH6H25G4Q1W1365SA")]
    [InlineData("dy_23XY55AGSMH6H25G4Q1W1365SA")]
    [InlineData("DY_23xy55agsmh6h25g4q1w1365sa")]
    [InlineData("DY-23XY55AGSMH6H25G4Q1W1365SA")]
    [InlineData("DY_83XY55AGSMH6H25G4Q1W1365SA")]
    [InlineData("DY_Z3XY55AGSMH6H25G4Q1W1365SA")]
    [InlineData("DY_23XY55AGSMH6H25G4Q1W1365S")]
    [InlineData("DY_23XY55AGSMH6H25G4Q1W1365SA ")]
    [InlineData("DY_23XY55AGSMH6H25G4Q1W1365SI")]
    [InlineData("DY_23XY55AGSMH6H25G4Q1W1365SL")]
    [InlineData("DY_23XY55AGSMH6H25G4Q1W1365SO")]
    [InlineData("DY_23XY55AGSMH6H25G4Q1W1365SU")]
    [InlineData("TOOLONGCH_23XY55AGSMH6H25G4Q1W1365SA")]
    [InlineData("D_Y_23XY55AGSMH6H25G4Q1W1365SA")]
    public void Only_the_canonical_text_is_an_id(string? text)
    {
        Assert.False(OrderId.TryParse(text, out var id));
        Assert.True(id.IsEmpty);
        if (text is not null)
            Assert.Throws<FormatException>(() => OrderId.Parse(text));
    }

    [Theory]
    [InlineData("A_00000000000000000000000000")]
    [InlineData("A_7ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    [InlineData("A_0123456789ABCDEFGHJKMNPQRS")]
    [InlineData("A_00000000000000000000TVWXYZ")]
    public void Every_digit_keeps_its_place(string text) => Assert.Equal(text, OrderId.Parse(text).Value);

    [Fact]
    public void The_default_value_is_no_order()
    {
        OrderId none = default;
        Assert.True(none.IsEmpty);
        Assert.Equal("", none.Value);
        Assert.Equal(default, none.Channel);
        Assert.True(none.TryFormat([], out var written));
        Assert.Equal(0, written);
        Assert.NotEqual(none, OrderId.Parse("A_00000000000000000000000000"));
    }

    [Fact]
    public void Writing_into_too_little_room_is_refused()
    {
        var id = OrderId.Derive(Douyin, "1");
        Assert.False(id.TryFormat(new char[28], out var written));
        Assert.Equal(0, written);
        Assert.True(id.TryFormat(new char[29], out written));
        Assert.Equal(29, written);
    }

    [Fact]
    public void A_key_is_tenant_and_order()
    {
        var id = OrderId.Parse("DY_23XY55AGSMH6H25G4Q1W1365SA");
        Assert.Equal("default/DY_23XY55AGSMH6H25G4Q1W1365SA", OrderKey.For(id).ToString());
        Assert.Equal(new OrderKey(TenantId.Default, id), OrderKey.For(id));
        Assert.NotEqual(new OrderKey(new TenantId("brand-a"), id), OrderKey.For(id));
    }
}

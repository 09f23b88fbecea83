using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrderKit.Core.Storage;

namespace OrderKit.Core.Tests;

public sealed class OrderFactCodecTests
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 9, 12, 0, 0, TimeSpan.Zero);

    private static readonly OrderFact Full = new()
    {
        Trigger = "captured",
        Source = "alipay",
        Order = new OrderKey(new TenantId("brand-a"), OrderId.Derive(new ChannelCode("TB"), "3214567890")),
        Reference = new OrderReference(new TenantId("brand-a"), ReferenceKind.Trade, "T20260209-7"),
        Id = "n-1",
        Evidence = "2026020622001",
        Revokes = "captured:1",
        Standing = FactStanding.Report,
        OccurredAt = Noon.AddTicks(10),
        Amount = new Money(-1990, Currency.Custom("COINS", 3)),
        Quantity = 0,
        Holds = ["risk", "地址"],
        ReportedState = -5,
        RawStatus = "WAIT_BUYER_CONFIRM_GOODS",
        Model = "retail",
        Profile = "shop",
        ShipBy = Noon.AddDays(2),
        DeliverBy = Noon.AddDays(5),
        Deadline = Noon.AddMinutes(30),
        Links = [new OrderReference(TenantId.Default, ReferenceKind.Waybill, "SF1"), new OrderReference(new TenantId("b"), new ReferenceKind("own-kind"), "x\"'")],
        Operator = "u17",
        TraceId = "00-abc",
        ResponseCode = "200",
        Note = "客户催发货 😀 \0",
        Payload = "{\"a\":1}"u8.ToArray(),
        Attachments = [new FactAttachment("面单.pdf", "application/pdf", Digest.Of("x"u8))],
    };

    [Fact]
    public void A_fact_with_everything_comes_back_as_it_was() => AssertSame(Full, OrderFactCodec.Decode(OrderFactCodec.Encode(Full)));

    [Fact]
    public void A_fact_with_nothing_but_its_two_names_comes_back_as_it_was()
    {
        var fact = new OrderFact { Trigger = "paid", Source = "" };

        AssertSame(fact, OrderFactCodec.Decode(OrderFactCodec.Encode(fact)));
    }

    [Fact]
    public void Any_fact_comes_back_as_it_was() =>
        Prop.ForAll(Facts().ToArbitrary(), fact => AssertSame(fact, OrderFactCodec.Decode(OrderFactCodec.Encode(fact))))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Facts_that_say_different_things_are_different_bytes() =>
        Assert.NotEqual(OrderFactCodec.Encode(Full with { Note = null }), OrderFactCodec.Encode(Full with { Note = "" }));

    [Fact]
    public void Every_cut_off_fact_is_refused()
    {
        var content = OrderFactCodec.Encode(Full);
        for (var length = 0; length < content.Length; length++)
        {
            Assert.Throws<FormatException>(() => OrderFactCodec.Decode(content.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Bytes_after_the_fact_are_refused() =>
        Assert.Throws<FormatException>(() => OrderFactCodec.Decode([.. OrderFactCodec.Encode(Full), 0]));

    [Fact]
    public void A_newer_layout_is_refused_by_its_number()
    {
        var content = OrderFactCodec.Encode(Full);
        content[0] = 2;

        Assert.Contains("version 2", Assert.Throws<FormatException>(() => OrderFactCodec.Decode(content)).Message, StringComparison.Ordinal);
    }

    /// <summary>What comes out of a damaged store must be an error that says so, and never one of another kind.</summary>
    [Fact]
    public void Any_flipped_bit_gives_a_fact_or_a_format_error()
    {
        var content = OrderFactCodec.Encode(Full);
        for (var bit = 0; bit < content.Length * 8; bit++)
        {
            content[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                OrderFactCodec.Decode(content);
            }
            catch (FormatException)
            {
            }

            content[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    internal static void AssertSame(OrderFact expected, OrderFact actual)
    {
        static OrderFact Comparable(OrderFact fact) => fact with { Holds = [], Links = [], Attachments = [], Payload = default };

        Assert.Equal(expected.Holds, actual.Holds);
        Assert.Equal(expected.Links, actual.Links);
        Assert.Equal(expected.Attachments, actual.Attachments);
        Assert.Equal(expected.Payload.ToArray(), actual.Payload.ToArray());
        Assert.Equal(Comparable(expected), Comparable(actual));
    }

    private static Gen<OrderFact> Facts()
    {
        var character = Gen.Frequency(
            (8, Gen.Choose(32, 126).Select(c => (char)c)), (2, Gen.Choose(0x4E00, 0x9FA5).Select(c => (char)c)), (1, Gen.Choose(0, 31).Select(c => (char)c)));
        var text = character.ListOf().Select(characters => string.Concat(characters));
        var optionalText = Gen.Frequency((2, text), (1, Gen.Constant((string)null!)));
        var instant = Gen.Choose(int.MinValue, int.MaxValue).Select(n => Noon.AddSeconds(n).AddTicks((n % 1000) * 10));
        var optionalInstant = Gen.OneOf(instant.Select(i => (DateTimeOffset?)i), Gen.Constant((DateTimeOffset?)null));
        var number = Gen.Choose(1, 1_000_000).Select(n => n.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var reference = Gen.Zip(Gen.Elements(ReferenceKind.Trade, ReferenceKind.Waybill, ReferenceKind.Order), number)
            .Select(p => new OrderReference(new TenantId("t" + p.Item2), p.Item1, p.Item2));
        var money = Gen.Choose(int.MinValue, int.MaxValue).Select(n => (Money?)new Money((long)n * 1_000_003, n % 2 == 0 ? Currency.CNY : default));

        return
            from trigger in text
            from source in text
            from byReference in Gen.Elements(true, false)
            from of in reference
            from texts in optionalText.ListOf(8)
            from standing in Gen.Elements<FactStanding?>(null, FactStanding.Fact, FactStanding.Command, FactStanding.Report)
            from instants in optionalInstant.ListOf(4)
            from amount in Gen.OneOf(money, Gen.Constant((Money?)null))
            from quantity in Gen.Elements<long?>(null, 0, -1, long.MaxValue)
            from reported in Gen.Elements<int?>(null, 0, 40, int.MinValue)
            from holds in text.ListOf()
            from links in reference.ListOf()
            select new OrderFact
            {
                Trigger = trigger,
                Source = source,
                Order = byReference ? null : OrderKey.For(OrderId.Derive(new ChannelCode("JD"), of.Value)),
                Reference = byReference ? of : null,
                Id = texts[0],
                Evidence = texts[1],
                Revokes = texts[2],
                RawStatus = texts[3],
                Note = texts[4],
                Operator = texts[5],
                TraceId = texts[6],
                ResponseCode = texts[7],
                Standing = standing,
                OccurredAt = instants[0],
                ShipBy = instants[1],
                DeliverBy = instants[2],
                Deadline = instants[3],
                Amount = amount,
                Quantity = quantity,
                ReportedState = reported,
                Holds = [.. holds],
                Links = [.. links],
                Payload = Encoding.UTF8.GetBytes(trigger),
            };
    }
}

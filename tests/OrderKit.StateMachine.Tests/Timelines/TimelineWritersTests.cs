using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;

namespace OrderKit.StateMachine.Tests;

public sealed class TimelineWritersTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Any_timeline_is_drawn_as_well_formed_XML_without_scripts_and_always_the_same() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var text = TimelineBuilderTests.Random(seed).ToSvg();
            var picture = Parse(text);
            var links = picture.Descendants(Svg + "a").Select(a => a.Attribute("href")!.Value);
            return text == TimelineBuilderTests.Random(seed).ToSvg()
                && !picture.Descendants().Any(e => e.Name.LocalName is "script" or "style" or "image" or "foreignObject")
                && !picture.Descendants().Attributes().Any(a => a.Name.LocalName.StartsWith("on", StringComparison.Ordinal))
                && links.All(l => l.StartsWith("https://logs.example/", StringComparison.Ordinal))
                && !text.Contains('\r', StringComparison.Ordinal);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void A_picture_has_all_nodes_a_lane_for_each_system_and_a_dot_for_each_row()
    {
        var timeline = TimelineBuilderTests.Build(TimelineBuilderTests.Paid(), TimelineWords.Chinese);

        var picture = Parse(timeline.ToSvg());
        var texts = picture.Descendants(Svg + "text").Select(t => t.Value).ToList();

        Assert.Equal(1, texts.Count(t => t == "订单状态溯源图谱"));
        Assert.All(timeline.Nodes, n => Assert.Contains(n.LocalName, texts));
        Assert.Contains("douyin", texts);
        Assert.Contains("alipay", texts);
        Assert.Equal(2, picture.Descendants(Svg + "title").Count(t => t.Value.StartsWith('#')));
        Assert.Contains("+1m00s", texts);
    }

    [Fact]
    public void A_dot_leads_to_its_log()
    {
        var order = TimelineBuilderTests.Placed().Hear("Captured", "alipay", TimeSpan.FromMinutes(1), shape: e => e with { TraceId = "a&b\"c" });

        var picture = Parse(TimelineBuilderTests.Build(order).ToSvg());

        Assert.All(picture.Descendants(Svg + "a"), a => Assert.Equal("https://logs.example/a%26b%22c?from=alipay", a.Attribute("href")!.Value));
        Assert.Equal(2, picture.Descendants(Svg + "a").Count());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(60)]
    public void Dots_keep_their_distance_and_stay_inside_the_picture_even_across_months(int count)
    {
        var order = TimelineBuilderTests.Placed();
        for (var i = 1; i < count; i++)
        {
            order.Hear("StatusReported", "erp", TimeSpan.FromDays(i % 9 == 0 ? 40 * i : 40 * (i - (i % 9))) + TimeSpan.FromMinutes(i), reported: 200);
        }

        var picture = Parse(TimelineBuilderTests.Build(order).ToSvg());
        var dots = picture.Descendants(Svg + "circle").Where(c => c.Attribute("r")!.Value == "11.5").Select(c => double.Parse(c.Attribute("cx")!.Value)).ToList();

        Assert.Equal(count, dots.Count);
        Assert.All(dots.Zip(dots.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 29));
        Assert.True(dots[^1] + 12 < double.Parse(picture.Root!.Attribute("width")!.Value));
    }

    [Fact]
    public void An_order_without_a_journal_is_drawn_too()
    {
        var order = TimelineBuilderTests.Placed();
        var timeline = TimelineBuilder.Build(order.Model, order.Stored, [], [], [], []);

        Parse(timeline.ToSvg());
        Assert.Contains("nothing was recorded yet", timeline.ToText(), StringComparison.Ordinal);
        JsonDocument.Parse(timeline.ToJson()).Dispose();
    }

    [Fact]
    public void Any_timeline_is_valid_JSON_with_the_documented_properties() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var timeline = TimelineBuilderTests.Random(seed);
            using var document = JsonDocument.Parse(timeline.ToJson());
            string[] always = ["order", "tenant", "references", "model", "headline", "placedAt", "asOf", "nodes", "entries", "facets", "holds", "openCases", "deadlines"];
            return always.All(name => document.RootElement.TryGetProperty(name, out _))
                && document.RootElement.GetProperty("entries").GetArrayLength() == timeline.Entries.Count
                && document.RootElement.GetProperty("nodes").GetArrayLength() == timeline.Nodes.Count;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void An_entry_as_JSON()
    {
        var order = TimelineBuilderTests.Placed().Hear("Captured", "alipay", TimeSpan.FromMinutes(90), TimeSpan.FromSeconds(48), e => e with { RawStatus = "已付款<\"", TraceId = "t1" }, amount: 83_200);
        using var document = JsonDocument.Parse(TimelineBuilderTests.Build(order).ToJson());

        var entry = document.RootElement.GetProperty("entries")[1];

        Assert.Equal(
            """{"version":2,"trigger":"Captured","transition":true,"outcome":"applied","outcomeText":"applied","reason":"expected","reasonText":"as expected","marks":["lateFact"],"anomaly":false,"source":"alipay","factId":"alipay:2","occurredAt":"2026-02-06T09:56:00Z","recordedAt":"2026-02-06T11:25:12Z","delaySeconds":5352,"sincePreviousSeconds":5400,"rawStatus":"已付款\u003C\u0022","traceId":"t1","logLink":"https://logs.example/t1?from=alipay","amount":"832.00 CNY","moves":[{"facet":"pay","from":{"code":100,"name":"Unpaid","localName":"待付款"},"to":{"code":101,"name":"Paid","localName":"已付款"},"dwellSeconds":5400,"dwellAtSourceSeconds":48}]}""",
            entry.GetRawText());
    }

    [Fact]
    public void A_timeline_as_text_is_aligned_with_Chinese_names_too()
    {
        var order = TimelineBuilderTests.Placed()
            .Hear("Outbound", "仓库-east", TimeSpan.FromMinutes(60), shape: e => e with { Evidence = "OUT-88213", ResponseCode = "200" })
            .Hear("Captured", "alipay", TimeSpan.FromHours(4), TimeSpan.FromSeconds(48), amount: 83_200);

        Assert.Equal(
            """
            订单  DY_40VKAFNFW4J6C1K3C7J6M5ND2F
            状态  The goods left and nobody paid. [shipped-not-paid]
            下单  2026-02-06 17:55:12 UTC+08:00
            截至  2026-02-06 21:55:12
            模型  shop 1 fc2d2756d280483a
            单号  external OD20260206-8821

            [x]  订单创建    2026-02-06 17:55:12  douyin     #1
            [x]  支付成功    2026-02-06 17:56:00  alipay     #3  +48s     延迟上报
            [!]  库存锁定    缺失
            [x]  出库单生成  2026-02-06 18:55:12  仓库-east  #2  +59m12s
            [ ]  物流回传    尚未到达

               #  来源时间             我方时间             来源       事件      状态            结果
               1  2026-02-06 17:55:12  2026-02-06 17:55:12  douyin     Placed    待付款, 待审核  已生效
                  832.00 CNY  x2
            !  2  2026-02-06 18:55:12  2026-02-06 18:55:12  仓库-east  Outbound  已发货          矛盾
                  已生效,但与订单其他事实矛盾
                  待审核 > 已发货 停留 1h00m
                  凭证 OUT-88213  响应码 200  + shipped-not-paid
               3  2026-02-06 17:56:00  2026-02-06 21:55:12  alipay     Captured  已付款          已生效
                  延迟上报 (3h59m)
                  待付款 > 已付款 停留 48s
                  832.00 CNY

            !  待处理  shipped-not-paid  operations  截止 2026-02-06 22:55:12  The goods left and nobody paid.

            """.ReplaceLineEndings("\n"),
            TimelineBuilderTests.Build(order, TimelineWords.Chinese).ToText());
    }

    [Fact]
    public void Columns_stand_one_below_the_other_whatever_the_texts() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            string[] cells = [.. Enumerable.Range(0, 8).Select(_ => PrintableText.Clean(RandomRows.Text(random)))];
            return cells.All(c => PrintableText.WidthOf(PrintableText.Pad(PrintableText.Cut(c, 20), 20)) == 20);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("已付款", 6)]
    [InlineData("\uff21\uff22\uff23", 6)]
    [InlineData("🚚", 2)]
    [InlineData("e\u0301", 1)]
    [InlineData("한글", 4)]
    [InlineData("ｶﾅ", 2)]
    [InlineData("", 0)]
    public void A_character_is_as_wide_as_a_terminal_shows_it(string text, int width) => Assert.Equal(width, PrintableText.WidthOf(text));

    [Theory]
    [InlineData("a\u001b[31mb", "a\ufffd[31mb")]
    [InlineData("a\r\nb\0", "a\ufffd\ufffdb\ufffd")]
    [InlineData("\u202ereversed\u2066", "\ufffdreversed\ufffd")]
    [InlineData("\uffff\u0085", "\ufffd\ufffd")]
    [InlineData("好 🚚 <&>", "好 🚚 <&>")]
    [InlineData(null, "")]
    public void What_a_terminal_or_a_page_must_not_print_is_replaced(string? text, string expected) => Assert.Equal(expected, PrintableText.Clean(text));

    [Fact]
    public void Half_a_surrogate_pair_is_replaced() => Assert.Equal("half \ufffd.", PrintableText.Clean("half \ud83d."));

    [Theory]
    [InlineData(0, "0ms")]
    [InlineData(0.42, "420ms")]
    [InlineData(12, "12s")]
    [InlineData(308, "5m08s")]
    [InlineData(11_520, "3h12m")]
    [InlineData(183_600, "2d03h")]
    [InlineData(100_000_000, "1157d")]
    [InlineData(-61, "-1m01s")]
    public void Durations_show_their_two_greatest_parts(double seconds, string text) => Assert.Equal(text, TimelineFormat.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Chinese_has_a_word_for_everything_that_English_has()
    {
        Assert.Equal(Enum.GetValues<DecisionKind>(), TimelineWords.Chinese.Outcomes.Keys.Order());
        Assert.Equal(Enum.GetValues<DecisionReason>(), TimelineWords.Chinese.Reasons.Keys.Order());
        Assert.Equal(Enum.GetValues<Timeline.NodeStatus>(), TimelineWords.Chinese.NodeStatuses.Keys.Order());
        Assert.Equal(TimelineWords.English.Marks.Keys.Order(), TimelineWords.Chinese.Marks.Keys.Order());
        Assert.Equal(TimelineWords.English.Outcomes.Keys.Order(), TimelineWords.Chinese.Outcomes.Keys.Order());
        Assert.Equal(TimelineWords.English.Reasons.Keys.Order(), TimelineWords.Chinese.Reasons.Keys.Order());
        var texts = typeof(TimelineWords).GetProperties().Where(p => p.PropertyType == typeof(string));
        Assert.All(texts, p => Assert.NotEqual(p.GetValue(TimelineWords.English), p.GetValue(TimelineWords.Chinese)));
    }

    private static XDocument Parse(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        return XDocument.Load(reader);
    }
}

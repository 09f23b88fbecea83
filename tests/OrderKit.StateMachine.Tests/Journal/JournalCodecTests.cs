using FsCheck;
using FsCheck.Fluent;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests;

public sealed class JournalCodecTests
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 6, 12, 0, 0, TimeSpan.Zero);

    private static readonly OrderKey Order = ShopOrder.Of("OD20260206-8821", Noon).Key;

    /// <summary>One other value for each field that is sealed.</summary>
    internal static IReadOnlyDictionary<string, Func<JournalEntry, JournalEntry>> Changes { get; } = new Dictionary<string, Func<JournalEntry, JournalEntry>>
    {
        ["Version"] = e => e with { Version = e.Version + 1 },
        ["IsTransition"] = e => e with { IsTransition = !e.IsTransition },
        ["Model"] = e => e with { Model = new(e.Model.Value ^ 1) },
        ["Trigger"] = e => e with { Trigger = e.Trigger + "x" },
        ["Standing"] = e => e with { Standing = e.Standing ^ FactStanding.Command },
        ["Kind"] = e => e with { Kind = e.Kind ^ DecisionKind.AlreadyApplied },
        ["Reason"] = e => e with { Reason = e.Reason ^ DecisionReason.SameState },
        ["States"] = e => e with { States = new(e.States.Packed ^ (1UL << 40)) },
        ["MovedFacets"] = e => e with { MovedFacets = e.MovedFacets ^ 1 },
        ["Holds"] = e => e with { Holds = e.Holds ^ 0x8000_0000 },
        ["Cases"] = e => e with { Cases = e.Cases ^ 1 },
        ["Anchors"] = e => e with { Anchors = e.Anchors ^ 1 },
        ["Profile"] = e => e with { Profile = e.Profile + 1 },
        ["First.Index"] = e => e with { First = e.First with { Index = e.First.Index + 1 } },
        ["First.Change"] = e => e with { First = e.First with { Change = -e.First.Change - 1 } },
        ["Second.Index"] = e => e with { Second = e.Second with { Index = e.Second.Index + 1 } },
        ["Second.Change"] = e => e with { Second = e.Second with { Change = -e.Second.Change - 1 } },
        ["FailedGuards"] = e => e with { FailedGuards = Other(e.FailedGuards) },
        ["Source"] = e => e with { Source = e.Source + "x" },
        ["FactId"] = e => e with { FactId = e.FactId + "x" },
        ["Evidence"] = e => e with { Evidence = Other(e.Evidence) },
        ["OccurredAt"] = e => e with { OccurredAt = Other(e.OccurredAt) },
        ["RecordedAt"] = e => e with { RecordedAt = Other(e.RecordedAt)!.Value },
        ["Amount"] = e => e with { Amount = Other(e.Amount) },
        ["Currency"] = e => e with { Currency = Other(e.Currency) },
        ["Quantity"] = e => e with { Quantity = Other(e.Quantity) },
        ["ReportedState"] = e => e with { ReportedState = (int?)Other(e.ReportedState) },
        ["RawStatus"] = e => e with { RawStatus = Other(e.RawStatus) },
        ["ShipBy"] = e => e with { ShipBy = Other(e.ShipBy) },
        ["DeliverBy"] = e => e with { DeliverBy = Other(e.DeliverBy) },
        ["Operator"] = e => e with { Operator = Other(e.Operator) },
        ["TraceId"] = e => e with { TraceId = Other(e.TraceId) },
        ["ResponseCode"] = e => e with { ResponseCode = Other(e.ResponseCode) },
        ["Attachments"] = e => e with { Attachments = [.. e.Attachments, new("a", "b", default)] },
        ["Attachments.Name"] = e => e with { Attachments = [.. e.Attachments.Select(a => a with { Name = a.Name + "x" }), new("", "", default)] },
        ["DetailDigest"] = e => e with { DetailDigest = e.DetailDigest is null ? Digest.Of([7]) : null },
    };

    [Fact]
    public void Every_field_of_a_row_has_a_change_in_this_test()
    {
        var fields = typeof(JournalEntry).GetProperties().Select(p => p.Name).Except(["EqualityContract", "Segment"]).Order();

        Assert.Equal(fields, Changes.Keys.Select(k => k.Split('.')[0]).Distinct().Order());
    }

    [Fact]
    public void Any_change_of_any_field_gives_other_bytes() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var row = RandomRows.Of(new Random(seed), ShopModel.Model, 1 + (seed % 300));
            var bytes = BytesOf( row);
            return Changes.All(change => !BytesOf( change.Value(row)).AsSpan().SequenceEqual(bytes));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Two_rows_have_the_same_bytes_only_if_they_are_the_same() =>
        Prop.ForAll(Gen.Choose(0, 400).Two().ToArbitrary(), seeds =>
        {
            // Few seeds and few values, so that equal rows and rows that differ in one field are common.
            var (first, second) = (RandomRows.Of(new Random(seeds.Item1), ShopModel.Model, 1), RandomRows.Of(new Random(seeds.Item2), ShopModel.Model, 1));
            var isSame = first with { Attachments = [], Segment = null } == second with { Attachments = [], Segment = null }
                && first.Attachments.SequenceEqual(second.Attachments);
            return isSame == BytesOf( first).AsSpan().SequenceEqual(BytesOf( second));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Fact]
    public void A_text_cannot_flow_over_into_the_next_field()
    {
        var row = RandomRows.Of(new Random(1), ShopModel.Model, 1);

        Assert.NotEqual(
            BytesOf( row with { Source = "ab", FactId = "c" }),
            BytesOf( row with { Source = "a", FactId = "bc" }));
    }

    [Fact]
    public void Nothing_is_another_content_than_an_empty_text()
    {
        var row = RandomRows.Of(new Random(1), ShopModel.Model, 1);

        Assert.NotEqual(
            BytesOf( row with { RawStatus = null }),
            BytesOf( row with { RawStatus = "" }));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_sealed_too_and_is_not_mistaken_for_another()
    {
        var row = RandomRows.Of(new Random(1), ShopModel.Model, 1);
        string[] texts = ["\ud800", "\ud801", "\udc00", "\ufffd", "a\ud800b", new string('长', 50) + "\ud800", "\ud83d\ude9a"];

        var forms = texts.Select(t => Convert.ToHexString(BytesOf( row with { RawStatus = t })));

        Assert.Equal(texts.Length, forms.Distinct().Count());
    }

    [Fact]
    public void What_is_finer_than_a_microsecond_and_the_offset_do_not_enter()
    {
        var row = RandomRows.Of(new Random(1), ShopModel.Model, 1) with { RecordedAt = Noon };

        Assert.Equal(
            BytesOf( row),
            BytesOf( row with { RecordedAt = Noon.AddTicks(9).ToOffset(TimeSpan.FromHours(8)) }));
    }

    [Fact]
    public void The_segment_does_not_enter()
    {
        var row = RandomRows.Of(new Random(1), ShopModel.Model, 1);

        Assert.Equal(BytesOf( row with { Segment = null }), BytesOf( row with { Segment = 7 }));
    }

    [Fact]
    public void The_tenant_and_the_order_enter()
    {
        var row = RandomRows.Of(new Random(1), ShopModel.Model, 1);
        OrderKey[] orders = [Order, Order with { Tenant = new TenantId("other") }, ShopOrder.Of("OD20260206-9105", Noon).Key];

        Assert.Equal(3, orders.Select(o => JournalHashing.HashOf(o, row)).Distinct().Count());
    }

    [Fact]
    public void The_bytes_of_version_2_stay_as_they_are()
    {
        var row = ShopOrder.Of("OD20260206-8821", Noon)
            .Hear("Placed", "douyin", TimeSpan.Zero, amount: 83_200, quantity: 2, shape: e => e with
            {
                RawStatus = "已付款",
                TraceId = "4bf92f3577b34da6",
                Attachments = [new("bill.pdf", "application/pdf", Digest.Of([1]))],
            }).Entries[0] with { Model = new(0x0123456789abcdef) };

        // Computed by another program, in another language, from the layout that JournalCodec describes.
        Assert.Equal("f79f291bf0d187756816f9410eafd03274d42d1c244c2b2ac3919117e2435188", JournalHashing.HashOf(Order, row).ToString());
    }

    private static byte[] BytesOf(JournalEntry row)
    {
        var writer = new CanonicalWriter();
        JournalCodec.Write(writer, Order, row);
        return writer.WrittenSpan.ToArray();
    }

    private static string Other(string? text) => text is null ? "" : text + "x";

    private static long? Other(long? number) => number is null ? 0 : null;

    private static DateTimeOffset? Other(DateTimeOffset? instant) =>
        instant is null ? Noon : instant.Value.Year > 5000 ? instant.Value.AddTicks(-10) : instant.Value.AddTicks(10);
}

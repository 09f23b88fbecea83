using FsCheck;
using FsCheck.Fluent;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests;

public sealed class TimelineBuilderTests
{
    private static readonly DateTimeOffset Morning = new(2026, 2, 6, 9, 55, 12, TimeSpan.Zero);

    [Fact]
    public void An_order_on_its_way_shows_every_node_and_those_ahead_as_not_yet()
    {
        var timeline = Build(Paid().Hear("StockLocked", "wms", Minutes(3)));

        Assert.Equal(["订单创建", "支付成功", "库存锁定", "出库单生成", "物流回传"], timeline.Nodes.Select(n => n.LocalName));
        Assert.Equal(
            [Timeline.NodeStatus.Reached, Timeline.NodeStatus.Reached, Timeline.NodeStatus.Reached, Timeline.NodeStatus.NotYet, Timeline.NodeStatus.NotYet],
            timeline.Nodes.Select(n => n.Status));
        Assert.Equal([null, Minutes(1), Minutes(2), null, null], timeline.Nodes.Select(n => n.Elapsed));
        Assert.Empty(timeline.Gaps);
        Assert.DoesNotContain(timeline.Entries, e => e.IsAnomaly);
    }

    [Fact]
    public void A_node_that_was_skipped_is_a_gap_and_an_anomaly()
    {
        // OD20260206-8821: shipped, and nobody heard of the payment.
        var timeline = Build(Placed().Hear("Outbound", "wms", Minutes(60)));

        Assert.Equal(["Paid", "StockLocked"], timeline.Gaps.Select(n => n.Name));
        Assert.Equal(Timeline.NodeStatus.NotYet, timeline.Nodes[4].Status);
        Assert.Equal(TimelineMarks.Contradictory, timeline.Entries[1].Marks);
        Assert.Equal(["shipped-not-paid"], timeline.Entries[1].CasesOpened);
        Assert.Equal(["shipped-not-paid"], timeline.OpenCases.Select(c => c.Code));
    }

    [Fact]
    public void Cash_on_delivery_is_no_gap_before_it_is_paid_for()
    {
        var order = new ShopOrder(Placed().Key, Morning).Hear("Placed", "douyin", default).Hear("StockLocked", "wms", Minutes(2)).Hear("Packed", "wms", Minutes(5)).Hear("Outbound", "wms", Minutes(9));
        var cod = order.Stored with { Snapshot = order.Stored.Snapshot with { Profile = 1 } };

        Assert.Equal(Timeline.NodeStatus.Missing, Build(order).Nodes[1].Status);
        Assert.Equal(Timeline.NodeStatus.NotYet, TimelineBuilder.Build(order.Model, cod, order.Entries, [], [], []).Nodes[1].Status);
    }

    [Fact]
    public void What_was_revoked_is_no_longer_reached()
    {
        var order = Paid().Hear("StockLocked", "wms", Minutes(2)).Hear("Packed", "wms", Minutes(3)).Hear("Outbound", "wms", Minutes(4)).Hear("OutboundRevoked", "wms", Minutes(5));

        var node = Build(order).Nodes[3];

        Assert.Equal((Timeline.NodeStatus.Revoked, 6L), (node.Status, node.RevokedBy));
        Assert.Equal(Timeline.NodeStatus.Reached, Build(order.Hear("Outbound", "wms", Minutes(6))).Nodes[3].Status);
    }

    [Fact]
    public void Nodes_that_a_cancelled_order_never_gets_to_are_not_waited_for()
    {
        var timeline = Build(Placed().Hear("Cancel", "crm", Minutes(2)));

        Assert.Equal(
            [Timeline.NodeStatus.Reached, Timeline.NodeStatus.NotYet, Timeline.NodeStatus.NotComing, Timeline.NodeStatus.NotComing, Timeline.NodeStatus.NotComing],
            timeline.Nodes.Select(n => n.Status));
    }

    [Fact]
    public void An_entry_says_who_when_what_and_why()
    {
        var digest = Digest.Of([1]);
        var order = Placed().Hear("Captured", "alipay", Minutes(3), Minutes(2), e => e with
        {
            Operator = "u-417",
            Evidence = "2026020622001455",
            RawStatus = "TRADE_SUCCESS",
            ResponseCode = "200",
            TraceId = "4bf92f/35 77",
            Attachments = [new("bill.pdf", "application/pdf", digest)],
        }, amount: 83_200);

        var entry = Build(order).Entries[1];

        Assert.Equal(("alipay", "u-417", "2026020622001455", "TRADE_SUCCESS", "200"), (entry.Source, entry.Operator, entry.Evidence, entry.RawStatus, entry.ResponseCode));
        Assert.Equal((Morning + Minutes(2), Morning + Minutes(3), Minutes(1)), (entry.OccurredAt, entry.RecordedAt, entry.Delay));
        Assert.Equal(("applied", "as expected", "832.00 CNY"), (entry.Outcome, entry.Explanation, entry.Amount));
        Assert.Equal("https://logs.example/4bf92f%2F35%2077?from=alipay", entry.LogLink);
        Assert.Equal(digest, Assert.Single(entry.Attachments).Digest);
        var move = Assert.Single(entry.Moves);
        Assert.Equal(("pay", "待付款", "已付款", Minutes(3), Minutes(2)), (move.Facet, move.From!.LocalName, move.To.LocalName, move.Dwell, move.DwellAtSource));
    }

    [Fact]
    public void Outcomes_are_marked()
    {
        var order = Paid()
            .Hear("Captured", "alipay", Minutes(2))
            .Hear("Cancel", "crm", Minutes(3))
            .Hear("Cancel", "crm", Minutes(4))
            .Hear("StatusReported", "erp", Minutes(5), reported: 303)
            .Hear("PaymentClosed", "alipay", Minutes(6));

        Assert.Equal(
            [TimelineMarks.None, TimelineMarks.None, TimelineMarks.Repeated, TimelineMarks.None, TimelineMarks.Repeated, TimelineMarks.Contradictory, TimelineMarks.Late],
            Build(order).Entries.Select(e => e.Marks));
    }

    [Fact]
    public void A_refused_command_is_marked_with_what_stood_in_the_way()
    {
        var timeline = Build(Paid().Hear("HoldPlaced", "risk", Minutes(2), holds: 1).Hear("Cancel", "crm", Minutes(3)));

        Assert.Equal(["risk"], timeline.Entries[2].HoldsPlaced);
        Assert.Equal((TimelineMarks.Refused, "a hold stands in the way"), (timeline.Entries[3].Marks, timeline.Entries[3].Explanation));
        Assert.Equal(["held"], timeline.Entries[3].FailedGuards);
        Assert.Equal(["risk"], timeline.Holds);
    }

    [Theory]
    [InlineData(3 * 60, 0.5, TimelineMarks.LateFact)]
    [InlineData(61, 0.5, TimelineMarks.LateFact)]
    [InlineData(59, 0.5, TimelineMarks.None)]
    [InlineData(2, 8, TimelineMarks.ClockAhead)]
    [InlineData(2, 6, TimelineMarks.None)]
    [InlineData(2, -1, TimelineMarks.ClockBackward)]
    [InlineData(2, -0.01, TimelineMarks.None)]
    [InlineData(120, -1, TimelineMarks.ClockBackward | TimelineMarks.LateFact)]
    [InlineData(2, -60 * 24 * 366, TimelineMarks.YearsOld)]
    public void Clocks_are_doubted_where_they_cannot_be_right(double heardAfter, double occurredAfter, TimelineMarks marks) =>
        Assert.Equal(marks, Build(Placed().Hear("Captured", "alipay", Minutes(heardAfter), Minutes(occurredAfter))).Entries[1].Marks);

    [Fact]
    public void A_step_before_the_one_that_precedes_it_is_doubted_and_one_wrong_clock_does_not_taint_the_rest()
    {
        var order = Paid()
            .Hear("Packed", "wms", Minutes(20))
            .Hear("Outbound", "wms", Minutes(30), Minutes(15))
            .Hear("Scanned", "yto", Minutes(40), Minutes(90))
            .Hear("Verified", "yto", Minutes(50));

        Assert.Equal(
            [TimelineMarks.Early, TimelineMarks.ClockBackward, TimelineMarks.ClockAhead, TimelineMarks.None],
            Build(order).Entries.Skip(2).Select(e => e.Marks & ~TimelineMarks.Contradictory).Select((m, i) => i == 0 ? TimelineMarks.Early : m));
    }

    [Fact]
    public void Another_facet_s_later_time_is_no_reason_for_doubt() =>
        Assert.Equal(TimelineMarks.LateFact, Build(Placed().Hear("StockLocked", "wms", Minutes(20)).Hear("Captured", "alipay", Minutes(90), Minutes(1))).Entries[2].Marks);

    [Fact]
    public void Facets_are_told_by_the_states_that_they_were_in_and_for_how_long()
    {
        var options = new TimelineOptions { AsOf = Morning + Minutes(30) };
        var order = Paid().Hear("StockLocked", "wms", Minutes(10));

        var facets = TimelineBuilder.Build(order.Model, order.Stored, order.Entries, [], [], [], options).Facets;

        Assert.Equal([("Unpaid", Minutes(1)), ("Paid", Minutes(29))], facets[0].Spans.Select(s => (s.State.Name, s.Dwell)));
        Assert.Equal([("AwaitingReview", Minutes(10)), ("StockLocked", Minutes(20))], facets[1].Spans.Select(s => (s.State.Name, s.Dwell)));
        Assert.Equal([3L, null], facets[1].Spans.Select(s => s.ToVersion));
    }

    [Fact]
    public void Deadlines_are_told_and_those_that_passed_are_overdue()
    {
        var order = Paid();
        DueDeadline[] deadlines = [new(1, order.Key, 1, Morning + Minutes(30), 1, "Overdue", null), new(1, order.Key, 0, Morning + Minutes(5), 1, "Expire", null)];

        var told = TimelineBuilder.Build(order.Model, order.Stored, order.Entries, [], deadlines, [], new() { AsOf = Morning + Minutes(6) }).Deadlines;

        Assert.Equal([("已付款", "Expire", true), ("待审核", "Overdue", false)], told.Select(d => (d.State!.LocalName, d.Trigger, d.IsOverdue)));
    }

    [Fact]
    public void An_entry_without_a_trace_has_no_link_and_a_link_may_not_be_a_script()
    {
        Assert.Null(Build(Placed()).Entries[0].LogLink);
        Assert.Throws<ArgumentException>(() => new TimelineOptions { LogLink = "javascript:alert({traceId})" });
        Assert.Throws<ArgumentException>(() => new TimelineOptions { LogLink = "//elsewhere/{traceId}" });
        Assert.Equal("/logs/{traceId}", new TimelineOptions { LogLink = "/logs/{traceId}" }.LogLink);
    }

    [Fact]
    public void Rows_that_another_model_decided_are_told_by_their_codes()
    {
        var order = Paid();
        order.Entries[1] = order.Entries[1] with { Model = new(1), States = new(777), Holds = 5, Cases = 5 };

        var entry = Build(order).Entries[1];

        Assert.Equal("777", Assert.Single(entry.Moves).To.LocalName);
        Assert.Empty(entry.HoldsPlaced);
        Assert.Empty(entry.CasesOpened);
    }

    [Fact]
    public void Any_journal_makes_a_timeline_with_all_nodes_and_all_rows() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var timeline = Random(seed);
            return timeline.Nodes.Count == ShopModel.Model.TimelineNodes.Count
                && timeline.Nodes.Select(n => n.Name).SequenceEqual(ShopModel.Model.TimelineNodes.Select(n => n.Name))
                && timeline.Gaps.All(g => timeline.Nodes.Contains(g))
                && timeline.Entries.Select(e => e.Version).SequenceEqual(timeline.Entries.Select(e => e.Version).Order())
                && timeline.Facets.All(f => f.Spans.All(s => s.Dwell >= TimeSpan.Zero));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    /// <summary>A timeline of a journal that makes no sense.</summary>
    internal static Timeline Random(int seed)
    {
        var random = new Random(seed);
        var model = ShopModel.Model;
        var count = random.Next(0, 20);
        JournalEntry[] rows = [.. Enumerable.Range(0, count).Select(i => RandomRows.Of(random, model, random.Next(4) == 0 ? random.Next(30) : i + 1))];
        var order = new StoredOrder
        {
            Key = Placed().Key with { Tenant = new TenantId("天猫<店>") },
            Snapshot = new OrderSnapshot
            {
                Model = random.Next(2) == 0 ? model.Fingerprint : new(7),
                Version = count,
                Profile = random.Next(-1, 4),
                States = default(StateCodes).With(0, random.Next(2) == 0 ? 100 : random.Next(500)).With(1, random.Next(2) == 0 ? 290 : 390),
                Holds = (uint)random.Next(),
                Cases = (uint)random.Next(),
            },
            Currency = Currency.CNY,
            Headline = RandomRows.Text(random),
            PlacedAt = RandomRows.Instant(random),
            UpdatedAt = RandomRows.Instant(random),
            ShipBy = RandomRows.Instant(random),
        };
        return TimelineBuilder.Build(
            model,
            order,
            rows,
            [new OrderCase(order.Key, RandomRows.Text(random), RandomRows.Text(random), RandomRows.Text(random), 1, RandomRows.Instant(random), RandomRows.Instant(random), null, null)],
            [new DueDeadline(1, order.Key, random.Next(-1, 6), RandomRows.Instant(random), 1, RandomRows.Text(random), null)],
            [new OrderReference(TenantId.Default, ReferenceKind.Waybill, "SF<\"&'>🚚长")],
            new TimelineOptions
            {
                LogLink = "https://logs.example/{traceId}?q='{source}'&o={order}#{version}",
                UtcOffset = TimeSpan.FromHours(random.Next(-12, 14)),
                Words = random.Next(2) == 0 ? TimelineWords.English : TimelineWords.Chinese,
                AsOf = random.Next(2) == 0 ? null : RandomRows.Instant(random),
            });
    }

    internal static ShopOrder Placed() => ShopOrder.Of("OD20260206-8821", Morning).Hear("Placed", "douyin", TimeSpan.Zero, amount: 83_200, quantity: 2);

    internal static ShopOrder Paid() => Placed().Hear("Captured", "alipay", Minutes(1), amount: 83_200);

    internal static Timeline Build(ShopOrder order, TimelineWords? words = null) => TimelineBuilder.Build(
        order.Model, order.Stored, order.Entries, order.Cases, [], [new(TenantId.Default, ReferenceKind.External, "OD20260206-8821")], new TimelineOptions
        {
            LogLink = "https://logs.example/{traceId}?from={source}",
            Words = words ?? TimelineWords.English,
            UtcOffset = TimeSpan.FromHours(8),
        });

    private static TimeSpan Minutes(double minutes) => TimeSpan.FromMinutes(minutes);
}

using System.Net;
using ControlTower.Pages;
using ControlTower.Replays;
using ControlTower.Stories;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace OrderKit.ControlTower.Tests;

/// <summary>The two orders, as the article's table tells them: 淘宝状态, ERP状态, 快递状态, 漂移时长, 根因.</summary>
[Collection(TowerTests.Name)]
public sealed class StoryTests(TowerFixture tower)
{
    [Theory]
    [InlineData("OD20260206-8821", "已发货", "待审核", "-", "3h 12m", "支付回调未触发ERP流程")]
    [InlineData("OD20260206-9105", "待付款", "已发货", "已签收", "5h 08m", "ERP误操作覆盖状态")]
    public void The_table_reads_as_in_the_article(string number, string taobao, string erp, string carrier, string drift, string cause)
    {
        var story = TwoOrders.All.Single(s => s.Number == number);
        var views = SystemView.OfStory(story.Order);

        Assert.Equal(taobao, SystemView.Said(views, "taobao"));
        Assert.Equal(erp, SystemView.Said(views, "erp"));
        Assert.Equal(carrier, SystemView.Said(views, "sf-express"));
        Assert.Equal(drift, Labels.Span(SystemView.Drift(views)!.Value));
        Assert.Equal(cause, story.Cause);
    }

    [Fact]
    public async Task Order_8821_is_paid_and_nothing_followed()
    {
        var (details, timeline) = await ReadAsync("OD20260206-8821");
        var snapshot = details.Order.Snapshot;

        Assert.Equal((101, 200), (snapshot.States[0], snapshot.States[1]));
        Assert.Equal((26_800, 26_800), (snapshot.Counters.Due, snapshot.Counters.Captured));
        Assert.Equal(["ship-by-passed"], details.OpenCases.Select(c => c.Code));
        Assert.Equal(new DateTimeOffset(2026, 2, 6, 17, 17, 31, TimeSpan.FromHours(8)), details.OpenCases[0].DueAt);

        // Created and paid; the ERP's part is missing, and so is the carrier's.
        Assert.Equal(["created", "paid"], timeline.Nodes.Where(n => n.Status == Timeline.NodeStatus.Reached).Select(n => n.Name));
        Assert.Equal(["stock-locked", "outbound-order", "carrier"], timeline.Gaps.Select(n => n.Name));

        // What Taobao says is noted and believed by nobody: it brings no evidence.
        var report = timeline.Entries.Single(e => e.Source == "taobao" && e.RawStatus == "已发货");
        Assert.Equal((false, DecisionKind.Early, DecisionReason.NoEvidence), (report.IsTransition, report.Kind, report.Reason));
    }

    [Fact]
    public async Task Order_9105_is_unpaid_and_claimed_to_be_delivered()
    {
        var (details, timeline) = await ReadAsync("OD20260206-9105");
        var snapshot = details.Order.Snapshot;

        Assert.Equal((100, 308), (snapshot.States[0], snapshot.States[1]));
        Assert.Equal((15_900, 0, 0), (snapshot.Counters.Due, snapshot.Counters.Captured, snapshot.Counters.Shipped));
        Assert.Equal(["delivered-not-shipped", "shipped-not-cleared"], details.OpenCases.Select(c => c.Code).Order(StringComparer.Ordinal));
        Assert.Equal("shipped-not-cleared", details.Headline!.Code);
        Assert.Equal(["paid", "stock-locked", "outbound-order"], timeline.Gaps.Select(n => n.Name));
        var overwritten = timeline.Entries.Single(e => e.Source == "erp");
        Assert.Equal(("erp-user-17", false), (overwritten.Operator, overwritten.IsTransition));
    }

    [Theory]
    [InlineData("OD20260206-8821", "订单 OD20260206-8821：已付款；已付款逾期未出库，没有库存锁定、出库单生成、物流回传的记录，由仓库处理，最迟 02-06 17:17 (UTC+08:00)。")]
    [InlineData("OD20260206-9105", "订单 OD20260206-9105：待付款，承运商称签收；未付款已发货，没有支付成功、库存锁定、出库单生成的记录，由财务处理，最迟 02-07 10:40 (UTC+08:00)。")]
    public async Task A_support_person_can_copy_one_sentence(string number, string sentence)
    {
        var order = TwoOrders.All.Single(s => s.Number == number).Order;
        var (_, page) = await tower.GetAsync($"/orders/{order.Order.Value}");

        Assert.Contains(sentence, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_invoices_hold_together_after_the_load()
    {
        var store = tower.App.Services.GetRequiredService<IOrderQueryStore>();
        var queries = tower.App.Services.GetRequiredService<OrderQueries>();
        var orders = (await queries.SearchAsync(new OrderQuery { PageSize = 1_000 })).Items;

        Assert.Equal(TowerFixture.Orders + 2, orders.Count);
        foreach (var order in orders)
        {
            var journal = await store.ReadJournalAsync(order.Key);
            Assert.Equal(OrderSnapshot.Of(journal), order.Snapshot);
            Assert.Equal(
                order.Snapshot.Counters.Captured,
                journal.Where(e => e.Trigger == "captured" && e.Kind != DecisionKind.Rejected).DistinctBy(e => e.Evidence).Sum(e => e.Amount ?? 0));
            Assert.True(order.UpdatedAt <= Eras.NowOf(order.Key));
        }

        Assert.True(tower.Summary.Releases > 100);
        Assert.True(tower.Summary.FollowUps > 0);
    }

    private async Task<(OrderDetails Details, Timeline Timeline)> ReadAsync(string number)
    {
        var queries = tower.App.Services.GetRequiredService<OrderQueries>();
        var order = (await queries.FindAsync(new OrderReference(TenantId.Default, ReferenceKind.External, number))).Single();
        var details = (await queries.GetAsync(order))!;
        var timeline = (await queries.TimelineAsync(order, new TimelineOptions { AsOf = Eras.StoriesEnd }))!;
        return (details, Gaps.Mark(timeline, details.OpenCases));
    }
}

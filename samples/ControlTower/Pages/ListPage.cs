using System.Globalization;
using ControlTower.Replays;
using ControlTower.Stories;
using OrderKit.Core;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace ControlTower.Pages;

/// <summary>The home page with search, stories, filters and orders.</summary>
internal static class ListPage
{
    public static Html Render(ListView view)
    {
        var total = view.Counts.Values.Sum();
        var isHome = view is { Search: "", Headline: "", Open: "" };
        return Layout.Page("订单 Orders", "orders", "", Html.Of($"""
            <section class="hero">
            <form class="search" action="./" method="get" role="search">
            <label for="q">查订单 <small>Find an order by any number of any system</small></label>
            <div><input id="q" name="q" type="search" maxlength="128" value="{view.Search}"
            placeholder="发票号、交易号、支付单号、运单号、出库单号、短码、订单号"><button>查询 Search</button></div>
            </form>
            <dl class="tiles">
            <div><dt>订单 <small>orders</small></dt><dd>{total:N0}</dd></div>
            <div class="red"><dt>待处理 <small>open cases</small></dt><dd><a href="cases">{view.OpenCases:N0}</a></dd></div>
            <div><dt>已签收或完成 <small>delivered or done</small></dt><dd>{Count(view, "309", "390"):N0}</dd></div>
            <div><dt>在途 <small>on the way</small></dt><dd>{Count(view, "303", "305", "307", "308"):N0}</dd></div>
            </dl>
            </section>
            {(isHome ? StoryCards() : Html.Empty)}
            {Filters(view, total)}
            {(view.Rows.Count == 0 ? Nothing(view) : Table(view))}
            """));
    }

    private static long Count(ListView view, params string[] codes) => codes.Sum(code => view.Counts.GetValueOrDefault(code));

    private static Html StoryCards() => Html.Of($"""
        <section class="stories">
        <h2>两张状态打架的订单 <small>Two orders whose systems disagree, retold from a published article</small></h2>
        <table class="drift">
        <thead><tr><th>订单 <small>order</small></th><th>淘宝 <small>Taobao</small></th><th>ERP</th><th>快递 <small>carrier</small></th><th>漂移时长
        <small>drift</small></th><th>根因 <small>cause</small></th></tr></thead>
        <tbody>
        {TwoOrders.All.Select(StoryRow)}
        </tbody></table>
        </section>
        """);

    private static Html StoryRow(Story story)
    {
        var views = SystemView.OfStory(story.Order);
        return Html.Of($"""
            <tr><td><a href="orders/{story.Order.Order.Value}"><b>{story.Number}</b></a></td>
            <td>{SystemView.Said(views, "taobao")}</td><td>{SystemView.Said(views, "erp")}</td>
            <td>{SystemView.Said(views, "sf-express")}</td>
            <td class="bad">{Labels.Span(SystemView.Drift(views) ?? TimeSpan.Zero)}</td>
            <td>{story.Cause}<small>{story.CauseInEnglish}</small></td></tr>
            """);
    }

    private static Html Filters(ListView view, long total)
    {
        var codes = view.Counts.Where(c => c.Value > 0)
            .OrderBy(c => Labels.IsCase(view.Model, c.Key) ? 0 : 1).ThenByDescending(c => c.Value)
            .ThenBy(c => c.Key, StringComparer.Ordinal);
        return Html.Of($"""
            <section class="filters" aria-label="filters">
            <a class="chip{Here(view is { Headline: "", Open: "" })}" href="{Link(view, "", "")}">全部 <small>all</small>
            <b>{total:N0}</b></a>
            <a class="chip{Here(view.Open == "yes")}" href="{Link(view, "", "yes")}">有待处理 <small>with an open case</small></a>
            <a class="chip{Here(view.Open == "no")}" href="{Link(view, "", "no")}">无待处理 <small>without</small></a>
            {codes.Select(c => Chip(view, c.Key, c.Value))}
            </section>
            """);
    }

    private static Html Chip(ListView view, string code, long count)
    {
        var (chinese, english) = Labels.Headline(view.Model, code);
        return Layout.Chip(Labels.Tone(view.Model, code), view.Headline == code, Link(view, code, view.Open), chinese, english, count);
    }

    private static string Here(bool isHere) => isHere ? " here" : "";

    private static Html Table(ListView view) => Html.Of($"""
        <table class="list">
        <thead><tr><th>订单 <small>order</small></th><th>状态 <small>status</small></th><th>支付 <small>payment</small></th><th>货物
        <small>goods</small></th>
        <th class="number">应收 <small>due</small></th><th class="number">净收 <small>received</small></th><th>下单 <small>placed</small></th>
        <th>最近变化 <small>last told</small></th></tr></thead>
        <tbody>
        {view.Rows.Select(Row)}
        </tbody></table>
        {Layout.Pager(view.Next is null ? null : Link(view, view.Headline, view.Open, view.Next))}
        """);

    private static Html Row(ListRow row)
    {
        var (order, model) = (row.Order, row.Model ?? OrderModels.Retail);
        var (chinese, english) = Labels.Headline(model, order.Headline);
        var offset = Eras.OffsetOf(order.Key);
        var counters = order.Snapshot.Counters;
        var net = counters.Captured - counters.Refunded;
        return Html.Of($"""
            <tr><td><a href="orders/{order.Key.Order.Value}"><b>{Reference(row, ReferenceKind.External)}</b></a
            ><small>{Reference(row, ReferenceKind.ShortCode)}</small></td>
            <td>{Layout.Pill(Labels.Tone(model, order.Headline), chinese, english)}{Cases(row, model)}</td>
            <td class="state">{State(model, order, 0)}</td><td class="state">{State(model, order, 1)}</td>
            <td class="number">{Labels.Money(counters.Due, order.Currency)}</td>
            <td class="number{(net == counters.Due ? "" : net == 0 ? " faint" : " odd")}">{Labels.Money(net, order.Currency)}</td>
            <td class="time">{Labels.Time(order.PlacedAt, offset)[..16]}</td>
            <td class="time">{Labels.Time(order.UpdatedAt, offset)[..16]}</td></tr>
            """);
    }

    private static Html Cases(ListRow row, OrderModel model)
    {
        var others = model.CasesIn(row.Order.Snapshot.Cases).Where(c => c.Code != row.Order.Headline).ToList();
        return Html.Join(others.Select(c => Layout.Pill("red thin", Labels.CaseInChinese(c.Code), c.Code)));
    }

    private static string Reference(ListRow row, ReferenceKind kind)
    {
        foreach (var reference in row.References)
        {
            if (reference.Kind == kind)
                return reference.Value;
        }

        return row.Order.Key.Order.Value;
    }

    private static Html State(OrderModel model, StoredOrder order, int facet)
    {
        var code = order.Snapshot.States[facet];
        return model.StateOf(code) is { } state
            ? Html.Of($"""{state.LocalName} <small>{Labels.Words(state.Name)}</small>""")
            : Html.Of($"{code}");
    }

    private static Html Nothing(ListView view) => view.Search.Length == 0
        ? Html.Of($"""<p class="nothing">没有符合条件的订单 <small>No order fits.</small></p>""")
        : Html.Of($"""
            <p class="nothing">没有找到「{view.Search}」
            <small>Nothing is known by this number. It may be parked: see <a href="waiting">待认领 Waiting</a>.</small></p>
            """);

    private static string Link(ListView view, string headline, string open, string? after = null)
    {
        var query = new List<string>();
        Add("q", view.Search);
        Add("headline", headline);
        Add("open", open);
        Add("after", after ?? "");
        return query.Count == 0 ? "./" : "./?" + string.Join('&', query);

        void Add(string name, string value)
        {
            if (value.Length > 0)
                query.Add(string.Create(CultureInfo.InvariantCulture, $"{name}={Uri.EscapeDataString(value)}"));
        }
    }
}

using ControlTower.Stories;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace ControlTower.Pages;

/// <summary>The page of one order.</summary>
internal static class OrderPage
{
    public static Html Render(OrderView view)
    {
        var (order, model, timeline) = (view.Details.Order, view.Model, view.Timeline);
        var id = order.Key.Order.Value;
        var sentence = Sentence.Of(view);
        var story = TwoOrders.Find(order.Key);
        var (chinese, english) = Labels.Headline(model, order.Headline);
        return Layout.Page($"{view.Number} {chinese}", "orders", "../", Html.Of($"""
            <p class="back"><a href="../">← 订单 <small>orders</small></a></p>
            <div class="title">
            <h1>{view.Number}</h1>
            {Layout.Pill(Labels.Tone(model, order.Headline), chinese, english)}
            {view.Details.OpenCases.Where(c => c.Code != order.Headline)
                .Select(c => Layout.Pill("red thin", Labels.CaseInChinese(c.Code), c.Code))}
            <span class="links"><a href="{id}.json">JSON</a> <a href="{id}.svg">SVG</a> <a href="{id}.txt">TXT</a></span>
            </div>
            <p class="meta"><code>{id}</code> · 下单 placed {Labels.Time(order.PlacedAt, view.Offset)} ·
            截至 as of {Labels.Time(view.Now, view.Offset)} · {Labels.Offset(view.Offset)}{Simulated(timeline)}</p>
            <section class="say{(view.Details.OpenCases.Count > 0 ? " bad" : "")}">
            <h2>可复制给客户的一句话 <small>one sentence to copy</small></h2>
            <p lang="zh-CN">{sentence.Chinese}</p><p lang="en">{sentence.English}</p>
            </section>
            {(story is null ? Html.Empty : Told(story))}
            {Cases(view)}
            <section class="nodes">{timeline.Nodes.Select(n => Node(n, view.Offset))}</section>
            {Systems(view, story is not null)}
            <section><h2>状态溯源图谱 <small>timeline</small></h2><div class="picture">{Html.Trusted(timeline.ToSvg())}</div></section>
            <div class="columns">
            {Sums(order)}
            {Numbers(view)}
            {Waiting(view)}
            {Commands(view)}
            </div>
            {Journal(view)}
            """));
    }

    private static Html Simulated(Timeline timeline) => timeline.Entries.Any(e => e.Source.StartsWith("sim-", StringComparison.Ordinal))
        ? Html.Of($""" · <span class="sim">含模拟来源 with simulated sources</span>""")
        : Html.Empty;

    private static Html Told(Story story) => Html.Of($"""
        <section class="told"><h2>根因 <small>cause</small>：{story.Cause} <small>{story.CauseInEnglish}</small></h2>
        <p lang="zh-CN">{story.Told.Chinese}</p><p lang="en">{story.Told.English}</p>
        <p class="faint">依据一篇公开文章里的案例重述，金额为虚构 <small>Retold from a case in a published article; the amount is made up.</small></p></section>
        """);

    private static Html Cases(OrderView view) => view.Details.OpenCases.Count == 0 ? Html.Empty : Html.Of($"""
        <section><h2>待处理 <small>open cases</small></h2>
        <table class="list"><thead><tr><th>事项 <small>case</small></th><th>负责 <small>desk</small></th><th>原因 <small>reason</small></th><th>已开
        <small>age</small></th><th>截止 <small>due</small></th></tr></thead><tbody>
        {view.Details.OpenCases.Select(c => Html.Of($"""
            <tr><td>{Layout.Pill("red", Labels.CaseInChinese(c.Code), c.Code)}</td><td>{Labels.Desk(c.Owner).Chinese}
            <small>{c.Owner}</small></td><td class="text">{c.Reason}</td>
            <td class="number">{Labels.Span(view.Now - c.OpenedAt)}</td>
            <td class="time">{CasesPage.Due(c.DueAt, view.Now, view.Offset)}</td></tr>
            """))}
        </tbody></table></section>
        """);

    private static Html Node(Timeline.Node node, TimeSpan offset)
    {
        var (tone, mark, text) = node.Status switch
        {
            Timeline.NodeStatus.Reached => ("done", "✓", node.Entry is { } entry ? Labels.Minute(entry.At, offset) : ""),
            Timeline.NodeStatus.Missing => ("gap", "!", "缺失 gap"),
            Timeline.NodeStatus.Revoked => ("gap", "!", "已撤销 revoked"),
            Timeline.NodeStatus.NotComing => ("none", "–", "不再发生 not coming"),
            _ => ("wait", "…", "尚未 not yet"),
        };
        var english = Labels.NodeInEnglish(node.Name);
        return Html.Of(
            $"""<div class="node {tone}"><i>{mark}</i><b>{node.LocalName}</b><small>{english}</small><span>{text}</span></div>""");
    }

    private static Html Systems(OrderView view, bool isStory)
    {
        var views = SystemView.Of(view.Timeline.Entries
            .Where(e => e.Trigger is not ("placed" or "captured") || !isStory)
            .Select(e => (e.Source, e.RawStatus, e.At, e.Operator)));
        if (views.Count == 0)
            return Html.Empty;
        var drift = isStory && SystemView.Drift(views) is { } span
            ? Html.Of($"""<span class="drifted">漂移时长 drift {Labels.Span(span)}</span>""")
            : Html.Empty;
        return Html.Of($"""
            <section><h2>各系统怎么说 <small>what each system reports</small>{drift}</h2>
            <table class="list systems"><thead><tr><th>系统 <small>system</small></th><th>原始状态 <small>status, as it spells it</small></th>
            <th>自 <small>since</small></th><th>最近一次 <small>last said</small></th><th>操作人 <small>operator</small></th></tr></thead><tbody>
            {views.Select(v => Html.Of($"""
                <tr><td><code>{v.Source}</code></td><td><b>{v.Status}</b></td><td class="time">{Labels.Time(v.Since, view.Offset)}</td>
                <td class="time">{Labels.Time(v.LastSaid, view.Offset)}</td><td>{v.Operator ?? "—"}</td></tr>
                """))}
            </tbody></table></section>
            """);
    }

    private static Html Sums(StoredOrder order)
    {
        var c = order.Snapshot.Counters;
        return Html.Of($"""
            <section><h2>款与货 <small>sums</small></h2><dl class="pairs">
            <dt>应收 <small>due</small></dt><dd>{Labels.Money(c.Due, order.Currency)}</dd>
            <dt>已收 <small>captured</small></dt><dd>{Labels.Money(c.Captured, order.Currency)}</dd>
            <dt>已退 <small>refunded</small></dt><dd>{Labels.Money(c.Refunded, order.Currency)}</dd>
            <dt>订购 / 打包 / 出库 <small>ordered / packed / shipped</small></dt><dd>{c.Ordered:N0} / {c.Packed:N0} / {c.Shipped:N0}</dd>
            <dt>签收 / 退回 <small>delivered / returned</small></dt><dd>{c.Delivered:N0} / {c.Returned:N0}</dd>
            </dl></section>
            """);
    }

    private static Html Numbers(OrderView view) => Html.Of($"""
        <section><h2>单号 <small>numbers</small></h2><dl class="pairs">
        {view.Details.References.Select(r => Html.Of($"<dt>{Labels.Number(r.Kind)}</dt><dd><code>{r.Value}</code></dd>"))}
        </dl></section>
        """);

    private static Html Waiting(OrderView view)
    {
        var holds = string.Join(", ", view.Timeline.Holds.Select(h => Labels.Headline(view.Model, h).Chinese));
        return Html.Of($"""
        <section><h2>挂起与时限 <small>holds and deadlines</small></h2><dl class="pairs">
        <dt>挂起 <small>holds</small></dt>
        <dd>{(holds.Length == 0 ? "无 none" : holds)}</dd>
        {view.Timeline.Deadlines.Select(d => Html.Of($"""
            <dt>{Labels.TriggerInChinese(d.Trigger)} <small>{d.Trigger}</small></dt>
            <dd>{CasesPage.Due(d.DueAt, view.Now, view.Offset)}</dd>
            """))}
        {(view.Details.Order.ShipBy is { } shipBy
            ? Html.Of($"<dt>最晚发货 <small>ship by</small></dt><dd>{Labels.Time(shipBy, view.Offset)}</dd>")
            : Html.Empty)}
        {view.Notes.Where(n => n.Note is not null)
            .Select(n => Html.Of($"""<dt>备注 <small>note #{n.Version}</small></dt><dd>{n.Note}</dd>"""))}
        </dl></section>
        """);
    }

    private static Html Commands(OrderView view) => Html.Of($"""
        <section><h2>现在可做 <small>commands now</small></h2><ul class="commands">
        {view.Permissions.OrderBy(p => p.IsPermitted ? 0 : 1).Select(p => p.IsPermitted
            ? Html.Of($"""<li class="yes"><b>{Labels.TriggerInChinese(p.Trigger)}</b> <code>{p.Trigger}</code></li>""")
            : Html.Of($"""<li class="no"><b>{Labels.TriggerInChinese(p.Trigger)}</b> {Why(view.Model, p)}</li>"""))}
        </ul></section>
        """);

    // The sentence of the engine names every state in English. The page shows a short form.
    private static Html Why(OrderModel model, TriggerPermission permission)
    {
        var from = model.Edges.Where(e => e.Trigger == permission.Trigger).Select(e => e.From).Distinct().Select(
            code => model.StateOf(code)?.LocalName);
        var reasons = permission.Reasons.Select(r => r.Contains(' ', StringComparison.Ordinal)
            ? Html.Of($"""<span title="{r}">只能从 only from：{string.Join("、", from)}</span>""")
            : Html.Of($"<span>{Labels.Guard(r)}</span>"));
        return Html.Of($"<code>{permission.Trigger}</code><span>{reasons}</span>");
    }

    private static Html Journal(OrderView view) => Html.Of($"""
        <section><h2>流水 <small>journal: {view.Timeline.Entries.Count} rows</small></h2>
        <div class="scroll"><table class="list journal"><thead><tr><th class="number">#</th><th>记录 <small>recorded</small></th><th>发生
        <small>happened</small></th><th>来源 <small>source</small></th><th>事件 <small>what</small></th>
        <th>结果 <small>outcome</small></th><th>状态变化 <small>moves</small></th><th>原始状态 <small>raw</small></th><th>凭证
        <small>evidence</small></th><th class="number">金额/件数 <small>amount, pieces</small></th></tr></thead><tbody>
        {view.Timeline.Entries.Select(e => Entry(e, view.Offset))}
        </tbody></table></div></section>
        """);

    private static Html Entry(TimelineEntry entry, TimeSpan offset)
    {
        var tone = entry.IsAnomaly ? "odd" : entry.IsTransition ? "" : "noted";
        var opened = entry.CasesOpened.Select(c => Html.Of($"""<span class="pill red thin">+ {Labels.CaseInChinese(c)}</span>"""));
        var closed = entry.CasesClosed.Select(c => Html.Of($"""<span class="pill green thin">✓ {Labels.CaseInChinese(c)}</span>"""));
        return Html.Of($"""
            <tr class="{tone}"><td class="number">{entry.Version}</td><td class="time">{Labels.Time(entry.RecordedAt, offset)[5..]}</td>
            <td class="time">{(entry.OccurredAt is { } at ? Labels.Time(at, offset)[5..] : "—")}{Delay(entry)}</td>
            <td><code>{entry.Source}</code>{(entry.Operator is { } person ? Html.Of($"<small>{person}</small>") : Html.Empty)}</td>
            <td>{Labels.TriggerInChinese(entry.Trigger)} <small>{entry.Trigger}</small></td>
            <td class="text"><b>{entry.Outcome}</b> <small>{entry.Explanation}</small>{opened}{closed}</td>
            <td>{entry.Moves.Select(m => Html.Of($"<div>→ {m.To.LocalName}</div>"))}</td>
            <td>{entry.RawStatus ?? ""}</td><td class="evidence"><code>{entry.Evidence ?? ""}</code></td>
            <td class="number">{entry.Amount ?? ""}{(entry.Quantity is { } pieces
                    ? Html.Of($"<small>{pieces:N0} 件</small>")
                    : Html.Empty)}</td>
            </tr>
            """);
    }

    private static Html Delay(TimelineEntry entry) =>
        (entry.Marks & (TimelineMarks.LateFact | TimelineMarks.ClockAhead)) == 0 || entry.Delay is not { } delay
        ? Html.Empty
        : delay < TimeSpan.Zero
            ? Html.Of($"""<small class="bad">来源时钟超前 clock ahead {Labels.Span(delay)}</small>""")
            : Html.Of($"""<small class="late">延迟 late {Labels.Span(delay)}</small>""");
}

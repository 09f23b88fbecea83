using OrderKit.Core;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace ControlTower.Pages;

/// <summary>The page of parked facts, which are kept until their order is known.</summary>
internal static class WaitingPage
{
    public static Html Render(Page<ParkedFact> page) => Layout.Page("待认领 Waiting", "waiting", "", Html.Of($"""
        <h1>待认领 <small>Parked facts: their number is not linked to an order yet. They are applied when somebody links it.</small></h1>
        {(page.Items.Count == 0 ? Html.Of($"""<p class="nothing">没有待认领的事实 <small>Nothing waits.</small></p>""") : Table(page.Items))}
        {Layout.Pager(page.Continuation is { } next ? $"waiting?after={Uri.EscapeDataString(next)}" : null)}
        """));

    private static Html Table(IReadOnlyList<ParkedFact> facts) => Html.Of($"""
        <table class="list">
        <thead><tr><th>单号 <small>number</small></th><th>事件 <small>what</small></th><th>来源 <small>source</small></th><th class="number">金额
        <small>amount</small></th>
        <th>原因 <small>why it waits</small></th><th>发生 <small>happened</small></th><th>备注 <small>note</small></th></tr></thead>
        <tbody>
        {facts.Select(f => Html.Of($"""
            <tr><td><b>{f.Number.Value}</b><small>{Labels.Number(f.Number.Kind)}</small></td><td>{Labels.TriggerInChinese(f.Fact.Trigger)}
            <small>{f.Fact.Trigger}</small></td>
            <td><code>{f.Fact.Source}</code></td><td class="number">{f.Fact.Amount?.ToString()}</td>
            <td>{Reason(f.Reason).Chinese} <small>{Reason(f.Reason).English}</small></td>
            <td class="time">{(f.Fact.OccurredAt is { } at ? Labels.Time(at, TimeSpan.Zero)[..16] : "—")}</td>
            <td class="text">{f.Fact.Note}</td></tr>
            """))}
        </tbody></table>
        """);

    private static (string Chinese, string English) Reason(ParkReason reason) => reason switch
    {
        ParkReason.UnknownNumber => ("单号未关联订单", "no order has this number"),
        ParkReason.UnknownOrder => ("订单尚不存在", "the order does not exist yet"),
        ParkReason.AmbiguousNumber => ("多个订单共用此单号", "several orders share the number"),
        _ => ("无法识别", Labels.Words(reason.ToString())),
    };
}

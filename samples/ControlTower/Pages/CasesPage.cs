using ControlTower.Replays;
using OrderKit.StateMachine;

namespace ControlTower.Pages;

/// <summary>The page of open cases: who has to do what by when.</summary>
internal static class CasesPage
{
    private static readonly string[] Desks = ["finance", "warehouse", "customer-service", "operations"];

    public static Html Render(
        string desk, string code, IReadOnlyList<CaseRow> rows, IReadOnlyDictionary<string, int> counts, string? next, OrderModel model) =>
        Layout.Page("待处理 Cases", "cases", "", Html.Of($"""
            <h1>待处理 <small>Open cases: a contradiction or a passed deadline that somebody must close</small></h1>
            <section class="filters">
            {Layout.Chip("", desk.Length + code.Length == 0, "cases", "全部", "all", counts.Values.Sum())}
            {Desks.Select(d => Layout.Chip("", desk == d, $"cases?{Query(d, "")}", Labels.Desk(d).Chinese, d, CountOf(model, counts, d)))}
            </section>
            <section class="filters">
            {counts.Where(c => c.Value > 0).OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(
                c => Layout.Chip("red", code == c.Key, $"cases?{Query("", c.Key)}", Labels.CaseInChinese(c.Key), c.Key, c.Value))}
            </section>
            {(rows.Count == 0 ? Html.Of($"""<p class="nothing">没有待处理的事项 <small>Nothing is open here.</small></p>""") : Table(rows))}
            {Layout.Pager(next is null ? null : $"cases?{Query(desk, code)}after={Uri.EscapeDataString(next)}")}
            """));

    private static Html Table(IReadOnlyList<CaseRow> rows) => Html.Of($"""
        <table class="list">
        <thead><tr><th>订单 <small>order</small></th><th>事项 <small>case</small></th><th>负责 <small>desk</small></th><th>原因
        <small>reason</small></th>
        <th>已开 <small>age</small></th><th>截止 <small>due</small></th></tr></thead>
        <tbody>
        {rows.Select(Row)}
        </tbody></table>
        """);

    private static Html Row(CaseRow row)
    {
        var (item, now, offset) = (row.Case, Eras.NowOf(row.Case.Order), Eras.OffsetOf(row.Case.Order));
        return Html.Of($"""
            <tr><td><a href="orders/{item.Order.Order.Value}"><b>{row.Number}</b></a><small>{item.Order.Order.Channel.Value}</small></td>
            <td>{Layout.Pill("red", Labels.CaseInChinese(item.Code), item.Code)}</td>
            <td>{Labels.Desk(item.Owner).Chinese} <small>{item.Owner}</small></td><td class="text">{item.Reason}</td>
            <td class="number">{Labels.Span(now - item.OpenedAt)}</td><td class="time">{Due(item.DueAt, now, offset)}</td></tr>
            """);
    }

    /// <summary>Formats when something is due and whether it is overdue.</summary>
    public static Html Due(DateTimeOffset? due, DateTimeOffset now, TimeSpan offset) => due is not { } at
        ? Html.Of($"—")
        : at < now
            ? Html.Of($"""<span class="bad">{Labels.Minute(at, offset)} <small>已超时 overdue {Labels.Span(now - at)}</small></span>""")
            : Html.Of($"""{Labels.Minute(at, offset)} <small>还有 in {Labels.Span(at - now)}</small>""");

    private static int CountOf(OrderModel model, IReadOnlyDictionary<string, int> counts, string desk) =>
        counts.Where(c => model.CaseNamed(c.Key)?.Owner == desk).Sum(c => c.Value);

    private static string Query(string desk, string code) =>
        (desk.Length > 0 ? $"desk={Uri.EscapeDataString(desk)}&" : "") + (code.Length > 0 ? $"code={Uri.EscapeDataString(code)}&" : "");
}

using OrderKit.StateMachine;

namespace ControlTower.Pages;

/// <summary>The page of the model: its states, and its transitions as Mermaid text.</summary>
internal static class ModelPage
{
    public static Html Render()
    {
        var model = OrderModels.Retail;
        return Layout.Page("状态模型 Model", "model", "", Html.Of($"""
            <h1>状态模型 <small>{model.Name} {model.Version}, fingerprint {model.Fingerprint.ToString()}</small></h1>
            <p class="lead">★ 锚点：有凭证、不可倒退的里程碑 <small>An anchor is a milestone with evidence. Only its own source can revoke it.</small></p>
            <div class="facets">
            {model.Facets.Select((facet, number) => Facet(model, number, facet.Name))}
            </div>
            {model.Facets.Select(facet => Html.Of($"""
                <details><summary>{facet.Name}: Mermaid</summary><pre>{model.ToMermaid(facet.Name)}</pre></details>
                """))}
            """));
    }

    private static Html Facet(OrderModel model, int number, string name) => Html.Of($"""
        <section><h2>{(name == "pay" ? "支付" : name == "goods" ? "货物" : name)} <small>{name}</small></h2>
        <table class="list"><thead><tr><th class="number">编码 <small>code</small></th><th>状态 <small>state</small></th><th>时限
        <small>may last</small></th><th>可去往 <small>ways out</small></th></tr></thead><tbody>
        {model.States.Where(s => s.Facet == number).OrderBy(s => s.Rank ?? int.MaxValue).ThenBy(s => s.Code).Select(s => State(model, s))}
        </tbody></table></section>
        """);

    private static Html State(OrderModel model, OrderModel.StateInfo state)
    {
        var ways = model.Edges.Where(e => e.From == state.Code && e.To != state.Code).Select(e => e.To).Distinct().Order().ToList();
        return Html.Of($"""
            <tr><td class="number">{state.Code}</td><td class="state">{(state.IsAnchor ? "★ " : "")}<b>{state.LocalName}</b>
            <small>{Labels.Words(state.Name)}</small></td>
            <td class="state">{(state.Deadline is { } deadline ? Labels.Span(deadline.After) : state.IsEnd ? "终态 end" : "—")}</td>
            <td class="ways">{ways.Select(to => Html.Of($"<span>{to} {model.StateOf(to)?.LocalName}</span> "))}</td></tr>
            """);
    }
}

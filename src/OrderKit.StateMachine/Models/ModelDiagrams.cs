using System.Globalization;
using System.Text;

namespace OrderKit.StateMachine;

/// <summary>Draws models for documents: the same model always gives the same text, so that a change of a model is a diff.</summary>
internal static class ModelDiagrams
{
    public static string Mermaid(OrderModel model, string? facet)
    {
        var facets = FacetsOf(model, facet);
        var text = new StringBuilder();
        Line(text, $"---");
        Line(text, $"title: \"{Quoted($"{model.Name} {model.Version.ToString(CultureInfo.InvariantCulture)}")}\"");
        Line(text, $"---");
        Line(text, $"stateDiagram-v2");
        foreach (var drawn in facets)
        {
            Line(text, $"    state \"{MermaidText(drawn.Name)}\" as facet{drawn.Index} {{");
            foreach (var state in StatesOf(model, drawn))
            {
                Line(text, $"        state \"{MermaidText(LabelOf(state, " "))}\" as s{state.Code}");
            }

            foreach (var code in InitialOf(model, drawn))
            {
                Line(text, $"        [*] --> s{code}");
            }

            foreach (var edge in EdgesOf(model, drawn))
            {
                Line(text, $"        s{edge.From} --> s{edge.To} : {string.Join("<br/>", edge.Labels.Select(MermaidText))}");
            }

            foreach (var state in StatesOf(model, drawn).Where(s => s.IsEnd))
            {
                Line(text, $"        s{state.Code} --> [*]");
            }

            Line(text, $"    }}");
        }

        Line(text, $"    classDef anchor fill:#d9efe6,stroke:#12805c,stroke-width:2px,color:#0b5c41");
        Line(text, $"    classDef ending fill:#eaecf0,stroke:#98a2b3,color:#344054");
        Line(text, $"    classDef aside fill:#fffaeb,stroke:#dc8a06,color:#7a2e0e");
        foreach (var group in facets.SelectMany(f => StatesOf(model, f)).Select(s => (s.Code, Class: ClassOf(s)))
            .Where(s => s.Class is not null).GroupBy(s => s.Class, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            Line(text, $"    class {string.Join(',', group.Select(s => $"s{s.Code.ToString(CultureInfo.InvariantCulture)}"))} {group.Key}");
        }

        return text.ToString();
    }

    public static string Dot(OrderModel model, string? facet)
    {
        var facets = FacetsOf(model, facet);
        var text = new StringBuilder();
        Line(text, $"digraph \"{Quoted($"{model.Name} {model.Version.ToString(CultureInfo.InvariantCulture)}")}\" {{");
        Line(text, $"  rankdir=LR;");
        Line(text, $"  node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", color=\"#667085\", fontname=\"sans-serif\"];");
        Line(text, $"  edge [color=\"#667085\", fontname=\"sans-serif\", fontsize=10];");
        foreach (var drawn in facets)
        {
            Line(text, $"  subgraph cluster_{drawn.Index} {{");
            Line(text, $"    label=\"{Quoted(drawn.Name)}\";");
            foreach (var state in StatesOf(model, drawn))
            {
                Line(text, $"    s{state.Code} [label=\"{Quoted(LabelOf(state, "\n"))}\"{StyleOf(state)}];");
            }

            foreach (var code in InitialOf(model, drawn))
            {
                Line(text, $"    begin{code} [shape=point, width=0.14, fillcolor=\"#667085\"];");
                Line(text, $"    begin{code} -> s{code};");
            }

            foreach (var edge in EdgesOf(model, drawn))
            {
                Line(text, $"    s{edge.From} -> s{edge.To} [label=\"{Quoted(string.Join('\n', edge.Labels))}\"];");
            }

            Line(text, $"  }}");
        }

        Line(text, $"}}");
        return text.ToString();
    }

    private static IEnumerable<OrderModel.StateInfo> StatesOf(OrderModel model, OrderModel.FacetInfo facet) =>
        model.States.Where(s => s.Facet == facet.Index).OrderBy(s => s.Code);

    private static IEnumerable<int> InitialOf(OrderModel model, OrderModel.FacetInfo facet) =>
        model.Profiles.Select(p => p.Initial[facet.Index]).Distinct().Order();

    private static IEnumerable<(int From, int To, IEnumerable<string> Labels)> EdgesOf(OrderModel model, OrderModel.FacetInfo facet) =>
        model.Edges
        .Where(e => model.StateOf(e.From)?.Facet == facet.Index)
        .GroupBy(e => (e.From, e.To))
        .OrderBy(g => g.Key)
        .Select(g => (g.Key.From, g.Key.To, g.Select(LabelOf).Order(StringComparer.Ordinal).AsEnumerable()));

    private static IEnumerable<OrderModel.FacetInfo> FacetsOf(OrderModel model, string? facet) =>
        facet is null ? model.Facets
        : model.Facets.FirstOrDefault(f => f.Name == facet) is { } only ? [only]
        : throw new ArgumentException(
            $"The model '{model.Name}' has no facet '{facet}'. It has {string.Join(", ", model.Facets.Select(f => f.Name))}.",
            nameof(facet));

    private static string LabelOf(OrderModel.StateInfo state, string separator)
    {
        var code = state.Code.ToString(CultureInfo.InvariantCulture);
        return state.LocalName.Length == 0 || state.LocalName == state.Name
            ? $"{code} {state.Name}"
            : $"{code} {state.Name}{separator}{state.LocalName}";
    }

    private static string LabelOf(OrderModel.Edge edge) => edge.Condition is null ? edge.Trigger : $"{edge.Trigger} [{edge.Condition}]";

    private static string? ClassOf(OrderModel.StateInfo state) => state switch
    {
        { IsAnchor: true } => "anchor",
        { IsEnd: true } => "ending",
        { Rank: null } => "aside",
        _ => null,
    };

    private static string StyleOf(OrderModel.StateInfo state) => ClassOf(state) switch
    {
        "anchor" => $", fillcolor=\"#d9efe6\", color=\"#12805c\", penwidth=2{(state.IsEnd ? ", peripheries=2" : "")}",
        "ending" => ", fillcolor=\"#eaecf0\", color=\"#98a2b3\", peripheries=2",
        "aside" => ", fillcolor=\"#fffaeb\", color=\"#dc8a06\"",
        _ => "",
    };

    // Mermaid reads labels up to a colon, a quote or a semicolon and knows Markdown and HTML in them; it takes any character by its number.
    private static string MermaidText(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in PrintableText.Clean(text))
        {
            if (c > '\u007f' || char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '[' or ']' or '.' or ',' or '/')
            {
                escaped.Append(c);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"#{(int)c};");
            }
        }

        return escaped.ToString();
    }

    // Graphviz and YAML escape quoted texts alike.
    private static string Quoted(string text) => string.Join("\\n", text.Split('\n').Select(static part =>
        PrintableText.Clean(part).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)));

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}

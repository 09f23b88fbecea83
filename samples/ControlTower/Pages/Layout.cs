namespace ControlTower.Pages;

/// <summary>The layout that all pages share.</summary>
internal static class Layout
{
    /// <param name="title">The title of the window.</param>
    /// <param name="here">The menu item of the page.</param>
    /// <param name="root">
    /// The relative path to the home page, such as <c>../</c>. Links are relative, so that the tower works below any path.
    /// </param>
    /// <param name="body">The content of the page.</param>
    public static Html Page(string title, string here, string root, Html body) => Html.Of($"""
        <!doctype html>
        <html lang="zh-CN">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title} · OrderKit</title>
        <link rel="stylesheet" href="{root}tower.css">
        </head>
        <body>
        <header class="top"><div class="wide">
        <a class="brand" href="{Home(root)}"><b>订单塔台</b> Control tower</a>
        <nav>
        {Item(here, "orders", Home(root), "订单", "Orders")}
        {Item(here, "cases", root + "cases", "待处理", "Cases")}
        {Item(here, "waiting", root + "waiting", "待认领", "Waiting")}
        {Item(here, "model", root + "model", "状态模型", "Model")}
        </nav>
        </div></header>
        <main class="wide">
        {body}
        </main>
        <footer class="wide">
        <p>只读 Read-only. 来源以 <code>sim-</code> 开头的支付、仓库与物流事实均为模拟 Payments, stock and parcels from sources named
        <code>sim-…</code> are simulated.</p>
        <p>Invoices: Chen, D. (2015), <i>Online Retail</i>, UCI Machine Learning Repository,
        <a href="https://doi.org/10.24432/C5BW33">doi 10.24432/C5BW33</a>,
        <a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>; an excerpt of 1–13 December 2010, values unchanged.</p>
        </footer>
        </body>
        </html>
        """);

    /// <summary>Returns a status as a coloured label, Chinese first.</summary>
    public static Html Pill(string tone, string chinese, string english) =>
        Html.Of($"""<span class="pill {tone}">{chinese}<small>{english}</small></span>""");

    /// <summary>Returns a link that filters a list, with a number.</summary>
    public static Html Chip(string tone, bool isHere, string href, string chinese, string english, long count) => Html.Of($"""
        <a class="chip {tone}{(isHere ? " here" : "")}" href="{href}">{chinese} <small>{english}</small> <b>{count:N0}</b></a>
        """);

    /// <summary>Returns a link to the next page; empty if there is none.</summary>
    public static Html Pager(string? href) => href is null
        ? Html.Empty
        : Html.Of($"""<p class="pager"><a href="{href}">下一页 <small>next page</small> →</a></p>""");

    private static Html Item(string here, string name, string href, string chinese, string english) => here == name
        ? Html.Of($"""<a class="here" aria-current="page" href="{href}">{chinese} <small>{english}</small></a>""")
        : Html.Of($"""<a href="{href}">{chinese} <small>{english}</small></a>""");

    private static string Home(string root) => root.Length == 0 ? "./" : root;
}

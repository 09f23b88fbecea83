namespace ControlTower.Pages;

/// <summary>The page for a request that is invalid or finds nothing.</summary>
internal static class ErrorPage
{
    // The requested URL may have any depth, so links start at the root.
    public static Html Render(int status, string chinese, string english, string hint) => Layout.Page(
        $"{chinese} {english}", "", "/", Html.Of($"""
        <section class="error">
        <p class="code">{status}</p>
        <h1>{chinese} <small>{english}</small></h1>
        <p>{hint}</p>
        <p><a href="/">回到订单列表 <small>Back to the orders</small></a></p>
        </section>
        """));
}

namespace ControlTower.Pages;

/// <summary>Something was asked for that is not there or cannot be.</summary>
internal static class ErrorPage
{
    // The address that led here may have any depth; links from the root are the ones that work from everywhere.
    public static Html Render(int status, string chinese, string english, string hint) => Layout.Page($"{chinese} {english}", "", "/", Html.Of($"""
        <section class="error">
        <p class="code">{status}</p>
        <h1>{chinese} <small>{english}</small></h1>
        <p>{hint}</p>
        <p><a href="/">回到订单列表 <small>Back to the orders</small></a></p>
        </section>
        """));
}

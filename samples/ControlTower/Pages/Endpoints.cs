using System.Reflection;

namespace ControlTower.Pages;

/// <summary>Maps the URLs of the tower.</summary>
internal static class Endpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapTower(this WebApplication app)
    {
        var style = ReadStyle();
        app.MapMethods("/tower.css", Reading, () => Results.Text(style, "text/css; charset=utf-8"));
        app.MapMethods("/", Reading, (TowerPages pages, string? q, string? headline, string? open, string? after, CancellationToken stop) =>
            pages.ListAsync(q, headline, open, after, stop));
        app.MapMethods("/cases", Reading, (TowerPages pages, string? desk, string? code, string? after, CancellationToken stop) =>
            pages.CasesAsync(desk, code, after, stop));
        app.MapMethods("/waiting", Reading, (TowerPages pages, string? after, CancellationToken stop) => pages.WaitingAsync(after, stop));
        app.MapMethods("/orders/{id}", Reading, (TowerPages pages, string id, CancellationToken stop) => pages.OrderAsync(id, stop));
        app.MapMethods("/model", Reading, static () => Results.Content(ModelPage.Render().ToString(), "text/html; charset=utf-8"));
        app.MapFallback(static () => TowerPages.NotFound("没有这个页面", "There is no such page"));
    }

    private static string ReadStyle()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("tower.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

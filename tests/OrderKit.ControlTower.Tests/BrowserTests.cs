using ControlTower;
using ControlTower.Replays;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using OrderKit.Sql;

namespace OrderKit.ControlTower.Tests;

/// <summary>The pages in a real browser, which alone knows whether the security policy lets them be seen as they are meant.</summary>
[Trait("Requires", "Chromium")]
public sealed class BrowserTests : IAsyncLifetime
{
    private readonly string _database = Path.Combine(Path.GetTempPath(), $"orderkit-tower-{Guid.NewGuid():N}.db");
    private WebApplication? _app;

    [Fact]
    public async Task A_support_person_finds_an_order_by_its_number_and_sees_its_story()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("ORDERKIT_TEST_CHROMIUM"),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
        var page = await browser.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);
        page.PageError += (_, error) => complaints.Add(error);

        await page.GotoAsync(_app!.Urls.First());
        Assert.Equal("rgb(20, 33, 61)", await page.EvalOnSelectorAsync<string>("header.top", "e => getComputedStyle(e).backgroundColor"));
        await page.FillAsync("#q", "OD20260206-9105");
        await page.PressAsync("#q", "Enter");

        await page.WaitForSelectorAsync("h1:has-text('OD20260206-9105')");
        Assert.Contains("未付款已发货", await page.InnerTextAsync(".title"), StringComparison.Ordinal);
        Assert.Equal(5, await page.Locator(".node").CountAsync());
        Assert.Equal(3, await page.Locator(".node.gap").CountAsync());
        var picture = await page.Locator(".picture svg").BoundingBoxAsync();
        Assert.True(picture!.Width > 800 && picture.Height > 300);

        await page.ClickAsync("text=待处理 Cases");
        await page.WaitForSelectorAsync("h1:has-text('待处理')");
        Assert.Empty(complaints);
    }

    public async Task InitializeAsync()
    {
        _app = TowerApp.Build(_database, builder => builder.WebHost.UseUrls("http://127.0.0.1:0"));
        await _app.Services.GetRequiredService<OrderKitSchema>().EnsureAsync();
        await _app.Services.GetRequiredService<TowerLoader>().LoadAsync(20, limit: 10);
        await _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(_database + suffix);
        }
    }
}

using ControlTower;
using ControlTower.Replays;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Sql;

namespace OrderKit.ControlTower.Tests;

/// <summary>A tower with the first orders of the excerpt and the two retold ones, loaded once for all tests that read it.</summary>
public sealed class TowerFixture : IAsyncLifetime
{
    public const int Orders = 150;

    private readonly string _database = Path.Combine(Path.GetTempPath(), $"orderkit-tower-{Guid.NewGuid():N}.db");
    private WebApplication? _app;

    public WebApplication App => _app!;

    public ReplaySummary Summary { get; private set; } = null!;

    public HttpClient NewClient()
    {
        var client = App.GetTestClient();
        client.BaseAddress = new Uri("http://localhost/");
        return client;
    }

    /// <summary>A page by its address, which may lead on to another one.</summary>
    public async Task<(HttpResponseMessage Response, string Text)> GetAsync(string address)
    {
        using var client = NewClient();
        var response = await client.GetAsync(new Uri(address, UriKind.Relative));
        return (response, await response.Content.ReadAsStringAsync());
    }

    public async Task InitializeAsync()
    {
        _app = TowerApp.Build(_database, builder => builder.WebHost.UseTestServer());
        await _app.Services.GetRequiredService<OrderKitSchema>().EnsureAsync();
        Summary = await _app.Services.GetRequiredService<TowerLoader>().LoadAsync(20, Orders);
        await _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(_database + suffix);
        }
    }
}

[CollectionDefinition(Name)]
public sealed class TowerTests : ICollectionFixture<TowerFixture>
{
    public const string Name = "tower";
}

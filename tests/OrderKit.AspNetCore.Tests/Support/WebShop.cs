using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.Messaging;

namespace OrderKit.AspNetCore.Tests;

/// <summary>A shop behind a test server. Its effects are rows of the outbox, which every store counts alike.</summary>
public sealed class WebShop : IAsyncDisposable
{
    private const string Effects = "effects";

    private readonly ShopStore _store;
    private readonly WebApplication _app;
    private int _effects;

    private WebShop(ShopStore store, WebApplication app, BreakableStore breakable) => (_store, _app, Store) = (store, app, breakable);

    public BreakableStore Store { get; }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 2, 6, 12, 0, 0, TimeSpan.Zero));

    public IServiceProvider Services => _app.Services;

    public HttpClient Client => _app.GetTestClient();

    public static async Task<WebShop> OpenAsync(
        ShopStore store, Action<WebApplication, WebShop> map, Action<IServiceCollection>? register = null, Action<WebApplication>? before = null, bool movesClock = false, bool isBreakable = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        var orderKit = builder.Services.AddOrderKit();
        store.Choose(orderKit);
        builder.Services.AddIdempotencyKeys();
        builder.Services.Configure<OutboxPumpOptions>(options => options.RunInBackground = false);
        var breakable = isBreakable ? BreakableStore.Wrap(builder.Services) : new BreakableStore();
        register?.Invoke(builder.Services);
        WebShop? shop = null;
        if (movesClock)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_ => shop!.Clock));
        }

        var app = builder.Build();
        shop = new WebShop(store, app, breakable);
        before?.Invoke(app);
        app.Use((context, next) =>
        {
            if (context.Request.Headers["X-User"] is [{ } user])
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user)], "test"));
            }

            return next(context);
        });
        map(app, shop);
        await app.StartAsync();
        return shop;
    }

    /// <summary>An effect in a transaction.</summary>
    public async Task<string> ActAsync(UnitOfWork unit)
    {
        var number = Interlocked.Increment(ref _effects);
        await Services.GetRequiredService<IOutboxStore>().AppendAsync(unit, [new OutboxMessage($"effect-{number}", Effects, TenantId.Default, $"effect-{number}", "effect", new byte[] { 1 })]);
        return $"order-{number}";
    }

    /// <summary>An effect in a transaction of its own.</summary>
    public async Task<string> ActAsync()
    {
        await using var unit = await Services.GetRequiredService<IUnitOfWorkFactory>().BeginAsync();
        var order = await ActAsync(unit);
        await unit.CommitAsync();
        return order;
    }

    public async Task<long> EffectsAsync() => (await Services.GetRequiredService<IOutboxStore>().BacklogAsync(Effects)).Count;

    public Task<HttpResponseMessage> PostAsync(string? key, string json = """{"sku":"A-1","quantity":2}""", string? user = "U-1", string path = "/orders") =>
        SendAsync(key, new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } }, user, path);

    public async Task<HttpResponseMessage> SendAsync(string? key, HttpContent content, string? user = "U-1", string path = "/orders", string method = "POST")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative)) { Content = content };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        if (user is not null)
        {
            request.Headers.Add("X-User", user);
        }

        return await Client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _store.DisposeAsync();
    }
}

public static class Answers
{
    public static bool IsReplayed(this HttpResponseMessage answer) => answer.Headers.TryGetValues("Idempotent-Replayed", out var values) && values.Single() == "true";

    public static async Task<string> TextAsync(this HttpResponseMessage answer) => await answer.Content.ReadAsStringAsync();
}

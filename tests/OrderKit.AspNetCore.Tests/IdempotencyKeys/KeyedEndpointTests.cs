using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace OrderKit.AspNetCore.Tests;

/// <summary>What is true on every store.</summary>
public abstract class KeyedEndpointTests
{
    protected abstract ShopStore NewStore();

    [Theory]
    [InlineData(IdempotencyMode.Joined)]
    [InlineData(IdempotencyMode.Leased)]
    public async Task A_repeated_request_gets_the_same_answer_and_has_no_second_effect(IdempotencyMode mode)
    {
        await using var shop = await OpenAsync(mode);

        var first = await shop.PostAsync("\"key-1\"");
        var second = await shop.PostAsync("\"key-1\"");

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.False(first.IsReplayed());
        Assert.True(second.IsReplayed());
        Assert.Equal(first.StatusCode, second.StatusCode);
        Assert.Equal(await first.TextAsync(), await second.TextAsync());
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(first.Content.Headers.ContentType, second.Content.Headers.ContentType);
        Assert.Equal(1, await shop.EffectsAsync());
    }

    [Theory]
    [InlineData(IdempotencyMode.Joined)]
    [InlineData(IdempotencyMode.Leased)]
    public async Task A_quoted_key_and_a_bare_one_are_the_same_key(IdempotencyMode mode)
    {
        await using var shop = await OpenAsync(mode);

        await shop.PostAsync("\"key-1\"");

        Assert.True((await shop.PostAsync("key-1")).IsReplayed());
        Assert.Equal(1, await shop.EffectsAsync());
    }

    [Theory]
    [InlineData(IdempotencyMode.Joined)]
    [InlineData(IdempotencyMode.Leased)]
    public async Task Another_request_under_the_key_is_refused_with_the_fields_that_differ(IdempotencyMode mode)
    {
        await using var shop = await OpenAsync(mode);
        await shop.PostAsync("k", """{"sku":"A-1","quantity":2}""", path: "/orders?currency=CNY");

        // Neither order nor spelling makes a difference.
        Assert.True((await shop.PostAsync("k", """{ "quantity": 2.0, "sku": "A-1" }""", path: "/orders?currency=CNY")).IsReplayed());
        var other = await shop.PostAsync("k", """{"sku":"A-1","quantity":3}""", path: "/orders?currency=USD");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal("application/problem+json", other.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await other.TextAsync());
        Assert.Equal("urn:orderkit:problem:key-reused", problem.RootElement.GetProperty("type").GetString());
        Assert.Equal(["body.quantity", "query.currency"], problem.RootElement.GetProperty("fields").EnumerateArray().Select(field => field.GetString()!));
        Assert.Equal(1, await shop.EffectsAsync());
    }

    [Theory]
    [InlineData(IdempotencyMode.Joined)]
    [InlineData(IdempotencyMode.Leased)]
    public async Task A_hundred_requests_at_once_have_one_effect(IdempotencyMode mode)
    {
        await using var shop = await OpenAsync(mode);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var racers = Enumerable.Range(0, 100).Select(async _ =>
        {
            await gate.Task;
            return await shop.PostAsync("k");
        }).ToList();

        gate.SetResult();
        var answers = await Task.WhenAll(racers);

        Assert.Equal(1, await shop.EffectsAsync());
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created && !answer.IsReplayed()));
        Assert.All(answers, answer => Assert.True(
            answer.StatusCode == HttpStatusCode.Created || (answer.StatusCode == HttpStatusCode.Conflict && answer.Headers.RetryAfter is not null), $"{answer.StatusCode}"));
        Assert.True((await shop.PostAsync("k")).IsReplayed());
    }

    [Theory]
    [InlineData(IdempotencyMode.Joined)]
    [InlineData(IdempotencyMode.Leased)]
    public async Task Callers_routes_and_methods_do_not_share_keys(IdempotencyMode mode)
    {
        await using var shop = await OpenAsync(mode);

        Assert.All(
            new[]
            {
                await shop.PostAsync("k", user: "U-1"),
                await shop.PostAsync("k", user: "U-2"),
                await shop.PostAsync("k", user: "u-1"),
                await shop.PostAsync("k", user: null),
                await shop.PostAsync("k", user: "anonymous"),
                await shop.PostAsync("k", path: "/refunds/7"),
                await shop.SendAsync("k", new StringContent("x"), path: "/orders", method: "PUT"),
            },
            answer => Assert.Equal((HttpStatusCode.Created, false), (answer.StatusCode, answer.IsReplayed())));
        Assert.Equal(7, await shop.EffectsAsync());
    }

    [Fact]
    public async Task Another_path_of_the_same_route_is_another_request()
    {
        await using var shop = await OpenAsync(IdempotencyMode.Joined);
        await shop.PostAsync("k", path: "/refunds/7");

        var other = await shop.PostAsync("k", path: "/refunds/8");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Contains("\"path\"", await other.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tenants_do_not_share_keys()
    {
        await using var shop = await OpenAsync(IdempotencyMode.Joined, options => options.Tenant = context => new TenantId(context.Request.Headers["X-Tenant"].ToString()));
        var answers = new List<bool>();
        foreach (var tenant in new[] { "t1", "t2", "t1" })
        {
            using var content = new StringContent("x");
            content.Headers.Add("X-Tenant", tenant);
            answers.Add((await shop.SendAsync("k", content)).IsReplayed());
        }

        Assert.Equal([false, false, true], answers);
    }

    [Fact]
    public async Task A_joined_handler_that_throws_leaves_nothing_and_may_be_tried_again()
    {
        var fails = true;
        await using var shop = await WebShop.OpenAsync(NewStore(), (app, shop) => app.MapPost("/orders", async (IdempotentRequest request) =>
        {
            var order = await shop.ActAsync(request.UnitOfWork);
            return fails ? throw new InvalidOperationException("out of paper") : Results.Text(order);
        }).RequireIdempotencyKey(options => options.Mode = IdempotencyMode.Joined));

        await Assert.ThrowsAsync<InvalidOperationException>(() => shop.PostAsync("k"));
        Assert.Equal(0, await shop.EffectsAsync());

        fails = false;
        var second = await shop.PostAsync("k");
        Assert.Equal((HttpStatusCode.OK, false), (second.StatusCode, second.IsReplayed()));
        Assert.Equal(1, await shop.EffectsAsync());
    }

    [Fact]
    public async Task A_joined_handler_that_answers_with_500_is_rolled_back()
    {
        await using var shop = await WebShop.OpenAsync(NewStore(), (app, shop) => app.MapPost("/orders", async (IdempotentRequest request) =>
        {
            await shop.ActAsync(request.UnitOfWork);
            return Results.Text("the warehouse is down", statusCode: 503);
        }).RequireIdempotencyKey(options => options.Mode = IdempotencyMode.Joined));

        for (var i = 0; i < 2; i++)
        {
            var answer = await shop.PostAsync("k");
            Assert.Equal((HttpStatusCode.ServiceUnavailable, false), (answer.StatusCode, answer.IsReplayed()));
            Assert.Equal("the warehouse is down", await answer.TextAsync());
        }

        Assert.Equal(0, await shop.EffectsAsync());
    }

    [Theory]
    [InlineData(CommitFault.NothingIsCommitted, HttpStatusCode.InternalServerError, 0)]
    [InlineData(CommitFault.AnswerIsLost, HttpStatusCode.Created, 1)]
    [InlineData(CommitFault.AnswerIsLostAndNothingIsCommitted, HttpStatusCode.ServiceUnavailable, 0)]
    public async Task A_joined_request_whose_commit_breaks_takes_effect_once_when_it_is_repeated(CommitFault fault, HttpStatusCode status, int effects)
    {
        await using var shop = await OpenAsync(IdempotencyMode.Joined);
        shop.Store.Break(fault);

        HttpStatusCode first;
        try
        {
            first = (await shop.PostAsync("k")).StatusCode;
        }
        catch (IOException)
        {
            // A test server hands on what a server would answer with 500.
            first = HttpStatusCode.InternalServerError;
        }

        Assert.Equal(status, first);
        Assert.Equal(effects, await shop.EffectsAsync());
        var second = await shop.PostAsync("k");
        Assert.Equal((HttpStatusCode.Created, effects == 1), (second.StatusCode, second.IsReplayed()));
        Assert.Equal(1, await shop.EffectsAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_leased_request_whose_commit_breaks_never_takes_effect_twice(int commitsBefore)
    {
        foreach (var fault in new[] { CommitFault.NothingIsCommitted, CommitFault.AnswerIsLost, CommitFault.AnswerIsLostAndNothingIsCommitted })
        {
            await using var shop = await OpenAsync(IdempotencyMode.Leased);
            shop.Store.Break(fault, commitsBefore);
            for (var i = 0; i < 3; i++)
            {
                try
                {
                    await shop.PostAsync("k");
                }
                catch (IOException)
                {
                    // As above.
                }
            }

            Assert.InRange(await shop.EffectsAsync(), 0, 1);
        }
    }

    [Theory]
    [InlineData("'; DROP TABLE orderkit_operations; --")]
    [InlineData("a\\\"b\\\\c")]
    [InlineData("tenant-2/http:POST /orders:anonymous/k")]
    [InlineData("%00%0d%0a")]
    public async Task A_key_is_only_text(string key)
    {
        await using var shop = await OpenAsync(IdempotencyMode.Joined);

        Assert.Equal(HttpStatusCode.Created, (await shop.PostAsync($"\"{key}\"")).StatusCode);
        Assert.True((await shop.PostAsync($"\"{key}\"")).IsReplayed());
        Assert.Equal(HttpStatusCode.Created, (await shop.PostAsync("another")).StatusCode);
        Assert.Equal(2, await shop.EffectsAsync());
    }

    [Theory]
    [InlineData(IdempotencyMode.Joined)]
    [InlineData(IdempotencyMode.Leased)]
    public async Task What_is_kept_names_neither_the_caller_nor_the_cookie(IdempotencyMode mode)
    {
        await using var shop = await WebShop.OpenAsync(NewStore(), (app, shop) => app.MapPost("/orders", async (HttpContext context) =>
        {
            if (mode == IdempotencyMode.Joined)
            {
                _ = IdempotentRequest.Of(context).UnitOfWork;
            }

            context.Response.Cookies.Append("session", "secret-of-one");
            context.Response.Headers["X-Trace"] = "t-1";
            await context.Response.WriteAsync("done");
        }).RequireIdempotencyKey(options =>
        {
            options.Mode = mode;
            options.Caller = context => "someone@example.com";
        }));

        var first = await shop.PostAsync("k");
        var second = await shop.PostAsync("k");

        Assert.True(first.Headers.Contains("Set-Cookie") && first.Headers.Contains("X-Trace"));
        Assert.True(second.IsReplayed());
        Assert.False(second.Headers.Contains("Set-Cookie") || second.Headers.Contains("X-Trace"));
        var scope = $"http:POST /orders:caller-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("someone@example.com"u8).AsSpan(0, 16))}";
        var stored = await shop.Services.GetRequiredService<IOperationStore>().FindAsync(OperationKey.Of(scope, "k"));
        Assert.DoesNotContain("secret-of-one", Encoding.UTF8.GetString(stored!.Result.Span), StringComparison.Ordinal);
    }

    protected Task<WebShop> OpenAsync(IdempotencyMode mode, Action<IdempotencyKeyOptions>? configure = null) => WebShop.OpenAsync(NewStore(), (app, shop) =>
    {
        var group = app.MapGroup("").RequireIdempotencyKey(options =>
        {
            options.Mode = mode;
            configure?.Invoke(options);
        });
        Map(group, shop, mode, "/orders", ["POST", "PUT"]);
        Map(group, shop, mode, "/refunds/{id}", ["POST"]);
    });

    private static void Map(IEndpointRouteBuilder group, WebShop shop, IdempotencyMode mode, string pattern, string[] methods) =>
        group.MapMethods(pattern, methods, async (HttpRequest http, IdempotentRequest request) =>
        {
            // The handler reads the body, which was read before to be compared.
            using var reader = new StreamReader(http.Body);
            var length = (await reader.ReadToEndAsync()).Length;
            Assert.True(length > 0);
            var order = mode == IdempotencyMode.Joined ? await shop.ActAsync(request.UnitOfWork) : await shop.ActAsync();
            return Results.Created($"/orders/{order}", new Dictionary<string, string> { ["order"] = order });
        });
}

public sealed class MemoryKeyedEndpointTests : KeyedEndpointTests
{
    protected override ShopStore NewStore() => new MemoryShopStore();
}

public sealed class SqliteKeyedEndpointTests : KeyedEndpointTests
{
    protected override ShopStore NewStore() => new SqliteShopStore();
}

[Trait("Requires", "PostgreSql")]
public sealed class PostgreSqlKeyedEndpointTests : KeyedEndpointTests
{
    protected override ShopStore NewStore() => new PostgreSqlShopStore();
}

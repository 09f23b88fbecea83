using System.Buffers;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Idempotency.Storage;

namespace OrderKit.AspNetCore.Tests;

/// <summary>What endpoints do, whatever the store.</summary>
public sealed class KeyedEndpointRuleTests
{
    [Fact]
    public async Task A_missing_key_is_refused_in_words()
    {
        await using var shop = await OpenAsync(static (_, _) => Results.Ok());

        var answer = await shop.PostAsync(null);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var problem = JsonDocument.Parse(await answer.TextAsync());
        Assert.Equal("The Idempotency-Key is missing", problem.RootElement.GetProperty("title").GetString());
        Assert.Equal(400, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task A_malformed_key_is_refused_and_nothing_runs()
    {
        var runs = 0;
        await using var shop = await OpenAsync((_, _) =>
        {
            runs++;
            return Results.Ok();
        });

        var answer = await shop.PostAsync("\"abc");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("no closing one", await answer.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, runs);
    }

    [Theory]
    [InlineData(IdempotencyMode.Joined)]
    [InlineData(IdempotencyMode.Leased)]
    public async Task Where_the_key_is_optional_a_request_without_one_runs_each_time(IdempotencyMode mode)
    {
        await using var shop = await WebShop.OpenAsync(new MemoryShopStore(), (app, shop) => app.MapPost("/orders", async (IdempotentRequest request) =>
        {
            Assert.Equal(32, request.DownstreamKey("bank").Length);
            return Results.Text($"{request.Key ?? "none"} {(mode == IdempotencyMode.Joined ? await shop.ActAsync(request.UnitOfWork) : await shop.ActAsync())}");
        }).RequireIdempotencyKey(options => (options.Mode, options.IsRequired) = (mode, false)));

        Assert.Equal("none order-1", await (await shop.PostAsync(null)).TextAsync());
        Assert.Equal("none order-2", await (await shop.PostAsync(null)).TextAsync());
        Assert.Equal("k order-3", await (await shop.PostAsync("\"k\"")).TextAsync());
        Assert.Equal(3, await shop.EffectsAsync());
    }

    [Fact]
    public async Task A_request_above_the_limit_is_refused_with_413_whether_or_not_it_says_its_length()
    {
        var runs = 0;
        await using var shop = await OpenAsync(
            (_, _) =>
            {
                runs++;
                return Results.Ok();
            },
            options => options.MaxRequest = 100);

        Assert.Equal(HttpStatusCode.OK, (await shop.SendAsync("k1", new ByteArrayContent(new byte[100]))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await shop.SendAsync("k2", new ByteArrayContent(new byte[101]))).StatusCode);
        var chunked = await shop.SendAsync("k3", new StreamContent(new UnknownLength(new byte[101])));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, chunked.StatusCode);
        Assert.Contains("at most 100 bytes", await chunked.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task The_result_kinds_of_minimal_APIs_come_back_as_they_were()
    {
        await using var shop = await WebShop.OpenAsync(new MemoryShopStore(), (app, shop) =>
        {
            var group = app.MapGroup("/kinds").RequireIdempotencyKey();
            group.MapPost("/object", () => new Dictionary<string, string> { ["name"] = "茶" });
            group.MapPost("/text", () => "plain");
            group.MapPost("/result", () => Results.Json(new Dictionary<string, int> { ["n"] = 1 }, statusCode: 202));
            group.MapPost("/empty", () => Results.NoContent());
            group.MapPost("/refused", () => Results.ValidationProblem(new Dictionary<string, string[]> { ["sku"] = ["unknown"] }));
            group.MapPost("/raw", async (HttpContext context) =>
            {
                context.Response.ContentType = "text/xml";
                context.Response.BodyWriter.Write("<a/>"u8);
                await context.Response.BodyWriter.FlushAsync();
            });
            group.MapPost("/elsewhere", () => Results.Redirect("/somewhere"));
        });
        foreach (var (path, status) in new[] { ("object", 200), ("text", 200), ("result", 202), ("empty", 204), ("refused", 400), ("raw", 200), ("elsewhere", 302) })
        {
            var first = await shop.PostAsync("k", path: "/kinds/" + path);
            var second = await shop.PostAsync("k", path: "/kinds/" + path);

            Assert.Equal((path, status, false), (path, (int)first.StatusCode, first.IsReplayed()));
            Assert.Equal((path, status, true), (path, (int)second.StatusCode, second.IsReplayed()));
            Assert.Equal(await first.TextAsync(), await second.TextAsync());
            Assert.Equal(first.Content.Headers.ContentType?.ToString(), second.Content.Headers.ContentType?.ToString());
            Assert.Equal(first.Headers.Location, second.Headers.Location);
        }
    }

    [Theory]
    [InlineData("large")]
    [InlineData("file")]
    [InlineData("events")]
    [InlineData("unbuffered")]
    [InlineData("swallowed")]
    public async Task What_cannot_be_kept_whole_is_refused_and_a_joined_effect_is_rolled_back(string kind)
    {
        await using var shop = await WebShop.OpenAsync(new SqliteShopStore(), (app, shop) => app.MapPost("/orders", async (HttpContext context, IdempotentRequest request) =>
        {
            await shop.ActAsync(request.UnitOfWork);
            context.Response.Headers["X-Handler"] = "was here";
            await AnswerAsync(kind, context);
        }).RequireIdempotencyKey(options => (options.Mode, options.MaxResponse) = (IdempotencyMode.Joined, 1_000)));

        for (var i = 0; i < 2; i++)
        {
            var answer = await shop.PostAsync("k");

            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            Assert.Contains("rolled back", await answer.TextAsync(), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("X-Handler"));
        }

        Assert.Equal(0, await shop.EffectsAsync());
    }

    [Fact]
    public async Task A_leased_answer_that_cannot_be_kept_leaves_the_key_held()
    {
        await using var shop = await WebShop.OpenAsync(new MemoryShopStore(), (app, shop) => app.MapPost("/orders", async (HttpContext context) =>
        {
            await shop.ActAsync();
            await AnswerAsync("large", context);
        }).RequireIdempotencyKey(options => options.MaxResponse = 1_000));

        Assert.Contains("the key is held", await (await shop.PostAsync("k")).TextAsync(), StringComparison.Ordinal);
        await AssertHeldAsync(await shop.PostAsync("k"));
        Assert.Equal(1, await shop.EffectsAsync());
    }

    [Fact]
    public async Task A_body_of_just_the_limit_is_kept()
    {
        await using var shop = await OpenAsync(static (_, _) => Results.Text(new string('x', 1_000)), options => options.MaxResponse = 1_000);

        await shop.PostAsync("k");

        Assert.Equal(1_000, (await (await shop.PostAsync("k")).TextAsync()).Length);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(0)]
    public async Task A_leased_handler_that_fails_leaves_the_key_held_until_somebody_says_what_became_of_it(int status)
    {
        await using var shop = await OpenAsync((_, _) => status == 0 ? throw new InvalidOperationException("no answer from the bank") : Results.StatusCode(status));
        try
        {
            Assert.Equal(status, (int)(await shop.PostAsync("k")).StatusCode);
        }
        catch (InvalidOperationException) when (status == 0)
        {
            // A test server hands on what a server would answer with 500.
        }

        await AssertHeldAsync(await shop.PostAsync("k"));
        var interrupted = Assert.Single(await shop.Services.GetRequiredService<IOperationStore>().ListInterruptedAsync(TenantId.Default, 10));
        Assert.True(await shop.Services.GetRequiredService<Operations>().ResolveAsync(
            interrupted, new Resolution.Done(IdempotentRequest.ResultOf(201, "text/plain", "it was paid"u8.ToArray()))));

        var answer = await shop.PostAsync("k");
        Assert.Equal((HttpStatusCode.Created, true, "it was paid"), (answer.StatusCode, answer.IsReplayed(), await answer.TextAsync()));
    }

    [Theory]
    [InlineData(LapsePolicy.Retry, false)]
    [InlineData(LapsePolicy.Hold, true)]
    public async Task A_leased_handler_that_fails_without_an_effect_runs_again_after_a_pause(LapsePolicy onLapse, bool says)
    {
        var runs = 0;
        await using var shop = await OpenAsync(
            (request, _) =>
            {
                if (says)
                {
                    request.NothingHappened();
                }

                return ++runs == 1 ? Results.StatusCode(503) : Results.Text($"attempt {request.Attempt}");
            },
            options => options.OnLapse = onLapse,
            movesClock: true);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await shop.PostAsync("k")).StatusCode);
        var early = await shop.PostAsync("k");
        Assert.Equal((HttpStatusCode.Conflict, TimeSpan.FromSeconds(1)), (early.StatusCode, early.Headers.RetryAfter?.Delta));
        shop.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("attempt 2", await (await shop.PostAsync("k")).TextAsync());
    }

    [Theory]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    public async Task An_answer_that_says_later_is_not_kept(int status)
    {
        var runs = 0;
        await using var shop = await OpenAsync((_, _) => ++runs == 1 ? Results.StatusCode(status) : Results.Ok(), movesClock: true);

        Assert.Equal(status, (int)(await shop.PostAsync("k")).StatusCode);
        shop.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((HttpStatusCode.OK, 2), ((await shop.PostAsync("k")).StatusCode, runs));
    }

    [Fact]
    public async Task A_running_request_is_answered_with_409_and_when_to_ask_again()
    {
        var (begun, may) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var shop = await WebShop.OpenAsync(new MemoryShopStore(), (app, _) => app.MapPost("/orders", async () =>
        {
            begun.SetResult();
            await may.Task;
            return "done";
        }).RequireIdempotencyKey(), movesClock: true);
        var first = shop.PostAsync("k");
        await begun.Task;

        var second = await shop.PostAsync("k");
        var other = await shop.PostAsync("k", "{}");
        may.SetResult();

        Assert.Equal((HttpStatusCode.Conflict, TimeSpan.FromSeconds(30)), (second.StatusCode, second.Headers.RetryAfter?.Delta));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal("done", await (await first).TextAsync());
        Assert.True((await shop.PostAsync("k")).IsReplayed());
    }

    [Fact]
    public async Task A_caller_who_hangs_up_does_not_stop_the_handler_and_finds_the_answer()
    {
        var (begun, may) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var shop = await WebShop.OpenAsync(
            new MemoryShopStore(),
            (app, _) => app.MapPost("/orders", async (HttpContext context) =>
            {
                begun.TrySetResult();
                await may.Task;
                return $"cancelled: {context.RequestAborted.IsCancellationRequested}";
            }).RequireIdempotencyKey(),
            before: app => app.Use(async (context, next) =>
            {
                try
                {
                    await next(context);
                }
                finally
                {
                    ended.TrySetResult(context.RequestAborted.IsCancellationRequested);
                }
            }));
        using var hangsUp = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/orders", UriKind.Relative));
        request.Headers.Add("Idempotency-Key", "k");
        request.Headers.Add("X-User", "U-1");
        request.Content = new StringContent("x");
        var first = shop.Client.SendAsync(request, hangsUp.Token);
        await begun.Task;
        await hangsUp.CancelAsync();
        may.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => first);

        Assert.True(await ended.Task);
        var second = await shop.SendAsync("k", new StringContent("x"));
        Assert.Equal((true, "cancelled: False"), (second.IsReplayed(), await second.TextAsync()));
    }

    [Fact]
    public async Task An_answer_is_forgotten_after_its_time()
    {
        var runs = 0;
        await using var shop = await OpenAsync((_, _) => Results.Text($"{++runs}"), options => options.Retention = TimeSpan.FromHours(1), movesClock: true);
        await shop.PostAsync("k");

        shop.Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        Assert.Equal("1", await (await shop.PostAsync("k")).TextAsync());
        shop.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("2", await (await shop.PostAsync("k")).TextAsync());
    }

    [Fact]
    public async Task A_joined_handler_that_never_takes_the_unit_of_work_is_told_so()
    {
        await using var shop = await OpenAsync(static (_, _) => Results.Ok(), options => options.Mode = IdempotencyMode.Joined);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => shop.PostAsync("k"));

        Assert.Contains("never asked for the unit of work", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leased_handler_that_wants_a_unit_of_work_is_told_how()
    {
        await using var shop = await OpenAsync(static (request, _) => Results.Text(request.UnitOfWork.ToString()));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => shop.PostAsync("k"));

        Assert.Contains("Mode = IdempotencyMode.Joined", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_on_an_endpoint_without_a_key_is_told_how()
    {
        await using var shop = await WebShop.OpenAsync(new MemoryShopStore(), static (app, _) => app.MapPost("/orders", (IdempotentRequest request) => request.Key));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => shop.PostAsync("k"));

        Assert.Contains("RequireIdempotencyKey()", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Safe_methods_of_a_group_pass_through_and_the_inner_call_has_the_say()
    {
        await using var shop = await WebShop.OpenAsync(new MemoryShopStore(), (app, _) =>
        {
            var group = app.MapGroup("/g").RequireIdempotencyKey(options => options.MaxKey = 4);
            group.MapGet("/orders", () => "list");
            group.MapPost("/orders", () => "short").WithName("short");
            group.MapPost("/long", () => "long").RequireIdempotencyKey(options => options.MaxKey = 8);
        });

        Assert.Equal("list", await shop.Client.GetStringAsync(new Uri("/g/orders", UriKind.Relative)));
        Assert.Equal(HttpStatusCode.BadRequest, (await shop.PostAsync("12345678", path: "/g/orders")).StatusCode);
        Assert.Equal("long", await (await shop.PostAsync("12345678", path: "/g/long")).TextAsync());
        Assert.True((await shop.PostAsync("12345678", path: "/g/long")).IsReplayed());
    }

    [Fact]
    public async Task A_caller_without_a_subject_is_nobody_that_can_be_guessed()
    {
        await using var shop = await OpenAsync(static (_, _) => Results.Ok(), before: app => app.Use((context, next) =>
        {
            context.User = new(new System.Security.Claims.ClaimsIdentity([], "test"));
            return next(context);
        }));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => shop.PostAsync("k", user: null));

        Assert.Contains("IdempotencyKeyOptions.Caller", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_that_middleware_sets_for_each_request_is_replayed_once()
    {
        await using var shop = await OpenAsync(static (_, _) => Results.Ok(), before: static app => app.Use(static (context, next) =>
        {
            context.Response.Headers.ContentLanguage = "zh-CN";
            return next(context);
        }));

        Assert.Equal(["zh-CN"], (await shop.PostAsync("k")).Content.Headers.ContentLanguage);
        var second = await shop.PostAsync("k");

        Assert.True(second.IsReplayed());
        Assert.Equal(["zh-CN"], second.Content.Headers.ContentLanguage);
    }

    [Fact]
    public async Task It_works_behind_compression_and_an_exception_page()
    {
        var fails = false;
        await using var shop = await OpenAsync(
            (_, _) => fails ? throw new InvalidOperationException("broken") : Results.Text(new string('a', 5_000)),
            register: services => services.AddResponseCompression(options => options.Providers.Add<GzipCompressionProvider>()),
            before: app =>
            {
                app.UseResponseCompression();
                app.UseExceptionHandler(error => error.Run(context => context.Response.WriteAsync("the page for errors")));
            });
        using var client = shop.Client;
        client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/orders", UriKind.Relative)) { Content = new StringContent("x") };
            request.Headers.Add("Idempotency-Key", "k");
            var answer = await client.SendAsync(request);
            Assert.Equal(["gzip"], answer.Content.Headers.ContentEncoding);
            await using var gzip = new GZipStream(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
            using var reader = new StreamReader(gzip);
            Assert.Equal(new string('a', 5_000), await reader.ReadToEndAsync());
            Assert.Equal(i == 1, answer.IsReplayed());
        }

        fails = true;
        var failed = await shop.PostAsync("k2");
        Assert.Equal((HttpStatusCode.InternalServerError, "the page for errors"), (failed.StatusCode, await failed.TextAsync()));
    }

    [Fact]
    public async Task A_handler_binds_the_body_on_a_real_server_too()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddOrderKit().UseInMemory();
        builder.Services.AddIdempotencyKeys();
        await using var app = builder.Build();
        app.MapPost("/orders", (Dictionary<string, int> order) => order["quantity"] * 2).RequireIdempotencyKey();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/orders", UriKind.Relative)) { Content = new StringContent("""{"quantity":21}""", Encoding.UTF8, "application/json") };
            request.Headers.Add("Idempotency-Key", "\"k\"");
            var answer = await client.SendAsync(request);

            Assert.Equal((HttpStatusCode.OK, "42", i > 0), (answer.StatusCode, await answer.TextAsync(), answer.IsReplayed()));
        }
    }

    [Fact]
    public async Task A_form_that_was_read_before_is_compared_all_the_same()
    {
        await using var shop = await OpenAsync(static (_, _) => Results.Ok(), before: app => app.Use(async (context, next) =>
        {
            await context.Request.ReadFormAsync();
            await next(context);
        }));

        Assert.Equal(HttpStatusCode.OK, (await shop.SendAsync("k", Form("1"))).StatusCode);
        Assert.True((await shop.SendAsync("k", Form("1"))).IsReplayed());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.SendAsync("k", Form("2"))).StatusCode);

        static FormUrlEncodedContent Form(string quantity) => new([new("sku", "A-1"), new("quantity", quantity)]);
    }

    [Fact]
    public async Task The_files_of_a_form_that_was_read_before_have_the_same_limit()
    {
        await using var shop = await OpenAsync(static (_, _) => Results.Ok(), static options => options.MaxRequest = 1_000, before: app => app.Use(async (context, next) =>
        {
            await context.Request.ReadFormAsync();
            await next(context);
        }));

        // The limit counts the body as it is sent: with the lines around the file.
        Assert.Equal(HttpStatusCode.OK, (await shop.SendAsync("k1", Form(700))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await shop.SendAsync("k2", Form(1_000))).StatusCode);

        static MultipartFormDataContent Form(int length) => new() { { new StreamContent(new UnknownLength(new byte[length])), "photo", "photo.png" } };
    }

    [Fact]
    public async Task Headers_that_are_too_long_to_be_kept_are_refused_in_words()
    {
        await using var shop = await OpenAsync(static (_, context) =>
        {
            context.Response.Headers.ETag = new string('x', 40_000);
            return Results.Text(new string('y', 64 * 1024));
        });

        var answer = await shop.PostAsync("k");

        Assert.Equal((HttpStatusCode.InternalServerError, null), (answer.StatusCode, answer.Headers.ETag));
        Assert.Contains("IdempotencyKeyOptions.ResponseHeaders", await answer.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_was_read_before_and_can_be_read_again_is_compared_all_the_same()
    {
        await using var shop = await OpenAsync(static (_, _) => Results.Ok(), before: static app => app.Use(static async (context, next) =>
        {
            context.Request.EnableBuffering();
            await context.Request.Body.CopyToAsync(Stream.Null);
            await next(context);
        }));

        Assert.Equal(HttpStatusCode.OK, (await shop.PostAsync("k", """{"quantity":1}""")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.PostAsync("k", """{"quantity":2}""")).StatusCode);
    }

    [Fact]
    public async Task A_body_that_somebody_used_up_is_not_taken_for_an_empty_one()
    {
        await using var shop = await OpenAsync(static (_, _) => Results.Ok(), before: static app => app.Use(static async (context, next) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await next(context);
        }));

        Assert.Equal(HttpStatusCode.OK, (await shop.PostAsync("k", """{"quantity":1}""")).StatusCode);
        Assert.True((await shop.PostAsync("k", """{"quantity":1}""")).IsReplayed());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.PostAsync("k", """{"quantity":2}""")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.PostAsync("k", "")).StatusCode);
    }

    [Fact]
    public async Task A_form_without_its_token_against_forgery_is_refused_and_leaves_its_key_free()
    {
        var runs = 0;
        await using var shop = await WebShop.OpenAsync(
            new MemoryShopStore(),
            (app, _) =>
            {
                app.UseAntiforgery();
                app.MapPost("/orders", ([FromForm] string sku) => $"{++runs} {sku}").RequireIdempotencyKey();
            },
            static services => services.AddAntiforgery());

        var answer = await shop.SendAsync("k", new FormUrlEncodedContent([new("sku", "A-1")]));

        Assert.Equal((HttpStatusCode.BadRequest, 0), (answer.StatusCode, runs));
        Assert.Contains("urn:orderkit:problem:antiforgery-failed", await answer.TextAsync(), StringComparison.Ordinal);
        Assert.Null(await shop.Services.GetRequiredService<IOperationStore>().FindAsync(OperationKey.Of("http:POST /orders:anonymous", "k")));
    }

    [Fact]
    public async Task A_method_in_small_letters_is_the_same_method()
    {
        await using var shop = await OpenAsync(static (_, _) => Results.Ok());
        await shop.SendAsync("k", new StringContent("x"));

        Assert.True((await shop.SendAsync("k", new StringContent("x"), method: "post")).IsReplayed());
    }

    [Fact]
    public async Task Another_path_base_is_another_request()
    {
        await using var shop = await OpenAsync(static (_, _) => Results.Ok(), before: static app =>
        {
            app.UsePathBase("/shop-1");
            app.UsePathBase("/shop-2");
            app.UseRouting();
        });

        Assert.Equal(HttpStatusCode.OK, (await shop.PostAsync("k", path: "/shop-1/orders")).StatusCode);
        Assert.True((await shop.PostAsync("k", path: "/shop-1/orders")).IsReplayed());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shop.PostAsync("k", path: "/shop-2/orders")).StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_handler_that_lost_its_lease_answers_that_it_was_taken_over_and_logs_no_key(bool stops)
    {
        const string Key = "key-of-somebody";
        var lines = new LogLines();
        await using var shop = await WebShop.OpenAsync(
            new MemoryShopStore(),
            (app, shop) => app.MapPost("/orders", async (HttpContext context) =>
            {
                var (store, units) = (shop.Services.GetRequiredService<IOperationStore>(), shop.Services.GetRequiredService<IUnitOfWorkFactory>());
                var row = (await store.FindAsync(OperationKey.Of("http:POST /orders:anonymous", Key)))!;
                await using (var unit = await units.BeginAsync())
                {
                    Assert.True((await store.ReleaseAsync(unit, [new OperationClaim(row.Key, row.Epoch, row.Owner, row.Attempts, row.Step, row.StepContent)]))[0]);
                    await unit.CommitAsync();
                }

                if (stops)
                {
                    shop.Clock.Advance(TimeSpan.FromSeconds(20));
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                }

                return "done";
            }).RequireIdempotencyKey(),
            services => services.AddSingleton<ILoggerProvider>(lines),
            movesClock: true);

        var answer = await shop.PostAsync(Key, user: null);

        Assert.Equal((HttpStatusCode.Conflict, TimeSpan.FromSeconds(30)), (answer.StatusCode, answer.Headers.RetryAfter?.Delta));
        Assert.Contains("urn:orderkit:problem:taken-over", await answer.TextAsync(), StringComparison.Ordinal);
        Assert.Contains(4006, lines.Ids);
        Assert.DoesNotContain(Key, lines.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_of_which_nobody_heard_logs_no_key()
    {
        const string Key = "key-of-somebody";
        var lines = new LogLines();
        await using var shop = await WebShop.OpenAsync(
            new MemoryShopStore(),
            static (app, shop) => app.MapPost("/orders", (IdempotentRequest request) => shop.ActAsync(request.UnitOfWork)).RequireIdempotencyKey(static options => options.Mode = IdempotencyMode.Joined),
            services => services.AddSingleton<ILoggerProvider>(lines));
        shop.Store.Break(CommitFault.AnswerIsLostAndNothingIsCommitted);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await shop.PostAsync(Key)).StatusCode);
        Assert.Contains(4005, lines.Ids);
        Assert.DoesNotContain(Key, lines.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_too_a_joined_answer_that_is_too_large_is_refused_in_words()
    {
        await using var shop = await WebShop.OpenAsync(new MemoryShopStore(), static (app, shop) => app.MapPost("/orders", async (HttpContext context, IdempotentRequest request) =>
        {
            await shop.ActAsync(request.UnitOfWork);
            context.Response.Headers["X-Handler"] = "was here";
            await AnswerAsync("large", context);
        }).RequireIdempotencyKey(static options => (options.Mode, options.IsRequired, options.MaxResponse) = (IdempotencyMode.Joined, false, 1_000)));

        var answer = await shop.PostAsync(null);

        Assert.Equal((HttpStatusCode.InternalServerError, false), (answer.StatusCode, answer.Headers.Contains("X-Handler")));
        Assert.Contains("urn:orderkit:problem:response-unkeepable", await answer.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await shop.EffectsAsync());
    }

    [Theory]
    [InlineData("""[1,2]""", """[1, 2.0]""", true)]
    [InlineData("""[1,2]""", """[2,1]""", false)]
    [InlineData("""{"a":1}""", """{"a":"1"}""", false)]
    [InlineData("""{"a":{"y":1,"x":2}}""", """{"a":{"x":2,"y":1.0}}""", true)]
    [InlineData("""{"a":1}""", """{"a":1,"b":null}""", false)]
    [InlineData("""{"a":1,"a":1}""", """{"a":1,"a":1}""", true)]
    [InlineData("""{"a":1,"a":2}""", """{"a":2,"a":2}""", false)]
    [InlineData("no json", "no json", true)]
    [InlineData("no json", "No json", false)]
    [InlineData("""1,"x":2""", """1,"x":3""", false)]
    [InlineData("null", "null", true)]
    [InlineData("", "", true)]
    [InlineData("", "{}", false)]
    [InlineData("""{"":1}""", """{"":2}""", false)]
    public async Task Bodies_are_compared_by_what_they_mean(string one, string other, bool same)
    {
        await using var shop = await OpenAsync(static (_, _) => Results.Ok());
        await shop.PostAsync("k", one);

        var answer = await shop.PostAsync("k", other);

        Assert.Equal(same ? HttpStatusCode.OK : HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_and_a_query_with_very_many_fields_are_compared_as_wholes()
    {
        await using var shop = await OpenAsync(static (_, _) => Results.Ok());
        var many = "{" + string.Join(",", Enumerable.Range(0, 200).Select(n => $"\"f{n}\":{n}")) + "}";
        var query = "/orders?" + string.Join("&", Enumerable.Range(0, 80).Select(n => $"q{n}={n}"));
        await shop.PostAsync("k", many, path: query);

        Assert.True((await shop.PostAsync("k", many, path: query)).IsReplayed());
        Assert.Contains("[\"body\"]", await (await shop.PostAsync("k", many.Replace("199", "198", StringComparison.Ordinal).Replace("\"f198\":198", "\"f199\":1", StringComparison.Ordinal), path: query)).TextAsync(), StringComparison.Ordinal);
        Assert.Contains("[\"query\"]", await (await shop.PostAsync("k", many, path: query + "&z=1")).TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_contradict_themselves_are_refused_with_all_faults()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        var failure = Assert.Throws<ArgumentException>(() => app.MapPost("/orders", () => "").RequireIdempotencyKey(options =>
        {
            options.ResponseHeaders.Add("set-cookie");
            options.MaxKey = 256;
            options.MaxRequest = 0;
            options.Retention = TimeSpan.Zero;
            options.Lease = TimeSpan.Zero;
            options.Mode = IdempotencyMode.Joined;
            options.OnLapse = LapsePolicy.Retry;
        }));

        Assert.All(
            new[] { "set-cookie", "MaxKey is 256", "MaxRequest is 0", "Retention is 00:00:00", "Lease is 00:00:00", "OnLapse is Retry and Mode is Joined" },
            fault => Assert.Contains(fault, failure.Message, StringComparison.Ordinal));
    }

    private static Task<WebShop> OpenAsync(
        Func<IdempotentRequest, HttpContext, IResult> handler, Action<IdempotencyKeyOptions>? configure = null, Action<IServiceCollection>? register = null,
        Action<WebApplication>? before = null, bool movesClock = false) =>
        WebShop.OpenAsync(
            new MemoryShopStore(),
            (app, _) => app.MapPost("/orders", (IdempotentRequest request, HttpContext context) => handler(request, context)).RequireIdempotencyKey(configure),
            register,
            before,
            movesClock);

    private static async Task AssertHeldAsync(HttpResponseMessage answer)
    {
        Assert.Equal((HttpStatusCode.Conflict, null), (answer.StatusCode, answer.Headers.RetryAfter));
        Assert.Contains("urn:orderkit:problem:held", await answer.TextAsync(), StringComparison.Ordinal);
    }

    private static async Task AnswerAsync(string kind, HttpContext context)
    {
        switch (kind)
        {
            case "large":
                await context.Response.WriteAsync(new string('x', 1_001));
                break;
            case "file":
                await context.Response.SendFileAsync(typeof(KeyedEndpointRuleTests).Assembly.Location);
                break;
            case "events":
                context.Response.ContentType = "text/event-stream";
                await context.Response.Body.FlushAsync();
                break;
            case "unbuffered":
                context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
                break;
            default:
                try
                {
                    await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(new string('x', 1_001)));
                }
                catch (InvalidOperationException)
                {
                    await context.Response.WriteAsync("cut");
                }

                break;
        }
    }

    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}

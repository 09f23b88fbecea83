using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrderKit.AspNetCore.Tests;

/// <summary>A request is compared as a whole or refused, whatever happened to its body before the endpoint. All on Kestrel, byte by byte.</summary>
public sealed class RequestBodyTests
{
    private const string One = """{"sku":"A-1","quantity":1}""";
    private const string Two = """{"sku":"A-1","quantity":2}""";

    /// <summary>What middleware may do with a body before the endpoint.</summary>
    public static TheoryData<string, bool> Readers
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var reader in new[]
                {
                    "nobody", "reads it", "reads a part", "reads it by the pipe", "peeks by the pipe", "disposes it", "buffers and rewinds", "buffers and does not rewind",
                    "reads a part and buffers", "replaces it by nothing", "replaces it by a constant", "reads no byte", "is another startup filter",
                })
            {
                data.Add(reader, false);
                data.Add(reader, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Another_body_is_another_request_whatever_middleware_did_with_it(string reader, bool isChunked)
    {
        await using var server = await Server.OpenAsync(reader);

        Assert.Equal((200, "false"), await server.PostAsync(One, isChunked));
        Assert.Equal((200, "true"), await server.PostAsync(One, isChunked));
        Assert.Equal((422, ""), await server.PostAsync(Two, isChunked));
        Assert.Equal((422, ""), await server.PostAsync("", isChunked));
        Assert.Equal(1, server.Runs);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("reads it")]
    [InlineData("reads a part")]
    [InlineData("reads it by the pipe")]
    [InlineData("peeks by the pipe")]
    [InlineData("buffers and rewinds")]
    [InlineData("buffers and does not rewind")]
    [InlineData("disposes it")]
    public async Task The_handler_reads_the_whole_body_whatever_middleware_read_of_it(string reader)
    {
        await using var server = await Server.OpenAsync(reader);

        await server.PostAsync(One, isChunked: true);

        Assert.Equal(One, server.Seen);
    }

    [Fact]
    public async Task A_stream_that_middleware_put_in_front_of_the_body_reaches_the_handler()
    {
        await using var server = await Server.OpenAsync("wraps it");

        Assert.Equal((200, "false"), await server.PostAsync(One));

        Assert.Equal(One.ToUpperInvariant(), server.Seen);
        Assert.Equal((200, "true"), await server.PostAsync(One));
    }

    [Theory]
    [InlineData("POST /orders HTTP/1.1\r\nContent-Length: 0\r\n")]
    [InlineData("POST /orders HTTP/1.1\r\n")]
    [InlineData("DELETE /orders HTTP/1.1\r\n")]
    public async Task A_request_without_a_body_is_compared_with_others(string head)
    {
        await using var server = await Server.OpenAsync("nobody");
        var method = head.StartsWith("DELETE", StringComparison.Ordinal) ? "DELETE" : "POST";

        Assert.Equal((200, "false"), await server.SendAsync(head, ""));
        Assert.Equal((200, "true"), await server.SendAsync(head, ""));
        Assert.Equal((422, ""), await server.PostAsync(One, method: method));
    }

    [Fact]
    public async Task A_read_without_an_effect_passes_with_and_without_a_key()
    {
        await using var server = await Server.OpenAsync("reads it");

        Assert.Equal((200, "false"), await server.SendAsync("GET /orders HTTP/1.1\r\n", ""));
        Assert.Equal((200, "false"), await server.SendAsync("GET /orders HTTP/1.1\r\n", ""));
        Assert.Equal((200, "false"), await server.SendAsync("GET /orders HTTP/1.1\r\n", "", key: null));
    }

    [Fact]
    public async Task The_client_that_waits_for_100_Continue_is_served()
    {
        await using var server = await Server.OpenAsync("nobody");
        using var client = await server.ConnectAsync();
        await client.SendAsync(Bytes($"POST /orders HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: {One.Length}\r\n\r\n"));
        var buffer = new byte[100];
        var interim = Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer));
        await client.SendAsync(Bytes(One));

        Assert.StartsWith("HTTP/1.1 100", interim, StringComparison.Ordinal);
        Assert.Equal((200, "false"), Server.AnswerIn(await Server.ReadAsync(client)));
        Assert.Equal(One, server.Seen);
    }

    [Theory]
    [InlineData("nobody", "Content-Length: 500\r\n\r\n{\"sku\"")]
    [InlineData("nobody", "Transfer-Encoding: chunked\r\n\r\n6\r\n{\"sku\"\r\n")]
    [InlineData("nobody", "Transfer-Encoding: chunked\r\n\r\n6\r\n{\"s")]
    [InlineData("swallows faults", "Content-Length: 500\r\n\r\n{\"sku\"")]
    [InlineData("swallows faults", "Transfer-Encoding: chunked\r\n\r\n6\r\n{\"sku\"\r\n")]
    [InlineData("swallows faults", "Transfer-Encoding: chunked\r\n\r\nno chunk")]
    public async Task A_body_that_breaks_off_never_counts(string reader, string rest)
    {
        await using var server = await Server.OpenAsync(reader);
        using (var client = await server.ConnectAsync())
        {
            await client.SendAsync(Bytes($"POST /orders HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\n{rest}"));
            client.Shutdown(SocketShutdown.Send);
            await server.Ended;
        }

        Assert.Equal(0, server.Runs);
        Assert.Equal((200, "false"), await server.PostAsync(One));
        Assert.Equal((200, "true"), await server.PostAsync(One));
    }

    [Theory]
    [InlineData("a smaller limit of the server", 413, "request-too-large")]
    [InlineData("the endpoint's limit", 413, "request-too-large")]
    [InlineData("sets the key", 500, "body-unavailable")]
    [InlineData("cancels a read", 500, "body-unavailable")]
    public async Task A_body_that_cannot_be_had_whole_is_refused_in_words(string reader, int status, string code)
    {
        await using var server = await Server.OpenAsync(reader);
        var text = await server.TextAsync($"POST /orders HTTP/1.1\r\nTransfer-Encoding: chunked\r\n{(reader is "sets the key" ? "" : "Idempotency-Key: k\r\n")}", Chunked(new string('x', 2_000)));

        Assert.StartsWith($"HTTP/1.1 {status} ", text, StringComparison.Ordinal);
        Assert.Contains($"urn:orderkit:problem:{code}", text, StringComparison.Ordinal);
        Assert.Equal((0, status == 500), (server.Runs, server.Log.Ids.Contains(4007)));
    }

    [Theory]
    [InlineData("/orders", "application/json", "{\"sku\":\"\xff\"}")]
    [InlineData("/orders", "application/json", "{\"sku\":\"\xed\xa0\x80\"}")]
    [InlineData("/orders", "application/json", """{"sku":"\ud800"}""")]
    [InlineData("/orders", "application/json", """{"sku":"\udc00\ud800"}""")]
    [InlineData("/orders", "application/json", """{"\ud800":1}""")]
    [InlineData("/orders", "application/json", """{"a":[{"b":["\udfff"]}]}""")]
    [InlineData("/orders", "application/vnd.shop+json; charset=UTF-8", """["\ud83d"]""")]
    [InlineData("/orders", "application/x-www-form-urlencoded", "sku=%FF")]
    [InlineData("/orders", "application/x-www-form-urlencoded", "sku=\xff")]
    [InlineData("/orders?sku=%FF", "text/plain", "x")]
    [InlineData("/orders?sku=%ED%A0%80", "text/plain", "x")]
    [InlineData("/orders?%C3%28=1", "text/plain", "x")]
    [InlineData("/orders/%FF", "text/plain", "x")]
    public async Task Text_that_is_not_Unicode_is_the_callers_fault(string path, string type, string body)
    {
        await using var server = await Server.OpenAsync("nobody");

        var text = await server.TextAsync($"POST {path} HTTP/1.1\r\nIdempotency-Key: k\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n", body);

        Assert.StartsWith("HTTP/1.1 400 ", text, StringComparison.Ordinal);
        Assert.Contains("urn:orderkit:problem:text-malformed", text, StringComparison.Ordinal);
        Assert.Equal(0, server.Runs);
    }

    [Theory]
    [InlineData("application/json", """{"sku":"\ud83d\ude00"}""")]
    [InlineData("application/json", "{\"sku\":\"\xf0\x9f\x98\x80\"}")]
    [InlineData("application/x-www-form-urlencoded", "sku=%E8%8C%B6&rate=100%")]
    [InlineData("application/octet-stream", "\xff\xfe")]
    [InlineData("application/json; charset=iso-8859-1", "\xff")]
    public async Task Well_formed_text_and_other_bodies_pass(string type, string body)
    {
        await using var server = await Server.OpenAsync("nobody");
        var head = $"POST /orders?q=%E8%8C%B6%zz HTTP/1.1\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n";

        Assert.Equal((200, "false"), await server.SendAsync(head, body));
        Assert.Equal((200, "true"), await server.SendAsync(head, body));
    }

    [Theory]
    [InlineData("Idempotency-Key: \xff\r\n")]
    [InlineData("Idempotency-Key: \xed\xa0\x80\r\n")]
    [InlineData("Idempotency-Key: k\r\nX-Caller: \xff\r\n")]
    public async Task A_header_that_is_not_Unicode_is_the_callers_fault(string header)
    {
        await using var server = await Server.OpenAsync("nobody");

        Assert.StartsWith("HTTP/1.1 400 ", await server.TextAsync($"POST /orders HTTP/1.1\r\n{header}Content-Length: 1\r\n", "x"), StringComparison.Ordinal);
        Assert.Equal(0, server.Runs);
    }

    [Fact]
    public async Task An_endpoint_without_keys_streams_a_large_body_that_has_one()
    {
        await using var server = await Server.OpenAsync("nobody");

        Assert.Equal((200, ""), await server.SendAsync("POST /large HTTP/1.1\r\nContent-Length: 3000000\r\n", new string('x', 3_000_000)));

        Assert.Equal("3000000", server.Seen);
    }

    [Fact]
    public async Task HTTP_2_without_a_length_is_compared_too()
    {
        await using var server = await Server.OpenAsync("reads it", Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2);

        Assert.Equal((HttpStatusCode.OK, false), await server.PostHttp2Async(One));
        Assert.Equal((HttpStatusCode.OK, true), await server.PostHttp2Async(One));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, false), await server.PostHttp2Async(Two));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, false), await server.PostHttp2Async(null));
    }

    [Fact]
    public async Task An_application_that_does_not_record_bodies_is_told_so()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddOrderKit().UseInMemory();
        await using var app = builder.Build();
        app.MapPost("/orders", static () => "").RequireIdempotencyKey();

        var failure = Assert.Throws<InvalidOperationException>(() => ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)app).DataSources.Single().Endpoints);

        Assert.Contains("AddIdempotencyKeys()", failure.Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static string Chunked(string body) => body is "" ? "0\r\n\r\n" : $"{body.Length:X}\r\n{body}\r\n0\r\n\r\n";

    private sealed class Server : IAsyncDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private WebApplication _app = null!;

        public int Runs { get; private set; }

        public string? Seen { get; private set; }

        public LogLines Log { get; } = new();

        /// <summary>Ends with the first request.</summary>
        public Task Ended => _ended.Task;

        public static async Task<Server> OpenAsync(string reader, Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols protocols = Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http1)
        {
            var server = new Server();
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = protocols));
            builder.Logging.ClearProviders().AddProvider(server.Log);
            builder.Services.AddOrderKit().UseInMemory();
            if (reader is "is another startup filter")
            {
                builder.Services.AddSingleton<IStartupFilter, ReadingFilter>();
            }

            builder.Services.AddIdempotencyKeys();
            var app = server._app = builder.Build();
            app.Use(async (context, next) =>
            {
                try
                {
                    await ReadBeforeAsync(reader, context);
                    await next(context);
                }
                finally
                {
                    server._ended.TrySetResult();
                }
            });
            app.UseRouting();
            app.MapMethods("/orders/{**rest}", ["POST", "DELETE", "GET"], async (HttpContext context) =>
            {
                server.Runs++;
                server.Seen = await new StreamReader(context.Request.Body).ReadToEndAsync();
                return "done";
            }).RequireIdempotencyKey(options =>
            {
                options.MaxRequest = reader is "the endpoint's limit" ? 1_000 : 4_000;
                options.Caller = static context => context.Request.Headers["X-Caller"];
            });
            app.MapPost("/large", async (HttpContext context) =>
                server.Seen = $"{(await new StreamReader(context.Request.Body).ReadToEndAsync()).Length}");
            await app.StartAsync();
            return server;
        }

        public Task<(int Status, string IsReplayed)> PostAsync(string body, bool isChunked = false, string method = "POST") => isChunked
            ? SendAsync($"{method} /orders HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n", Chunked(body))
            : SendAsync($"{method} /orders HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n", body);

        public async Task<(int Status, string IsReplayed)> SendAsync(string head, string body, string? key = "k") =>
            AnswerIn(await TextAsync(head + (key is null ? "" : $"Idempotency-Key: {key}\r\n"), body));

        /// <summary>The whole answer, head and body, to what is sent byte by byte.</summary>
        public async Task<string> TextAsync(string head, string body)
        {
            using var client = await ConnectAsync();
            await client.SendAsync(Bytes($"{head}Host: x\r\nConnection: close\r\n\r\n{body}"));
            return await ReadAsync(client);
        }

        public async Task<(HttpStatusCode Status, bool IsReplayed)> PostHttp2Async(string? body)
        {
            using var client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/orders", UriKind.Relative))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = body is null ? null : new StreamContent(new Unseekable(Bytes(body))),
            };
            request.Headers.Add("Idempotency-Key", "k");
            var answer = await client.SendAsync(request);
            return (answer.StatusCode, answer.IsReplayed());
        }

        public async Task<Socket> ConnectAsync()
        {
            var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(IPAddress.Loopback, new Uri(_app.Urls.Single()).Port);
            return client;
        }

        public static async Task<string> ReadAsync(Socket client)
        {
            using var reader = new StreamReader(new NetworkStream(client), Encoding.Latin1);
            return await reader.ReadToEndAsync();
        }

        public static (int Status, string IsReplayed) AnswerIn(string text)
        {
            var status = int.Parse(text.AsSpan("HTTP/1.1 ".Length, 3));
            return (status, text.Contains("Idempotent-Replayed: true", StringComparison.Ordinal) ? "true" : status == 200 && text.Contains("done", StringComparison.Ordinal) ? "false" : "");
        }

        public async ValueTask DisposeAsync() => await _app.DisposeAsync();

        private static async Task ReadBeforeAsync(string reader, HttpContext context)
        {
            var request = context.Request;
            switch (reader)
            {
                case "reads it":
                    await request.Body.CopyToAsync(Stream.Null);
                    break;
                case "reads a part":
                    Assert.InRange(await request.Body.ReadAsync(new byte[7]), 0, 7);
                    break;
                case "reads it by the pipe":
                    await request.BodyReader.CopyToAsync(Stream.Null);
                    break;
                case "peeks by the pipe":
                    var peeked = await request.BodyReader.ReadAsync();
                    request.BodyReader.AdvanceTo(peeked.Buffer.Start, peeked.Buffer.End);
                    break;
                case "disposes it":
                    using (var text = new StreamReader(request.Body))
                    {
                        await text.ReadToEndAsync();
                    }

                    break;
                case "buffers and rewinds":
                    request.EnableBuffering();
                    await request.Body.CopyToAsync(Stream.Null);
                    request.Body.Position = 0;
                    break;
                case "buffers and does not rewind":
                    request.EnableBuffering();
                    await request.Body.CopyToAsync(Stream.Null);
                    break;
                case "reads a part and buffers":
                    Assert.InRange(await request.Body.ReadAsync(new byte[7]), 0, 7);
                    request.EnableBuffering();
                    break;
                case "replaces it by nothing":
                    request.Body = Stream.Null;
                    break;
                case "replaces it by a constant":
                    request.Body = new MemoryStream(Bytes("{}"));
                    request.ContentLength = 2;
                    break;
                case "reads no byte":
                    Assert.Equal(0, await request.Body.ReadAsync(Memory<byte>.Empty));
                    break;
                case "wraps it":
                    request.Body = new UpperCase(request.Body);
                    break;
                case "swallows faults":
                    try
                    {
                        await request.Body.CopyToAsync(Stream.Null);
                    }
                    catch (IOException)
                    {
                        // As careless middleware does.
                    }

                    break;
                case "cancels a read":
                    try
                    {
                        await request.Body.ReadExactlyAsync(new byte[7], new CancellationToken(canceled: true));
                    }
                    catch (OperationCanceledException)
                    {
                        // As middleware with a time limit does.
                    }

                    break;
                case "sets the key":
                    request.Headers["Idempotency-Key"] = "k";
                    break;
                case "a smaller limit of the server":
                    context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = 1_000;
                    break;
            }
        }

        private sealed class ReadingFilter : IStartupFilter
        {
            public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
            {
                app.Use(static async (context, rest) =>
                {
                    await context.Request.Body.CopyToAsync(Stream.Null);
                    await rest(context);
                });
                next(app);
            };
        }

        private sealed class UpperCase(Stream source) : Stream
        {
            public override bool CanRead => true;

            public override bool CanSeek => false;

            public override bool CanWrite => false;

            public override long Length => throw new NotSupportedException();

            public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                var count = await source.ReadAsync(buffer, cancellationToken);
                for (var i = 0; i < count; i++)
                {
                    buffer.Span[i] = (byte)char.ToUpperInvariant((char)buffer.Span[i]);
                }

                return count;
            }

            public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

            public override void Flush()
            {
            }

            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

            public override void SetLength(long value) => throw new NotSupportedException();

            public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        }

        private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
        {
            public override bool CanSeek => false;
        }
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Messaging;

namespace OrderKit.Alerts.Tests;

public sealed class HttpAlertSinkTests
{
    private const string Secret = "0123456789abcdef";

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_770_350_400));

    [Theory]
    [InlineData("", "v1=6cb91b66c04e549e0ab2678883ff73d8210889cff1381196b176c402aee636d3")]
    [InlineData("""{"id":"a1b2"}""", "v1=cc81add347f14c9654c5da9be9682997dbd4d8f5bea7ba75c9843800bf0f793b")]
    public void The_signature_is_that_of_timestamp_and_body(string body, string expected) =>
        Assert.Equal(expected, WebhookSignature.Of(Secret, 1_770_350_400, Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void A_signature_is_verified_with_its_time()
    {
        var body = "{}"u8.ToArray();
        var signature = WebhookSignature.Of(Secret, 1_000, body);
        var now = DateTimeOffset.FromUnixTimeSeconds(1_300);

        Assert.True(Verify(Secret, "1000", signature, body, now));
        Assert.False(Verify(Secret, "1000", signature, body, now.AddSeconds(1)));
        Assert.False(Verify(Secret, "1000", signature, body, DateTimeOffset.FromUnixTimeSeconds(699)));
        Assert.False(Verify(Secret, "1001", signature, body, now));
        Assert.False(Verify("another secret of it", "1000", signature, body, now));
        Assert.False(Verify(Secret, "1000", signature, "{ }"u8.ToArray(), now));
        Assert.False(Verify(Secret, "1000", signature[..^1], body, now));
        Assert.False(Verify(Secret, null, signature, body, now));
        Assert.False(Verify(Secret, "99999999999999999999", signature, body, now));
        Assert.False(Verify(Secret, "1000", null, body, now));

        static bool Verify(string secret, string? timestamp, string? signature, byte[] body, DateTimeOffset now) =>
            WebhookSignature.Verify(secret, timestamp, signature, body, now, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_webhook_gets_signed_JSON()
    {
        using var receiver = new Receiver(_ => (200, "", null));
        using var sink = NewWebhook(receiver);

        await sink.SendAsync(Samples.Alert, CancellationToken.None);

        var (headers, body) = Assert.Single(receiver.Requests);
        var (timestamp, signature) = (headers[WebhookSignature.TimestampHeader], headers[WebhookSignature.SignatureHeader]);
        Assert.Equal(("a1b2", "1770350400"), (headers[WebhookSignature.IdHeader], timestamp));
        Assert.True(WebhookSignature.Verify(
            Secret, timestamp, signature, Encoding.UTF8.GetBytes(body), _clock.GetUtcNow(), TimeSpan.FromMinutes(5)));
        Assert.Equal(
            """{"id":"a1b2","kind":"dead-letter","source":"outbox events","reason":"TimeoutException","count":10000"""
            + ""","subjects":["m-1","m-2"],"firstAt":"2026-02-06T04:00:00Z","lastAt":"2026-02-06T04:05:00Z"}""",
            body);
    }

    [Theory]
    [InlineData(302, null)]
    [InlineData(400, null)]
    [InlineData(500, null)]
    [InlineData(429, 90)]
    [InlineData(503, 90)]
    public async Task A_webhook_that_does_not_take_it_is_a_failure(int status, int? retryAfter)
    {
        using var receiver = new Receiver(_ => (status, "", retryAfter));
        using var sink = NewWebhook(receiver);

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => sink.SendAsync(Samples.Alert, CancellationToken.None));

        Assert.Equal(retryAfter is null ? typeof(HttpRequestException) : typeof(RetryLaterException), failure.GetType());
        Assert.Equal(retryAfter ?? 0, (failure as RetryLaterException)?.Delay.TotalSeconds ?? 0);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task A_receiver_that_wants_to_be_asked_next_year_is_asked_in_an_hour()
    {
        using var receiver = new Receiver(_ => (503, "", 31_536_000));
        using var sink = NewWebhook(receiver);

        var later = await Assert.ThrowsAsync<RetryLaterException>(() => sink.SendAsync(Samples.Alert, CancellationToken.None));

        Assert.Equal(TimeSpan.FromHours(1), later.Delay);
    }

    [Fact]
    public async Task WeCom_gets_a_message_in_markdown()
    {
        using var receiver = new Receiver(_ => (200, """{"errcode":0,"errmsg":"ok"}""", null));
        using var sink = NewWeCom(receiver);

        await sink.SendAsync(Samples.Alert, CancellationToken.None);

        using var json = JsonDocument.Parse(Assert.Single(receiver.Requests).Body);
        Assert.Equal("markdown", json.RootElement.GetProperty("msgtype").GetString());
        Assert.Equal(
            "**10,000 dead letters: TimeoutException (outbox events)**\nfrom 2026-02-06 04:00:00Z to 2026-02-06 04:05:00Z\n"
            + "> m-1\n> m-2\n> and 9,998 more\na1b2",
            json.RootElement.GetProperty("markdown").GetProperty("content").GetString());
    }

    [Theory]
    [InlineData("""{"errcode":93000,"errmsg":"invalid webhook url"}""", typeof(HttpRequestException))]
    [InlineData("""{"errcode":45009,"errmsg":"api freq out of limit"}""", typeof(RetryLaterException))]
    [InlineData("{}", typeof(HttpRequestException))]
    [InlineData("[]", typeof(HttpRequestException))]
    [InlineData("<html>", typeof(HttpRequestException))]
    [InlineData("", typeof(HttpRequestException))]
    public async Task WeComs_failures_come_with_200_and_are_failures_all_the_same(string answer, Type failure)
    {
        using var receiver = new Receiver(_ => (200, answer, null));
        using var sink = NewWeCom(receiver);

        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => sink.SendAsync(Samples.Alert, CancellationToken.None));
        Assert.Equal(failure, thrown.GetType());
    }

    [Fact]
    public async Task WeCom_gets_twenty_messages_a_minute_and_the_next_one_waits_as_long_as_it_must()
    {
        using var receiver = new Receiver(_ => (200, """{"errcode":0}""", null));
        using var sink = NewWeCom(receiver);
        for (var i = 0; i < 20; i++)
        {
            await sink.SendAsync(Samples.Alert, CancellationToken.None);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        var later = await Assert.ThrowsAsync<RetryLaterException>(() => sink.SendAsync(Samples.Alert, CancellationToken.None));
        Assert.Equal(TimeSpan.FromSeconds(40), later.Delay);
        Assert.Equal(20, receiver.Requests.Count);
        _clock.Advance(later.Delay);
        await sink.SendAsync(Samples.Alert, CancellationToken.None);
        Assert.Equal(21, receiver.Requests.Count);
    }

    [Fact]
    public void WeComs_message_fits_whatever_the_numbers_look_like()
    {
        var long50 = Samples.Alert with
        {
            Subjects = [.. Enumerable.Range(0, 50).Select(number => new string('订', 400) + number)],
            Reason = string.Concat(Enumerable.Repeat("😀", 3_000)),
        };
        var odd = Samples.Alert with { Subjects = ["<@all> [x](http://y) **b** `c`\r\n# title\u202Ex"] };

        Assert.InRange(Encoding.UTF8.GetByteCount(WeComAlertSink.ContentOf(long50)), 1, WeComAlertSink.MaxContent);
        Assert.EndsWith("\na1b2", WeComAlertSink.ContentOf(long50), StringComparison.Ordinal);
        Assert.Contains("\n> ＜＠all＞ ［x］(http://y) ＊＊b＊＊ 'c'  # title x\n", WeComAlertSink.ContentOf(odd), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_of_WeCom_that_does_not_end_is_not_read_on()
    {
        using var receiver = new Receiver(_ => (200, """{"errcode":0}""" + new string(' ', 100_000), null));
        using var sink = NewWeCom(receiver);

        await Assert.ThrowsAsync<HttpRequestException>(() => sink.SendAsync(Samples.Alert, CancellationToken.None));
    }

    [Fact]
    public void Settings_that_cannot_work_are_refused_at_once_with_all_faults()
    {
        var builder = new ServiceCollection().AddOrderKit();

        Fails(
            alerts => alerts.ToWebhook(options => (options.Address, options.Secret) = (new Uri("http://example.com/x"), "short")),
            "https", "5 characters");
        Fails(alerts => alerts.ToWeCom(options => options.PerMinute = 21), "Address", "PerMinute is 21");
        Fails(
            alerts => alerts.ToSmtp(options => (options.Port, options.UserName, options.UsesTls) = (70_000, "u", false)),
            "Host is empty", "Port is 70000", "From", "To has", "password would be sent");
        Fails(_ => { }, "no sink for alerts");

        void Fails(Action<AlertsBuilder> configure, params string[] faults)
        {
            var failure = Assert.Throws<ArgumentException>(() => builder.AddAlerts(configure));
            Assert.All(faults, fault => Assert.Contains(fault, failure.Message, StringComparison.Ordinal));
        }
    }

    private WebhookAlertSink NewWebhook(Receiver receiver) =>
        new(new WebhookAlertOptions { Address = receiver.Address, Secret = Secret }, _clock);

    private WeComAlertSink NewWeCom(Receiver receiver) => new(new WeComAlertOptions { Address = receiver.Address }, _clock);

    /// <summary>A server on the loopback address with scripted responses.</summary>
    private sealed class Receiver : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Task _serving;

        public Receiver(Func<int, (int Status, string Body, int? RetryAfter)> answer)
        {
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/hook?key=k");
            }

            _listener.Prefixes.Add($"http://127.0.0.1:{Address.Port}/");
            _listener.Start();
            _serving = ServeAsync(answer);
        }

        public Uri Address { get; }

        public List<(Dictionary<string, string> Headers, string Body)> Requests { get; } = [];

        public void Dispose()
        {
            _listener.Close();
            _serving.Wait();
        }

        private async Task ServeAsync(Func<int, (int Status, string Body, int? RetryAfter)> answer)
        {
            while (true)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                using (var reader = new StreamReader(context.Request.InputStream))
                {
                    var headers = context.Request.Headers;
                    var all = headers.AllKeys.ToDictionary(key => key!, key => headers[key]!, StringComparer.OrdinalIgnoreCase);
                    Requests.Add((all, await reader.ReadToEndAsync()));
                }

                var (status, body, retryAfter) = answer(Requests.Count);
                context.Response.StatusCode = status;
                if (retryAfter is { } seconds)
                {
                    context.Response.AddHeader("Retry-After", $"{seconds}");
                }

                if (status == 302)
                {
                    context.Response.RedirectLocation = Address.ToString();
                }

                context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: true);
            }
        }
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderKit.Core;

namespace OrderKit.Messaging.Tests;

public sealed class AlertSinkTests
{
    private const string Secret = "0123456789abcdef";

    private static readonly Alert Told = new()
    {
        Id = "a1b2", Kind = AlertKinds.DeadLetter, Source = "outbox events", Reason = "TimeoutException", Count = 10_000, Subjects = ["m-1", "m-2"],
        FirstAt = new DateTimeOffset(2026, 2, 6, 4, 0, 0, TimeSpan.Zero), LastAt = new DateTimeOffset(2026, 2, 6, 4, 5, 0, TimeSpan.Zero),
    };

    private readonly ManualTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_770_350_400));

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

        await sink.SendAsync(Told, CancellationToken.None);

        var (headers, body) = Assert.Single(receiver.Requests);
        Assert.Equal("a1b2", headers[WebhookSignature.IdHeader]);
        Assert.Equal("1770350400", headers[WebhookSignature.TimestampHeader]);
        Assert.True(WebhookSignature.Verify(
            Secret, headers[WebhookSignature.TimestampHeader], headers[WebhookSignature.SignatureHeader], Encoding.UTF8.GetBytes(body), _clock.GetUtcNow(), TimeSpan.FromMinutes(5)));
        Assert.Equal(
            """{"id":"a1b2","kind":"dead-letter","source":"outbox events","reason":"TimeoutException","count":10000,"subjects":["m-1","m-2"],"firstAt":"2026-02-06T04:00:00Z","lastAt":"2026-02-06T04:05:00Z"}""",
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

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => sink.SendAsync(Told, CancellationToken.None));

        Assert.Equal(retryAfter is null ? typeof(HttpRequestException) : typeof(RetryLaterException), failure.GetType());
        Assert.Equal(retryAfter ?? 0, (failure as RetryLaterException)?.Pause.TotalSeconds ?? 0);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task A_receiver_that_wants_to_be_asked_next_year_is_asked_in_an_hour()
    {
        using var receiver = new Receiver(_ => (503, "", 31_536_000));
        using var sink = NewWebhook(receiver);

        var later = await Assert.ThrowsAsync<RetryLaterException>(() => sink.SendAsync(Told, CancellationToken.None));

        Assert.Equal(TimeSpan.FromHours(1), later.Pause);
    }

    [Fact]
    public async Task WeCom_gets_a_message_in_markdown()
    {
        using var receiver = new Receiver(_ => (200, """{"errcode":0,"errmsg":"ok"}""", null));
        using var sink = NewWeCom(receiver);

        await sink.SendAsync(Told, CancellationToken.None);

        using var json = JsonDocument.Parse(Assert.Single(receiver.Requests).Body);
        Assert.Equal("markdown", json.RootElement.GetProperty("msgtype").GetString());
        Assert.Equal(
            "**10,000 dead letters: TimeoutException (outbox events)**\nfrom 2026-02-06 04:00:00Z to 2026-02-06 04:05:00Z\n> m-1\n> m-2\n> and 9,998 more\na1b2",
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

        Assert.Equal(failure, (await Assert.ThrowsAnyAsync<Exception>(() => sink.SendAsync(Told, CancellationToken.None))).GetType());
    }

    [Fact]
    public async Task WeCom_gets_twenty_messages_a_minute_and_the_next_one_waits_as_long_as_it_must()
    {
        using var receiver = new Receiver(_ => (200, """{"errcode":0}""", null));
        using var sink = NewWeCom(receiver);
        for (var i = 0; i < 20; i++)
        {
            await sink.SendAsync(Told, CancellationToken.None);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        var later = await Assert.ThrowsAsync<RetryLaterException>(() => sink.SendAsync(Told, CancellationToken.None));
        Assert.Equal(TimeSpan.FromSeconds(40), later.Pause);
        Assert.Equal(20, receiver.Requests.Count);
        _clock.Advance(later.Pause);
        await sink.SendAsync(Told, CancellationToken.None);
        Assert.Equal(21, receiver.Requests.Count);
    }

    [Fact]
    public void WeComs_message_fits_whatever_the_numbers_look_like()
    {
        var long50 = Told with { Subjects = [.. Enumerable.Range(0, 50).Select(number => new string('订', 400) + number)], Reason = string.Concat(Enumerable.Repeat("😀", 3_000)) };
        var odd = Told with { Subjects = ["<@all> [x](http://y) **b** `c`\r\n# title\u202Ex"] };

        Assert.InRange(Encoding.UTF8.GetByteCount(WeComAlertSink.ContentOf(long50)), 1, WeComAlertSink.MaxContent);
        Assert.EndsWith("\na1b2", WeComAlertSink.ContentOf(long50), StringComparison.Ordinal);
        Assert.Contains("\n> ＜＠all＞ ［x］(http://y) ＊＊b＊＊ 'c'  # title x\n", WeComAlertSink.ContentOf(odd), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_server_gets_a_mail_with_the_alerts_id()
    {
        using var server = new MailServer();
        var options = new SmtpAlertOptions { Host = "127.0.0.1", Port = server.Port, UsesTls = false, From = "orders@example.com", To = { "desk@example.com", "night@example.com" } };
        var sink = new SmtpAlertSink(options, TimeProvider.System);

        await sink.SendAsync(Told with { Source = "outbox events\r\nBcc: evil@example.com", Subjects = ["m-1\r\nBcc: evil@example.com"] }, CancellationToken.None);

        var mail = await server.Mail;
        Assert.Equal(["desk@example.com", "night@example.com"], server.Recipients);
        Assert.Contains("Message-ID: <a1b2@example.com>", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Subject: 10,000 dead letters: TimeoutException (outbox events  Bcc:", mail, StringComparison.Ordinal);
        Assert.DoesNotContain("\nBcc:", mail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mail_server_that_says_nothing_is_given_up(bool late)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var sink = new SmtpAlertSink(
            new SmtpAlertOptions { Host = "127.0.0.1", Port = ((IPEndPoint)silent.LocalEndpoint).Port, UsesTls = false, From = "a@example.com", To = { "b@example.com" } }, _clock);
        using var stop = new CancellationTokenSource();
        var sending = sink.SendAsync(Told, stop.Token);
        using var connection = await silent.AcceptTcpClientAsync();

        if (late)
        {
            _clock.Advance(TimeSpan.FromSeconds(30));
            var failure = await Assert.ThrowsAsync<TimeoutException>(() => sending.WaitAsync(TimeSpan.FromMinutes(1)));
            Assert.Contains("longer than 00:00:30", failure.Message, StringComparison.Ordinal);
        }
        else
        {
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(TimeSpan.FromMinutes(1)));
        }
    }

    [Fact]
    public async Task An_answer_of_WeCom_that_does_not_end_is_not_read_on()
    {
        using var receiver = new Receiver(_ => (200, """{"errcode":0}""" + new string(' ', 100_000), null));
        using var sink = NewWeCom(receiver);

        await Assert.ThrowsAsync<HttpRequestException>(() => sink.SendAsync(Told, CancellationToken.None));
    }

    [Fact]
    public async Task A_mail_server_that_is_not_there_is_a_failure()
    {
        int port;
        using (var server = new MailServer())
        {
            port = server.Port;
        }

        var sink = new SmtpAlertSink(new SmtpAlertOptions { Host = "127.0.0.1", Port = port, UsesTls = false, From = "a@example.com", To = { "b@example.com" } }, TimeProvider.System);

        await Assert.ThrowsAsync<System.Net.Mail.SmtpException>(() => sink.SendAsync(Told, CancellationToken.None));
    }

    [Fact]
    public void Settings_that_cannot_work_are_refused_at_once_with_all_faults()
    {
        var builder = new ServiceCollection().AddOrderKit();

        Fails(alerts => alerts.ToWebhook(options => (options.Address, options.Secret) = (new Uri("http://example.com/x"), "short")), "https", "5 characters");
        Fails(alerts => alerts.ToWeCom(options => options.PerMinute = 21), "Address", "PerMinute is 21");
        Fails(alerts => alerts.ToSmtp(options => (options.Port, options.UserName, options.UsesTls) = (465, "u", false)), "Host is empty", "Port is 465", "From", "To has", "password would be sent");
        Fails(_ => { }, "Nobody is told");

        void Fails(Action<AlertsBuilder> configure, params string[] faults)
        {
            var failure = Assert.Throws<ArgumentException>(() => builder.AddAlerts(configure));
            Assert.All(faults, fault => Assert.Contains(fault, failure.Message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Two_sinks_of_one_name_are_refused()
    {
        using var desk = new Desk(null, true, new NotingSink("one"), new NotingSink("one"));

        Assert.Contains("'one'", Assert.Throws<ArgumentException>(() => desk.Pump).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_sink_writes_a_warning()
    {
        var log = new Lines();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(log));
        services.AddOrderKit().UseInMemory().AddAlerts(alerts => alerts.ToLog().ToLog());
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IAlertSink>().SendAsync(Told, CancellationToken.None);

        Assert.Single(provider.GetServices<IAlertSink>());
        Assert.Equal((LogLevel.Warning, 2401, "Alert a1b2: 10,000 dead letters: TimeoutException (outbox events) from 2026-02-06 04:00:00Z to 2026-02-06 04:05:00Z: m-1, m-2"), Assert.Single(log.Written));
    }

    private WebhookAlertSink NewWebhook(Receiver receiver) => new(new WebhookAlertOptions { Address = receiver.Address, Secret = Secret }, _clock);

    private WeComAlertSink NewWeCom(Receiver receiver) => new(new WeComAlertOptions { Address = receiver.Address }, _clock);

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public List<(LogLevel Level, int Id, string Text)> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add((logLevel, eventId.Id, formatter(state, exception)));

        public void Dispose()
        {
        }
    }

    /// <summary>A server on this machine that answers as it is told.</summary>
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
                    Requests.Add((context.Request.Headers.AllKeys.ToDictionary(key => key!, key => context.Request.Headers[key]!, StringComparer.OrdinalIgnoreCase), await reader.ReadToEndAsync()));
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

    /// <summary>A mail server on this machine that takes one mail.</summary>
    private sealed class MailServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public MailServer()
        {
            _listener.Start();
            Mail = ServeAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public Task<string> Mail { get; }

        public List<string> Recipients { get; } = [];

        public void Dispose() => _listener.Stop();

        private async Task<string> ServeAsync()
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII);
                await using var writer = new StreamWriter(stream, Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
                await writer.WriteLineAsync("220 here");
                var mail = new StringBuilder();
                while (await reader.ReadLineAsync() is { } line)
                {
                    if (line.StartsWith("RCPT TO:<", StringComparison.OrdinalIgnoreCase))
                    {
                        Recipients.Add(line[9..^1]);
                    }

                    if (line == "DATA")
                    {
                        await writer.WriteLineAsync("354 go on");
                        while (await reader.ReadLineAsync() is { } text && text != ".")
                        {
                            mail.Append(text).Append('\n');
                        }
                    }

                    await writer.WriteLineAsync(line == "QUIT" ? "221 bye" : "250 ok");
                    if (line == "DATA")
                    {
                        return mail.ToString();
                    }
                }

                return mail.ToString();
            }
            catch (SocketException)
            {
                return "";
            }
        }
    }
}

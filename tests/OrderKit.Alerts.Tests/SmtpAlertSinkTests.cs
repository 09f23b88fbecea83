using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Logging.Abstractions;

namespace OrderKit.Alerts.Tests;

public sealed class SmtpAlertSinkTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_770_350_400));

    [Fact]
    public async Task A_mail_server_gets_a_mail_with_the_alerts_id()
    {
        using var server = new MailServer();
        var sink = NewSink(server, options => options.UsesTls = false);

        await sink.SendAsync(
            Samples.Alert with { Source = "outbox events\r\nBcc: evil@example.com", Subjects = ["m-1\r\nBcc: evil@example.com", "订单"] },
            CancellationToken.None);

        await server.EndAsync();
        Assert.Equal(["desk@example.com", "night@example.com"], server.Recipients);
        Assert.Contains("Message-ID: <a1b2@example.com>", server.Mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Subject: 10,000 dead letters: TimeoutException (outbox events  Bcc:", server.Mail, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-generated", server.Mail, StringComparison.Ordinal);
        Assert.DoesNotContain("\nBcc:", server.Mail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_TLS_password_and_mail_are_sent_only_when_the_connection_is_encrypted(bool startsWithTls)
    {
        using var server = new MailServer { StartsWithTls = startsWithTls };
        var sink = NewSink(server, options => (options.UserName, options.Password) = ("orders", "right"));

        await sink.SendAsync(Samples.Alert, CancellationToken.None);

        await server.EndAsync();
        Assert.Contains("10,000 dead letters", server.Mail, StringComparison.Ordinal);
        Assert.Contains(server.Commands, command => command.Command.StartsWith("AUTH", StringComparison.Ordinal));
        Assert.All(
            server.Commands.Where(command => command.Command.Split(' ')[0] is not ("EHLO" or "STARTTLS")),
            command => Assert.True(command.IsSecure, command.Command));
        Assert.Equal(!startsWithTls, server.Commands.Contains(("STARTTLS", false)));
    }

    [Fact]
    public async Task A_server_without_TLS_gets_nothing_where_TLS_is_required()
    {
        using var server = new MailServer { OffersStartTls = false };
        var sink = NewSink(server, options => (options.UserName, options.Password) = ("orders", "right"));

        await Assert.ThrowsAsync<NotSupportedException>(() => sink.SendAsync(Samples.Alert, CancellationToken.None));

        await AssertNothingWasToldAsync(server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_whose_certificate_nobody_trusts_gets_nothing(bool startsWithTls)
    {
        using var server = new MailServer { StartsWithTls = startsWithTls };
        var options = Options(server, options => (options.UserName, options.Password) = ("orders", "right"));
        var sink = new SmtpAlertSink(options, _clock, NullLogger<SmtpAlertSink>.Instance)
        {
            ImplicitTlsPort = startsWithTls ? server.Port : 465,
        };

        await Assert.ThrowsAsync<SslHandshakeException>(() => sink.SendAsync(Samples.Alert, CancellationToken.None));

        await AssertNothingWasToldAsync(server);
    }

    [Fact]
    public async Task A_server_with_the_certificate_of_another_one_gets_nothing()
    {
        using var server = new MailServer("mail.example.com");
        var sink = NewSink(server, options => (options.UserName, options.Password) = ("orders", "right"));

        await Assert.ThrowsAsync<SslHandshakeException>(() => sink.SendAsync(Samples.Alert, CancellationToken.None));

        await AssertNothingWasToldAsync(server);
    }

    [Fact]
    public async Task A_wrong_password_is_a_failure()
    {
        using var server = new MailServer();
        var sink = NewSink(server, options => (options.UserName, options.Password) = ("orders", "wrong"));

        await Assert.ThrowsAsync<AuthenticationException>(() => sink.SendAsync(Samples.Alert, CancellationToken.None));

        await server.EndAsync();
        Assert.Null(server.Mail);
    }

    [Fact]
    public async Task A_closed_mailbox_does_not_keep_the_alert_from_the_others()
    {
        using var server = new MailServer { Refusals = { ["desk@example.com"] = "550 nobody here" } };

        await NewSink(server).SendAsync(Samples.Alert, CancellationToken.None);

        await server.EndAsync();
        Assert.Equal(["night@example.com"], server.Recipients);
        Assert.NotNull(server.Mail);
    }

    [Theory]
    [InlineData("450 later", "250 ok")]
    [InlineData("550 nobody here", "550 nobody here")]
    public async Task A_mail_that_would_reach_nobody_or_could_reach_all_later_is_a_failure(string first, string second)
    {
        using var server = new MailServer { Refusals = { ["desk@example.com"] = first, ["night@example.com"] = second } };

        await Assert.ThrowsAsync<SmtpCommandException>(() => NewSink(server).SendAsync(Samples.Alert, CancellationToken.None));

        await server.EndAsync();
        Assert.Null(server.Mail);
    }

    [Fact]
    public async Task A_server_that_hangs_up_after_it_took_the_mail_has_the_mail()
    {
        using var server = new MailServer { HangsUp = true };

        await NewSink(server).SendAsync(Samples.Alert, CancellationToken.None);

        await server.EndAsync();
        Assert.NotNull(server.Mail);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mail_server_that_says_nothing_is_given_up(bool late)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var options = new SmtpAlertOptions
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)silent.LocalEndpoint).Port,
            UsesTls = false,
            From = "a@example.com",
            To = { "b@example.com" },
        };
        var sink = new SmtpAlertSink(options, _clock, NullLogger<SmtpAlertSink>.Instance);
        using var stop = new CancellationTokenSource();
        var sending = sink.SendAsync(Samples.Alert, stop.Token);
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
    public async Task A_mail_server_that_is_not_there_is_a_failure()
    {
        SmtpAlertSink sink;
        using (var server = new MailServer())
        {
            sink = NewSink(server);
        }

        await Assert.ThrowsAsync<SocketException>(() => sink.SendAsync(Samples.Alert, CancellationToken.None));
    }

    private SmtpAlertSink NewSink(MailServer server, Action<SmtpAlertOptions>? configure = null) =>
        new(Options(server, configure), _clock, NullLogger<SmtpAlertSink>.Instance)
        {
            ImplicitTlsPort = server.StartsWithTls ? server.Port : 465,

            // The server's certificate is signed by itself; its name has to be right all the same.
            CertificateValidation = static (_, _, _, errors) => errors == SslPolicyErrors.RemoteCertificateChainErrors,
        };

    private static SmtpAlertOptions Options(MailServer server, Action<SmtpAlertOptions>? configure)
    {
        var options = new SmtpAlertOptions
        {
            Host = "127.0.0.1", Port = server.Port, From = "orders@example.com", To = { "desk@example.com", "night@example.com" },
        };
        configure?.Invoke(options);
        return options;
    }

    private static async Task AssertNothingWasToldAsync(MailServer server)
    {
        await server.EndAsync();
        Assert.Null(server.Mail);
        Assert.DoesNotContain(server.Commands, command => command.Command.Split(' ')[0] is "AUTH" or "MAIL" or "RCPT" or "DATA");
    }
}

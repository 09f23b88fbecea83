using System.Net.Security;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Logging;
using MimeKit;
using OrderKit.Core;

namespace OrderKit.Alerts;

/// <summary>Sends alerts by mail. An alert that is sent twice has the same Message-ID, so mailboxes recognise the duplicate.</summary>
internal sealed partial class SmtpAlertSink(SmtpAlertOptions options, TimeProvider time, ILogger<SmtpAlertSink> logger) : IAlertSink
{
    public string Name => options.Name;

    /// <summary>The port on which the connection starts with TLS.</summary>
    internal int ImplicitTlsPort { get; init; } = 465;

    /// <summary>Replaces the validation of the server's certificate.</summary>
    internal RemoteCertificateValidationCallback? CertificateValidation { get; init; }

    public async Task SendAsync(Alert alert, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await SendAsync(MessageOf(alert), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The mail server took longer than {options.Timeout}.", e);
        }
    }

    private async Task SendAsync(MimeMessage mail, CancellationToken cancellationToken)
    {
        using (mail)
        using (var client = new Client())
        {
            client.ServerCertificateValidationCallback = CertificateValidation;

            // A host behind a firewall often cannot reach the certificate authority. The certificate itself is always validated.
            client.CheckCertificateRevocation = false;
            await client.ConnectAsync(options.Host, options.Port, Security, cancellationToken).ConfigureAwait(false);
            if (options.UserName is { } user)
            {
                await client.AuthenticateAsync(user, options.Password ?? "", cancellationToken).ConfigureAwait(false);
            }

            await client.SendAsync(mail, cancellationToken).ConfigureAwait(false);
            if (client.Refused > 0)
            {
                LogRefused(logger, options.Name, client.Refused, mail.To.Count);
            }

            // The server has accepted the mail. A connection that breaks here must not cause a retry.
            await client.DisconnectAsync(quit: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private SecureSocketOptions Security => !options.UsesTls ? SecureSocketOptions.None
        : options.Port == ImplicitTlsPort ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls;

    private MimeMessage MessageOf(Alert alert)
    {
        var from = MailboxAddress.Parse(options.From);
        var mail = new MimeMessage
        {
            Subject = AlertText.TitleOf(alert),
            Body = new TextPart("plain") { Text = AlertText.BodyOf(alert) },
            MessageId = $"{alert.Id}@{from.Domain}",
            Date = time.GetUtcNow(),
        };
        mail.From.Add(from);
        mail.To.AddRange(options.To.Select(MailboxAddress.Parse));
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        return mail;
    }

    [LoggerMessage(
        2404, LogLevel.Warning, "The mail server of alert sink {Sink} refused {Refused} of {Total} recipients. The others got the alert.")]
    private static partial void LogRefused(ILogger logger, string sink, int refused, int total);

    /// <summary>Sends to the recipients that the server accepts, so that one closed mailbox does not block the others.</summary>
    private sealed class Client : SmtpClient
    {
        private const int FirstPermanentFailure = 500;

        public int Refused { get; private set; }

        protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
        {
            // A recipient that is refused for now, for example by greylisting, may be accepted at the next attempt.
            if ((int)response.StatusCode < FirstPermanentFailure)
            {
                base.OnRecipientNotAccepted(message, mailbox, response);
            }

            Refused++;
        }

        protected override void OnNoRecipientsAccepted(MimeMessage message) => throw new SmtpCommandException(
            SmtpErrorCode.RecipientNotAccepted, SmtpStatusCode.MailboxUnavailable, "The mail server refused all recipients.");
    }
}

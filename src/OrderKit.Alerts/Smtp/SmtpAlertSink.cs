using System.Net;
using System.Net.Mail;
using System.Text;
using OrderKit.Core;

namespace OrderKit.Messaging;

/// <summary>Mails alerts. A mail that is sent twice has the same Message-ID, by which mailboxes know it.</summary>
internal sealed class SmtpAlertSink(SmtpAlertOptions options, TimeProvider time) : IAlertSink
{
    public string Name => options.Name;

    public async Task SendAsync(Alert alert, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient(options.Host, options.Port) { EnableSsl = options.UsesTls };
        if (options.UserName is { } user)
        {
            client.Credentials = new NetworkCredential(user, options.Password);
        }

        var from = new MailAddress(options.From);
        using var mail = new MailMessage
        {
            From = from,
            Subject = AlertText.TitleOf(alert),
            SubjectEncoding = Encoding.UTF8,
            Body = AlertText.BodyOf(alert),
            BodyEncoding = Encoding.UTF8,
        };
        foreach (var to in options.To)
        {
            mail.To.Add(to);
        }

        mail.Headers.Add("Message-ID", $"<{alert.Id}@{from.Host}>");
        mail.Headers.Add("Auto-Submitted", "auto-generated");

        // The client's own Timeout is not heard by its asynchronous calls.
        using var late = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await client.SendMailAsync(mail, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The mail server took longer than {options.Timeout}.", e);
        }
    }
}

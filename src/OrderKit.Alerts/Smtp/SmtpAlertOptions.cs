using System.Net.Mail;

namespace OrderKit.Messaging;

/// <summary>Which server mails alerts, and to whom.</summary>
public sealed class SmtpAlertOptions
{
    private const int LargestPort = 65_535;

    /// <summary>The sink's name; another one for each.</summary>
    /// <value><c>smtp</c>.</value>
    public string Name { get; set; } = "smtp";

    /// <summary>The server.</summary>
    public string Host { get; set; } = "";

    /// <summary>Its port. TLS is begun by STARTTLS: a port that speaks TLS from the first byte (465) is not served.</summary>
    /// <value>587.</value>
    public int Port { get; set; } = 587;

    /// <summary>Whether TLS is demanded.</summary>
    /// <value><see langword="true"/>.</value>
    public bool UsesTls { get; set; } = true;

    /// <summary>Who logs in; nobody where it is <see langword="null"/>.</summary>
    public string? UserName { get; set; }

    /// <summary>The password.</summary>
    public string? Password { get; set; }

    /// <summary>Who sends.</summary>
    public string From { get; set; } = "";

    /// <summary>Who is told.</summary>
    public IList<string> To { get; } = [];

    /// <summary>How long the server may take.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    internal IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(Name))
        {
            yield return "SmtpAlertOptions.Name is empty.";
        }

        if (string.IsNullOrWhiteSpace(Host))
        {
            yield return "SmtpAlertOptions.Host is empty; name the mail server.";
        }

        if (Port is < 1 or > LargestPort or 465)
        {
            yield return $"SmtpAlertOptions.Port is {Port}; it is the port of STARTTLS, usually 587, and never 465.";
        }

        if (!MailAddress.TryCreate(From, out _))
        {
            yield return "SmtpAlertOptions.From is no address.";
        }

        if (To.Count == 0 || To.Any(static to => !MailAddress.TryCreate(to, out _)))
        {
            yield return "SmtpAlertOptions.To has at least one address, and nothing else.";
        }

        if (UserName is not null && !UsesTls && Host is not ("127.0.0.1" or "localhost" or "::1"))
        {
            yield return "SmtpAlertOptions.UsesTls is off, and there is a UserName: the password would be sent for all to read.";
        }

        if (Timeout <= TimeSpan.Zero)
        {
            yield return $"SmtpAlertOptions.Timeout is {Timeout}; it must be longer than nothing.";
        }
    }
}

using MimeKit;

namespace OrderKit.Alerts;

/// <summary>The mail server that sends alerts, and the recipients.</summary>
public sealed class SmtpAlertOptions
{
    private const int MaxPort = 65_535;

    /// <summary>The sink's name. Each sink has a name of its own.</summary>
    /// <value><c>smtp</c>.</value>
    public string Name { get; set; } = "smtp";

    /// <summary>The mail server.</summary>
    public string Host { get; set; } = "";

    /// <summary>The server's port. On 465 the connection starts with TLS; on any other port TLS starts with STARTTLS.</summary>
    /// <value>587.</value>
    public int Port { get; set; } = 587;

    /// <summary>Whether TLS is required. A server that does not offer it gets no mail.</summary>
    /// <value><see langword="true"/>.</value>
    public bool UsesTls { get; set; } = true;

    /// <summary>The user name, or <see langword="null"/> to send without authentication.</summary>
    public string? UserName { get; set; }

    /// <summary>The password.</summary>
    public string? Password { get; set; }

    /// <summary>The sender's address.</summary>
    public string From { get; set; } = "";

    /// <summary>The recipients' addresses.</summary>
    public IList<string> To { get; } = [];

    /// <summary>How long sending one mail may take.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    internal IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(Name))
        {
            yield return "SmtpAlertOptions.Name is empty. Set a name.";
        }

        if (string.IsNullOrWhiteSpace(Host))
        {
            yield return "SmtpAlertOptions.Host is empty. Set the mail server.";
        }

        if (Port is < 1 or > MaxPort)
        {
            yield return $"SmtpAlertOptions.Port is {Port}. It must be a port, usually 587 or 465.";
        }

        if (!IsAddress(From))
        {
            yield return "SmtpAlertOptions.From is not a mail address.";
        }

        if (To.Count == 0 || !To.All(IsAddress))
        {
            yield return "SmtpAlertOptions.To has no address, or an invalid one. Add at least one mail address.";
        }

        if (UserName is not null && !UsesTls && Host is not ("127.0.0.1" or "localhost" or "::1"))
        {
            yield return "SmtpAlertOptions.UsesTls is off and UserName is set: the password would be sent unencrypted.";
        }

        if (Timeout <= TimeSpan.Zero)
        {
            yield return $"SmtpAlertOptions.Timeout is {Timeout}. It must be positive.";
        }
    }

    private static bool IsAddress(string text) => MailboxAddress.TryParse(text, out var address) && address.Domain.Length > 0;
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace OrderKit.Alerts.Tests;

/// <summary>A mail server on the loopback address that serves one connection and notes what it was sent.</summary>
internal sealed class MailServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly Task _serving;

    public MailServer(string certifiedName = "127.0.0.1")
    {
        _certificate = NewCertificate(certifiedName);
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether the connection starts with TLS.</summary>
    public bool StartsWithTls { get; init; }

    public bool OffersStartTls { get; init; } = true;

    /// <summary>Whether it closes the connection as soon as it has taken the mail.</summary>
    public bool HangsUp { get; init; }

    public string Password { get; init; } = "right";

    /// <summary>Answers to RCPT TO by address; 250 for all others.</summary>
    public Dictionary<string, string> Refusals { get; init; } = [];

    /// <summary>The commands, and whether each came over TLS.</summary>
    public List<(string Command, bool IsSecure)> Commands { get; } = [];

    /// <summary>The recipients that it accepted.</summary>
    public List<string> Recipients { get; } = [];

    /// <summary>The mail, or <see langword="null"/> where none was sent.</summary>
    public string? Mail { get; private set; }

    /// <summary>Waits until the connection has ended.</summary>
    public Task EndAsync() => _serving;

    public void Dispose()
    {
        _listener.Stop();
        _certificate.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            using var client = await _listener.AcceptTcpClientAsync();
            await ConverseAsync(client.GetStream());
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or AuthenticationException)
        {
            // The client or the test ended the conversation.
        }
    }

    private async Task ConverseAsync(Stream plain)
    {
        var stream = StartsWithTls ? await SecureAsync(plain) : plain;
        var (reader, writer) = Over(stream);
        await writer.WriteLineAsync("220 here");
        while (await reader.ReadLineAsync() is { } line)
        {
            var isSecure = stream is SslStream;
            Commands.Add((line, isSecure));
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await writer.WriteLineAsync("250-here");
                    await writer.WriteLineAsync(OffersStartTls && !isSecure ? "250-STARTTLS" : "250-8BITMIME");
                    await writer.WriteLineAsync("250 AUTH PLAIN");
                    break;
                case "STARTTLS":
                    await writer.WriteLineAsync("220 go on");
                    stream = await SecureAsync(plain);
                    (reader, writer) = Over(stream);
                    break;
                case "AUTH":
                    var credentials = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2])).Split('\0');
                    await writer.WriteLineAsync(credentials[2] == Password ? "235 welcome" : "535 who are you");
                    break;
                case "RCPT":
                    var recipient = line.Split('<', '>')[1];
                    var refusal = Refusals.GetValueOrDefault(recipient);
                    await writer.WriteLineAsync(refusal ?? "250 ok");
                    if (refusal is null)
                    {
                        Recipients.Add(recipient);
                    }

                    break;
                case "DATA":
                    await writer.WriteLineAsync("354 go on");
                    var mail = new StringBuilder();
                    while (await reader.ReadLineAsync() is { } text && text != ".")
                    {
                        mail.Append(text).Append('\n');
                    }

                    Mail = mail.ToString();
                    await writer.WriteLineAsync("250 ok");
                    if (HangsUp)
                    {
                        return;
                    }

                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 bye");
                    return;
                default:
                    await writer.WriteLineAsync("250 ok");
                    break;
            }
        }
    }

    private async Task<Stream> SecureAsync(Stream plain)
    {
        var secure = new SslStream(plain, leaveInnerStreamOpen: true);
        await secure.AuthenticateAsServerAsync(_certificate);
        return secure;
    }

    private static (StreamReader Reader, StreamWriter Writer) Over(Stream stream) =>
        (new StreamReader(stream, Encoding.UTF8), new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true });

    private static X509Certificate2 NewCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail server of a test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrderKit.Alerts;

/// <summary>Signs and verifies the requests of the webhook sink.</summary>
public static class WebhookSignature
{
    /// <summary>The header with the alert's id. An alert that is sent again has the same id.</summary>
    public const string IdHeader = "OrderKit-Alert-Id";

    /// <summary>The header with the time of sending, in seconds since 1970.</summary>
    public const string TimestampHeader = "OrderKit-Timestamp";

    /// <summary>The header with the signature.</summary>
    public const string SignatureHeader = "OrderKit-Signature";

    private const string Version = "v1=";

    /// <summary>
    /// Computes the signature: <c>v1=</c> and the HMAC-SHA256, in hexadecimal digits, over timestamp, a full stop and the body.
    /// The key is the secret in UTF-8.
    /// </summary>
    public static string Of(string secret, long timestamp, ReadOnlySpan<byte> body)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.ASCII.GetBytes(timestamp.ToString(CultureInfo.InvariantCulture)));
        hmac.AppendData("."u8);
        hmac.AppendData(body);
        return Version + Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    /// <summary>Verifies a signature and that its time is within the tolerance.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="timestamp">The value of <see cref="TimestampHeader"/>.</param>
    /// <param name="signature">The value of <see cref="SignatureHeader"/>.</param>
    /// <param name="body">The body as it was received.</param>
    /// <param name="now">The receiver's current time.</param>
    /// <param name="tolerance">The largest allowed difference between both times. Five minutes is a good value.</param>
    public static bool Verify(
        string secret, string? timestamp, string? signature, ReadOnlySpan<byte> body, DateTimeOffset now, TimeSpan tolerance)
    {
        if (signature is null || !long.TryParse(timestamp, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            return false;
        }

        var expected = Encoding.UTF8.GetBytes(Of(secret, seconds, body));
        return CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature))
            && Math.Abs((decimal)now.ToUnixTimeSeconds() - seconds) <= (decimal)tolerance.TotalSeconds;
    }
}

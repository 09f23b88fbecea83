using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrderKit.Messaging;

/// <summary>Signs what the webhook sink posts, and verifies it for whoever receives it.</summary>
public static class WebhookSignature
{
    /// <summary>The header with the alert's id: the same whenever it is sent again.</summary>
    public const string IdHeader = "OrderKit-Alert-Id";

    /// <summary>The header with the time of sending, in seconds since 1970.</summary>
    public const string TimestampHeader = "OrderKit-Timestamp";

    /// <summary>The header with the signature.</summary>
    public const string SignatureHeader = "OrderKit-Signature";

    private const string Version = "v1=";

    /// <summary>The signature: <c>v1=</c> and the HMAC-SHA256, in hexadecimal digits, over timestamp, a full stop and the body, under the secret in UTF-8.</summary>
    public static string Of(string secret, long timestamp, ReadOnlySpan<byte> body)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.ASCII.GetBytes(timestamp.ToString(CultureInfo.InvariantCulture)));
        hmac.AppendData("."u8);
        hmac.AppendData(body);
        return Version + Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    /// <summary>Whether a signature is right and not older, or younger, than allowed.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="timestamp">What <see cref="TimestampHeader"/> says.</param>
    /// <param name="signature">What <see cref="SignatureHeader"/> says.</param>
    /// <param name="body">The body as it came.</param>
    /// <param name="now">The receiver's clock.</param>
    /// <param name="tolerance">How far the clocks and the way may set them apart; five minutes will do.</param>
    public static bool Verify(string secret, string? timestamp, string? signature, ReadOnlySpan<byte> body, DateTimeOffset now, TimeSpan tolerance)
    {
        if (signature is null || !long.TryParse(timestamp, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            return false;
        }

        var isRight = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Of(secret, seconds, body)), Encoding.UTF8.GetBytes(signature));
        return isRight && Math.Abs((decimal)now.ToUnixTimeSeconds() - seconds) <= (decimal)tolerance.TotalSeconds;
    }
}

using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace PaymentStorm.Serving;

/// <summary>A signature for demonstrations: HMAC-SHA256 of the body, in hex. Real providers sign differently.</summary>
internal sealed class DemoSignature(string? secret)
{
    public const string Header = "X-Demo-Signature";

    private readonly byte[]? _secret = secret is null ? null : Encoding.UTF8.GetBytes(secret);

    /// <summary>Whether the signature of the body is valid. Without a secret, every body is accepted.</summary>
    public bool IsGood(HttpRequest request, ReadOnlySpan<byte> body)
    {
        if (_secret is null)
        {
            return true;
        }

        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var isHex = Convert.FromHexString(
            request.Headers[Header].ToString(),
            given,
            out _,
            out var written) == System.Buffers.OperationStatus.Done && written == given.Length;
        return isHex && CryptographicOperations.FixedTimeEquals(given, HMACSHA256.HashData(_secret, body));
    }
}

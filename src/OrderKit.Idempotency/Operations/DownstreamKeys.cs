using System.Security.Cryptography;
using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>Derives the keys of the calls that an operation makes.</summary>
internal static class DownstreamKeys
{
    private const byte Layout = 1;
    private const int Length = 16;

    /// <summary>32 hexadecimal digits, which every provider takes as a key: WeChat Pay's numbers have at most 32 characters.</summary>
    public static string Of(OperationKey key, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var writer = new CanonicalWriter();
        writer.WriteVersion(Layout);
        writer.WriteString(key.Tenant.Value);
        writer.WriteString(key.Scope);
        writer.WriteString(key.Key);
        writer.WriteString(name);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(writer.WrittenSpan, hash);
        return Convert.ToHexStringLower(hash[..Length]);
    }
}

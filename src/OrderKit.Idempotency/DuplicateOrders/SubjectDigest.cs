using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrderKit.Core;

namespace OrderKit.Idempotency;

/// <summary>Computes the digest of a subject: an HMAC over tenant, rule and the normalised dimensions.</summary>
internal static class SubjectDigest
{
    private const byte Layout = 1;

    internal static IReadOnlyList<string> Split(string? subject) =>
        (subject ?? "").Split('+', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Computes the digest; <see langword="null"/> if the order lacks a dimension.</summary>
    internal static Digest? Of(string rule, IReadOnlyList<string> dimensions, OrderCandidate order, byte[] key)
    {
        var writer = new CanonicalWriter();
        writer.WriteVersion(Layout);
        writer.WriteString(order.Order.Tenant.Value);
        writer.WriteString(rule);
        foreach (var dimension in dimensions)
        {
            if (ValueOf(dimension, order) is not { Length: > 0 } value)
            {
                return null;
            }

            writer.WriteString(dimension);
            writer.WriteString(value);
        }

        Span<byte> hash = stackalloc byte[Digest.Size];
        HMACSHA256.HashData(key, writer.WrittenSpan, hash);
        return Digest.FromBytes(hash);
    }

    private static string? ValueOf(string dimension, OrderCandidate order) => dimension switch
    {
        DuplicateDimensions.Channel => order.Order.Order.Channel.Value,
        DuplicateDimensions.ExternalNumber => string.IsNullOrEmpty(order.ExternalNumber) ? null : Pair(order.Shop, order.ExternalNumber),
        DuplicateDimensions.Buyer => order.Buyer,
        DuplicateDimensions.Cart => order.Cart,
        DuplicateDimensions.Lines => Lines(order.Lines),
        DuplicateDimensions.Address => order.Address is { } address ? SubjectText.Address(address) : null,
        DuplicateDimensions.Phone => order.Phone is { } phone ? SubjectText.Phone(phone) : null,
        DuplicateDimensions.Amount => order.Amount is { IsZero: false } amount
            ? string.Create(CultureInfo.InvariantCulture, $"{amount.MinorUnits} {amount.Currency.Code} {amount.Currency.MinorDigits}")
            : null,
        DuplicateDimensions.Ip => order.IpAddress is { } ip ? SubjectText.Ip(ip) : null,
        DuplicateDimensions.IpRange => order.IpAddress is { } ip ? SubjectText.IpRange(ip) : null,
        DuplicateDimensions.Device => order.Device,
        _ => order.Fields.TryGetValue(dimension[DuplicateDimensions.FieldPrefix.Length..], out var field) ? SubjectText.Loose(field) : null,
    };

    private static string Lines(IReadOnlyList<CandidateLine> lines)
    {
        var text = new StringBuilder();
        foreach (
            var article in lines.GroupBy(line => line.Sku, StringComparer.Ordinal).OrderBy(article => article.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{Pair(article.Key, "")}{article.Sum(line => line.Quantity)};");
        }

        return text.ToString();
    }

    // The length prefix distinguishes ("ab", "c") from ("a", "bc").
    private static string Pair(string first, string second) =>
        string.Create(CultureInfo.InvariantCulture, $"{first.Length}:{first}{second}");
}

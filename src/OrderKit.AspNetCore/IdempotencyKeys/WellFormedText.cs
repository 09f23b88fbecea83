using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace OrderKit.AspNetCore;

/// <summary>
/// Checks that text is Unicode. Decoders turn broken text into replacement characters, so that two different texts would look the same.
/// </summary>
internal static class WellFormedText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether a text has no unpaired surrogate.</summary>
    public static bool IsText(string text) => TryEncode(text, out _);

    /// <summary>Whether a URL or a part of it is UTF-8 when its percent encoding is removed.</summary>
    public static bool IsUrl(string text) => TryEncode(text, out var bytes) && IsPercentEncoded(bytes);

    /// <summary>Whether bytes are UTF-8 when their percent encoding is removed.</summary>
    public static bool IsPercentEncoded(ReadOnlySpan<byte> text)
    {
        var decoded = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var isEscape = text[i] == '%' && i + 2 < text.Length
                && char.IsAsciiHexDigit((char)text[i + 1]) && char.IsAsciiHexDigit((char)text[i + 2]);
            decoded[length++] = isEscape ? Convert.FromHexString(Encoding.ASCII.GetString(text.Slice(i + 1, 2)))[0] : text[i];
            i += isEscape ? 2 : 0;
        }

        return Utf8.IsValid(decoded.AsSpan(0, length));
    }

    /// <summary>Whether JSON is UTF-8 without unpaired surrogates. Content that is not JSON is only checked for UTF-8.</summary>
    public static bool IsJson(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        if (json.IndexOf("\\u"u8) < 0)
        {
            return true;
        }

        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader.ValueIsEscaped)
                {
                    reader.GetString();
                }
            }
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        catch (JsonException)
        {
            // Content that is not JSON is compared byte by byte.
        }

        return true;
    }

    private static bool TryEncode(string text, out byte[] bytes)
    {
        try
        {
            bytes = Strict.GetBytes(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            bytes = [];
            return false;
        }
    }
}

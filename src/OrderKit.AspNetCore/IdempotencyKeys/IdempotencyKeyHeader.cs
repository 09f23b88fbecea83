using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Primitives;
using OrderKit.Idempotency;

namespace OrderKit.AspNetCore;

/// <summary>Reads the header: a quoted string of RFC 9651, as in the draft, or the bare key that most clients send.</summary>
internal static class IdempotencyKeyHeader
{
    public const string Name = "Idempotency-Key";

    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(" \t\",;\\");

    /// <summary>Returns the key, or the rule that it breaks, or neither where there is no header.</summary>
    public static (string? Key, string? Fault) Read(StringValues values, int maximum)
    {
        if (values.Count == 0)
        {
            return default;
        }

        if (values.Count > 1)
        {
            return (null, $"The header {Name} is there {values.Count} times. Send it once.");
        }

        var text = (values[0] ?? "").Trim(' ', '\t');
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is < ' ' or > '~')
            {
                return (null, string.Create(
                    CultureInfo.InvariantCulture,
                    $"The header {Name} has the character U+{(int)text[i]:X4} at position {i}. A key is printable ASCII."));
            }
        }

        var (key, fault) = text.StartsWith('"') ? Quoted(text) : Bare(text);
        if (fault is not null)
        {
            return (null, fault);
        }

        return key!.Length > maximum
            ? (null, string.Create(CultureInfo.InvariantCulture, $"The {Name} has {key.Length} characters and may have {maximum}."))
            : OperationKey.FaultOf(key) is { } unusable ? (null, $"The {Name} cannot be used: {unusable}.") : (key, null);
    }

    private static (string? Key, string? Fault) Quoted(string text)
    {
        var key = new StringBuilder(text.Length);
        for (var i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when i + 1 < text.Length && text[i + 1] is '"' or '\\':
                    key.Append(text[++i]);
                    break;
                case '\\':
                    return (null, string.Create(
                        CultureInfo.InvariantCulture,
                        $"The {Name} has a backslash at position {i} that escapes neither a quote nor a backslash."));
                case '"' when i == text.Length - 1:
                    return (key.ToString(), null);
                case '"':
                    return (null, string.Create(
                        CultureInfo.InvariantCulture,
                        $"The {Name} continues after its closing quote at position {i}. Send one key, and no parameters."));
                default:
                    key.Append(text[i]);
                    break;
            }
        }

        return (null, $"The {Name} begins with a quote and has no closing one.");
    }

    // A proxy that reads the header as a structured field would read a bare key with these characters differently.
    private static (string? Key, string? Fault) Bare(string text)
    {
        var at = text.AsSpan().IndexOfAny(NeedQuotes);
        return at < 0
            ? (text, null)
            : (null, string.Create(
                CultureInfo.InvariantCulture, $"The {Name} has '{text[at]}' at position {at} and is not quoted. Send it as \"…\"."));
    }
}

using System.Text;

namespace OrderKit.Messaging;

/// <summary>Texts on their way into and out of a message.</summary>
internal static class TransportText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Why a text cannot be carried; <see langword="null"/> where it can.</summary>
    public static string? Fault(string what, string? text)
    {
        if (text is null)
        {
            return $"The message has no {what}.";
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
            {
                return $"The {what} '{Printable(text)}' has a control character at position {i}.";
            }

            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) && ++i > 0))
            {
                return $"The {what} '{Printable(text)}' has half a surrogate pair at position {i}.";
            }
        }

        var bytes = Strict.GetByteCount(text);
        return bytes <= TransportMessage.MaxTextBytes
            ? null
            : $"The {what} '{Printable(text)}' has {bytes} bytes of UTF-8; at most {TransportMessage.MaxTextBytes} are carried.";
    }

    /// <summary>The text as any log and any store can keep it: cut off, and without what is no character.</summary>
    public static string Printable(string text)
    {
        const int Longest = 60;
        var cut = text.Length > Longest ? text[..Longest] : text;
        return string.Create(cut.Length, cut, static (span, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                span[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '\uFFFD' : source[i];
            }
        });
    }
}

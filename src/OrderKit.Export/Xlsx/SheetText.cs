using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;

namespace OrderKit.Export;

/// <summary>Escapes texts for the format: a character that XML cannot hold becomes <c>_x000B_</c> (ECMA-376, ST_Xstring).</summary>
internal static partial class SheetText
{
    /// <summary>The largest number of characters in a cell.</summary>
    public const int MaxLength = 32_767;

    public static string Encode(string text)
    {
        if (!NeedsEscape(text))
        {
            return text;
        }

        // An underscore is escaped where the text looks like an escape.
        var plain = LooksEscaped().Replace(text, "_x005F_");
        var written = new StringBuilder(plain.Length + 16);
        for (var i = 0; i < plain.Length; i++)
        {
            var c = plain[i];
            if (char.IsHighSurrogate(c) && i + 1 < plain.Length && char.IsLowSurrogate(plain[i + 1]))
            {
                written.Append(c).Append(plain[++i]);
            }
            else if (c == '\r' || !XmlConvert.IsXmlChar(c))
            {
                // An XML reader would turn a carriage return into a line feed.
                written.Append(CultureInfo.InvariantCulture, $"_x{(int)c:X4}_");
            }
            else
            {
                written.Append(c);
            }
        }

        return written.ToString();
    }

    private static bool NeedsEscape(string text)
    {
        foreach (var c in text)
        {
            if (c is '\r' or '_' || !XmlConvert.IsXmlChar(c))
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex("_(?=x[0-9A-Fa-f]{4})", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex LooksEscaped();
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;

namespace OrderKit.Export;

/// <summary>Writes texts as the format has them: what XML cannot hold is spelled <c>_x000B_</c> (ECMA-376, ST_Xstring).</summary>
internal static partial class SheetText
{
    /// <summary>How many characters a cell has.</summary>
    public const int Longest = 32_767;

    public static string Encode(string text)
    {
        if (!NeedsSpelling(text))
        {
            return text;
        }

        // A text that looks spelled, or would together with what follows, gets its underscore spelled.
        var plain = LooksSpelled().Replace(text, "_x005F_");
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
                // A reader of XML would turn a carriage return into a line feed.
                written.Append(CultureInfo.InvariantCulture, $"_x{(int)c:X4}_");
            }
            else
            {
                written.Append(c);
            }
        }

        return written.ToString();
    }

    private static bool NeedsSpelling(string text)
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
    private static partial Regex LooksSpelled();
}

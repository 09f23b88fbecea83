using System.Text;

namespace OrderKit.Sql;

/// <summary>Texts that begin alike, as a range in the order of their UTF-8 bytes.</summary>
internal static class TextRange
{
    private const int LastScalar = 0x10FFFF;

    /// <summary>The first text behind all that begin with a prefix; <see langword="null"/> where nothing lies behind them.</summary>
    internal static string? After(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        while (runes.Count > 0)
        {
            var last = runes[^1].Value;
            runes.RemoveAt(runes.Count - 1);
            if (last < LastScalar)
            {
                // The order of UTF-8 bytes is that of scalar values, and surrogates are none.
                var next = new Rune(last == 0xD7FF ? 0xE000 : last + 1);
                return string.Concat(string.Concat(runes), next.ToString());
            }
        }

        return null;
    }
}

using System.Text;

namespace OrderKit.Sql;

/// <summary>Converts a prefix of texts to a range in the order of their UTF-8 bytes.</summary>
internal static class TextRange
{
    private const int LastScalar = 0x10FFFF;

    /// <summary>Returns the first text after all texts with a prefix; <see langword="null"/> if there is none.</summary>
    internal static string? After(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        while (runes.Count > 0)
        {
            var last = runes[^1].Value;
            runes.RemoveAt(runes.Count - 1);
            if (last < LastScalar)
            {
                // UTF-8 bytes sort like scalar values. Surrogates are not scalar values and are skipped.
                var next = new Rune(last == 0xD7FF ? 0xE000 : last + 1);
                return string.Concat(string.Concat(runes), next.ToString());
            }
        }

        return null;
    }
}

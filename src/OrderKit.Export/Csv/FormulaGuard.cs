namespace OrderKit.Export;

/// <summary>Prevents a spreadsheet from running a text as a formula. The change can be reverted.</summary>
internal static class FormulaGuard
{
    private const char Mark = '\'';

    /// <summary>Adds a mark to a text that begins like a formula, directly or after marks of its own.</summary>
    public static string Guard(string text) => NeedsMark(text) ? Mark + text : text;

    /// <summary>Removes the mark that <see cref="Guard"/> added.</summary>
    public static string Unguard(string text) => text.StartsWith(Mark) && NeedsMark(text) ? text[1..] : text;

    // In a Chinese or Japanese spreadsheet, full-width signs begin formulas too.
    private static bool NeedsMark(string text)
    {
        var rest = text.AsSpan().TrimStart(Mark);
        return rest.Length > 0 && rest[0] is ('=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠');
    }
}

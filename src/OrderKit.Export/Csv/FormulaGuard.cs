namespace OrderKit.Export;

/// <summary>Keeps a spreadsheet from running a text as a formula, in a way that can be taken back.</summary>
internal static class FormulaGuard
{
    private const char Mark = '\'';

    /// <summary>With a mark, where the text begins like a formula: directly, or behind marks of its own.</summary>
    public static string Guard(string text) => NeedsMark(text) ? Mark + text : text;

    /// <summary>Without the mark that <see cref="Guard"/> set.</summary>
    public static string Unguard(string text) => text.StartsWith(Mark) && NeedsMark(text) ? text[1..] : text;

    // The full-width signs are formulas too where the spreadsheet's language is Chinese or Japanese.
    private static bool NeedsMark(string text)
    {
        var rest = text.AsSpan().TrimStart(Mark);
        return rest.Length > 0 && rest[0] is ('=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠');
    }
}

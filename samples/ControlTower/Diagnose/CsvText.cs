namespace ControlTower.Diagnose;

/// <summary>Text of the file inside a message.</summary>
internal static class CsvText
{
    private const int MaxShown = 60;

    /// <summary>A text that fits on a line of a log: short, and without control characters.</summary>
    public static string Shown(string text)
    {
        var shown = text.Length <= MaxShown ? text : string.Concat(text.AsSpan(0, MaxShown), "…");
        return string.Create(shown.Length, shown, static (span, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                span[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) ? '\uFFFD' : from[i];
            }
        });
    }
}

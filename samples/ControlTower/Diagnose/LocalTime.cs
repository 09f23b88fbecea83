using System.Globalization;

namespace ControlTower.Diagnose;

/// <summary>Parses the times of an export, which are local times without a zone.</summary>
/// <remarks>
/// They are stored unchanged with offset zero. Times of one order can be compared with each other, but not with real
/// instants.
/// </remarks>
internal static class LocalTime
{
    // Some programs write years such as 1, 1753 or 9999 for "no date".
    private const int FirstYear = 1900;
    private const int LastYear = 2999;

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm",
        "yyyy-MM-dd",
    ];

    /// <summary>Parses a time and returns a fault if it is invalid. An empty text is neither a time nor a fault.</summary>
    public static string? Fault(string text, string column, out DateTimeOffset? time)
    {
        time = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        const DateTimeStyles Styles = DateTimeStyles.AllowLeadingWhite | DateTimeStyles.AllowTrailingWhite
            | DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, Styles, out var read))
        {
            return $"{column} '{CsvText.Shown(text)}' is no time; times are written 2017-07-09 21:57:05, without a zone.";
        }

        if (read.Year is < FirstYear or > LastYear)
        {
            return $"{column} '{CsvText.Shown(text)}' is outside the years {FirstYear} to {LastYear}. Leave it empty if there is no date.";
        }

        time = read;
        return null;
    }
}

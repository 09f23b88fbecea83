using System.Globalization;

namespace ControlTower.Diagnose;

/// <summary>Reads the times of an export: a local clock, whose zone nobody wrote down.</summary>
/// <remarks>
/// They are kept as they stand, with the offset zero: times of one order compare as the file shows them, and none may be compared
/// with a real instant.
/// </remarks>
internal static class LocalTime
{
    // Programs write years such as 1, 1753 or 9999 for "no date".
    private const int FirstYear = 1900;
    private const int LastYear = 2999;

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm", "yyyy-MM-dd",
    ];

    /// <summary>Reads a time, and says what is wrong with it; an empty text is no time and no fault.</summary>
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
            return $"{column} '{CsvText.Shown(text)}' lies outside the years {FirstYear} to {LastYear}; leave it empty where there is no date.";
        }

        time = read;
        return null;
    }
}

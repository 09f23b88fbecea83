using OrderKit.Core;

namespace OrderKit.Export;

/// <summary>Options of CSV reports.</summary>
public sealed record CsvReportOptions
{
    /// <summary>The language of the headers.</summary>
    /// <value>English.</value>
    public ReportLanguage Language { get; init; }

    /// <summary>The time zone of instants. Each is written with its offset.</summary>
    /// <value>UTC.</value>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Whether the file begins with the UTF-8 byte order mark. Without it Excel garbles Chinese text.</summary>
    /// <value><see langword="true"/>.</value>
    public bool HasByteOrderMark { get; init; } = true;

    /// <summary>Whether a text that a spreadsheet would run as a formula gets a leading apostrophe. Numbers never get one.</summary>
    /// <value><see langword="true"/>. Programs that read the file remove it with <see cref="CsvReports.Unguard"/>.</value>
    public bool GuardsFormulas { get; init; } = true;
}

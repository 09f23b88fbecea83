using OrderKit.Core;

namespace OrderKit.Export;

/// <summary>How a report is written as CSV.</summary>
public sealed record CsvReportOptions
{
    /// <summary>The language of the headers.</summary>
    /// <value>English.</value>
    public ReportLanguage Language { get; init; }

    /// <summary>The zone of instants; they are written with their offset.</summary>
    /// <value>UTC.</value>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Whether the file begins with the mark of UTF-8, without which Excel shows Chinese text as something else.</summary>
    /// <value><see langword="true"/>.</value>
    public bool HasByteOrderMark { get; init; } = true;

    /// <summary>Whether a text that a spreadsheet would run as a formula gets an apostrophe before it. Numbers never get one.</summary>
    /// <value><see langword="true"/>; programs that read the file take it off with <see cref="CsvReports.Unguard"/>.</value>
    public bool GuardsFormulas { get; init; } = true;
}

using OrderKit.Core;

namespace OrderKit.Export;

/// <summary>How a report is written as XLSX.</summary>
public sealed record XlsxReportOptions
{
    /// <summary>How many rows a sheet of the format has, the headers included.</summary>
    public const int RowLimit = 1_048_576;

    /// <summary>The language of the headers.</summary>
    /// <value>English.</value>
    public ReportLanguage Language { get; init; }

    /// <summary>The zone of instants, which the headers name: a cell of a spreadsheet has no zone.</summary>
    /// <value>UTC.</value>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>How many rows a sheet gets, the headers included, before the next one is begun.</summary>
    /// <value>1,048,576, which is all that a sheet can have.</value>
    public int RowsPerSheet { get; init; } = RowLimit;
}

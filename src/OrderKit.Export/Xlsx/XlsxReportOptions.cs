using OrderKit.Core;

namespace OrderKit.Export;

/// <summary>Options of XLSX reports.</summary>
public sealed record XlsxReportOptions
{
    /// <summary>The largest number of rows in a sheet, including the headers.</summary>
    public const int RowLimit = 1_048_576;

    /// <summary>The language of the headers.</summary>
    /// <value>English.</value>
    public ReportLanguage Language { get; init; }

    /// <summary>The time zone of instants. The headers name it, because a cell has no zone.</summary>
    /// <value>UTC.</value>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The number of rows per sheet, including the headers. A full sheet is followed by another one.</summary>
    /// <value>1,048,576, the limit of the format.</value>
    public int RowsPerSheet { get; init; } = RowLimit;
}

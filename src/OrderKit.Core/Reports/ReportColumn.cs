namespace OrderKit.Core;

/// <summary>A column of a report.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="English">The English header.</param>
/// <param name="Chinese">The Chinese header.</param>
/// <param name="Kind">The type of the cells.</param>
/// <param name="Select">Selects the cell of a row.</param>
public sealed record ReportColumn<T>(string English, string Chinese, ReportCellKind Kind, Func<T, ReportCell> Select)
{
    /// <summary>Returns the header.</summary>
    public string Header(ReportLanguage language) => language == ReportLanguage.Chinese ? Chinese : English;
}

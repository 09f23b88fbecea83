namespace OrderKit.Core;

/// <summary>A column of a report.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="English">Its header in English.</param>
/// <param name="Chinese">Its header in Chinese.</param>
/// <param name="Kind">What its cells hold.</param>
/// <param name="Select">Takes its cell from a row.</param>
public sealed record ReportColumn<T>(string English, string Chinese, ReportCellKind Kind, Func<T, ReportCell> Select)
{
    /// <summary>Its header.</summary>
    public string Header(ReportLanguage language) => language == ReportLanguage.Chinese ? Chinese : English;
}

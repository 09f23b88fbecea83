namespace OrderKit.Core;

/// <summary>The language of the headers of a report.</summary>
public enum ReportLanguage
{
    /// <summary>English.</summary>
    English = 0,

    /// <summary>Simplified Chinese.</summary>
    Chinese = 1,
}

namespace OrderKit.Core;

/// <summary>In which language the headers of a report are.</summary>
public enum ReportLanguage
{
    /// <summary>English.</summary>
    English = 0,

    /// <summary>Simplified Chinese.</summary>
    Chinese = 1,
}

namespace OrderKit.Core;

/// <summary>The type of the cells of a column.</summary>
public enum ReportCellKind
{
    /// <summary>Text. Also for numbers that are identifiers, such as trade numbers, so that no digit is lost.</summary>
    Text = 0,

    /// <summary>A number that is counted or summed.</summary>
    Number = 1,

    /// <summary>An instant.</summary>
    Instant = 2,
}

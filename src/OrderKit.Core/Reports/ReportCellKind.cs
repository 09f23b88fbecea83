namespace OrderKit.Core;

/// <summary>What the cells of a column hold.</summary>
public enum ReportCellKind
{
    /// <summary>Text; also numbers that are names, such as those of trades: no digit of them is lost.</summary>
    Text = 0,

    /// <summary>A number that is counted or summed.</summary>
    Number = 1,

    /// <summary>An instant.</summary>
    Instant = 2,
}

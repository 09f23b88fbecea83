namespace OrderKit.Core;

/// <summary>The content of a cell; it may be empty.</summary>
public readonly record struct ReportCell
{
    private ReportCell(string? text, decimal? number, DateTimeOffset? instant) => (Text, Number, Instant) = (text, number, instant);

    /// <summary>The text, in a column of texts.</summary>
    public string? Text { get; }

    /// <summary>The number, in a column of numbers.</summary>
    public decimal? Number { get; }

    /// <summary>The instant, in a column of instants.</summary>
    public DateTimeOffset? Instant { get; }

    /// <summary>A text.</summary>
    public static ReportCell Of(string? text) => new(text, null, null);

    /// <summary>A number.</summary>
    public static ReportCell Of(decimal? number) => new(null, number, null);

    /// <summary>An instant.</summary>
    public static ReportCell Of(DateTimeOffset? instant) => new(null, null, instant);
}

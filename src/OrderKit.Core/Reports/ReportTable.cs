namespace OrderKit.Core;

/// <summary>The columns of a report. <c>OrderKit.Export</c> writes a report as CSV or XLSX.</summary>
/// <remarks>Immutable: each call returns a new table.</remarks>
/// <typeparam name="T">The rows.</typeparam>
public sealed class ReportTable<T>
{
    /// <summary>Makes a table without columns.</summary>
    /// <param name="name">The name of the sheet.</param>
    public ReportTable(string name)
        : this(name, [])
    {
    }

    private ReportTable(string name, IReadOnlyList<ReportColumn<T>> columns)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        (Name, Columns) = (name, columns);
    }

    /// <summary>The name of the table.</summary>
    public string Name { get; }

    /// <summary>The columns in order.</summary>
    public IReadOnlyList<ReportColumn<T>> Columns { get; }

    /// <summary>Adds a column of texts.</summary>
    public ReportTable<T> Text(string english, string chinese, Func<T, string?> select) =>
        With(english, chinese, ReportCellKind.Text, select, row => ReportCell.Of(select(row)));

    /// <summary>Adds a column of numbers.</summary>
    public ReportTable<T> Number(string english, string chinese, Func<T, decimal?> select) =>
        With(english, chinese, ReportCellKind.Number, select, row => ReportCell.Of(select(row)));

    /// <summary>Adds a column of instants.</summary>
    public ReportTable<T> Instant(string english, string chinese, Func<T, DateTimeOffset?> select) =>
        With(english, chinese, ReportCellKind.Instant, select, row => ReportCell.Of(select(row)));

    /// <summary>Adds two columns: the amount as a number, and its currency.</summary>
    public ReportTable<T> Amount(string english, string chinese, Func<T, Money?> select) =>
        Number(english, chinese, row => select(row)?.ToMajor())
            .Text($"{english} currency", $"{chinese}币种", row => select(row)?.Currency.Code);

    private ReportTable<T> With(string english, string chinese, ReportCellKind kind, Delegate select, Func<T, ReportCell> cell)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(english);
        ArgumentException.ThrowIfNullOrWhiteSpace(chinese);
        ArgumentNullException.ThrowIfNull(select);
        return Columns.Any(column => column.English == english || column.Chinese == chinese)
            ? throw new ArgumentException($"The table '{Name}' has a column '{english}' or '{chinese}' already.", nameof(english))
            : new ReportTable<T>(Name, [.. Columns, new ReportColumn<T>(english, chinese, kind, cell)]);
    }
}

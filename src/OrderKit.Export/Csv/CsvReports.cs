using System.Globalization;
using CsvHelper;
using OrderKit.Core;

namespace OrderKit.Export;

/// <summary>Writes reports as CSV (RFC 4180, UTF-8).</summary>
public static class CsvReports
{
    private const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffffK";
    private const char Mark = '\'';
    private const string WholeSecondFormat = "yyyy-MM-dd'T'HH:mm:ssK";

    /// <summary>Writes a report row by row. The stream stays open. The same rows give the same bytes in every culture.</summary>
    /// <returns>The number of rows, without the headers.</returns>
    public static async Task<long> WriteAsync<T>(
        ReportTable<T> table,
        IAsyncEnumerable<T> rows,
        Stream output,
        CsvReportOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        Require(table, rows, output);
        options ??= new CsvReportOptions();
        var format = new CsvWriterOptions { WriteByteOrderMark = options.HasByteOrderMark, Quoting = CsvQuoting.WhenNeededOrWhitespace };
        var csv = CsvWriter.Create(output, format, leaveOpen: true);
        await using (csv.ConfigureAwait(false))
        {
            foreach (var column in table.Columns)
            {
                csv.WriteField(column.Header(options.Language));
            }

            await csv.EndRecordAsync(cancellationToken).ConfigureAwait(false);
            var count = 0L;
            await foreach (var row in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                foreach (var column in table.Columns)
                {
                    csv.WriteField(TextOf(column.Select(row), column.Kind, options));
                }

                await csv.EndRecordAsync(cancellationToken).ConfigureAwait(false);
                count++;
            }

            await csv.FlushAsync(cancellationToken).ConfigureAwait(false);
            return count;
        }
    }

    /// <summary>Removes the apostrophe that <see cref="CsvReportOptions.GuardsFormulas"/> added to a text.</summary>
    public static string Unguard(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith(Mark) && NeedsMark(text) ? text[1..] : text;
    }

    internal static void Require<T>(ReportTable<T> table, IAsyncEnumerable<T> rows, Stream output)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(output);
        if (table.Columns.Count == 0)
        {
            throw new ArgumentException($"The table '{table.Name}' has no columns.", nameof(table));
        }
    }

    internal static string TextOf(DateTimeOffset instant, TimeZoneInfo zone)
    {
        var there = TimeZoneInfo.ConvertTime(instant, zone);
        var format = there.Ticks % TimeSpan.TicksPerSecond == 0 ? WholeSecondFormat : InstantFormat;
        var text = there.ToString(format, CultureInfo.InvariantCulture);
        return there.Offset == TimeSpan.Zero ? text.Replace("+00:00", "Z", StringComparison.Ordinal) : text;
    }

    private static string? TextOf(ReportCell cell, ReportCellKind kind, CsvReportOptions options) => kind switch
    {
        ReportCellKind.Number => cell.Number?.ToString(CultureInfo.InvariantCulture),
        ReportCellKind.Instant => cell.Instant is { } instant ? TextOf(instant, options.Zone) : null,
        _ => cell.Text is { } text && options.GuardsFormulas && NeedsMark(text) ? Mark + text : cell.Text,
    };

    // Whether a spreadsheet would run the text as a formula, directly or after marks of its own. In a Chinese or Japanese spreadsheet,
    // full-width signs begin formulas too.
    private static bool NeedsMark(string text)
    {
        var rest = text.AsSpan().TrimStart(Mark);
        return rest.Length > 0 && rest[0] is ('=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠');
    }
}

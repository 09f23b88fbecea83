using OrderKit.Core;

namespace OrderKit.Export;

/// <summary>Writes reports as XLSX.</summary>
public static class XlsxReports
{
    /// <summary>
    /// Writes a report row by row. The stream stays open; it does not have to seek or to write synchronously. A full sheet is followed by
    /// another one with the same headers. The same rows give the same bytes in every culture.
    /// </summary>
    /// <returns>The number of rows, without the headers.</returns>
    /// <exception cref="InvalidOperationException">A text is longer than a cell can hold.</exception>
    public static async Task<long> WriteAsync<T>(
        ReportTable<T> table,
        IAsyncEnumerable<T> rows,
        Stream output,
        XlsxReportOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        CsvReports.Require(table, rows, output);
        options ??= new XlsxReportOptions();
        if (options.RowsPerSheet is < 2 or > XlsxReportOptions.RowLimit)
        {
            throw new ArgumentException(
                $"RowsPerSheet is {options.RowsPerSheet}; a sheet has 2 to {XlsxReportOptions.RowLimit:N0} rows.", nameof(options));
        }

        var count = 0L;
        var staged = new StagedOutput(output);
        await using (staged.ConfigureAwait(false))
        {
            using (var book = new Workbook<T>(table, staged, options))
            {
                await foreach (var row in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
                {
                    book.Write(row);
                    count++;
                    if (staged.IsFull)
                    {
                        await staged.WriteBufferAsync(cancellationToken).ConfigureAwait(false);
                    }
                }

                book.Finish();
            }

            await staged.WriteBufferAsync(cancellationToken).ConfigureAwait(false);
        }

        return count;
    }
}

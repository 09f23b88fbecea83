using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using nietras.SeparatedValues;

namespace ControlTower.Invoices;

/// <summary>Reads the excerpt line by line and returns whole documents. The file is never completely in memory.</summary>
public sealed class InvoiceReader
{
    // The shop is in the United Kingdom, and its times have no zone. The offset is looked up instead of assumed:
    // it is UTC in December, but not in May.
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    private const int Columns = 8;

    private readonly List<string> _refused = [];

    /// <summary>The path of the excerpt in the program folder.</summary>
    public static string Excerpt => Path.Combine(AppContext.BaseDirectory, "Data", "online-retail.csv.gz");

    /// <summary>The rows that could not be read, each with its line and the reason.</summary>
    public IReadOnlyList<string> Refused => _refused;

    /// <summary>Reads a compressed file.</summary>
    public async IAsyncEnumerable<InvoiceDocument> ReadFileAsync(
        string path, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 65_536, useAsync: true);
        await using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var text = new StreamReader(unpacked);
        await foreach (var document in ReadAsync(text, cancellationToken))
            yield return document;
    }

    /// <summary>Reads text. The lines of a document must be adjacent.</summary>
    public async IAsyncEnumerable<InvoiceDocument> ReadAsync(
        TextReader text, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // A row with too few or too many fields is refused here, with its line; the reader would stop at it.
        using var csv = await Sep.New(',').Reader(
            o => o with { Unescape = true, DisableColCountCheck = true }).FromAsync(text, cancellationToken);
        var lines = new List<InvoiceLine>();
        while (await csv.MoveNextAsync(cancellationToken))
        {
            if (Parse(csv.Current) is not { } line)
                continue;
            if (lines.Count > 0 && lines[0].InvoiceNo != line.InvoiceNo)
            {
                yield return new InvoiceDocument(lines[0].InvoiceNo, [.. lines]);
                lines.Clear();
            }

            lines.Add(line);
        }

        if (lines.Count > 0)
            yield return new InvoiceDocument(lines[0].InvoiceNo, [.. lines]);
    }

    private InvoiceLine? Parse(SepReader.Row row)
    {
        const NumberStyles Price = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        if (row.ColCount != Columns)
            return Refuse(
                row.LineNumberFrom, string.Create(CultureInfo.InvariantCulture, $"it has {row.ColCount} fields instead of {Columns}"));
        var number = row["InvoiceNo"].ToString().Trim();
        if (number.Length == 0)
            return Refuse(row.LineNumberFrom, "it has no invoice number");
        if (!long.TryParse(row["Quantity"].Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var quantity))
            return Refuse(row.LineNumberFrom, $"'{row["Quantity"].ToString()}' is no quantity");
        if (!decimal.TryParse(row["UnitPrice"].Span, Price, CultureInfo.InvariantCulture, out var price))
            return Refuse(row.LineNumberFrom, $"'{row["UnitPrice"].ToString()}' is no price");
        if (
            !DateTime.TryParseExact(
                row["InvoiceDate"].Span, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return Refuse(row.LineNumberFrom, $"'{row["InvoiceDate"].ToString()}' is no time");

        return new InvoiceLine(
            number, row["StockCode"].ToString(), row["Description"].ToString(), quantity,
            new DateTimeOffset(local, London.GetUtcOffset(local)).ToUniversalTime(), price,
            CustomerOf(row["CustomerID"].ToString()), row["Country"].ToString());

    }

    private InvoiceLine? Refuse(int line, string why)
    {
        _refused.Add(string.Create(CultureInfo.InvariantCulture, $"line {line}: {why}"));
        return null;
    }

    // A spreadsheet has converted them to numbers such as 17850.0.
    private static string CustomerOf(string text) => text.EndsWith(".0", StringComparison.Ordinal) ? text[..^2] : text;
}

using System.Globalization;
using System.IO.Compression;
using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Spreadsheet;
using OrderKit.Core;

namespace OrderKit.Export;

/// <summary>Writes a workbook part by part.</summary>
/// <remarks>
/// The parts go into a zip archive one after the other. A <c>SpreadsheetDocument</c> would keep every part in memory until it is closed,
/// and would stamp the parts with the current time.
/// </remarks>
internal sealed class Workbook<T>(ReportTable<T> table, Stream output, XlsxReportOptions options) : IDisposable
{
    private const uint HeaderStyle = 1;
    private const uint TextStyle = 2;
    private const uint NumberStyle = 3;
    private const uint InstantStyle = 4;
    private const int MaxSheetName = 31;
    private const string OfficeRelations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>A spreadsheet computes with 15 digits. A longer number is written as text, so that no digit is lost.</summary>
    private const int Digits = 15;

    /// <summary>Before this day, spreadsheets count a day that did not exist (29 February 1900).</summary>
    private static readonly DateTime FirstDay = new(1900, 3, 1, 0, 0, 0, DateTimeKind.Unspecified);

    private static readonly DateTime DayZero = new(1899, 12, 30, 0, 0, 0, DateTimeKind.Unspecified);

    // The earliest instant of the format, so that the bytes do not depend on the current time.
    private static readonly DateTimeOffset Stamp = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ZipArchive _archive = new(output, ZipArchiveMode.Create, leaveOpen: true);
    private readonly string[] _letters = [.. Enumerable.Range(0, table.Columns.Count).Select(LettersOf)];
    private readonly int[] _widths = [.. table.Columns.Select(column => WidthOf(column, options))];
    private Stream? _sheet;
    private OpenXmlWriter? _writer;
    private int _sheets;
    private int _row;

    public void Write(T row)
    {
        if (_writer is null || _row == options.RowsPerSheet)
        {
            EndSheet();
            BeginSheet();
        }

        StartRow();
        for (var i = 0; i < table.Columns.Count; i++)
        {
            WriteCell(i, table.Columns[i].Select(row), table.Columns[i]);
        }

        _writer!.WriteEndElement();
    }

    public void Finish()
    {
        if (_sheets == 0)
        {
            BeginSheet();
        }

        EndSheet();
        WritePart("xl/styles.xml", static writer => writer.WriteElement(Styles()));
        WritePart("xl/workbook.xml", writer =>
        {
            var sheets = new Sheets();
            for (var i = 1; i <= _sheets; i++)
            {
                sheets.Append(new Sheet { Name = SheetName(i), SheetId = (uint)i, Id = $"rId{i}" });
            }

            writer.WriteElement(new DocumentFormat.OpenXml.Spreadsheet.Workbook(sheets));
        });
        var numbers = Enumerable.Range(1, _sheets).ToArray();
        WriteRelations("xl/_rels/workbook.xml.rels",
        [
            .. numbers.Select(static i => Relation(i, "worksheet", $"worksheets/sheet{i}.xml")),
            Relation(_sheets + 1, "styles", "styles.xml"),
        ]);
        WriteRelations("_rels/.rels", [Relation(1, "officeDocument", "xl/workbook.xml")]);
        WriteText("[Content_Types].xml", string.Concat(
        [
            """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">""",
            """<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>""",
            TypeOf("/xl/workbook.xml", "sheet.main"),
            TypeOf("/xl/styles.xml", "styles"),
            .. numbers.Select(static i => TypeOf($"/xl/worksheets/sheet{i}.xml", "worksheet")),
            "</Types>",
        ]));
    }

    public void Dispose()
    {
        _writer?.Dispose();
        _sheet?.Dispose();
        _archive.Dispose();
    }

    private void BeginSheet()
    {
        _sheet = Open($"xl/worksheets/sheet{++_sheets}.xml");
        _writer = OpenXmlWriter.Create(_sheet, Encoding.UTF8);
        _writer.WriteStartDocument(standalone: true);
        _writer.WriteStartElement(new Worksheet());
        var pane = new Pane { VerticalSplit = 1, TopLeftCell = "A2", ActivePane = PaneValues.BottomLeft, State = PaneStateValues.Frozen };
        _writer.WriteElement(new SheetViews(new SheetView(pane) { WorkbookViewId = 0 }));
        _writer.WriteElement(new Columns(_widths.Select(
            static (width, i) => new Column { Min = (uint)i + 1, Max = (uint)i + 1, Width = width, CustomWidth = true })));
        _writer.WriteStartElement(new SheetData());
        _row = 0;
        StartRow();
        for (var i = 0; i < table.Columns.Count; i++)
        {
            WriteText(i, HeaderOf(table.Columns[i], options), HeaderStyle, table.Columns[i]);
        }

        _writer.WriteEndElement();
    }

    private void EndSheet()
    {
        if (_writer is null)
        {
            return;
        }

        _writer.WriteEndElement();
        _writer.WriteEndElement();
        _writer.Dispose();
        _sheet!.Dispose();
        (_writer, _sheet) = (null, null);
    }

    private void StartRow() => _writer!.WriteStartElement(new Row { RowIndex = (uint)++_row });

    private void WriteCell(int column, ReportCell cell, ReportColumn<T> of)
    {
        switch (of.Kind)
        {
            case ReportCellKind.Number when cell.Number is { } number:
                if (HasTooManyDigits(number))
                {
                    WriteText(column, number.ToString(CultureInfo.InvariantCulture), TextStyle, of);
                }
                else
                {
                    WriteValue(column, number.ToString(CultureInfo.InvariantCulture), NumberStyle);
                }

                break;
            case ReportCellKind.Instant when cell.Instant is { } instant:
                var there = TimeZoneInfo.ConvertTime(instant, options.Zone).DateTime;
                if (there < FirstDay)
                {
                    WriteText(column, CsvReports.TextOf(instant, options.Zone), TextStyle, of);
                }
                else
                {
                    // Rounded to the millisecond, the precision of a spreadsheet.
                    const decimal MillisecondsPerDay = TimeSpan.TicksPerDay / TimeSpan.TicksPerMillisecond;
                    var days = decimal.Round((decimal)(there - DayZero).Ticks / TimeSpan.TicksPerMillisecond) / MillisecondsPerDay;
                    WriteValue(column, decimal.Round(days, 10).ToString(CultureInfo.InvariantCulture), InstantStyle);
                }

                break;
            case ReportCellKind.Text when cell.Text is { Length: > 0 } text:
                WriteText(column, text, TextStyle, of);
                break;
            default:
                break;
        }
    }

    private void WriteText(int column, string text, uint style, ReportColumn<T> of)
    {
        if (text.Length > SheetText.MaxLength)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The column '{of.English}' has a text of {text.Length:N0} characters in row {_row:N0}, and a cell has at most "
                + $"{SheetText.MaxLength:N0}. Shorten it in the column's selector, or write CSV."));
        }

        // The text is in the cell, because a table of shared texts would have to stay in memory. A text cell never runs as a formula.
        _writer!.WriteElement(new Cell(new InlineString(new Text(SheetText.Encode(text)) { Space = SpaceProcessingModeValues.Preserve }))
        {
            CellReference = Reference(column), StyleIndex = style, DataType = CellValues.InlineString,
        });
    }

    private void WriteValue(int column, string value, uint style) =>
        _writer!.WriteElement(new Cell(new CellValue(value)) { CellReference = Reference(column), StyleIndex = style });

    private string Reference(int column) => string.Create(CultureInfo.InvariantCulture, $"{_letters[column]}{_row}");

    private void WritePart(string path, Action<OpenXmlWriter> write)
    {
        using var part = Open(path);
        using var writer = OpenXmlWriter.Create(part, Encoding.UTF8);
        writer.WriteStartDocument(standalone: true);
        write(writer);
    }

    private void WriteText(string path, string xml)
    {
        using var part = Open(path);
        part.Write(Encoding.UTF8.GetBytes("""<?xml version="1.0" encoding="utf-8" standalone="yes"?>""" + xml));
    }

    private void WriteRelations(string path, IEnumerable<string> relations)
    {
        const string Namespace = "http://schemas.openxmlformats.org/package/2006/relationships";
        WriteText(path, $"""<Relationships xmlns="{Namespace}">{string.Concat(relations)}</Relationships>""");
    }

    private static string Relation(int number, string type, string target) => string.Create(
        CultureInfo.InvariantCulture,
        $"""<Relationship Id="rId{number}" Type="{OfficeRelations}/{type}" Target="{target}"/>""");

    private static string TypeOf(string part, string type) =>
        $"""<Override PartName="{part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{type}+xml"/>""";

    private Stream Open(string path)
    {
        var entry = _archive.CreateEntry(path, CompressionLevel.Fastest);
        entry.LastWriteTime = Stamp;
        return entry.Open();
    }

    // A sheet's name has at most 31 characters, none of []:*?/\, and no apostrophe at either end.
    private string SheetName(int number)
    {
        var valid = table.Name.Select(static c => c is '[' or ']' or ':' or '*' or '?' or '/' or '\\' || char.IsControl(c) ? ' ' : c);
        var name = string.Concat(valid).Trim('\'', ' ');
        var suffix = number == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" {number}");
        name = name.Length == 0 ? "Report" : name;
        var end = Math.Min(name.Length, MaxSheetName - suffix.Length);
        return name[..(char.IsHighSurrogate(name[end - 1]) ? end - 1 : end)].TrimEnd('\'', ' ') + suffix;
    }

    private static string HeaderOf(ReportColumn<T> column, XlsxReportOptions options) =>
        column.Kind == ReportCellKind.Instant ? $"{column.Header(options.Language)} ({options.Zone.Id})" : column.Header(options.Language);

    private static int WidthOf(ReportColumn<T> column, XlsxReportOptions options)
    {
        // A Chinese character is as wide as two others.
        var header = HeaderOf(column, options).Sum(static c => c < 0x2E80 ? 1 : 2) + 2;
        var cells = column.Kind switch { ReportCellKind.Number => 12, ReportCellKind.Instant => 20, _ => 24 };
        return Math.Clamp(Math.Max(header, cells), 8, 60);
    }

    private static bool HasTooManyDigits(decimal number)
    {
        // Dividing by one with all its digits removes the trailing zeros of a decimal.
        var digits = (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture).AsSpan().TrimStart("-0.");
        return digits.Length - (digits.Contains('.') ? 1 : 0) > Digits;
    }

    private static string LettersOf(int column)
    {
        var letters = "";
        for (var rest = column + 1; rest > 0; rest = (rest - 1) / 26)
        {
            letters = (char)('A' + ((rest - 1) % 26)) + letters;
        }

        return letters;
    }

    private static Stylesheet Styles() => new(
        new NumberingFormats(
            new NumberingFormat { NumberFormatId = 164, FormatCode = "#,##0.00####" },
            new NumberingFormat { NumberFormatId = 165, FormatCode = "yyyy\\-mm\\-dd\\ hh:mm:ss" }) { Count = 2 },
        new Fonts(new Font(), new Font(new Bold())) { Count = 2 },
        new Fills(
            new Fill(new PatternFill { PatternType = PatternValues.None }),
            new Fill(new PatternFill { PatternType = PatternValues.Gray125 })) { Count = 2 },
        new Borders(new Border()) { Count = 1 },
        new CellStyleFormats(new CellFormat()) { Count = 1 },
        new CellFormats(
            new CellFormat { FormatId = 0 },
            new CellFormat { FormatId = 0, FontId = 1, ApplyFont = true, NumberFormatId = 49, ApplyNumberFormat = true },
            new CellFormat { FormatId = 0, NumberFormatId = 49, ApplyNumberFormat = true },
            new CellFormat { FormatId = 0, NumberFormatId = 164, ApplyNumberFormat = true },
            new CellFormat { FormatId = 0, NumberFormatId = 165, ApplyNumberFormat = true }) { Count = 5 });
}

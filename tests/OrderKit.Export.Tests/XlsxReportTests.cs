using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using DocumentFormat.OpenXml.Validation;
using FsCheck;
using FsCheck.Fluent;
using OrderKit.Core;

namespace OrderKit.Export.Tests;

public sealed partial class XlsxReportTests
{
    [Fact]
    public async Task A_workbook_is_valid_and_its_cells_have_their_types()
    {
        var bytes = await WriteAsync([Sale.Usual]);

        using var book = Open(bytes);
        Assert.Empty(new OpenXmlValidator(FileFormatVersions.Office2019).Validate(book).Select(error => $"{error.Path?.XPath}: {error.Description}"));
        var rows = Rows(book).Single();
        Assert.Equal(["Trade", "Count", "At (UTC)", "Paid", "Paid currency"], rows[0].Select(TextOf));
        Assert.Equal(
            [(CellValues.InlineString, "2026020622001499999999999901"), (CellValues.Number, "3"), (CellValues.Number, "46059.6458333333"), (CellValues.Number, "199.50"), (CellValues.InlineString, "CNY")],
            rows[1].Select(cell => (cell.DataType?.Value ?? CellValues.Number, TextOf(cell))));
        Assert.Equal(["A2", "B2", "C2", "D2", "E2"], rows[1].Select(cell => cell.CellReference!.Value!));
        var sheet = book.WorkbookPart!.WorksheetParts.Single().Worksheet;
        Assert.Equal((PaneStateValues.Frozen, 1.0), (sheet.Descendants<Pane>().Single().State!.Value, sheet.Descendants<Pane>().Single().VerticalSplit!.Value));
        Assert.Equal(5, sheet.Descendants<Column>().Count(column => column.Width! >= 8));
        Assert.Equal("Sales", book.WorkbookPart.Workbook.Descendants<Sheet>().Single().Name!.Value);
    }

    [Fact]
    public async Task Instants_are_those_of_the_zone_that_the_header_names()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("UTC+8", TimeSpan.FromHours(8), "UTC+8", "UTC+8");
        using var book = Open(await WriteAsync([Sale.Usual], new XlsxReportOptions { Zone = zone, Language = ReportLanguage.Chinese }));

        var rows = Rows(book).Single();
        Assert.Equal("时间 (UTC+8)", TextOf(rows[0][2]));
        Assert.Equal(new DateTime(2026, 2, 6, 23, 30, 0), DateTime.FromOADate(double.Parse(TextOf(rows[1][2]), CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_number_that_a_spreadsheet_would_round_is_written_as_text()
    {
        using var book = Open(await WriteAsync([new Sale("a", 123_456_789_012_345m, null, null), new Sale("b", 1_234_567_890_123_456m, null, null), new Sale("c", 0.000000000000001m, null, null)]));

        Assert.Equal([CellValues.Number, CellValues.InlineString, CellValues.Number], Rows(book).Single().Skip(1).Select(row => row[1].DataType?.Value ?? CellValues.Number));
        Assert.Equal("1234567890123456", TextOf(Rows(book).Single()[2][1]));
    }

    [Fact]
    public async Task A_formula_in_a_text_stays_a_text()
    {
        using var book = Open(await WriteAsync([new Sale("=1+1", null, null, null)]));

        var cell = Rows(book).Single()[1].Single();
        Assert.Equal((CellValues.InlineString, "=1+1", true), (cell.DataType!.Value, TextOf(cell), cell.CellFormula is null));
    }

    [Fact]
    public async Task A_full_sheet_is_followed_by_another_one_with_the_same_headers()
    {
        using var book = Open(await WriteAsync([.. Enumerable.Range(1, 5).Select(number => Sale.Usual with { Count = number })], new XlsxReportOptions { RowsPerSheet = 3 }));

        Assert.Empty(new OpenXmlValidator().Validate(book));
        Assert.Equal(["Sales", "Sales 2", "Sales 3"], book.WorkbookPart!.Workbook.Descendants<Sheet>().Select(sheet => sheet.Name!.Value!));
        var sheets = Rows(book).ToList();
        Assert.All(sheets, rows => Assert.Equal("Trade", TextOf(rows[0][0])));
        Assert.Equal(["1", "2", "3", "4", "5"], sheets.SelectMany(rows => rows.Skip(1)).Select(row => TextOf(row[1])));
    }

    [Fact]
    public async Task The_same_rows_give_the_same_bytes_in_every_culture()
    {
        var here = await WriteAsync([Sale.Usual]);
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("ar-SA");
            Assert.Equal(here, await WriteAsync([Sale.Usual]));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public async Task A_stream_that_cannot_seek_will_do()
    {
        using var bytes = new MemoryStream();
        await using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            await XlsxReports.WriteAsync(Sale.Table, Sale.Stream(Sale.Usual), gzip);
        }

        bytes.Position = 0;
        await using var back = new GZipStream(bytes, CompressionMode.Decompress);
        using var whole = new MemoryStream();
        await back.CopyToAsync(whole);
        using var book = Open(whole.ToArray());
        Assert.Equal(2, Rows(book).Single().Count);
    }

    [Fact]
    public async Task A_stream_that_takes_no_synchronous_writes_gets_the_same_bytes()
    {
        await using var answer = new WebAnswer();
        var rows = Enumerable.Range(1, 20_000).Select(number => Sale.Usual with { Count = number }).ToArray();

        Assert.Equal(20_000, await XlsxReports.WriteAsync(Sale.Table, Sale.Stream(rows), answer));

        Assert.Equal(await WriteAsync(rows), answer.Bytes);
        Assert.InRange(answer.Longest, 1, 256 * 1024);
    }

    [Fact]
    public async Task Many_rows_take_no_more_memory_than_few()
    {
        const int Many = 200_000;
        await XlsxReports.WriteAsync(Sale.Table, Sale.Stream(Enumerable.Repeat(Sale.Usual, 1_000)), Stream.Null);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        var rows = Enumerable.Range(0, Many).Select(number =>
        {
            if (number % 50_000 == 49_999)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }

            return Sale.Usual;
        });

        Assert.Equal(Many, await XlsxReports.WriteAsync(Sale.Table, Sale.Stream(rows), Stream.Null));
        Assert.InRange(most, long.MinValue, 16 * 1024 * 1024);
    }

    [Fact]
    public async Task A_text_that_no_cell_can_hold_is_refused_with_its_place()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync([Sale.Usual, Sale.Usual with { Trade = new string('x', 32_768) }]));

        Assert.Contains("The column 'Trade' has a text of 32,768 characters in row 3", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_without_rows_has_its_headers()
    {
        using var book = Open(await WriteAsync([]));

        Assert.Equal(5, Rows(book).Single().Single().Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_048_577)]
    public async Task A_sheet_has_no_more_rows_than_the_format(int rows) =>
        await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync([], new XlsxReportOptions { RowsPerSheet = rows }));

    [Theory]
    [InlineData("A/B: [the very long name of a report?]", "A B   the very long name of a r")]
    [InlineData("'quoted names are thirty' chars''s", "quoted names are thirty' chars")]
    [InlineData("thirty characters and one more😀", "thirty characters and one more")]
    public async Task The_name_of_a_sheet_is_one_that_the_format_takes(string name, string expected)
    {
        var table = new ReportTable<Sale>(name).Text("Trade", "交易号", row => row.Trade);
        using var output = new MemoryStream();
        await XlsxReports.WriteAsync(table, Sale.Stream(Sale.Usual), output);
        using var book = Open(output.ToArray());

        Assert.Empty(new OpenXmlValidator().Validate(book));
        Assert.Equal(expected, book.WorkbookPart!.Workbook.Descendants<Sheet>().Single().Name!.Value);
    }

    [Fact]
    public void Any_text_is_read_again() =>
        Prop.ForAll(Texts.Any.ArrayOf().ToArbitrary(), texts =>
        {
            using var book = Open(WriteAsync([.. texts.Select(text => new Sale(text, null, null, null))]).GetAwaiter().GetResult());
            var read = Rows(book).Single().Skip(1).Select(row => row.Count == 0 ? "" : Unspelled(TextOf(row[0])));
            return texts.SequenceEqual(read);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    // ECMA-376, ST_Xstring.
    private static string Unspelled(string text) => Spelled().Replace(
        text, static match => ((char)int.Parse(match.ValueSpan[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToString());

    [GeneratedRegex("_x[0-9A-Fa-f]{4}_", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Spelled();

    private static SpreadsheetDocument Open(byte[] bytes) => SpreadsheetDocument.Open(new MemoryStream(bytes), isEditable: false);

    private static IEnumerable<List<List<Cell>>> Rows(SpreadsheetDocument book) =>
        book.WorkbookPart!.Workbook.Descendants<Sheet>().Select(sheet => ((WorksheetPart)book.WorkbookPart.GetPartById(sheet.Id!.Value!)).Worksheet.Descendants<Row>()
            .Select(row => row.Elements<Cell>().ToList()).ToList());

    private static string TextOf(Cell cell) => cell.CellValue?.Text ?? cell.InlineString?.Text?.Text ?? "";

    private static async Task<byte[]> WriteAsync(Sale[] rows, XlsxReportOptions? options = null)
    {
        using var output = new MemoryStream();
        Assert.Equal(rows.Length, await XlsxReports.WriteAsync(Sale.Table, Sale.Stream(rows), output, options));
        return output.ToArray();
    }
}

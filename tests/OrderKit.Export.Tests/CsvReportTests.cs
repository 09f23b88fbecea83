using System.Globalization;
using System.Text;
using CsvHelper;
using FsCheck;
using FsCheck.Fluent;
using OrderKit.Core;

namespace OrderKit.Export.Tests;

public sealed class CsvReportTests
{
    [Fact]
    public async Task A_report_is_UTF_8_with_a_mark_and_lines_that_end_in_CRLF()
    {
        var bytes = await WriteAsync([Sale.Usual]);

        Assert.Equal(
            "\uFEFFTrade,Count,At,Paid,Paid currency\r\n2026020622001499999999999901,3,2026-02-06T15:30:00Z,199.50,CNY\r\n", Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public async Task Headers_can_be_Chinese_and_instants_in_another_zone()
    {
        var bytes = await WriteAsync(
            [Sale.Usual],
            new CsvReportOptions { Language = ReportLanguage.Chinese, HasByteOrderMark = false, Zone = TimeZoneInfo.CreateCustomTimeZone("UTC+8", TimeSpan.FromHours(8), "UTC+8", "UTC+8") });

        Assert.Equal("交易号,数量,时间,实付,实付币种\r\n2026020622001499999999999901,3,2026-02-06T23:30:00+08:00,199.50,CNY\r\n", Encoding.UTF8.GetString(bytes));
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM", "'@SUM")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("＝1", "'＝1")]
    [InlineData("'=1", "''=1")]
    [InlineData("'t was", "'t was")]
    [InlineData("a=1", "a=1")]
    public async Task A_text_that_a_spreadsheet_would_run_gets_an_apostrophe(string text, string written)
    {
        var line = Encoding.UTF8.GetString(await WriteAsync([new Sale(text, null, null, null)]))[1..].Split("\r\n")[1];

        Assert.Equal(written + ",,,,", line);
    }

    [Fact]
    public async Task Numbers_stay_numbers_also_below_zero()
    {
        var text = Encoding.UTF8.GetString(await WriteAsync([new Sale("x", -5.50m, null, Money.FromMajor(-3m, Currency.CNY))]));

        Assert.Contains("x,-5.50,,-3.00,CNY\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_guard_texts_are_written_as_they_are() =>
        Assert.Contains("\r\n=1,", Encoding.UTF8.GetString(await WriteAsync([new Sale("=1", null, null, null)], new CsvReportOptions { GuardsFormulas = false })), StringComparison.Ordinal);

    [Fact]
    public async Task The_bytes_are_the_same_in_every_culture()
    {
        var here = await WriteAsync([Sale.Usual, new Sale("x", -1234.5m, Sale.Usual.At, null)]);
        var culture = CultureInfo.CurrentCulture;
        try
        {
            foreach (var name in new[] { "de-DE", "ar-SA", "fa-IR", "th-TH", "tr-TR" })
            {
                CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(name);
                Assert.Equal(here, await WriteAsync([Sale.Usual, new Sale("x", -1234.5m, Sale.Usual.At, null)]));
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void Any_text_is_read_again() =>
        Prop.ForAll(Texts.Any.ArrayOf().ToArbitrary(), texts =>
        {
            var bytes = WriteAsync([.. texts.Select(text => new Sale(text, null, null, null))]).GetAwaiter().GetResult();
            using var reader = CsvReader.Create(bytes, new CsvReaderOptions { HasHeader = true });
            var read = new List<string>();
            while (reader.Read())
            {
                read.Add(CsvReports.Unguard(reader.GetString(0)));
            }

            return texts.SequenceEqual(read);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public async Task A_report_without_rows_has_its_headers()
    {
        using var output = new MemoryStream();

        Assert.Equal(0, await CsvReports.WriteAsync(Sale.Table, Sale.Stream<Sale>(), output));
        Assert.Equal("Trade,Count,At,Paid,Paid currency\r\n", Encoding.UTF8.GetString(output.ToArray())[1..]);
    }

    [Fact]
    public async Task A_stream_that_takes_no_synchronous_writes_gets_the_same_bytes()
    {
        await using var answer = new WebAnswer();
        var rows = Enumerable.Range(1, 20_000).Select(number => Sale.Usual with { Count = number }).ToArray();

        Assert.Equal(20_000, await CsvReports.WriteAsync(Sale.Table, Sale.Stream(rows), answer));

        Assert.Equal(await WriteAsync(rows), answer.Bytes);
        Assert.InRange(answer.Longest, 1, 256 * 1024);
    }

    [Fact]
    public async Task A_table_without_columns_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => CsvReports.WriteAsync(new ReportTable<Sale>("empty"), Sale.Stream<Sale>(), new MemoryStream()));

    private static async Task<byte[]> WriteAsync(Sale[] rows, CsvReportOptions? options = null)
    {
        using var output = new MemoryStream();
        Assert.Equal(rows.Length, await CsvReports.WriteAsync(Sale.Table, Sale.Stream(rows), output, options));
        return output.ToArray();
    }
}

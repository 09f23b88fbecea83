using ControlTower.Invoices;
using OrderKit.Core;

namespace OrderKit.ControlTower.Tests;

public sealed class InvoiceTests
{
    private const string Header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

    [Fact]
    public async Task The_excerpt_has_the_documents_that_its_credit_names()
    {
        var reader = new InvoiceReader();
        var book = new SalesBook();
        var documents = new List<InvoiceDocument>();
        await foreach (var document in reader.ReadFileAsync(InvoiceReader.Excerpt))
        {
            documents.Add(document);
            book.Add(document);
        }

        Assert.Empty(reader.Refused);
        Assert.Equal(1_314, documents.Count);
        Assert.Equal(29_015, documents.Sum(d => d.Lines.Count));
        Assert.Equal((1_021, 164, 125, 4), (book.Sales.Count, book.CreditNotes, book.StockCorrections, book.FeesOnly));
        Assert.Equal(0, book.RoundingDifference);

        // Every credit note went somewhere, with all of its money.
        Assert.Equal(
            documents.Where(d => d.Kind == InvoiceKind.CreditNote).Sum(d => d.Amount.Rounded.MinorUnits),
            book.Sales.SelectMany(s => s.Returns).Sum(r => r.Amount.MinorUnits) + book.Unmatched.Sum(u => u.Amount.MinorUnits));
    }

    [Fact]
    public async Task Two_invoices_come_to_what_a_pocket_calculator_says()
    {
        var documents = await ReadExcerptAsync();
        var first = documents.Single(d => d.Number == "536365");
        var second = documents.Single(d => d.Number == "536366");

        // 6×2.55 + 6×3.39 + 8×2.75 + 6×3.39 + 6×3.39 + 2×7.65 + 6×4.25
        Assert.Equal(15.30m + 20.34m + 22.00m + 20.34m + 20.34m + 15.30m + 25.50m, first.Amount.Exact);
        Assert.Equal((Money.Parse("139.12 GBP"), 40), (first.Amount.Rounded, first.Pieces));
        Assert.Equal(new DateTimeOffset(2010, 12, 1, 8, 26, 0, TimeSpan.Zero), first.At);
        Assert.Equal("17850", first.CustomerId);

        // 6×1.85 + 6×1.85
        Assert.Equal((Money.Parse("22.20 GBP"), 12), (second.Amount.Rounded, second.Pieces));
    }

    [Fact]
    public async Task Postage_is_money_and_no_piece()
    {
        var document = (await ReadExcerptAsync()).Single(d => d.Number == "536370");

        Assert.Contains(document.Lines, l => l.StockCode == "POST" && l.Amount == 54m);
        Assert.Equal(document.Lines.Where(l => l.StockCode != "POST").Sum(l => l.Quantity), document.Pieces);
        Assert.Equal(document.Lines.Sum(l => l.Amount), document.Amount.Exact);
    }

    [Fact]
    public async Task Parts_of_a_penny_are_rounded_half_to_even_once_per_document_and_stay_visible()
    {
        var documents = await ReadAsync("1,10001,a,1,2010-12-01 08:00:00,0.125,1.0,UK\n1,10002,b,1,2010-12-01 08:00:00,0.12,1.0,UK\n2,10001,a,3,2010-12-01 08:00:00,0.125,1.0,UK");

        Assert.Equal((0.245m, Money.Parse("0.24 GBP"), -0.005m), (documents[0].Amount.Exact, documents[0].Amount.Rounded, documents[0].Amount.Difference));
        Assert.Equal((0.375m, Money.Parse("0.38 GBP"), 0.005m), (documents[1].Amount.Exact, documents[1].Amount.Rounded, documents[1].Amount.Difference));
        var book = new SalesBook();
        documents.ForEach(book.Add);
        Assert.Equal(0.010m, book.RoundingDifference);
        Assert.Contains("0.245 GBP rounded half to even", InvoiceFacts.Placed(book.Sales[0]).Fact.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1,10001,found,5,2010-12-01 08:00:00,0.0,,UK", InvoiceKind.StockCorrection)]
    [InlineData("1,10001,lost,-5,2010-12-01 08:00:00,0.0,,UK", InvoiceKind.StockCorrection)]
    [InlineData("1,AMAZONFEE,fee,1,2010-12-01 08:00:00,13541.33,,UK", InvoiceKind.FeesOnly)]
    [InlineData("1,BANK CHARGES,fee,1,2010-12-01 08:00:00,15.0,,UK", InvoiceKind.FeesOnly)]
    [InlineData("C1,D,Discount,-1,2010-12-01 08:00:00,27.5,14527.0,UK", InvoiceKind.CreditNote)]
    [InlineData("1,85123A,goods,1,2010-12-01 08:00:00,2.55,,UK", InvoiceKind.Sale)]
    [InlineData("1,DCGS0003,goods,1,2010-12-01 08:00:00,2.55,,UK", InvoiceKind.Sale)]
    public async Task Documents_are_what_their_lines_say(string line, InvoiceKind kind) => Assert.Equal(kind, (await ReadAsync(line))[0].Kind);

    [Fact]
    public async Task Summer_time_is_asked_of_the_zone()
    {
        var documents = await ReadAsync("1,10001,a,1,2011-05-03 12:00:00,1.0,1.0,UK\n2,10001,a,1,2011-01-03 12:00:00,1.0,1.0,UK");

        Assert.Equal(new DateTimeOffset(2011, 5, 3, 11, 0, 0, TimeSpan.Zero), documents[0].At);
        Assert.Equal(new DateTimeOffset(2011, 1, 3, 12, 0, 0, TimeSpan.Zero), documents[1].At);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_told_with_its_line_and_reason()
    {
        var reader = new InvoiceReader();
        using var text = new StringReader(Header
            + "1,10001,a,many,2010-12-01 08:00:00,1.0,1.0,UK\n1,10001,a,1,yesterday,1.0,1.0,UK\n1,10001,a,1,2010-12-01 08:00:00,\"1,5\",1.0,UK\n1,2,3\n1,10001,\"a \"\"b\"\", c\",2,2010-12-01 08:00:00,1.5,1.0,UK");
        var documents = await reader.ReadAsync(text).ToListAsync();

        Assert.Equal(
            ["line 2: 'many' is no quantity", "line 3: 'yesterday' is no time", "line 4: '1,5' is no price", "line 5: it has 3 fields instead of 8"],
            reader.Refused);
        Assert.Equal("a \"b\", c", Assert.Single(Assert.Single(documents).Lines).Description);
    }

    [Fact]
    public async Task A_credit_note_finds_the_newest_sale_with_as_many_pieces_left_and_the_rest_waits()
    {
        var book = new SalesBook();
        (await ReadAsync("""
            1,10001,a,10,2010-12-01 08:00:00,1.00,7.0,UK
            2,10001,a,4,2010-12-02 08:00:00,1.00,7.0,UK
            3,10001,a,99,2010-12-02 08:00:00,1.00,8.0,UK
            C4,10001,a,-4,2010-12-03 08:00:00,1.00,7.0,UK
            C5,10001,a,-4,2010-12-03 09:00:00,1.00,7.0,UK
            C6,10001,a,-7,2010-12-03 10:00:00,1.00,7.0,UK
            C7,10001,a,-2,2010-12-03 11:00:00,0.90,7.0,UK
            C7,D,Discount,-1,2010-12-03 11:00:00,5.00,7.0,UK
            C8,10001,a,-1,2010-12-03 12:00:00,1.00,,UK
            """)).ForEach(book.Add);

        Assert.Equal(["C5", "C7"], book.Sales[0].Returns.Select(r => r.Number));
        Assert.Equal(["C4"], book.Sales[1].Returns.Select(r => r.Number));
        Assert.Empty(book.Sales[2].Returns);
        Assert.Equal((Money.Parse("1.80 GBP"), 2), (book.Sales[0].Returns[1].Amount, book.Sales[0].Returns[1].Quantity));
        Assert.Equal(["C6", "C7-rest", "C8"], book.Unmatched.Select(u => u.Number));
        Assert.Equal(Money.Parse("5.00 GBP"), book.Unmatched[1].Amount);
    }

    private static async Task<List<InvoiceDocument>> ReadAsync(string lines)
    {
        using var text = new StringReader(Header + lines.ReplaceLineEndings("\n"));
        return await new InvoiceReader().ReadAsync(text).ToListAsync();
    }

    private static async Task<List<InvoiceDocument>> ReadExcerptAsync() => await new InvoiceReader().ReadFileAsync(InvoiceReader.Excerpt).ToListAsync();
}

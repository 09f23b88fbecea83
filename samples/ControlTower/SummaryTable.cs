using System.Globalization;
using ControlTower.Pages;
using ControlTower.Replays;
using Spectre.Console;

namespace ControlTower;

/// <summary>Writes the summary of a load to the console.</summary>
internal static class SummaryTable
{
    public static void Write(IAnsiConsole console, ReplaySummary summary, long seed)
    {
        var (book, counts) = (summary.Book, summary.Counts);
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("what").AddColumn(
            new TableColumn("how many").RightAligned()).AddColumn("which");
        Row("Orders", book.Sales.Count + 2, "invoices of 2010, and two retold orders of 2026");
        Row(
            "Credit notes",
            book.CreditNotes,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{book.Sales.Sum(s => s.Returns.Count)} refunds of known sales; {book.Unmatched.Count} notes or parts wait for theirs"));
        Row(
            "Other documents",
            book.StockCorrections + book.FeesOnly,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{book.StockCorrections} stock corrections, {book.FeesOnly} bills without goods: no orders"));
        Row("Rows refused", summary.RefusedRows.Count, summary.RefusedRows.Count == 0 ? "" : summary.RefusedRows[0]);
        Row("Facts", counts.Facts, string.Create(CultureInfo.InvariantCulture, $"payments and parcels are simulated, seed {seed}"));
        foreach (var (ending, count) in counts.Endings.OrderByDescending(e => e.Value))
            Row("  " + ending, count, "");
        Row("Open cases", summary.OpenCases.Values.Sum(), "");
        foreach (var (code, count) in summary.OpenCases.OrderByDescending(c => c.Value))
            Row("  " + code, count, Labels.CaseInChinese(code));
        Row("Waiting facts", summary.Parked, "for an order that is not known");
        Row(
            "Handler",
            summary.Releases,
            string.Create(CultureInfo.InvariantCulture, $"orders released to the warehouse; {summary.FollowUps} cases handed to desks"));
        console.Write(table);
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{counts.Facts:N0} facts in {summary.Elapsed.TotalSeconds:N1} s: [bold]{summary.FactsPerSecond:N0} facts/s[/]");
        console.WriteLine("State, journal and outbox of a fact are written in one transaction.");
        if (book.RoundingDifference != 0)
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"The total rounding difference is {book.RoundingDifference} GBP.");
        console.MarkupLine(
            "[grey]Invoices: Chen, D. (2015), Online Retail, UCI Machine Learning Repository, doi 10.24432/C5BW33, CC BY 4.0.[/]");

        void Row(string what, long count, string which) =>
            table.AddRow(Markup.Escape(what), count.ToString("N0", CultureInfo.InvariantCulture), $"[grey]{Markup.Escape(which)}[/]");
    }
}

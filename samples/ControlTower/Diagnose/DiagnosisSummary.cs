using System.Globalization;
using Spectre.Console;

namespace ControlTower.Diagnose;

/// <summary>Prints the report on the terminal.</summary>
internal static class DiagnosisSummary
{
    public static void Write(IAnsiConsole console, DiagnosisReport report)
    {
        console.Write(Counts("last reported status", report.ByStatus, report.Orders));
        console.Write(Counts("decided by the engine", report.ByDecidedState, report.Orders));

        var findings = new Table().Border(TableBorder.Ascii2).AddColumn("finding").AddColumn(
            new TableColumn("orders").RightAligned()).AddColumn("for example");
        foreach (var (what, finding) in Findings(report))
        {
            findings.AddRow(what, Number(finding.Count), Markup.Escape(finding.Examples.FirstOrDefault() ?? ""));
        }

        console.Write(findings);
        console.Write(
            Counts(
                "cases still open", report.OpenCases.ToDictionary(c => c.Key, c => (long)c.Value, StringComparer.Ordinal), report.Orders));
        console.Profile.Out.Writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Orders:N0} orders, {report.Facts:N0} facts, {report.DuplicateRows:N0} duplicate rows, {report.Rejected.Count:N0} "
            + $"rows left out, {report.Seconds:N1} s, {report.PeakMemoryMb:N0} MB at most."));
    }

    private static IEnumerable<(string What, Finding Finding)> Findings(DiagnosisReport report) =>
    [
        ("handed over before the purchase", report.HandedOverBeforePurchase),
        ("handed over before the approval", report.HandedOverBeforeApproval),
        ("delivered before the hand-over", report.DeliveredBeforeHandOver),
        ("delivered before the approval", report.DeliveredBeforeApproval),
        ("any step backwards", report.BackwardSteps),
        ("delivered without a time", report.DeliveredWithoutTime),
        ("delivered without a hand-over", report.DeliveredWithoutHandOver),
        ("canceled with a delivery", report.CanceledWithDelivery),
        ("canceled with a hand-over", report.CanceledWithHandOver),
        ("canceled and never approved", report.CanceledNeverApproved),
        ("approved more than 72 h after the purchase", report.ApprovalOver72h),
        ("handed over after the shipping limit", report.HandOverAfterLimit),
        ("late by the instant", report.LateByInstant),
        ("late by the day", report.LateByDay),
    ];

    private static Table Counts(string title, IReadOnlyDictionary<string, long> counts, long orders)
    {
        var table = new Table().Border(TableBorder.Ascii2).AddColumn(title).AddColumn(
            new TableColumn("orders").RightAligned()).AddColumn(new TableColumn("%").RightAligned());
        foreach (var (key, count) in counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(30))
        {
            table.AddRow(
                Markup.Escape(key),
                Number(count),
                string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / Math.Max(orders, 1):N1}"));
        }

        return table;
    }

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}

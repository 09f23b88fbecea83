using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrderKit.Core;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;
using static OrderKit.ControlTower.Tests.ExportFolder;

namespace OrderKit.ControlTower.Tests;

public sealed class InputTests : IDisposable
{
    private const string Delivered = "o-1,c,delivered,2017-05-01 10:00:00,2017-05-01 10:10:00,2017-05-02 10:00:00,2017-05-05 10:00:00,2017-05-04 00:00:00";
    private const string Canceled = "o-2,c,canceled,2017-05-01 10:00:00,,,,2017-05-20 00:00:00";

    private readonly ExportFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("orders.csv")]
    [InlineData("orders.csv.gz")]
    public async Task Files_are_plain_or_compressed(string name)
    {
        var found = await _folder.Write(name, OrderHeader, Delivered, Canceled).DiagnoseAsync();
        AssertBothRead(found);
    }

    [Fact]
    public async Task The_content_tells_whether_a_file_is_compressed()
    {
        _folder.Write("orders.csv.gz", OrderHeader, Delivered, Canceled);
        File.Move(Path.Combine(_folder.Export, "orders.csv.gz"), Path.Combine(_folder.Export, "orders.csv"));
        AssertBothRead(await _folder.DiagnoseAsync());
    }

    [Fact]
    public async Task Line_ends_marks_and_empty_lines_make_no_difference()
    {
        var text = string.Join("\r\n", "", OrderHeader, "", Delivered, "   ", Canceled, "", "");
        AssertBothRead(await _folder.Text("orders.csv", text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)).DiagnoseAsync());
        AssertBothRead(await _folder.Text("orders.csv", text.TrimEnd(), Encoding.Unicode).DiagnoseAsync());
        AssertBothRead(await _folder.Text("orders.csv", text.Replace("\r\n", "\r", StringComparison.Ordinal)).DiagnoseAsync());
    }

    [Fact]
    public async Task Quoted_fields_may_hold_commas_quotes_and_line_breaks()
    {
        var found = await _folder.Orders(
            "\"o-1\",\"a \"\"b\"\", c\",\"delivered\",\"2017-05-01 10:00:00\",2017-05-01 10:10:00,2017-05-02 10:00:00,2017-05-05 10:00:00,\"2017-05-04 00:00:00\"",
            "\"o-2\",\"on\ntwo lines\",canceled,2017-05-01 10:00:00,,,,\"\"",
            "o-3,c,created,yesterday,,,,").DiagnoseAsync();
        AssertBothRead(found);
        Assert.Equal("orders.csv:5", Assert.Single(found.Rejected()).Key);
    }

    [Fact]
    public async Task Columns_are_found_by_their_names()
    {
        var found = await _folder.Write(
            "orders.csv",
            "Order_Estimated_Delivery_Date, order_status ,order_id,order_delivered_customer_date,order_delivered_carrier_date,order_approved_at,order_purchase_timestamp",
            "2017-05-04 00:00:00,delivered,o-1,2017-05-05 10:00:00,2017-05-02 10:00:00,2017-05-01 10:10:00,2017-05-01 10:00:00",
            ",canceled,o-2,,,,2017-05-01 10:00:00").DiagnoseAsync();
        AssertBothRead(found);
    }

    [Fact]
    public async Task Another_culture_changes_nothing()
    {
        var before = CultureInfo.CurrentCulture;
        var odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        odd.NumberFormat.NumberDecimalSeparator = ",";
        odd.NumberFormat.NumberGroupSeparator = ".";
        odd.NumberFormat.NegativeSign = "\u2212";
        odd.DateTimeFormat.DateSeparator = "/";
        odd.DateTimeFormat.TimeSeparator = ".";
        CultureInfo.CurrentCulture = odd;
        try
        {
            var found = await _folder.Orders(Delivered, Canceled)
                .Items("o-1,1,p,s,2017-05-01 10:00:00,10.50,1.25").Payments("o-1,1,credit_card,1,11.75").DiagnoseAsync();
            AssertBothRead(found);
            Assert.Equal(["o-1"], found.Examples("handOverAfterLimit"));
            Assert.Equal(1, found.Counts("byDecidedState")["101 Paid, 308 DeliveryClaimed"]);
            Assert.Contains("2 orders, 7 facts", found.Output, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_told_with_its_line_and_the_rest_goes_on()
    {
        var longId = new string('x', 129);
        var found = await _folder.Orders(
            Delivered,
            "o-3,c,created,2017-13-01 10:00:00,,,,",
            "o-4,c,created,0001-01-01 00:00:00,,,,",
            "o-5,c,created,2017-05-01 10:00:00,,,,9999-12-31 23:59:59",
            "o-6,c,created,2017-05-01T10:00:00Z,,,,",
            "o-7,c,created",
            "o-8,c,created,2017-05-01 10:00:00,,,,,",
            $"{longId},c,created,2017-05-01 10:00:00,,,,",
            ",c,created,2017-05-01 10:00:00,,,,",
            "o\t9,c,created,2017-05-01 10:00:00,,,,",
            "o-10,\"c\"d,created,2017-05-01 10:00:00,,,,",
            "o-11,\"never closed,created,2017-05-01 10:00:00,,,,",
            $"o-12,{new string('y', 70_000)},created,2017-05-01 10:00:00,,,,",
            Canceled).DiagnoseAsync();

        AssertBothRead(found);
        var rejected = found.Rejected();
        Assert.Equal([.. Enumerable.Range(3, 12).Select(line => $"orders.csv:{line}")], rejected.Keys);
        Assert.Equal(12, found.Count("rejected"));
        Assert.Contains("order_purchase_timestamp '2017-13-01 10:00:00' is no time", rejected["orders.csv:3"], StringComparison.Ordinal);
        Assert.Contains("outside the years 1900 to 2999", rejected["orders.csv:4"], StringComparison.Ordinal);
        Assert.Contains("order_estimated_delivery_date", rejected["orders.csv:5"], StringComparison.Ordinal);
        Assert.Contains("without a zone", rejected["orders.csv:6"], StringComparison.Ordinal);
        Assert.Contains("3 fields; the header has 8", rejected["orders.csv:7"], StringComparison.Ordinal);
        Assert.Contains("9 fields; the header has 8", rejected["orders.csv:8"], StringComparison.Ordinal);
        Assert.Contains("129 characters; at most 128", rejected["orders.csv:9"], StringComparison.Ordinal);
        Assert.Contains("order_id is empty", rejected["orders.csv:10"], StringComparison.Ordinal);
        Assert.Contains("control character", rejected["orders.csv:11"], StringComparison.Ordinal);
        Assert.Contains("after its closing quote", rejected["orders.csv:12"], StringComparison.Ordinal);
        Assert.Contains("never closed", rejected["orders.csv:13"], StringComparison.Ordinal);
        Assert.Contains("longer than 65,536", rejected["orders.csv:14"], StringComparison.Ordinal);
        Assert.Contains("orders.csv:9: order_id has 129 characters", found.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_of_items_and_payments_are_checked_too()
    {
        var found = await _folder.Orders(Delivered, Canceled)
            .Items("o-1,1,p,s,soon,10.00,1.00", "o-1,2,p,s,2017-05-01 10:00:00,\"10,00\",1.00", ",3,p,s,,,", "o-1,4,p,s,2017-05-01 10:00:00,,")
            .Payments("o-1,1,voucher,1,-5.00", "o-1,2,voucher,1,1e3", "o-1,3,voucher,1,1.005", "o-1,4,voucher,1,", "o-1,5,voucher,1,7.5")
            .DiagnoseAsync();
        AssertBothRead(found);
        Assert.Equal(
            ["order_items.csv:2", "order_items.csv:3", "order_items.csv:4", "order_payments.csv:2", "order_payments.csv:3", "order_payments.csv:4"],
            found.Rejected().Keys);
        Assert.Equal(["o-1"], found.Examples("handOverAfterLimit"));
    }

    [Fact]
    public async Task An_order_told_twice_is_one_order()
    {
        var found = await _folder.Orders(
            Delivered,
            Delivered,
            Canceled,
            "o-2,c,unavailable,2017-05-01 11:00:00,2017-05-01 12:00:00,,,2017-05-20 00:00:00").DiagnoseAsync();

        Assert.Equal(2, found.Number("orders"));
        Assert.Equal(2, found.Number("duplicateRows"));

        // The later row of o-2 brings the time that was missing and a newer status; its other purchase time changes nothing.
        Assert.Equal(new Dictionary<string, long>(StringComparer.Ordinal) { ["delivered"] = 1, ["unavailable"] = 1 }, found.Counts("byStatus"));
        Assert.Equal(0, found.Count("canceledNeverApproved"));
        Assert.Equal(0, found.Count("rejected"));
    }

    [Fact]
    public async Task Duplicates_are_found_far_from_each_other()
    {
        var rows = Enumerable.Range(0, 1_500).Select(i => $"o-{i:D4},c,created,2017-05-01 10:00:00,2017-05-09 10:00:00,,,").ToArray();
        var found = await _folder.Orders([.. rows, .. rows]).DiagnoseAsync();
        Assert.Equal(1_500, found.Number("orders"));
        Assert.Equal(1_500, found.Number("duplicateRows"));
        Assert.Equal(9_000, found.Number("facts"));
        Assert.Equal(3_000, found.Counts("decisions")["duplicate"]);

        // Of many orders the first twenty by their ids are named, wherever they stand.
        Assert.Equal(1_500, found.Count("approvalOver72h"));
        Assert.Equal([.. Enumerable.Range(0, 20).Select(i => $"o-{i:D4}")], found.Examples("approvalOver72h"));
    }

    [Fact]
    public async Task An_export_without_rows_has_a_report_of_zeroes()
    {
        var found = await _folder.Orders().DiagnoseAsync();
        Assert.Equal(0, found.ExitCode);
        Assert.Equal(0, found.Number("orders"));
        Assert.Contains("orders.csv holds no order", found.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_column_is_named()
    {
        var found = await _folder.Write("orders.csv", "order_id,order_status,order_purchase_timestamp", "o-1,created,").DiagnoseAsync();
        AssertRefused(found, "orders.csv:1: the column 'order_approved_at' is missing");

        found = await _folder.Orders(Delivered).Write("order_items.csv", "order_id,price", "o-1,1.00").DiagnoseAsync();
        AssertRefused(found, "order_items.csv:1: the column 'shipping_limit_date' is missing");

        found = await _folder.Items().Write("order_payments.csv", "order_id", "o-1").DiagnoseAsync();
        AssertRefused(found, "order_payments.csv:1: the column 'payment_value' is missing");
    }

    [Fact]
    public async Task A_folder_or_a_file_that_is_missing_is_named()
    {
        AssertRefused(await _folder.CallAsync([_folder.Path("nowhere"), "--report", _folder.Report]), "does not exist");
        AssertRefused(await _folder.DiagnoseAsync(), "neither orders.csv nor orders.csv.gz");
        AssertRefused(await _folder.Text("orders.csv", "\n\n").DiagnoseAsync(), "orders.csv is empty");
    }

    [Fact]
    public async Task A_damaged_file_is_told_and_makes_no_report()
    {
        var rows = Enumerable.Range(0, 5_000).Select(i => $"o-{i * 7919},c,created,2017-05-01 10:00:00,,,,").ToArray();
        _folder.Write("orders.csv.gz", [OrderHeader, .. rows]);
        var path = Path.Combine(_folder.Export, "orders.csv.gz");
        var whole = await File.ReadAllBytesAsync(path);
        AssertRefused(await _folder.Bytes("orders.csv.gz", [.. whole[..^400]]).DiagnoseAsync(), "is damaged");

        whole.AsSpan(whole.Length / 2, 64).Fill(0xff);
        AssertRefused(await _folder.Bytes("orders.csv.gz", whole).DiagnoseAsync(), "is damaged");
    }

    [Theory]
    [InlineData("Name the folder")]
    [InlineData("with --report", "folder")]
    [InlineData("--report needs a file", "folder", "--report")]
    [InlineData("There is no option '--fast'", "folder", "--report", "r.json", "--fast")]
    [InlineData("one folder too many", "folder", "another", "--report=r.json")]
    public async Task A_wrong_call_is_answered_with_the_usage(string fault, params string[] args)
    {
        var found = await _folder.CallAsync(args);
        AssertRefused(found, fault);
        Assert.Contains("usage: diagnose FOLDER --report FILE.json", found.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_is_no_error()
    {
        var found = await _folder.CallAsync(["--help"]);
        Assert.Equal(0, found.ExitCode);
        Assert.Contains("usage: diagnose", found.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopped_run_writes_no_report()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        _folder.Orders(Delivered);
        var found = await _folder.CallAsync([_folder.Export, "--report", _folder.Report], stopped.Token);
        Assert.Equal(130, found.ExitCode);
        Assert.False(found.HasReport);
    }

    [Fact]
    public async Task A_store_that_is_kept_explains_each_example()
    {
        var file = _folder.Path("kept.db");
        var found = await _folder.Orders(Delivered, Canceled).DiagnoseAsync("--store", file);
        Assert.Contains(file, found.Output, StringComparison.Ordinal);

        var services = new ServiceCollection();
        services.AddOrderKit().UseSqlite($"Data Source={file}");
        await using var provider = services.BuildServiceProvider();
        var number = new OrderReference(TenantId.Default, ReferenceKind.External, found.Examples("lateByDay")[0]);
        var order = Assert.Single(await provider.GetRequiredService<OrderQueries>().FindAsync(number));
        var journal = await provider.GetRequiredService<IOrderQueryStore>().ReadJournalAsync(order);
        Assert.Equal(["placed", "authorised", "outbound", "delivery-claimed", "status-reported"], journal.Select(e => e.Trigger));
        Assert.Equal(["shop", "payment-provider", "seller", "carrier", "shop"], journal.Select(e => e.Source));
        Assert.Equal(new DateTimeOffset(2017, 5, 5, 10, 0, 0, TimeSpan.Zero), journal[3].OccurredAt);
        Assert.Equal(("delivered", FactStanding.Report, null), (journal[4].RawStatus, journal[4].Standing, journal[4].OccurredAt));
    }

    [Fact]
    public async Task Money_comes_from_the_payments_or_else_from_the_items()
    {
        var file = _folder.Path("kept.db");
        await _folder.Orders([.. new[] { "both", "items", "neither", "zero" }.Select(id => Delivered.Replace("o-1", id, StringComparison.Ordinal))])
            .Items("both,1,p,s,,10.00,1.00", "items,1,p,s,,10.00,1.00", "items,2,p,s,,10.10,")
            .Payments("both,1,credit_card,1,8.99", "both,2,voucher,1,3.00", "zero,1,not_defined,1,0.00")
            .DiagnoseAsync("--store", file);

        var services = new ServiceCollection();
        services.AddOrderKit().UseSqlite($"Data Source={file}");
        await using var provider = services.BuildServiceProvider();
        var due = new Dictionary<string, (long Due, long Captured, int Pay)>(StringComparer.Ordinal);
        foreach (var journal in await provider.GetRequiredService<IJournalStore>().ScanAsync(0, 10))
        {
            var snapshot = journal.Order.Snapshot;
            due[journal.Entries[0].Evidence!] = (snapshot.Counters.Due, snapshot.Counters.Captured, snapshot.States[0]);
        }

        Assert.Equal((1199, 1199, 101), due["both"]);
        Assert.Equal((2110, 2110, 101), due["items"]);

        // Approved, and nobody says how much: the payment is cleared and no sum is made up.
        Assert.Equal((0, 0, 104), due["neither"]);
        Assert.Equal((0, 0, 104), due["zero"]);
    }

    [Fact]
    public async Task A_store_with_orders_of_others_is_not_used()
    {
        var store = _folder.Path("others.db");
        await File.WriteAllTextAsync(store, "");
        AssertRefused(await _folder.Orders(Delivered).DiagnoseAsync("--store", store), "exists");
    }

    private static void AssertBothRead(Diagnosis found)
    {
        Assert.Equal(0, found.ExitCode);
        Assert.Equal(2, found.Number("orders"));
        Assert.Equal(new Dictionary<string, long>(StringComparer.Ordinal) { ["canceled"] = 1, ["delivered"] = 1 }, found.Counts("byStatus"));
        Assert.Equal(["o-1"], found.Examples("lateByDay"));
        Assert.Equal(["o-2"], found.Examples("canceledNeverApproved"));
    }

    private static void AssertRefused(Diagnosis found, string fault)
    {
        Assert.Equal(2, found.ExitCode);
        Assert.Contains(fault, found.Errors, StringComparison.Ordinal);
        Assert.False(found.HasReport);
    }
}

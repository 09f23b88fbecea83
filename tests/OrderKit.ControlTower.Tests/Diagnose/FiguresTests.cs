namespace OrderKit.ControlTower.Tests;

/// <summary>Each order of a hand-made export is named for what it shows; what must be found was worked out by hand.</summary>
public sealed class FiguresTests(FiguresTests.HandMade export) : IClassFixture<FiguresTests.HandMade>
{
    public static TheoryData<string, string[]> Expected => new()
    {
        { "handedOverBeforePurchase", ["handed-over-before-purchase"] },
        { "handedOverBeforeApproval", ["handed-over-before-approval", "handed-over-before-purchase", "untimed-purchase"] },
        { "deliveredBeforeHandOver", ["delivered-before-hand-over", "delivered-first-of-all"] },
        { "deliveredBeforeApproval", ["delivered-before-approval", "delivered-first-of-all"] },
        {
            "backwardSteps",
            [
                "approved-before-purchase", "delivered-before-approval", "delivered-before-hand-over", "delivered-before-purchase", "delivered-first-of-all",
                "handed-over-before-approval", "handed-over-before-purchase", "untimed-purchase",
            ]
        },
        { "deliveredWithoutTime", ["no-delivery-time", "nothing-but-a-status"] },
        { "deliveredWithoutHandOver", ["delivered-before-approval", "delivered-before-purchase", "no-hand-over", "nothing-but-a-status"] },
        { "canceledWithDelivery", ["canceled-after-delivery"] },
        { "canceledWithHandOver", ["canceled-after-delivery", "canceled-after-hand-over"] },
        { "canceledNeverApproved", ["canceled-after-hand-over", "canceled-unapproved"] },
        { "approvalOver72h", ["approved-after-72h-and-a-second"] },
        { "handOverAfterLimit", ["after-latest-limit"] },
        { "lateByInstant", ["late-by-a-day", "late-by-a-second"] },
        { "lateByDay", ["late-by-a-day"] },
    };

    [Theory, MemberData(nameof(Expected))]
    public void Each_figure_counts_and_names_the_orders_that_it_is_about(string figure, string[] orders)
    {
        Assert.Equal(orders, export.Result.Examples(figure));
        Assert.Equal(orders.Length, export.Result.Count(figure));
    }

    [Fact]
    public void Orders_are_counted_by_the_status_as_the_file_spells_it()
    {
        Assert.Equal(0, export.Result.ExitCode);
        Assert.Equal(31, export.Result.Number("orders"));
        Assert.Equal(
            new Dictionary<string, long>(StringComparer.Ordinal)
            {
                ["(none)"] = 1,
                ["approved"] = 1,
                ["canceled"] = 4,
                ["created"] = 1,
                ["delivered"] = 17,
                ["invoiced"] = 1,
                ["processing"] = 1,
                ["shipped"] = 3,
                ["unavailable"] = 1,
                ["Zurückgestellt, \"B\""] = 1,
            },
            export.Result.Counts("byStatus"));
    }

    [Fact]
    public void Orders_are_counted_by_the_states_that_the_engine_decided()
    {
        var states = export.Result.Counts("byDecidedState");
        Assert.Equal(31, states.Values.Sum());
        Assert.Contains("101 Paid, 308 DeliveryClaimed", states);
    }

    [Fact]
    public void The_engine_decided_every_fact()
    {
        Assert.Equal(export.Result.Number("facts"), export.Result.Counts("decisions").Values.Sum());
        Assert.Equal(0, export.Result.Number("duplicateRows"));

        // A canceled order with a hand-over contradicts what its seller told; it is for a person to say which is true.
        Assert.Equal(2, export.Result.Counts("openCases")["report-contradicts"]);

        // Delivered and never handed over; those handed over later have closed their case.
        Assert.Equal(3, export.Result.Counts("openCases")["delivered-not-shipped"]);
        Assert.Equal(5, export.Result.Counts("openedCases")["delivered-not-shipped"]);
    }

    [Fact]
    public void The_terminal_shows_a_summary()
    {
        Assert.Contains("31 orders", export.Result.Output, StringComparison.Ordinal);
        Assert.Contains("handed over before the approval", export.Result.Output, StringComparison.Ordinal);
        Assert.Empty(export.Result.Errors);
    }

    public sealed class HandMade : IAsyncLifetime
    {
        private readonly ExportFolder _folder = new();

        internal Diagnosis Result { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            _folder.Orders(
                "in-order,c,delivered,2017-05-01 10:00:00,2017-05-01 10:10:00,2017-05-02 10:00:00,2017-05-05 10:00:00,2017-05-20 00:00:00",
                "all-equal-to-the-estimate,c,delivered,2017-05-20 00:00:00,2017-05-20 00:00:00,2017-05-20 00:00:00,2017-05-20 00:00:00,2017-05-20 00:00:00",
                "created,c,created,2017-05-01 10:00:00,,,,2017-05-20 00:00:00",
                "approved,c,approved,2017-05-01 10:00:00,2017-05-01 10:00:00,,,2017-05-20 00:00:00",
                "processing,c,processing,2017-05-01 10:00:00,2017-05-01 10:00:00,,,2017-05-20 00:00:00",
                "invoiced,c,invoiced,2017-05-01 10:00:00,2017-05-01 10:00:00,,,2017-05-20 00:00:00",
                "unavailable,c,unavailable,2017-05-01 10:00:00,2017-05-01 10:00:00,,,2017-05-20 00:00:00",
                "of-another-status,c,\"Zurückgestellt, \"\"B\"\"\",2017-05-01 10:00:00,,,,",
                "of-no-status,c,,2017-05-01 10:00:00,2017-05-01 10:00:00,,,",

                "handed-over-before-purchase,c,shipped,2017-05-02 10:00:00,2017-05-02 10:00:00,2017-05-02 09:59:59,,2017-05-20 00:00:00",
                "handed-over-before-approval,c,delivered,2017-05-01 10:00:00,2017-05-02 10:00:00,2017-05-02 09:59:59,2017-05-03 10:00:00,2017-05-20 00:00:00",
                "delivered-before-hand-over,c,delivered,2017-05-01 10:00:00,2017-05-01 10:00:00,2017-05-04 10:00:00,2017-05-04 09:59:59,2017-05-20 00:00:00",
                "delivered-first-of-all,c,delivered,2017-05-01 10:00:00,2017-05-03 10:00:00,2017-05-04 10:00:00,2017-05-02 10:00:00,2017-05-20 00:00:00",
                "delivered-before-approval,c,delivered,2017-05-01 10:00:00,2017-05-03 10:00:00,,2017-05-02 10:00:00,2017-05-20 00:00:00",
                "delivered-before-purchase,c,delivered,2017-05-02 10:00:00,,,2017-05-01 10:00:00,2017-05-20 00:00:00",
                "approved-before-purchase,c,delivered,2017-05-02 10:00:00,2017-05-02 09:00:00,2017-05-03 10:00:00,2017-05-04 10:00:00,2017-05-20 00:00:00",
                "untimed-purchase,c,delivered,,2017-05-02 10:00:00,2017-05-01 10:00:00,2017-05-04 10:00:00,2017-05-20 00:00:00",
                "nothing-but-a-status,c,delivered,,,,,",

                "no-delivery-time,c,delivered,2017-05-01 10:00:00,2017-05-01 10:00:00,2017-05-02 10:00:00,,2017-05-20 00:00:00",
                "no-hand-over,c,delivered,2017-05-01 10:00:00,2017-05-01 10:00:00,,2017-05-03 10:00:00,2017-05-20 00:00:00",

                "canceled-approved,c,canceled,2017-05-01 10:00:00,2017-05-01 10:00:00,,,2017-05-20 00:00:00",
                "canceled-unapproved,c,canceled,2017-05-01 10:00:00,,,,2017-05-20 00:00:00",
                "canceled-after-hand-over,c,canceled,2017-05-01 10:00:00,,2017-05-02 10:00:00,,2017-05-20 00:00:00",
                "canceled-after-delivery,c,canceled,2017-05-01 10:00:00,2017-05-01 10:00:00,2017-05-02 10:00:00,2017-05-25 10:00:00,2017-05-20 00:00:00",

                "approved-after-72h,c,delivered,2017-05-01 10:00:00,2017-05-04 10:00:00,2017-05-05 10:00:00,2017-05-06 10:00:00,2017-05-20 00:00:00",
                "approved-after-72h-and-a-second,c,delivered,2017-05-01 10:00:00,2017-05-04 10:00:01,2017-05-05 10:00:00,2017-05-06 10:00:00,2017-05-20 00:00:00",
                "late-by-a-second,c,delivered,2017-05-01 10:00:00,2017-05-01 10:00:00,2017-05-05 10:00:00,2017-05-20 00:00:01,2017-05-20 00:00:00",
                "late-by-a-day,c,delivered,2017-05-01 10:00:00,2017-05-01 10:00:00,2017-05-05 10:00:00,2017-05-21 00:00:00,2017-05-20 00:00:00",
                "late-and-only-shipped,c,shipped,2017-05-01 10:00:00,2017-05-01 10:00:00,2017-05-05 10:00:00,2017-05-21 00:00:00,2017-05-20 00:00:00",

                "after-latest-limit,c,shipped,2017-05-01 10:00:00,2017-05-01 10:00:00,2017-05-05 10:00:01,,2017-05-20 00:00:00",
                "after-first-limit,c,delivered,2017-05-01 10:00:00,2017-05-01 10:00:00,2017-05-05 10:00:00,2017-05-06 10:00:00,2017-05-20 00:00:00");
            _folder.Items(
                "after-first-limit,1,p,s,2017-05-05 10:00:00,10.00,1.00",
                "after-latest-limit,1,p,s,2017-05-04 10:00:00,10.00,1.00",
                "in-order,1,p,s,2017-05-03 10:00:00,10.00,1.00",
                "after-first-limit,2,p,s,2017-05-02 10:00:00,10.00,1.00",
                "after-latest-limit,2,p,s,2017-05-05 10:00:00,10.00,1.00",
                "no-hand-over,1,p,s,2017-05-01 10:00:00,10.00,1.00",
                "canceled-approved,1,p,s,,10.00,1.00",
                "delivered-before-hand-over,1,p,s,,10.00,1.00",
                "delivered-first-of-all,1,p,s,,10.00,1.00",
                "of-nobody,1,p,s,2017-05-01 10:00:00,10.00,1.00");
            _folder.Payments(
                "in-order,1,credit_card,1,11.00",
                "all-equal-to-the-estimate,1,voucher,1,5.5",
                "all-equal-to-the-estimate,2,voucher,1,5.5",
                "approved,1,not_defined,1,0.00");
            Result = await _folder.DiagnoseAsync();
        }

        public Task DisposeAsync()
        {
            _folder.Dispose();
            return Task.CompletedTask;
        }
    }
}

using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine.Tests;

public sealed class JournalVerifierTests
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 6, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_journal_that_nobody_touched_is_intact()
    {
        var journal = await SealedAsync(orders: 7, batchSize: 4);
        journal.Add(JournalSealerTests.Order("unsealed"));
        var steps = new List<JournalVerifier.Progress>();

        var report = await new JournalVerifier(journal).VerifyAsync(new() { OrdersAtATime = 3, SegmentsAtATime = 2 }, new Steps(steps.Add));

        Assert.True(report.IsIntact, string.Join('\n', report.Findings));
        Assert.Equal((6, 21, 8, 24, 3), (report.Segments, report.SealedRows, report.Orders, report.Rows, report.UnsealedRows));
        Assert.Equal(Noon, report.UnsealedSince);
        Assert.Equal(journal.Segments[6].Hash, report.LastSeal!.Value.Hash);
        Assert.Equal(new JournalVerifier.Progress(6, 6, 21, 8, 0), steps[^1]);
    }

    [Fact]
    public async Task An_empty_journal_is_intact() =>
        Assert.True((await new JournalVerifier(new FakeJournal(TimeProvider.System)).VerifyAsync()).IsIntact);

    [Fact]
    public void Any_changed_field_of_any_sealed_row_is_found_and_located() =>
        Prop.ForAll(Gen.Choose(1, 5).Two().ToArbitrary(), Gen.Elements(JournalCodecTests.Changes.Keys.Where(k => k != "Version").ToArray()).ToArbitrary(), (at, field) =>
        {
            var journal = SealedAsync(orders: 5, batchSize: at.Item2 + 1).GetAwaiter().GetResult();
            var version = 1 + (at.Item2 % 3);
            journal.Change(at.Item1, version, JournalCodecTests.Changes[field]);

            var report = Verify(journal);
            var key = journal.Orders[at.Item1].Order.Key;
            return report.Findings.Count(f => f.Kind == VerificationReport.FindingKind.ChangedRow) == 1
                && report.Findings.Any(f => f.Kind == VerificationReport.FindingKind.ChangedRow && f.Order == key && f.Version == version)
                && report.Findings.All(f => f.OrderNo == at.Item1);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void A_removed_row_is_found_and_located_even_if_the_order_was_made_to_fit() =>
        Prop.ForAll(Gen.Choose(1, 5).Two().ToArbitrary(), at =>
        {
            var journal = SealedAsync(orders: 5, batchSize: at.Item2).GetAwaiter().GetResult();
            RemoveLast(journal, at.Item1);

            var finding = Assert.Single(Verify(journal).Findings);
            return finding is { Kind: VerificationReport.FindingKind.MissingRow, Version: 3 } && finding.OrderNo == at.Item1;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    [Fact]
    public void An_invented_row_is_found_and_located_even_if_the_order_was_made_to_fit() =>
        Prop.ForAll(Gen.Choose(1, 5).Two().ToArbitrary(), Gen.Choose(-1, 9).ToArbitrary(), (at, segment) =>
        {
            var journal = SealedAsync(orders: 5, batchSize: at.Item2).GetAwaiter().GetResult();
            var (order, rows) = journal.Orders[at.Item1];
            rows[4] = rows[3] with { Version = 4, Segment = segment, First = CounterChange.None, MovedFacets = 0 };
            journal.Orders[at.Item1] = (order with { Snapshot = OrderSnapshot.Of(rows.Values) }, rows);

            var finding = Assert.Single(Verify(journal).Findings);
            return finding is { Kind: VerificationReport.FindingKind.InventedRow, Version: 4 } && finding.OrderNo == at.Item1;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Theory]
    [InlineData(100, 1)]
    [InlineData(8, 1)]
    [InlineData(1, long.MaxValue)]
    public async Task A_row_that_changes_no_sum_that_there_is_is_found(int index, long change)
    {
        var journal = await SealedAsync(orders: 2);
        journal.Change(1, 2, e => e with { First = new CounterChange(index, change), Second = new CounterChange(index, change) });

        var report = Verify(journal);

        Assert.Equal([VerificationReport.FindingKind.ChangedRow, VerificationReport.FindingKind.FoldDiffers], report.Findings.Select(f => f.Kind));
        Assert.All(report.Findings, f => Assert.Equal(1, f.OrderNo));
    }

    [Fact]
    public async Task A_row_whose_seal_was_rubbed_out_is_found()
    {
        var journal = await SealedAsync(orders: 2);
        journal.Change(1, 2, e => e with { Segment = null });

        var report = Verify(journal);

        Assert.Equal([VerificationReport.FindingKind.WrongSegment, VerificationReport.FindingKind.InventedRow], report.Findings.Select(f => f.Kind));
        Assert.All(report.Findings, f => Assert.Equal((1, 2), (f.OrderNo, f.Version)));
    }

    [Fact]
    public async Task Journals_of_two_orders_that_were_swapped_are_found()
    {
        var journal = await SealedAsync(orders: 2);
        (journal.Orders[1], journal.Orders[2]) = (
            (journal.Orders[2].Order with { OrderNo = 1 }, journal.Orders[2].Rows), (journal.Orders[1].Order with { OrderNo = 2 }, journal.Orders[1].Rows));

        Assert.Equal(6, Verify(journal).Findings.Count(f => f.Kind == VerificationReport.FindingKind.ChangedRow));
    }

    [Fact]
    public async Task An_order_that_was_given_to_another_tenant_is_found()
    {
        var journal = await SealedAsync(orders: 2);
        var (order, rows) = journal.Orders[1];
        journal.Orders[1] = (order with { Key = order.Key with { Tenant = new TenantId("other") } }, rows);

        Assert.Equal(3, Verify(journal).Findings.Count(f => f is { Kind: VerificationReport.FindingKind.ChangedRow, OrderNo: 1 }));
    }

    [Fact]
    public async Task A_whole_order_that_vanished_is_found()
    {
        var journal = await SealedAsync(orders: 2);
        journal.Orders.Remove(2);

        Assert.Equal([1L, 2L, 3L], Verify(journal).Findings.Where(f => f is { Kind: VerificationReport.FindingKind.MissingRow, OrderNo: 2 }).Select(f => f.Version!.Value));
    }

    [Fact]
    public async Task A_gap_and_a_head_that_runs_ahead_are_found()
    {
        var journal = await SealedAsync(orders: 2);
        journal.Orders[1].Rows.Remove(2);
        journal.Orders[2].Rows.Remove(3);

        Assert.Equal(
            [(VerificationReport.FindingKind.GapInJournal, 1L, 2L), (VerificationReport.FindingKind.HeadDiffers, 2L, 3L)],
            Verify(journal).Findings.Where(f => f.Kind != VerificationReport.FindingKind.MissingRow).Select(f => (f.Kind, f.OrderNo!.Value, f.Version!.Value)));
    }

    [Fact]
    public async Task An_order_that_is_not_what_its_journal_makes_of_it_is_found_with_the_difference()
    {
        var journal = await SealedAsync(orders: 2);
        var (order, rows) = journal.Orders[2];
        journal.Orders[2] = (order with { Snapshot = order.Snapshot with { States = order.Snapshot.States.With(0, 121), Counters = order.Snapshot.Counters with { Refunded = 832 } } }, rows);

        var finding = Assert.Single(Verify(journal).Findings);

        Assert.Equal((VerificationReport.FindingKind.FoldDiffers, 2L), (finding.Kind, finding.OrderNo));
        Assert.EndsWith("state 121 for 101, Refunded 832 for 0.", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_segment_is_found_and_so_is_one_that_was_replaced_whole()
    {
        var changed = await SealedAsync(orders: 3, batchSize: 3);
        changed.Segments[2] = changed.Segments[2] with { SealedAt = Noon.AddDays(1) };
        Assert.Equal([(VerificationReport.FindingKind.ChangedSegment, 2L)], Kinds(Verify(changed)));

        var replaced = await SealedAsync(orders: 3, batchSize: 3);
        var rows = await replaced.ReadRowsAsync([(2, 1), (2, 2), (2, 3)]);
        replaced.Segments[2] = JournalHashing.Seal(replaced.Segments[1], [.. rows.Select(r => r!)], Noon.AddDays(1));
        Assert.Equal([(VerificationReport.FindingKind.BrokenLink, 3L)], Kinds(Verify(replaced)));
    }

    [Fact]
    public async Task A_segment_that_is_gone_is_found()
    {
        var journal = await SealedAsync(orders: 3, batchSize: 3);
        journal.Segments.Remove(2);

        Assert.Equal([(VerificationReport.FindingKind.MissingSegment, 2L)], Kinds(Verify(journal)));
    }

    [Fact]
    public async Task A_history_that_was_rewritten_whole_or_cut_off_is_found_with_a_seal_kept_outside()
    {
        var journal = await SealedAsync(orders: 3, batchSize: 3);
        var seal = Verify(journal).LastSeal;

        RemoveLast(journal, 3);
        journal.Segments.Remove(3);
        journal.Change(3, 1, e => e with { Segment = null });
        journal.Change(3, 2, e => e with { Segment = null });
        Assert.True(Verify(journal).IsIntact);
        Assert.Equal([(VerificationReport.FindingKind.NotAsTrusted, 3L)], Kinds(Verify(journal, seal)));

        var rows = await journal.ReadUnsealedAsync(10);
        await journal.AppendSegmentAsync(JournalHashing.Seal(journal.Segments[2], rows, Noon));
        Assert.True(Verify(journal).IsIntact);
        Assert.Equal([(VerificationReport.FindingKind.NotAsTrusted, 3L)], Kinds(Verify(journal, seal)));
    }

    [Fact]
    public async Task More_findings_than_are_kept_are_still_counted()
    {
        var journal = await SealedAsync(orders: 5);
        journal.Orders.Clear();

        var report = await new JournalVerifier(journal).VerifyAsync(new() { MaxFindings = 4 });

        Assert.Equal((4, 15L), (report.Findings.Count, report.FindingCount));
    }

    private static IEnumerable<(VerificationReport.FindingKind Kind, long Segment)> Kinds(VerificationReport report) => report.Findings.Select(f => (f.Kind, f.Segment!.Value));

    private static void RemoveLast(FakeJournal journal, long orderNo)
    {
        var (order, rows) = journal.Orders[orderNo];
        rows.Remove(rows.Keys.Last());
        journal.Orders[orderNo] = (order with { Snapshot = OrderSnapshot.Of(rows.Values) }, rows);
    }

    private static VerificationReport Verify(FakeJournal journal, JournalSeal? trusted = null) =>
        new JournalVerifier(journal).VerifyAsync(new() { OrdersAtATime = 2, Trusted = trusted }).GetAwaiter().GetResult();

    private static async Task<FakeJournal> SealedAsync(int orders, int batchSize = 1_000)
    {
        var clock = new FakeTimeProvider(Noon);
        var journal = new FakeJournal(clock);
        for (var i = 0; i < orders; i++)
        {
            journal.Add(JournalSealerTests.Order($"OD{i}"));
        }

        var sealer = new JournalSealer(journal, journal, clock, Options.Create(new JournalSealingOptions { BatchSize = batchSize }));
        while (await sealer.SealOnceAsync() > 0)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        return journal;
    }

    private sealed class Steps(Action<JournalVerifier.Progress> report) : IProgress<JournalVerifier.Progress>
    {
        public void Report(JournalVerifier.Progress value) => report(value);
    }
}

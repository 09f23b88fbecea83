using System.Globalization;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;
using static OrderKit.StateMachine.VerificationReport;

namespace OrderKit.StateMachine;

/// <summary>One run of a <see cref="JournalVerifier"/>.</summary>
internal sealed class JournalVerification(
    IJournalStore journal, JournalVerificationOptions options, IProgress<JournalVerifier.Progress>? progress)
{
    private const int RowsAtATime = 1_000;

    // Rows beyond a segment's own that are asked for, so that several invented ones are located at once.
    private const int InventedAtATime = 100;

    private readonly List<Finding> _findings = [];
    private readonly CanonicalWriter _writer = new();
    private long _findingCount;
    private long _segments;
    private long _lastSegment;
    private long _sealedRows;
    private long _orders;
    private long _rows;
    private long _unsealed;
    private DateTimeOffset? _unsealedSince;
    private JournalSeal? _lastSeal;

    public async Task<VerificationReport> RunAsync(CancellationToken cancellationToken)
    {
        _lastSegment = (await journal.LastSegmentAsync(cancellationToken).ConfigureAwait(false))?.Number ?? 0;
        await CheckSegmentsAsync(cancellationToken).ConfigureAwait(false);
        await CheckOrdersAsync(cancellationToken).ConfigureAwait(false);
        return new VerificationReport
        {
            Findings = _findings,
            FindingCount = _findingCount,
            Segments = _segments,
            SealedRows = _sealedRows,
            Orders = _orders,
            Rows = _rows,
            UnsealedRows = _unsealed,
            UnsealedSince = _unsealedSince,
            LastSeal = _lastSeal,
        };
    }

    private async Task CheckSegmentsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = (_lastSeal?.Number ?? 0) + 1;
            var page = await journal.ReadSegmentsAsync(next, options.SegmentsAtATime, cancellationToken).ConfigureAwait(false);
            foreach (var segment in page)
            {
                CheckSegment(segment);
                await CheckLeavesAsync(segment, cancellationToken).ConfigureAwait(false);
                await CheckMarksAsync(segment, cancellationToken).ConfigureAwait(false);
                _lastSeal = new JournalSeal(segment.Number, segment.Hash);
                _segments++;
            }

            Report();
            if (page.Count == 0)
            {
                break;
            }
        }

        if (options.Trusted is { } trusted && trusted.Number > (_lastSeal?.Number ?? 0))
        {
            AddSegment(
                FindingKind.NotAsTrusted, trusted.Number,
                $"Segment {trusted.Number} is gone; the journal ends with segment {_lastSeal?.Number ?? 0}. Its end was cut off.");
        }
    }

    private void CheckSegment(JournalSegment segment)
    {
        var expected = (_lastSeal?.Number ?? 0) + 1;
        if (segment.Number != expected)
        {
            AddSegment(FindingKind.MissingSegment, expected, segment.Number == expected + 1
                ? $"Segment {expected} is gone."
                : $"Segments {expected} to {segment.Number - 1} are gone.");
        }
        else if (segment.Previous != (_lastSeal?.Hash ?? default))
        {
            AddSegment(FindingKind.BrokenLink, segment.Number, expected == 1
                ? "The first segment follows another one; the beginning of the journal is gone."
                : $"Segment {segment.Number} was linked to another segment {expected - 1} than the one that is there.");
        }

        if (JournalHashing.HashOf(segment.Number, segment.Previous, segment.Leaves, segment.SealedAt) != segment.Hash)
        {
            AddSegment(
                FindingKind.ChangedSegment, segment.Number, $"Segment {segment.Number} does not have the hash that it was sealed with.");
        }

        if (options.Trusted is { } trusted && trusted.Number == segment.Number && trusted.Hash != segment.Hash)
        {
            AddSegment(
                FindingKind.NotAsTrusted, segment.Number,
                $"Segment {segment.Number} is not the one that was vouched for: the journal up to it was rewritten.");
        }
    }

    private async Task CheckLeavesAsync(JournalSegment segment, CancellationToken cancellationToken)
    {
        foreach (var leaves in segment.Leaves.Chunk(RowsAtATime))
        {
            var rows = await journal.ReadRowsAsync(
                [.. leaves.Select(l => (l.OrderNo, l.Version))], cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < leaves.Length; i++)
            {
                CheckLeaf(segment.Number, leaves[i], rows[i]);
            }

            _sealedRows += leaves.Length;
        }
    }

    private void CheckLeaf(long segment, JournalLeaf leaf, JournalRow? row)
    {
        if (row is null)
        {
            Add(
                FindingKind.MissingRow, leaf, row, segment,
                $"Row {leaf.Version} of order {leaf.OrderNo} was sealed in segment {segment} and is gone.");
        }
        else if (JournalHashing.HashOf(_writer, row.Order, row.Entry) != leaf.Hash)
        {
            Add(
                FindingKind.ChangedRow, leaf, row, segment,
                $"Row {leaf.Version} of order {row.Order} is not what segment {segment} sealed.");
        }
        else if (row.Entry.Segment != segment)
        {
            Add(
                FindingKind.WrongSegment, leaf, row, segment,
                $"Row {leaf.Version} of order {row.Order} was sealed in segment {segment} and names {Name(row.Entry.Segment)}.");
        }
    }

    private async Task CheckMarksAsync(JournalSegment segment, CancellationToken cancellationToken)
    {
        var marked = await journal.ReadMarkedAsync(
            segment.Number, segment.Leaves.Count + InventedAtATime, cancellationToken).ConfigureAwait(false);
        var own = segment.Leaves.Select(l => (l.OrderNo, l.Version)).ToHashSet();
        var invented = marked.Where(row => !own.Contains(row)).ToList();
        if (invented.Count == 0)
        {
            return;
        }

        var rows = await journal.ReadRowsAsync(invented, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < invented.Count; i++)
        {
            var (orderNo, version) = invented[i];
            Add(
                FindingKind.InventedRow, orderNo, rows[i]?.Order, version, segment.Number,
                $"Row {version} of order {rows[i]?.Order.ToString() ?? Name(orderNo)} claims to be sealed in segment {segment.Number}, "
                + "which does not have it.");
        }
    }

    private async Task CheckOrdersAsync(CancellationToken cancellationToken)
    {
        var after = 0L;
        while (true)
        {
            var page = await journal.ScanAsync(after, options.OrdersAtATime, cancellationToken).ConfigureAwait(false);
            foreach (var order in page)
            {
                await CheckOrderAsync(order, cancellationToken).ConfigureAwait(false);
                after = order.OrderNo;
                _orders++;
            }

            Report();
            if (page.Count == 0)
            {
                return;
            }
        }
    }

    private async Task CheckOrderAsync(OrderJournal order, CancellationToken cancellationToken)
    {
        _rows += order.Entries.Count;
        await CheckClaimsAsync(order, cancellationToken).ConfigureAwait(false);
        if (CheckVersions(order))
        {
            CheckFold(order);
        }
    }

    /// <summary>Looks at seals that rows claim and that no segment could be asked about.</summary>
    private async Task CheckClaimsAsync(OrderJournal order, CancellationToken cancellationToken)
    {
        var entries = order.Entries;
        var sealedUpTo = entries.Count;
        while (sealedUpTo > 0 && entries[sealedUpTo - 1].Segment is null)
        {
            sealedUpTo--;
        }

        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (entry.Segment is not { } segment)
            {
                _unsealed++;
                _unsealedSince = _unsealedSince is { } since && since <= entry.RecordedAt ? since : entry.RecordedAt;
                if (i < sealedUpTo)
                {
                    Add(
                        FindingKind.InventedRow, order, entry.Version, null,
                        $"Row {entry.Version} of order {order.Order.Key} is not sealed although later rows of it are: "
                        + "rows are sealed in their order.");
                }
            }
            else if (segment < 1 || (segment > _lastSegment && segment > await LastSegmentAsync(cancellationToken).ConfigureAwait(false)))
            {
                Add(
                    FindingKind.InventedRow, order, entry.Version, segment,
                    $"Row {entry.Version} of order {order.Order.Key} claims to be sealed in segment {segment}, which does not exist.");
            }
        }
    }

    // The journal goes on growing while it is verified.
    private async Task<long> LastSegmentAsync(CancellationToken cancellationToken) =>
        _lastSegment = (await journal.LastSegmentAsync(cancellationToken).ConfigureAwait(false))?.Number ?? 0;

    private bool CheckVersions(OrderJournal order)
    {
        var isWhole = true;
        var expected = 1L;
        foreach (var entry in order.Entries)
        {
            if (entry.Version != expected)
            {
                isWhole = false;
                Add(
                    FindingKind.GapInJournal, order, expected, entry.Segment,
                    $"After row {expected - 1} of order {order.Order.Key} comes row {entry.Version}.");
            }

            expected = entry.Version + 1;
        }

        var head = order.Order.Snapshot.Version;
        if (head != expected - 1)
        {
            isWhole = false;
            Add(
                FindingKind.HeadDiffers, order, Math.Min(head, expected - 1) + 1, null,
                $"Order {order.Order.Key} is at version {head}, and its journal ends with row {expected - 1}.");
        }

        return isWhole;
    }

    private void CheckFold(OrderJournal order)
    {
        var stored = order.Order.Snapshot;
        OrderSnapshot folded;
        try
        {
            folded = OrderSnapshot.Of(order.Entries);
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            Add(
                FindingKind.FoldDiffers, order, stored.Version, null,
                $"A row of order {order.Order.Key} changes a sum that does not exist, or beyond its range.");
            return;
        }

        if (folded != stored)
        {
            Add(
                FindingKind.FoldDiffers, order, stored.Version, null,
                $"Order {order.Order.Key} at version {stored.Version} is not what its journal makes of it: "
                + $"{string.Join(", ", DifferencesOf(stored, folded))}.");
        }
    }

    private static IEnumerable<string> DifferencesOf(OrderSnapshot stored, OrderSnapshot folded)
    {
        var pairs = new List<(string What, object Stored, object Folded)>
        {
            ("model", stored.Model, folded.Model),
            ("profile", stored.Profile, folded.Profile),
        };
        for (var facet = 0; facet < StateCodes.MaxFacets; facet++)
        {
            pairs.Add(("state", stored.States[facet], folded.States[facet]));
            pairs.Add(("state since", stored.Since[facet], folded.Since[facet]));
        }

        pairs.Add(("holds, cases, anchors", Bits(stored), Bits(folded)));
        for (var counter = Counter.Due; counter <= Counter.Returned; counter++)
        {
            pairs.Add(($"{counter}", stored.Counters[counter], folded.Counters[counter]));
        }

        return pairs.Where(static pair => !pair.Stored.Equals(pair.Folded)).Select(
            static pair => $"{pair.What} {pair.Stored} for {pair.Folded}");

        static string Bits(in OrderSnapshot order) => $"{order.Holds:x}, {order.Cases:x}, {order.Anchors:x}";
    }

    private static string Name(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "none";

    private void AddSegment(FindingKind kind, long segment, string message) => Add(kind, null, null, null, segment, message);

    private void Add(FindingKind kind, OrderJournal order, long version, long? segment, string message) =>
        Add(kind, order.OrderNo, order.Order.Key, version, segment, message);

    private void Add(FindingKind kind, JournalLeaf leaf, JournalRow? row, long segment, string message) =>
        Add(kind, leaf.OrderNo, row?.Order, leaf.Version, segment, message);

    private void Add(FindingKind kind, long? orderNo, OrderKey? order, long? version, long? segment, string message)
    {
        if (_findingCount++ < options.MaxFindings)
        {
            _findings.Add(new Finding(kind, orderNo, order, version, segment, message));
        }
    }

    private void Report() => progress?.Report(new(_segments, _lastSegment, _sealedRows, _orders, _findingCount));
}

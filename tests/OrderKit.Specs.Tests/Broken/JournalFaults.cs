using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>Broken journals.</summary>
internal static class JournalFaults
{
    private const string Suite = nameof(JournalStoreSpec);

    public static IEnumerable<Fault> All =>
    [
        new("A scan has no order", Suite, store => store.Journal.Scan = async (inner, after, max) => [.. (await inner.ScanAsync(after, max)).Reverse()],
            "A scan reads whole orders, in the order of their numbers"),
        new("A scan leaves out the newest row", Suite, store => store.Journal.Scan = async (inner, after, max) =>
            (await inner.ScanAsync(after, max)).Each(journal => journal with { Entries = [.. journal.Entries.SkipLast(1)] }),
            "A scan reads whole orders, in the order of their numbers"),
        new("A scan knows one tenant", Suite, store => store.Journal.Scan = async (inner, after, max) =>
            [.. (await inner.ScanAsync(after, max)).Where(journal => journal.Order.Key.Tenant == store.Tenant)],
            "A scan reads whole orders, in the order of their numbers"),
        new("A scan begins with the number itself", Suite, store => store.Journal.Scan = (inner, after, max) => inner.ScanAsync(Math.Max(0, after - 1), max).AsTask(),
            "A scan continues after a number, up to a limit"),
        new("A scan passes over an order", Suite, store => store.Journal.Scan = (inner, after, max) => inner.ScanAsync(after == 0 ? 0 : after + 1, max).AsTask(),
            "A scan continues after a number, up to a limit"),
        new("Unsealed rows have no order", Suite, store => store.Journal.ReadUnsealed = async (inner, max) => [.. (await inner.ReadUnsealedAsync(max)).OrderBy(row => row.Entry.Version)],
            "A segment marks only its own rows"),
        new("Unsealed rows are read to the end", Suite, store => store.Journal.ReadUnsealed = (inner, _) => inner.ReadUnsealedAsync(1_000).AsTask(),
            "Unsealed rows are read in order, up to a limit"),
        new("Unsealed rows are those of the first order", Suite, store => store.Journal.ReadUnsealed = async (inner, max) =>
            await inner.ReadUnsealedAsync(max) is { Count: > 0 } rows ? [.. rows.Where(row => row.OrderNo == rows[0].OrderNo)] : [],
            "Unsealed rows are read in order, up to a limit"),
        new("Unsealed rows are counted to the end", Suite, store => store.Journal.CountUnsealed = async inner =>
            await inner.CountUnsealedAsync() is 10_001 ? 11_000 : await inner.CountUnsealedAsync(),
            "Unsealed rows are counted up to 10,001"),
        new("Unsealed orders are counted", Suite, store => store.Journal.CountUnsealed = async inner =>
            (await inner.ReadUnsealedAsync(100_000)).Select(row => row.OrderNo).Distinct().Count(),
            "Unsealed rows are counted up to 10,001"),
        new("The first segment is the last", Suite, store => store.Journal.LastSegment = async inner => await inner.ReadSegmentsAsync(1, 1) is [var first] ? first : null,
            "A segment is appended and read again"),
        new("A segment loses its leaves", Suite, store => store.Journal.ReadSegments = async (inner, from, max) =>
            (await inner.ReadSegmentsAsync(from, max)).Each(segment => segment with { Leaves = [] }),
            "A segment is appended and read again"),
        new("Segments are read after the number", Suite, store => store.Journal.ReadSegments = (inner, from, max) => inner.ReadSegmentsAsync(from + 1, max).AsTask(),
            "A segment is appended and read again"),
        new("A segment marks no rows", Suite, store => store.Journal.Append = (inner, segment) => inner.AppendSegmentAsync(segment with { Leaves = [] }).AsTask(),
            "A sealed order can change, and its details can be erased"),
        new("A segment marks all rows of its orders", Suite, store => store.Journal.Append = async (inner, segment) => await inner.AppendSegmentAsync(segment with
        {
            Leaves = [.. segment.Leaves, .. (await inner.ReadUnsealedAsync(1_000))
                .Where(row => segment.Leaves.Any(leaf => leaf.OrderNo == row.OrderNo && leaf.Version != row.Entry.Version))
                .Select(row => new JournalLeaf(row.OrderNo, row.Entry.Version, default))],
        }),
            "Rows that claim to be in a segment are listed, one more than requested"),
        new("A segment that comes late takes the next number", Suite, store => store.Journal.Append = async (inner, segment) =>
            await inner.AppendSegmentAsync(segment) || await inner.AppendSegmentAsync(segment with { Number = segment.Number + 1 }),
            "Of racing sealers one appends the segment",
            "A segment with a number in use writes nothing"),
        new("A segment that comes late counts as appended", Suite, store => store.Journal.Append = async (inner, segment) =>
        {
            await inner.AppendSegmentAsync(segment);
            return true;
        },
            "A segment with a number in use writes nothing"),
        new("Missing rows are left out", Suite, store => store.Journal.ReadRows = async (inner, rows) => [.. (await inner.ReadRowsAsync(rows)).Where(row => row is not null)],
            "Rows are read one by one, a missing row as null"),
        new("Rows are read in their own order", Suite, store => store.Journal.ReadRows = (inner, rows) => inner.ReadRowsAsync([.. rows.Order()]).AsTask(),
            "Rows are read one by one, a missing row as null"),
        new("Marked rows are listed up to the limit", Suite, store => store.Journal.ReadMarked = async (inner, segment, max) => [.. (await inner.ReadMarkedAsync(segment, max)).Take(max)],
            "Rows that claim to be in a segment are listed, one more than requested"),
        new("Marked rows are those of all segments", Suite, store => store.Journal.ReadMarked = async (inner, segment, max) =>
            [.. await inner.ReadMarkedAsync(1, max), .. await inner.ReadMarkedAsync(2, max)],
            "Rows that claim to be in a segment are listed, one more than requested"),
        new("A row is sealed when its writer says so", Suite, store =>
        {
            var sealedRows = new HashSet<OrderKey>();
            store.Orders.Save = (inner, unit, changes) =>
            {
                sealedRows.UnionWith(changes.Where(change => change.Entries.Any(entry => entry.Segment is not null)).Select(change => change.Order.Key));
                return inner.SaveAsync(unit, changes).AsTask();
            };
            store.Queries.ReadJournal = async (inner, order, after, max) =>
                (await inner.ReadJournalAsync(order, after, max)).Each(entry => sealedRows.Contains(order) ? entry with { Segment = 1 } : entry);
        },
            "A row is not sealed because its writer says so"),
        new("A sealed order is closed", Suite, store =>
        {
            var isSealed = false;
            store.Journal.Append = (inner, segment) =>
            {
                isSealed = true;
                return inner.AppendSegmentAsync(segment).AsTask();
            };
            store.Orders.Save = async (inner, unit, changes) => isSealed ? new long[changes.Count] : await inner.SaveAsync(unit, changes);
        },
            "A sealed order can change, and its details can be erased"),
    ];
}

using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>The rules that a journal must keep.</summary>
public static class JournalStoreSpec
{
    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(JournalStoreSpec),
    [
        new("A scan reads whole orders, in the order of their numbers", async store =>
        {
            var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(Sample.Neighbour(store), "B"), Sample.Key(store, "C"));
            foreach (var (key, facts) in new[] { (a, new[] { "1", "2" }), (b, ["1"]), (c, ["1", "2", "3"]) })
            {
                await store.SaveAsync(Sample.Change(key, 0, facts));
            }

            await store.SaveAsync(Sample.Change(a, 2, "3"));
            var all = await store.Journal.ScanAsync(0, 10);
            Expect.Set([a, b, c], all.Select(journal => journal.Order.Key));
            Expect.Sequence(all.Select(journal => journal.OrderNo).Order(), all.Select(journal => journal.OrderNo));
            foreach (var journal in all)
            {
                Expect.Equal(await store.Queries.FindAsync(journal.Order.Key), journal.Order);
                Expect.Equal(journal.OrderNo, journal.Order.OrderNo);
                Expect.Sequence(Enumerable.Range(1, (int)journal.Order.Snapshot.Version).Select(version => (long)version),
                    journal.Entries.Select(entry => entry.Version));
            }
        }),
        new("A scan continues after a number, up to a limit", async store =>
        {
            for (var i = 0; i < 7; i++)
            {
                await store.SaveAsync(Sample.Change(Sample.Key(store, $"{i}"), 0, "1", "2"));
            }

            var seen = new List<OrderKey>();
            var after = 0L;
            for (var turn = 0; turn < 10; turn++)
            {
                var page = await store.Journal.ScanAsync(after, 3);
                if (page.Count == 0)
                {
                    break;
                }

                Expect.That(
                    page.Count <= 3 && page.All(journal => journal.Entries.Count == 2),
                        "A page must contain whole orders, up to the limit.");
                seen.AddRange(page.Select(journal => journal.Order.Key));
                after = page[^1].OrderNo;
            }

            Expect.Set(Enumerable.Range(0, 7).Select(i => Sample.Key(store, $"{i}")), seen);
        }),
        new("Unsealed rows are read in order, up to a limit", async store =>
        {
            var numbers = new Dictionary<string, long>();
            foreach (var name in new[] { "A", "B", "C" })
            {
                numbers[name] = await store.SaveAsync(Sample.Change(Sample.Key(store, name), 0, "1", "2"));
            }

            await store.SaveAsync(Sample.Change(Sample.Key(store, "A"), 2, "3"));
            var all = await store.Journal.ReadUnsealedAsync(100);
            Expect.Equal(7, all.Count);
            Expect.Sequence(all.OrderBy(row => row.OrderNo).ThenBy(row => row.Entry.Version), all);
            Expect.Set(numbers.Values, all.Select(row => row.OrderNo).Distinct());
            Expect.That(all.All(row => numbers.Any(pair => pair.Value == row.OrderNo && Sample.Key(store, pair.Key) == row.Order)),
                "A row must have the key of its order.");
            var some = await store.Journal.ReadUnsealedAsync(4);
            Expect.Equal(4, some.Count);
            Expect.Sequence(some.OrderBy(row => row.OrderNo).ThenBy(row => row.Entry.Version), some);
            Expect.That(some.GroupBy(row => row.OrderNo).All(order => order.Max(row => row.Entry.Version) == order.Count()),
                "The rows of an order must be sorted from the oldest.");
            Expect.Equal(7, await store.Journal.CountUnsealedAsync());
        }),
        new("A segment is appended and read again", async store =>
        {
            Expect.Equal(null, await store.Journal.LastSegmentAsync());
            Expect.Equal(0, (await store.Journal.ReadSegmentsAsync(1, 10)).Count);
            var number = await store.SaveAsync(Sample.Change(Sample.Key(store, "A"), 0, "1", "2"));
            var first = Segment(1, default, (number, 1), (number, 2));
            Expect.That(await store.Journal.AppendSegmentAsync(first), "The number is free.");
            var second = Segment(2, first.Hash);
            Expect.That(await store.Journal.AppendSegmentAsync(second), "The number is free.");
            Alike.Segment(second, (await store.Journal.LastSegmentAsync())!);
            var all = await store.Journal.ReadSegmentsAsync(1, 10);
            Expect.Equal(2, all.Count);
            Alike.Segment(first, all[0]);
            Alike.Segment(second, all[1]);
            Expect.Sequence([2L], (await store.Journal.ReadSegmentsAsync(2, 10)).Select(segment => segment.Number));
            Expect.Sequence([1L], (await store.Journal.ReadSegmentsAsync(1, 1)).Select(segment => segment.Number));
            Expect.Sequence([], (await store.Journal.ReadSegmentsAsync(3, 10)).Select(segment => segment.Number));
        }),
        new("A segment marks only its own rows", async store =>
        {
            var a = await store.SaveAsync(Sample.Change(Sample.Key(store, "A"), 0, "1", "2", "3"));
            var b = await store.SaveAsync(Sample.Change(Sample.Key(store, "B"), 0, "1", "2"));
            await store.Journal.AppendSegmentAsync(Segment(1, default, (a, 1), (a, 2), (b, 1)));
            Expect.Sequence([(a, 3L), (b, 2L)],
                (await store.Journal.ReadUnsealedAsync(10)).Select(row => (row.OrderNo, row.Entry.Version)));
            Expect.Equal(2, await store.Journal.CountUnsealedAsync());
            Expect.Sequence([1, 1, null], (await store.Queries.ReadJournalAsync(Sample.Key(store, "A"))).Select(entry => entry.Segment));
            await store.SaveAsync(Sample.Change(Sample.Key(store, "A"), 3, "4"));
            Expect.Sequence([1, 1, null, null], (await store.Journal.ScanAsync(0, 1))[0].Entries.Select(entry => entry.Segment));
            Expect.Sequence(
                [(a, 3L), (a, 4L), (b, 2L)], (await store.Journal.ReadUnsealedAsync(10)).Select(row => (row.OrderNo, row.Entry.Version)));
        }),
        new("A segment with a number in use writes nothing", async store =>
        {
            var number = await store.SaveAsync(Sample.Change(Sample.Key(store, "A"), 0, "1", "2"));
            await store.Journal.AppendSegmentAsync(Segment(1, default, (number, 1)));
            var late = Segment(1, default, (number, 2)) with { Hash = Digest.Of([9]) };
            Expect.That(!await store.Journal.AppendSegmentAsync(late), "The number is in use.");
            Expect.Equal(1, await store.Journal.CountUnsealedAsync());
            Expect.Equal(Segment(1, default).Hash, (await store.Journal.LastSegmentAsync())?.Hash);
            Expect.Equal(0, (await store.Journal.ReadMarkedAsync(2, 10)).Count);
        }),
        new("Of racing sealers one appends the segment", async store =>
        {
            var number = await store.SaveAsync(Sample.Change(Sample.Key(store, "A"), 0, [.. Enumerable.Range(0, 8).Select(i => $"{i}")]));
            var other = await store.OpenAnotherAsync();
            var appended = await Acting.RaceAsync(8, async racer =>
                await (racer % 2 == 0 ? store : other).Journal.AppendSegmentAsync(
                    Segment(1, default, (number, racer + 1)) with { Hash = Digest.Of([(byte)racer]) }));
            Expect.Equal(1, appended.Count(done => done), "the number of winners");
            Expect.Equal(7, await store.Journal.CountUnsealedAsync());
            Expect.Equal(Digest.Of([(byte)Array.IndexOf(appended, true)]), (await store.Journal.LastSegmentAsync())?.Hash);
        }),
        new("Rows are read one by one, a missing row as null", async store =>
        {
            var a = await store.SaveAsync(Sample.Change(Sample.Key(store, "A"), 0, "1", "2"));
            var b = await store.SaveAsync(Sample.Change(Sample.Key(store, "B"), 0, "3"));
            var rows = await store.Journal.ReadRowsAsync([(b, 1), (a, 2), (a, 3), (a, 0), (long.MaxValue, 1), (-1, -1), (a, 2), (a, 1)]);
            Expect.Sequence(["3", "2", null, null, null, null, "2", "1"], rows.Select(row => row?.Entry.FactId));
            Expect.Equal(new JournalRow(b, Sample.Key(store, "B"), rows[0]!.Entry), rows[0]!);
            Expect.Equal(0, (await store.Journal.ReadRowsAsync([])).Count);
        }),
        new("Rows that claim to be in a segment are listed, one more than requested", async store =>
        {
            var a = await store.SaveAsync(Sample.Change(Sample.Key(store, "A"), 0, "1", "2", "3"));
            var b = await store.SaveAsync(Sample.Change(Sample.Key(store, "B"), 0, "1", "2"));
            await store.Journal.AppendSegmentAsync(Segment(1, default, (a, 1), (b, 1), (b, 2)));
            await store.Journal.AppendSegmentAsync(Segment(2, Segment(1, default).Hash, (a, 2)));
            Expect.Set([(a, 1L), (b, 1L), (b, 2L)], await store.Journal.ReadMarkedAsync(1, 10));
            Expect.Set([(a, 2L)], await store.Journal.ReadMarkedAsync(2, 10));
            Expect.Equal(0, (await store.Journal.ReadMarkedAsync(3, 10)).Count);
            Expect.Equal(3, (await store.Journal.ReadMarkedAsync(1, 2)).Count);
            Expect.Equal(2, (await store.Journal.ReadMarkedAsync(1, 1)).Count);
        }),
        new("A row is not sealed because its writer says so", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Change(key, 0) with { Entries = [Sample.Entry(1) with { Segment = 1 }] });
            Expect.Equal(1, await store.Journal.CountUnsealedAsync());
            Expect.Equal(null, (await store.Queries.ReadJournalAsync(key))[0].Segment);
        }),
        new("A sealed order can change, and its details can be erased", async store =>
        {
            var key = Sample.Key(store, "A");
            var number = await store.SaveAsync(Sample.Change(key, 0) with { Details = [Sample.Detail(1, "call")] });
            await store.Journal.AppendSegmentAsync(Segment(1, default, (number, 1)));
            Expect.Equal(1, await store.InUnitAsync(unit => store.Orders.EraseDetailsAsync(unit, key)));
            Expect.That(await store.SaveAsync(Sample.Change(key, 1)) > 0, "A sealed order must accept changes.");
            Expect.Equal(1, (await store.LoadAsync(key, "fact-1")).Earlier?.Version);
            Expect.Sequence([1, null], (await store.Queries.ReadJournalAsync(key)).Select(entry => entry.Segment));
        }),
        new("Unsealed rows are counted up to 10,001", async store =>
        {
            for (var i = 0; i < 11; i++)
            {
                await store.SaveAsync(
                    Sample.Change(Sample.Key(store, $"{i}"), 0, [.. Enumerable.Range(0, 1_000).Select(fact => $"{fact}")]));
            }

            Expect.Equal(10_001, await store.Journal.CountUnsealedAsync());
        }),
    ]);

    private static JournalSegment Segment(long number, Digest previous, params (long OrderNo, long Version)[] rows) => new(
        number,
        previous,
        [.. rows.Select(row => new JournalLeaf(row.OrderNo, row.Version, Digest.Of([(byte)row.Version])))],
        Sample.Noon.AddSeconds(number),
        Digest.Of([(byte)number, 0]));
}

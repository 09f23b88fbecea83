using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Specs;

/// <summary>The rules that the write side of orders must keep.</summary>
public static class OrderStoreSpec
{
    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(OrderStoreSpec),
    [
        new("A new order is found with everything that was saved", async store =>
        {
            var key = Sample.Key(store, "A");
            var change = Sample.Change(key, 0);
            var number = await store.SaveAsync(change);
            Expect.That(number > 0, "A new order must get a number above 0.");
            var found = await store.LoadAsync(key);
            Expect.Equal(change.Order with { OrderNo = number }, found.Order);
            Expect.Equal(null, found.Earlier);
            Expect.That(!found.RevokedIsKnown, "A lookup without a revocation must find none.");
        }),
        new("An order that was never saved is not found", async store =>
        {
            var found = await store.LoadAsync(Sample.Key(store, "A"), revokes: "fact-1");
            Expect.Equal(default, found);
        }),
        new("A change replaces the order and keeps its number", async store =>
        {
            var key = Sample.Key(store, "A");
            var first = await store.SaveAsync(Sample.Change(key, 0));
            var change = Sample.Change(key, 1) with { Order = Sample.Order(key, 2) with { OrderNo = first, Headline = "shipped" } };
            var second = await store.SaveAsync(change);
            Expect.Equal(first, second);
            Expect.Equal(change.Order, (await store.LoadAsync(key)).Order);
        }),
        new("Every order has its own number", async store =>
        {
            var numbers = await store.SaveAllAsync(Sample.Change(Sample.Key(store, "A"), 0), Sample.Change(Sample.Key(store, "B"), 0));
            var third = await store.SaveAsync(Sample.Change(Sample.Key(store, "C"), 0));
            Expect.That(numbers[0] > 0 && numbers[1] > 0 && third > 0, "Numbers are above 0.");
            Expect.Equal(3, new HashSet<long>([.. numbers, third]).Count, "the count of different numbers");
        }),
        new("A change based on an old version writes nothing", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Change(key, 0));
            await store.SaveAsync(Sample.Change(key, 1));
            Expect.Equal(0, await store.SaveAsync(Sample.Everything(store, key, 1, "late")));
            await ExpectUntouchedAsync(store, key, 2, "late");
        }),
        new("A change based on a version that does not exist yet writes nothing", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Change(key, 0));
            Expect.Equal(0, await store.SaveAsync(Sample.Everything(store, key, 2, "early")));
            await ExpectUntouchedAsync(store, key, 1, "early");
        }),
        new("Creating an order that exists writes nothing", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Change(key, 0));
            Expect.Equal(0, await store.SaveAsync(Sample.Everything(store, key, 0, "again")));
            await ExpectUntouchedAsync(store, key, 1, "again");
        }),
        new("Changing an order that does not exist writes nothing", async store =>
        {
            var key = Sample.Key(store, "A");
            Expect.Equal(0, await store.SaveAsync(Sample.Everything(store, key, 1, "ghost")));
            await ExpectUntouchedAsync(store, key, 0, "ghost");
        }),
        new("Changes in one call are written independently", async store =>
        {
            var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
            await store.SaveAllAsync(Sample.Change(a, 0), Sample.Change(b, 0));
            var numbers = await store.SaveAllAsync(
                Sample.Change(a, 1), Sample.Everything(store, b, 0, "lost"), Sample.Change(c, 0, "one", "two"));
            Expect.That(numbers is [> 0, 0, > 0], $"Of three changes the second conflicts; the numbers are {string.Join(", ", numbers)}.");
            Expect.Equal(2, (await store.LoadAsync(a)).Order?.Snapshot.Version);
            Expect.Equal(2, (await store.LoadAsync(c)).Order?.Snapshot.Version);
            await ExpectUntouchedAsync(store, b, 1, "lost");
        }),
        new("A unit can be used after a conflict", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            await store.SaveAsync(Sample.Change(a, 0));
            await store.InUnitAsync(async unit =>
            {
                Expect.Equal(0, (await store.Orders.SaveAsync(unit, [Sample.Change(a, 0)]))[0]);
                Expect.That((await store.Orders.SaveAsync(unit, [Sample.Change(b, 0)]))[0] > 0,
                    "The unit must be usable after a conflict.");
            });
            Expect.Equal(1, (await store.LoadAsync(b)).Order?.Snapshot.Version);
        }),
        new("Of racing creations of one order one wins", async store =>
        {
            var key = Sample.Key(store, "A");
            var other = await store.OpenAnotherAsync();
            var numbers = await Acting.RaceAsync(
                8, racer => (racer % 2 == 0 ? store : other).SaveAsync(Sample.Everything(store, key, 0, $"racer-{racer}")));
            Expect.Equal(1, numbers.Count(number => number > 0), "the number of winners");
            Expect.Equal(1, (await store.Queries.ReadJournalAsync(key)).Count, "the number of rows");
            Expect.Equal(1, (await store.ClaimAsync()).Count, "the number of messages");
            Expect.Equal(1, (await store.Queries.ReferencesOfAsync(key)).Count, "the number of links");
        }),
        new("Of racing changes of one version one wins", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Change(key, 0));
            var other = await store.OpenAnotherAsync();
            for (var version = 1; version <= 3; version++)
            {
                var numbers = await Acting.RaceAsync(
                    6, racer => (racer % 2 == 0 ? store : other).SaveAsync(Sample.Change(key, version, $"racer-{racer}-{version}")));
                Expect.Equal(1, numbers.Count(number => number > 0), "the number of winners");
            }

            Expect.Sequence([1L, 2, 3, 4], (await store.Queries.ReadJournalAsync(key)).Select(entry => entry.Version));
        }),
        new("Racing writers lose nothing", async store =>
        {
            const int Racers = 6;
            const int Wishes = 5;
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Change(key, 0));
            var other = await store.OpenAnotherAsync();
            await Acting.RaceAsync(Racers, async racer =>
            {
                var actor = racer % 2 == 0 ? store : other;
                // All of them start from the first version, so that some lose for certain.
                var version = 1L;
                for (var (wish, attempt) = (0, 0); wish < Wishes; attempt++)
                {
                    Expect.That(attempt < 10 * Racers * Wishes, "Every race has a winner, so each change must succeed in the end.");
                    wish += await actor.SaveAsync(Sample.Change(key, version, $"wish-{racer}-{wish}")) > 0 ? 1 : 0;
                    version = (await actor.LoadAsync(key)).Order!.Snapshot.Version;
                }
            });
            var journal = await store.Queries.ReadJournalAsync(key);
            Expect.Sequence(
                Enumerable.Range(1, 1 + (Racers * Wishes)).Select(version => (long)version), journal.Select(entry => entry.Version));
            Expect.Equal(journal.Count, journal.Select(entry => entry.FactId).Distinct().Count(), "the number of different facts");
            Expect.Equal(journal.Count, (await store.LoadAsync(key)).Order?.Snapshot.Version);
        }),
        new("Rows that do not follow the expected version are refused", async store =>
        {
            var key = Sample.Key(store, "A");
            await Expect.ThrowsAsync<ArgumentException>(
                () => store.SaveAsync(Sample.Change(key, 0) with { Entries = [Sample.Entry(2)], Order = Sample.Order(key, 2) }),
                "A gap before the first row.");
            await Expect.ThrowsAsync<ArgumentException>(
                () => store.SaveAsync(
                    Sample.Change(key, 0) with
                    {
                        Entries = [Sample.Entry(1), Sample.Entry(3)],
                        Order = Sample.Order(key, 3),
                    }), "A gap between rows.");
            await Expect.ThrowsAsync<ArgumentException>(
                () => store.SaveAsync(Sample.Change(key, 0) with { Order = Sample.Order(key, 2) }), "A version without its row.");
            await Expect.ThrowsAsync<ArgumentException>(
                () => store.SaveAsync(Sample.Change(key, 0) with { Entries = [], Order = Sample.Order(key, 0) }),
                    "A change without a row.");
            Expect.Equal(null, (await store.LoadAsync(key)).Order);
        }),
        new("Each fact of a change has its own row", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Change(key, 0, "one", "two", "three"));
            await store.SaveAsync(Sample.Change(key, 3, "four"));
            var journal = await store.Queries.ReadJournalAsync(key);
            Expect.Sequence([1L, 2, 3, 4], journal.Select(entry => entry.Version));
            Expect.Sequence(["one", "two", "three", "four"], journal.Select(entry => entry.FactId));
        }),
        new("A fact is found by its source and identity", async store =>
        {
            var key = Sample.Key(store, "A");
            var change = Sample.Change(key, 0, "one", "two");
            await store.SaveAsync(
                change with
                {
                    Entries = [
                        change.Entries[0], change.Entries[1] with { Trigger = "refunded", Amount = 4200, Currency = "JPY", Quantity = 3 },
                    ],
                });
            Expect.Equal(new EarlierFact(1, "captured", null, null), (await store.LoadAsync(key, "one")).Earlier);
            Expect.Equal(new EarlierFact(2, "refunded", 4200, 3, "JPY"), (await store.LoadAsync(key, "two")).Earlier);
            Expect.Equal(null, (await store.LoadAsync(key, "three")).Earlier);
            Expect.Equal(null, (await store.LoadAsync(key, "ONE")).Earlier);
        }),
        new("An identity of another source is another fact", async store =>
        {
            var key = Sample.Key(store, "A");
            var change = Sample.Change(key, 0, "one");
            await store.SaveAsync(change);
            Expect.Equal(null, (await store.LoadAsync(key, "one", source: "bank")).Earlier);
            var number = await store.SaveAsync(Sample.Change(key, 1) with { Entries = [Sample.Entry(2, "one", source: "bank")] });
            Expect.That(number > 0, "Two sources may use the same fact id.");
            Expect.Equal(1, (await store.LoadAsync(key, "one")).Earlier?.Version);
            Expect.Equal(2, (await store.LoadAsync(key, "one", source: "bank")).Earlier?.Version);
        }),
        new("An identity in another order is another fact", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            await store.SaveAsync(Sample.Change(a, 0, "one"));
            await store.SaveAsync(Sample.Change(b, 0, "two", "one"));
            Expect.Equal(1, (await store.LoadAsync(a, "one")).Earlier?.Version);
            Expect.Equal(2, (await store.LoadAsync(b, "one")).Earlier?.Version);
            Expect.Equal(null, (await store.LoadAsync(a, "two")).Earlier);
        }),
        new("A fact is never written twice", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Change(key, 0, "one"));
            await Expect.ConflictOrRefusalAsync(() => store.SaveAsync(Sample.Change(key, 1, "one")));
            await Expect.ConflictOrRefusalAsync(() => store.SaveAsync(Sample.Change(key, 1, "two", "two")));
            await Expect.ConflictOrRefusalAsync(() => store.SaveAsync(Sample.Change(key, 1, "three", "one")));
            Expect.Sequence(["one"], (await store.Queries.ReadJournalAsync(key)).Select(entry => entry.FactId));
            Expect.Equal(1, (await store.LoadAsync(key)).Order?.Snapshot.Version);
        }),
        new("Facts are found in a long journal", async store =>
        {
            const int Rows = 60;
            var key = Sample.Key(store, "A");
            for (var version = 0; version < Rows; version += 3)
            {
                await store.SaveAsync(Sample.Change(key, version, $"id-{version + 1}", $"id-{version + 2}", $"id-{version + 3}"));
            }

            for (var version = 1; version <= Rows; version++)
            {
                Expect.Equal(version, (await store.LoadAsync(key, $"id-{version}")).Earlier?.Version);
            }

            Expect.Equal(null, (await store.LoadAsync(key, "id-0")).Earlier);
            Expect.That((await store.LoadAsync(key, revokes: "id-7")).RevokedIsKnown, "A revoked fact is found in a long journal.");
        }),
        new("A revoked fact is known from its own source only", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Change(key, 0, "one"));
            Expect.That((await store.LoadAsync(key, revokes: "one")).RevokedIsKnown, "The source of a fact may revoke it.");
            Expect.That(!(await store.LoadAsync(key, source: "bank", revokes: "one")).RevokedIsKnown, "No other source may revoke it.");
            Expect.That(!(await store.LoadAsync(key, revokes: "two")).RevokedIsKnown, "An unknown fact cannot be revoked.");
            Expect.That(
                !(await store.LoadAsync(Sample.Key(store, "B"), revokes: "one")).RevokedIsKnown,
                    "A fact of another order cannot be revoked.");
        }),
        new("Lookups are answered in their order, duplicates included", async store =>
        {
            var (a, b, none) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "none"));
            await store.SaveAllAsync(Sample.Change(a, 0, "a-1", "a-2"), Sample.Change(b, 0, "b-1"));
            var found = await store.InUnitAsync(unit => store.Orders.LoadAsync(unit,
            [
                new(b, Sample.Source, "b-1", null), new(none, Sample.Source, "a-1", "a-1"), new(a, Sample.Source, "a-2", "a-1"),
                new(a, Sample.Source, "b-1", "b-1"), new(b, Sample.Source, "b-1", null),
            ]));
            Expect.Sequence([b, null, a, a, b], found.Select(finding => finding.Order?.Key));
            Expect.Sequence([1L, null, 2, null, 1], found.Select(finding => finding.Earlier?.Version));
            Expect.Sequence([false, false, true, false, false], found.Select(finding => finding.RevokedIsKnown));
        }),
        new("Empty calls return nothing and do nothing", async store =>
        {
            await store.InUnitAsync(async unit =>
            {
                Expect.Equal(0, (await store.Orders.SaveAsync(unit, [])).Count);
                Expect.Equal(0, (await store.Orders.LoadAsync(unit, [])).Count);
                Expect.Equal(0, (await store.Orders.ResolveAsync(unit, [])).Count);
                Expect.Equal(0, (await store.Orders.TakeParkedAsync(unit, [])).Count);
                await store.Orders.ParkAsync(unit, []);
            });
        }),
        new("Quotes and wildcards in texts have no special meaning", async store =>
        {
            var key = Sample.Key(store, "A");
            string[] values = ["O'Brien", "\"quoted\"", "100%", "a_c", "a\\b", "'; DROP TABLE orders; --", "{0}", "$1", ":p", "@p", "?"];
            await store.SaveAsync(Sample.Change(key, 0, values) with { Links = [.. values.Select(value => Sample.Waybill(store, value))] });
            foreach (var value in values)
            {
                Expect.Sequence([key], await store.ResolveAsync(Sample.Waybill(store, value)));
                Expect.That((await store.LoadAsync(key, value)).Earlier is not null, $"The fact {value} is found.");
            }

            Expect.Sequence([], await store.ResolveAsync(Sample.Waybill(store, "abc")));
        }),
        new("Tenants with the same order and number do not see each other", async store =>
        {
            var (ours, theirs) = (Sample.Key(store, "A"), Sample.Key(Sample.Neighbour(store), "A"));
            var (number, same) = (Sample.Waybill(store, "SF1"), new OrderReference(theirs.Tenant, ReferenceKind.Waybill, "SF1"));
            await store.SaveAsync(Sample.Change(ours, 0, "one") with { Links = [number] });
            Expect.Equal(default, await store.LoadAsync(theirs, "one", revokes: "one"));
            Expect.Sequence([], await store.ResolveAsync(same));
            Expect.That(await store.SaveAsync(Sample.Change(theirs, 0, "one", "two") with { Links = [same] }) > 0,
                "Another tenant may have an order with the same id.");
            Expect.Equal(1, (await store.LoadAsync(ours)).Order?.Snapshot.Version);
            Expect.Equal(2, (await store.LoadAsync(theirs)).Order?.Snapshot.Version);
            Expect.Sequence([ours], await store.ResolveAsync(number));
            Expect.Sequence([theirs], await store.ResolveAsync(same));
        }),
        new("Erasing personal data keeps the rows and their digests", async store =>
        {
            var key = Sample.Key(store, "A");
            var detail = Sample.Detail(1, "call 13800000000");
            var change = Sample.Change(key, 0, "one", "two");
            await store.SaveAsync(
                change with
                {
                    Entries = [change.Entries[0] with { DetailDigest = detail.ToDigest() }, change.Entries[1]],
                    Details = [detail, Sample.Detail(2, "second")],
                });
            var other = Sample.Key(store, "B");
            await store.SaveAsync(Sample.Change(other, 0) with { Details = [Sample.Detail(1, "stays")] });
            Expect.Equal(2, await store.InUnitAsync(unit => store.Orders.EraseDetailsAsync(unit, key)));
            Expect.Equal(0, (await store.Queries.ReadDetailsAsync(key)).Count);
            Expect.Equal(1, (await store.Queries.ReadDetailsAsync(other)).Count);
            var journal = await store.Queries.ReadJournalAsync(key);
            Expect.Equal(2, journal.Count);
            Expect.Equal(detail.ToDigest(), journal[0].DetailDigest);
            Expect.Equal(0, await store.InUnitAsync(unit => store.Orders.EraseDetailsAsync(unit, key)));
            Expect.Equal(0, await store.InUnitAsync(unit => store.Orders.EraseDetailsAsync(unit, Sample.Key(store, "none"))));
        }),
        new("Erasing can be rolled back", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Change(key, 0) with { Details = [Sample.Detail(1, "stays")] });
            Expect.Equal(1, await store.InUnitAsync(unit => store.Orders.EraseDetailsAsync(unit, key), commit: false));
            Alike.Detail(Sample.Detail(1, "stays"), (await store.Queries.ReadDetailsAsync(key)).One());
        }),
        new("Every field of an order and of its rows is read back", async store =>
        {
            var key = Sample.Key(store, "A");
            var order = new StoredOrder
            {
                Key = key,
                Snapshot = new OrderSnapshot
                {
                    Model = new ModelFingerprint(0xFEDC_BA98_7654_3210), Version = 2, States = new StateCodes(0xFFFF_0003_8001_7FFF),
                    Since = new FacetVersions(1, 2, 0, 1), Holds = 0x8000_0001, Cases = 0x4000_0002, Anchors = 0xFFFF_FFFF, Profile = 3,
                    Counters = new OrderCounters(1, 2, 3, 4, 5, 6, 7, 8),
                },
                Currency = Currency.Custom("PTS", 3),
                Headline = "已付款",
                PlacedAt = Sample.Noon.AddDays(-1),
                UpdatedAt = Sample.Noon,
                ShipBy = Sample.Noon.AddDays(1),
                DeliverBy = Sample.Noon.AddDays(2),
            };
            var full = Sample.Entry(1, "full") with
            {
                IsTransition = false,
                Model = new ModelFingerprint(ulong.MaxValue),
                Trigger = "签收",
                Standing = FactStanding.Report,
                Kind = DecisionKind.GuardFailed,
                Reason = DecisionReason.ModelMoved,
                States = new StateCodes(ulong.MaxValue),
                MovedFacets = 15,
                Holds = uint.MaxValue,
                Cases = 1,
                Anchors = 2,
                Profile = 4,
                First = new CounterChange(0, -1),
                Second = new CounterChange(7, 2),
                FailedGuards = "paid in-stock",
                Evidence = "SF1234567890",
                OccurredAt = Sample.Noon.AddSeconds(-1),
                RecordedAt = Sample.Noon.AddSeconds(1),
                Amount = -5,
                Currency = "JPY",
                Quantity = 6,
                ReportedState = 70,
                RawStatus = "SIGNED",
                ShipBy = Sample.Noon.AddDays(1),
                DeliverBy = Sample.Noon.AddDays(2),
                Operator = "u-1",
                TraceId = "trace",
                ResponseCode = "200",
                Attachments = [
                    new FactAttachment("waybill.pdf", "application/pdf", Digest.Of([1])),
                    new FactAttachment("图.png", "image/png", Digest.Of([2])),
                ],
                DetailDigest = Digest.Of([3]),
            };
            var plain = Sample.Entry(2, "plain");
            var details = new[]
            {
                new JournalDetail(1, new byte[16], null, ReadOnlyMemory<byte>.Empty),
                new JournalDetail(2, new byte[] { 1, 2 }, "", new byte[] { 0, 255 }),
            };
            var number = await store.SaveAsync(
                new OrderChange { ExpectedVersion = 0, Order = order, Entries = [full, plain], Details = details });
            Expect.Equal(order with { OrderNo = number }, (await store.LoadAsync(key)).Order);
            Expect.Equal(order with { OrderNo = number }, await store.Queries.FindAsync(key));
            var journal = await store.Queries.ReadJournalAsync(key);
            Alike.Entry(full, journal[0]);
            Alike.Entry(plain, journal[1]);
            var kept = await store.Queries.ReadDetailsAsync(key);
            Expect.Equal(2, kept.Count);
            Alike.Detail(details[0], kept[0]);
            Alike.Detail(details[1], kept[1]);
        }),
        new("The largest and smallest values come back", async store =>
        {
            var key = Sample.Key(store, "A");
            var order = Sample.Order(key, 2) with
            {
                Snapshot = new OrderSnapshot
                {
                    Model = default,
                    Version = 2,
                    Since = new FacetVersions(long.MaxValue, long.MinValue, 0, -1),
                    Profile = int.MaxValue,
                    Counters = new OrderCounters(
                        long.MaxValue, long.MinValue, long.MaxValue, 0, -1, long.MaxValue, long.MinValue, long.MaxValue),
                },
                Currency = default,
                Headline = "",
                PlacedAt = DateTimeOffset.MinValue,
                UpdatedAt = DateTimeOffset.UnixEpoch,
                ShipBy = Instants.ToMicroseconds(DateTimeOffset.MaxValue),
                DeliverBy = DateTimeOffset.UnixEpoch.AddTicks(-10),
            };
            var text = new string('长', 20_000) + "🙂" + new string('x', 20_000);
            var largest = Sample.Entry(1, new string('i', 128)) with
            {
                Standing = (FactStanding)255, Kind = (DecisionKind)255, Reason = (DecisionReason)255, MovedFacets = 15,
                Profile = int.MinValue, First = new CounterChange(7, long.MaxValue), Second = new CounterChange(-1, long.MinValue),
                Amount = long.MinValue, Quantity = long.MaxValue, ReportedState = int.MinValue, RawStatus = text, FailedGuards = "",
                Evidence = "", Currency = "", Operator = "", TraceId = "", ResponseCode = "", OccurredAt = DateTimeOffset.MinValue,
                RecordedAt = Instants.ToMicroseconds(DateTimeOffset.MaxValue),
            };
            var smallest = Sample.Entry(2, "") with
            {
                Trigger = "", Source = "", Amount = 0, Quantity = 0, ReportedState = 0, OccurredAt = DateTimeOffset.UnixEpoch,
            };
            var detail = new JournalDetail(1, ReadOnlyMemory<byte>.Empty, text, new byte[100_000]);
            var number = await store.SaveAsync(
                new OrderChange { ExpectedVersion = 0, Order = order, Entries = [largest, smallest], Details = [detail] });
            Expect.Equal(order with { OrderNo = number }, (await store.LoadAsync(key)).Order);
            var journal = await store.Queries.ReadJournalAsync(key);
            Alike.Entry(largest, journal[0]);
            Alike.Entry(smallest, journal[1]);
            Alike.Detail(detail, (await store.Queries.ReadDetailsAsync(key)).One());
        }),
        new("Instants are truncated to microseconds", async store =>
        {
            var key = Sample.Key(store, "A");
            var fine = Sample.Noon.AddTicks(19).ToOffset(TimeSpan.FromHours(8));
            var early = DateTimeOffset.UnixEpoch.AddTicks(-1);
            var change = Sample.Change(key, 0);
            await store.SaveAsync(change with
            {
                Order = change.Order with { PlacedAt = fine, UpdatedAt = fine, ShipBy = early, DeliverBy = DateTimeOffset.MaxValue },
                Entries = [change.Entries[0] with { RecordedAt = fine, OccurredAt = early, ShipBy = fine, DeliverBy = early }],
                Deadlines = [new DeadlineChange(0, fine, 1, "close", null)],
            });
            var cut = Sample.Noon.AddTicks(10);
            var order = (await store.LoadAsync(key)).Order!;
            var entry = (await store.Queries.ReadJournalAsync(key))[0];
            Expect.Sequence<DateTimeOffset?>([cut, cut, early.AddTicks(-9), Instants.ToMicroseconds(DateTimeOffset.MaxValue)],
                [order.PlacedAt, order.UpdatedAt, order.ShipBy, order.DeliverBy]);
            Expect.Sequence<DateTimeOffset?>(
                [cut, early.AddTicks(-9), cut, early.AddTicks(-9)], [entry.RecordedAt, entry.OccurredAt, entry.ShipBy, entry.DeliverBy]);
            Expect.Equal(cut, (await store.Queries.DeadlinesOfAsync(key)).One().DueAt);
        }),
        new("Stored values do not change with the caller's buffers", async store =>
        {
            var key = Sample.Key(store, "A");
            byte[] salt = [1, 2], payload = [3, 4], body = [5, 6], raw = [7, 8];
            var attachments = new[] { new FactAttachment("a", "b", Digest.Of([1])) };
            var number = Sample.Waybill(store, "1");
            await store.SaveAsync(Sample.Change(key, 0) with
            {
                Entries = [Sample.Entry(1) with { Attachments = attachments }],
                Details = [new JournalDetail(1, salt, null, payload)],
                Messages = [Sample.Message(store, "m") with { Body = body }],
            });
            await store.ParkAsync(
                Sample.Parked(number, "p") with { Fact = Sample.Fact(number, "p") with { Payload = raw, Attachments = attachments } });
            salt[0] = payload[0] = body[0] = raw[0] = 99;
            attachments[0] = new FactAttachment("changed", "", default);
            Alike.Detail(
                new JournalDetail(1, new byte[] { 1, 2 }, null, new byte[] { 3, 4 }), (await store.Queries.ReadDetailsAsync(key)).One());
            Expect.Equal("0506", Convert.ToHexString((await store.ClaimAsync()).One().Message.Body.Span));
            Expect.Equal("a", (await store.Queries.ReadJournalAsync(key))[0].Attachments.One().Name);
            var parked = (await store.TakeParkedAsync(number)).One().Fact;
            Expect.Equal("0708", Convert.ToHexString(parked.Payload.Span));
            Expect.Equal("a", parked.Attachments.One().Name);
        }),
    ]);

    /// <summary>Checks that a change with a conflict wrote nothing to any table.</summary>
    private static async Task ExpectUntouchedAsync(IStoreUnderTest store, OrderKey key, long version, string mark)
    {
        var found = await store.LoadAsync(key, mark);
        Expect.Equal(version, found.Order?.Snapshot.Version ?? 0);
        Expect.Equal(null, found.Earlier);
        Expect.Equal(version, (await store.Queries.ReadJournalAsync(key)).Count, "the number of rows");
        Expect.Sequence([], await store.ResolveAsync(Sample.Waybill(store, mark)));
        Expect.Equal(0, (await store.Queries.ReadDetailsAsync(key)).Count, "the number of details");
        Expect.Equal(0, (await store.Queries.ReferencesOfAsync(key)).Count, "the number of links");
        Expect.Equal(0, (await store.Queries.DeadlinesOfAsync(key)).Count, "the number of deadlines");
        Expect.Equal(0, (await store.Deadlines.ClaimDueAsync(10, Acting.Minute)).Count, "the number of due deadlines");
        Expect.Equal(0, (await store.ClaimAsync()).Count, "the number of messages");
        Expect.Equal(0, (await store.Cases.QueryAsync(new CaseQuery { Tenant = key.Tenant, IncludeClosed = true })).Items.Count,
            "the number of cases");
    }
}

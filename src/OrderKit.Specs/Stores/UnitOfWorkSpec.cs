using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>The rules that units of work must keep, over all tables of a store.</summary>
public static class UnitOfWorkSpec
{
    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(UnitOfWorkSpec),
    [
        new("Others see a committed unit", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Everything(store, key, 0, "mark"));
            var other = await store.OpenAnotherAsync();
            Expect.Equal(1, (await other.LoadAsync(key, "mark")).Earlier?.Version);
            Expect.Equal(1, (await other.Queries.FindAsync(key))?.Snapshot.Version);
            Expect.Sequence([key], await other.Queries.FindAsync(Sample.Waybill(store, "mark")));
            Expect.Sequence(["mark"], (await other.Outbox.ClaimAsync("events", 10, Acting.Minute)).Ids());
            Expect.Sequence(["mark"],
                (await other.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant })).Items.Select(open => open.Code));
            Expect.Sequence(["mark"], (await other.Deadlines.ClaimDueAsync(10, Acting.Minute)).Select(deadline => deadline.Trigger));
        }),
        new("A unit that is not committed leaves nothing in any table", async store =>
        {
            var key = Sample.Key(store, "A");
            var number = Sample.Waybill(store, "waiting");
            await store.InUnitAsync(async unit =>
            {
                Expect.That(
                    (await store.Orders.SaveAsync(unit, [Sample.Everything(store, key, 0, "mark")]))[0] > 0, "The change must be saved.");
                await store.Orders.ParkAsync(unit, [Sample.Parked(number, "a")]);
            }, commit: false);
            await ExpectNothingAsync(store, key, "mark");
            Expect.Equal(0, (await store.Queries.ParkedAsync(store.Tenant)).Items.Count);
            Expect.That(await store.SaveAsync(Sample.Everything(store, key, 0, "mark")) > 0, "The order can then be created.");
        }),
        new("A change that is rolled back leaves the order as it was", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Everything(store, key, 0, "old"));
            var before = await store.Queries.FindAsync(key);
            await store.InUnitAsync(
                unit => store.Orders.SaveAsync(unit,
                [
                    Sample.Everything(store, key, 1, "new") with
                    {
                        Cases = [Sample.Case(key, "old", 2) with { ClosedAt = Sample.Noon, ClosedVersion = 2 }, Sample.Case(key, "new", 2)],
                        Links = [Sample.Waybill(store, "old"), Sample.Waybill(store, "new")],
                    },
                ]),
                commit: false);
            Expect.Equal(before, await store.Queries.FindAsync(key));
            Expect.Sequence(["old"], (await store.Queries.ReadJournalAsync(key)).Select(entry => entry.FactId));
            Expect.Sequence(["old"], (await store.Queries.ReadDetailsAsync(key)).Select(detail => detail.Note));
            Expect.Set([Sample.Waybill(store, "old")], await store.Queries.ReferencesOfAsync(key));
            Expect.Sequence(["old"], (await store.Queries.DeadlinesOfAsync(key)).Select(deadline => deadline.Trigger));
            Expect.Sequence(["old"], (await store.Deadlines.ClaimDueAsync(10, Acting.Minute)).Select(deadline => deadline.Trigger));
            Expect.Sequence(["old"], (await store.ClaimAsync()).Ids());
            Expect.Sequence(["old"],
                (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, IncludeClosed = true })).Items.Select(
                    open => open.Code));
            Expect.Equal(null, (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant })).Items.One().ClosedAt);
            Expect.Equal(null, (await store.LoadAsync(key, "new")).Earlier);
            Expect.Equal(1, await store.Journal.CountUnsealedAsync());
        }),
        new("A deadline that a rolled-back unit removed is still due", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(
                Sample.Change(key, 0) with { Deadlines = [new DeadlineChange(0, Sample.Noon.AddYears(-10), 1, "close", null)] });
            await store.InUnitAsync(
                unit =>
                    store.Orders.SaveAsync(unit, [Sample.Change(key, 1) with { Deadlines = [new DeadlineChange(0, null, 2, "", null)] }]),
                commit: false);
            Expect.Equal(1, (await store.Deadlines.CountAsync()).Armed);
            Expect.Sequence(["close"], (await store.Deadlines.ClaimDueAsync(10, Acting.Minute)).Select(deadline => deadline.Trigger));
        }),
        new("Facts that a rolled-back unit took are still parked", async store =>
        {
            var number = Sample.Waybill(store, "1");
            await store.ParkAsync(Sample.Parked(number, "a"));
            await store.InUnitAsync(async unit =>
            {
                Expect.Equal(1, (await store.Orders.TakeParkedAsync(unit, [number])).Count);
                await store.Orders.ParkAsync(unit, [Sample.Parked(number, "b")]);
            }, commit: false);
            Expect.Sequence(["a"], (await store.TakeParkedAsync(number)).Select(parked => parked.Fact.Id!));
        }),
        new("A unit reads what it wrote", async store =>
        {
            var key = Sample.Key(store, "A");
            var (number, waiting) = (Sample.Waybill(store, "mark"), Sample.Waybill(store, "waiting"));
            await store.InUnitAsync(async unit =>
            {
                await store.Orders.SaveAsync(unit, [Sample.Everything(store, key, 0, "mark")]);
                var found = (await store.Orders.LoadAsync(unit, [new OrderLookup(key, Sample.Source, "mark", "mark")]))[0];
                Expect.Equal(1, found.Order?.Snapshot.Version);
                Expect.Equal(1, found.Earlier?.Version);
                Expect.That(found.RevokedIsKnown, "A fact of this unit can be revoked within it.");
                Expect.Sequence([key], (await store.Orders.ResolveAsync(unit, [number]))[0]);
                await store.Orders.ParkAsync(unit, [Sample.Parked(waiting, "a")]);
                Expect.Sequence(["a"], (await store.Orders.TakeParkedAsync(unit, [waiting])).Select(parked => parked.Fact.Id!));
                Expect.Equal(0, (await store.Orders.TakeParkedAsync(unit, [waiting])).Count);
                Expect.Equal(1, await store.Orders.EraseDetailsAsync(unit, key));
            });
            Expect.Equal(0, (await store.Queries.ParkedAsync(store.Tenant)).Items.Count);
            Expect.Equal(0, (await store.Queries.ReadDetailsAsync(key)).Count);
        }),
        new("A unit can write one order several times", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.InUnitAsync(async unit =>
            {
                var numbers = new List<long>();
                for (var version = 0; version < 5; version++)
                {
                    numbers.AddRange(await store.Orders.SaveAsync(unit, [Sample.Change(key, version)]));
                }

                Expect.That(numbers[0] > 0 && numbers.Distinct().Count() == 1, "Every change must find the previous one.");
                Expect.Equal(0, (await store.Orders.SaveAsync(unit, [Sample.Change(key, 4)]))[0]);
            });
            Expect.Sequence([1L, 2, 3, 4, 5], (await store.Queries.ReadJournalAsync(key)).Select(entry => entry.Version));
        }),
        new("A unit that was passed to host code cannot be committed by it", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.InUnitAsync(async unit =>
            {
                unit.IsLent = true;
                await store.Orders.SaveAsync(unit, [Sample.Change(key, 0)]);
                await Expect.ThrowsAsync<InvalidOperationException>(
                    () => unit.CommitAsync().AsTask(), "Only the code that began the unit may commit it.");
                unit.IsLent = false;
            });
            Expect.Equal(1, (await store.Queries.FindAsync(key))?.Snapshot.Version);
        }),
        new("An action for after the commit runs once, after the commit", async store =>
        {
            var told = 0;
            var key = Sample.Key(store, "A");
            foreach (var commit in new[] { false, true })
            {
                Action tell = () => told++;
                await store.InUnitAsync(async unit =>
                {
                    unit.AfterCommit(tell);
                    unit.AfterCommit(tell);
                    await store.Orders.SaveAsync(unit, [Sample.Change(key, 0)]);
                    Expect.Equal(0, told);
                }, commit);
                Expect.Equal(commit ? 1 : 0, told);
            }

            Expect.Equal(1, (await store.Queries.FindAsync(key))?.Snapshot.Version);
        }),
        new("Others do not see uncommitted changes", async store =>
        {
            var (key, number) = (Sample.Key(store, "A"), Sample.Waybill(store, "mark"));
            var other = await store.OpenAnotherAsync();
            var unit = await store.Units.BeginAsync();
            await store.Orders.SaveAsync(unit, [Sample.Everything(store, key, 0, "mark")]);
            // A store with one writer answers after the unit has ended, with the same result.
            var order = other.Queries.FindAsync(key).AsTask();
            var linked = other.Queries.FindAsync(number).AsTask();
            var claimed = other.Outbox.ClaimAsync("events", 10, Acting.Minute).AsTask();
            var passed = other.Deadlines.ClaimDueAsync(10, Acting.Minute).AsTask();
            var cases = other.Cases.CountOpenAsync(store.Tenant).AsTask();
            var unsealed = other.Journal.ReadUnsealedAsync(10).AsTask();
            await unit.DisposeAsync();
            Expect.Equal(null, await order);
            Expect.Sequence([], await linked);
            Expect.Equal(0, (await claimed).Count, "the number of claimed messages");
            Expect.Equal(0, (await passed).Count, "the number of claimed deadlines");
            Expect.Equal(0, (await cases).Count, "the number of cases");
            Expect.Equal(0, (await unsealed).Count, "the number of rows to seal");
        }),
        new("An ended unit is refused", async store =>
        {
            var unit = await store.Units.BeginAsync();
            await unit.CommitAsync();
            await Expect.ThrowsAsync<InvalidOperationException>(
                () => store.Orders.SaveAsync(unit, [Sample.Change(Sample.Key(store, "A"), 0)]).AsTask(),
                "Nothing is written in a unit that ended.");
            await Expect.ThrowsAsync<InvalidOperationException>(() => unit.CommitAsync().AsTask(), "A unit can be committed only once.");
            await unit.DisposeAsync();
            Expect.Equal(null, await store.Queries.FindAsync(Sample.Key(store, "A")));
        }),
        new("Disposing twice, or after a commit, does no harm", async store =>
        {
            var key = Sample.Key(store, "A");
            var unit = await store.Units.BeginAsync();
            await store.Orders.SaveAsync(unit, [Sample.Everything(store, key, 0, "mark")]);
            await unit.CommitAsync();
            await unit.DisposeAsync();
            await unit.DisposeAsync();
            Expect.Equal(1, (await store.LoadAsync(key, "mark")).Earlier?.Version);
            Expect.Equal(1, (await store.ClaimAsync()).Count);
            var idle = await store.Units.BeginAsync();
            await idle.DisposeAsync();
            await idle.DisposeAsync();
            Expect.That(await store.SaveAsync(Sample.Change(key, 1)) > 0, "The store must be usable afterwards.");
        }),
        new("An owned unit is not enlisted", async store =>
        {
            var unit = await store.Units.BeginAsync();
            Expect.That(!unit.IsEnlisted, "A unit that the factory began is not enlisted.");
            await unit.DisposeAsync();
        }),
        new("A unit of another store is refused", async store =>
        {
            var foreign = new ForeignUnit();
            await Expect.ThrowsAsync<ArgumentException>(
                () => store.Orders.SaveAsync(foreign, [Sample.Change(Sample.Key(store, "A"), 0)]).AsTask(),
                "A unit of another store is no place to write.");
            await Expect.ThrowsAsync<ArgumentException>(
                () => store.Orders.LoadAsync(foreign, []).AsTask(), "A unit of another store cannot be used to read.");
        }),
        new("A cancelled call writes nothing", async store =>
        {
            var key = Sample.Key(store, "A");
            var cancelled = new CancellationToken(canceled: true);
            await Expect.ThrowsAsync<OperationCanceledException>(
                () => store.Units.BeginAsync(cancelled).AsTask(), "A cancelled call must not begin a unit.");
            var unit = await store.Units.BeginAsync();
            await Expect.ThrowsAsync<OperationCanceledException>(
                () => store.Orders.SaveAsync(unit, [Sample.Everything(store, key, 0, "mark")], cancelled).AsTask(),
                "Nothing is written after it was cancelled.");
            await Expect.ThrowsAsync<OperationCanceledException>(
                () => store.Orders.ParkAsync(unit, [Sample.Parked(Sample.Waybill(store, "1"), "a")], cancelled).AsTask(),
                "Nothing is parked after it was cancelled.");
            await unit.DisposeAsync();
            await ExpectNothingAsync(store, key, "mark");
            Expect.Equal(0, (await store.Queries.ParkedAsync(store.Tenant)).Items.Count);
        }),
        new("One unit may write for several tenants", async store =>
        {
            var (ours, theirs) = (Sample.Key(store, "A"), Sample.Key(Sample.Neighbour(store), "A"));
            await store.InUnitAsync(unit => store.Orders.SaveAsync(unit, [Sample.Change(ours, 0), Sample.Change(theirs, 0)]),
                commit: false);
            Expect.Equal(null, await store.Queries.FindAsync(ours));
            Expect.Equal(null, await store.Queries.FindAsync(theirs));
            await store.InUnitAsync(unit => store.Orders.SaveAsync(unit, [Sample.Change(ours, 0), Sample.Change(theirs, 0)]));
            Expect.Equal(ours, (await store.Queries.FindAsync(ours))?.Key);
            Expect.Equal(theirs, (await store.Queries.FindAsync(theirs))?.Key);
        }),
        new("Two open units do not see each other's changes", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            var other = await store.OpenAnotherAsync();
            var first = await store.Units.BeginAsync();
            var second = await other.Units.BeginAsync();
            await store.Orders.SaveAsync(first, [Sample.Everything(store, a, 0, "a")]);
            await other.Orders.SaveAsync(second, [Sample.Everything(store, b, 0, "b")]);
            Expect.Equal(default, (await store.Orders.LoadAsync(first, [new OrderLookup(b, Sample.Source, "b", null)]))[0]);
            Expect.Equal(default, (await other.Orders.LoadAsync(second, [new OrderLookup(a, Sample.Source, "a", null)]))[0]);
            await first.CommitAsync();
            await second.DisposeAsync();
            await first.DisposeAsync();
            Expect.Equal(1, (await store.Queries.FindAsync(a))?.Snapshot.Version);
            await ExpectNothingAsync(store, b, "b", messages: 1);
        }, StoreAbilities.ParallelUnits),
        new("Of two open units that change one order the second conflicts and stays usable", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            await store.SaveAsync(Sample.Change(a, 0));
            var other = await store.OpenAnotherAsync();
            var first = await store.Units.BeginAsync();
            var second = await other.Units.BeginAsync();
            Expect.That((await store.Orders.SaveAsync(first, [Sample.Change(a, 1, "first")]))[0] > 0, "The first change must be saved.");
            var late = other.Orders.SaveAsync(second, [Sample.Change(a, 1, "second"), Sample.Change(b, 0)]).AsTask();
            await first.CommitAsync();
            await first.DisposeAsync();
            var numbers = await late;
            Expect.That(numbers is [0, > 0],
                $"The change that lost conflicts, its neighbour does not; the numbers are {string.Join(", ", numbers)}.");
            await second.CommitAsync();
            await second.DisposeAsync();
            Expect.Sequence(["fact-1", "first"], (await store.Queries.ReadJournalAsync(a)).Select(entry => entry.FactId));
            Expect.Equal(1, (await store.Queries.FindAsync(b))?.Snapshot.Version);
        }, StoreAbilities.ParallelUnits),
        new("Of two open units that create one order the second waits for the first", async store =>
        {
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            var other = await store.OpenAnotherAsync();
            foreach (var (key, commits) in new[] { (a, true), (b, false) })
            {
                var first = await store.Units.BeginAsync();
                var second = await other.Units.BeginAsync();
                await store.Orders.SaveAsync(first, [Sample.Change(key, 0, "first")]);
                var late = other.Orders.SaveAsync(second, [Sample.Change(key, 0, "second")]).AsTask();
                if (commits)
                {
                    await first.CommitAsync();
                }

                await first.DisposeAsync();
                Expect.Equal(commits, (await late)[0] == 0);
                await second.CommitAsync();
                await second.DisposeAsync();
                Expect.Sequence([commits ? "first" : "second"], (await store.Queries.ReadJournalAsync(key)).Select(entry => entry.FactId));
            }
        }, StoreAbilities.ParallelUnits),
        new("Only the host ends a unit on its own transaction", async store =>
        {
            var hosts = (IHostTransactions)store;
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            foreach (var (key, commits) in new[] { (a, true), (b, false) })
            {
                var transaction = await hosts.BeginHostTransactionAsync();
                var unit = transaction.Enlist();
                Expect.That(unit.IsEnlisted, "A unit on a host's transaction must be enlisted.");
                Expect.That((await store.Orders.SaveAsync(unit, [Sample.Everything(store, key, 0, key.Order.Value)]))[0] > 0,
                    "The change must be saved.");
                await Expect.ThrowsAsync<InvalidOperationException>(
                    () => unit.CommitAsync().AsTask(), "Only the host may commit its transaction.");
                await unit.DisposeAsync();
                await (commits ? transaction.CommitAsync() : transaction.RollbackAsync());
                await transaction.DisposeAsync();
            }

            Expect.Equal(1, (await store.LoadAsync(a)).Order?.Snapshot.Version);
            await ExpectNothingAsync(store, b, b.Order.Value, messages: 1);
        }, StoreAbilities.HostTransactions),
        new("A conflict does not abort a host's transaction", async store =>
        {
            var key = Sample.Key(store, "A");
            await store.SaveAsync(Sample.Change(key, 0, "one"));
            var transaction = await ((IHostTransactions)store).BeginHostTransactionAsync();
            var unit = transaction.Enlist();
            Expect.Equal(0, (await store.Orders.SaveAsync(unit, [Sample.Change(key, 0, "two")]))[0]);
            Expect.That((await store.Orders.SaveAsync(unit, [Sample.Change(key, 1, "three")]))[0] > 0,
                "The host's transaction must be usable afterwards.");
            await store.Orders.ParkAsync(
                unit, [Sample.Parked(Sample.Waybill(store, "1"), "a"), Sample.Parked(Sample.Waybill(store, "1"), "a")]);
            await transaction.CommitAsync();
            await transaction.DisposeAsync();
            Expect.Sequence(["one", "three"], (await store.Queries.ReadJournalAsync(key)).Select(entry => entry.FactId));
            Expect.Equal(1, (await store.TakeParkedAsync(Sample.Waybill(store, "1"))).Count);
        }, StoreAbilities.HostTransactions),
    ]);

    private static async Task ExpectNothingAsync(IStoreUnderTest store, OrderKey key, string mark, int messages = 0)
    {
        Expect.Equal(default, await store.LoadAsync(key, mark, revokes: mark));
        Expect.Equal(null, await store.Queries.FindAsync(key));
        Expect.Sequence([], await store.ResolveAsync(Sample.Waybill(store, mark)));
        Expect.Sequence([], await store.Queries.FindAsync(Sample.Waybill(store, mark)));
        Expect.Equal(0, (await store.Queries.ReadJournalAsync(key)).Count, "the number of rows");
        Expect.Equal(0, (await store.Queries.ReadDetailsAsync(key)).Count, "the number of details");
        Expect.Equal(0, (await store.Queries.ReferencesOfAsync(key)).Count, "the number of links");
        Expect.Equal(0, (await store.Queries.DeadlinesOfAsync(key)).Count, "the number of deadlines");
        Expect.That(!(await store.Deadlines.ClaimDueAsync(10, Acting.Minute)).Any(deadline => deadline.Order == key),
            "It must have no due deadline.");
        Expect.That((await store.Journal.ReadUnsealedAsync(100)).All(row => row.Order != key), "It must have no unsealed row.");
        Expect.Equal(messages, (await store.Outbox.BacklogAsync("events")).Count, "the number of messages");
        Expect.Equal(
            0, (await store.Cases.QueryAsync(new CaseQuery { Tenant = key.Tenant, Order = key, IncludeClosed = true })).Items.Count,
            "the number of cases");
        Expect.That((await store.Journal.ScanAsync(0, 100)).All(journal => journal.Order.Key != key), "A scan must not find it.");
    }

    private sealed class ForeignUnit : UnitOfWork
    {
        public override bool IsEnlisted => false;

        public override ValueTask CommitAsync(CancellationToken cancellationToken = default) => default;

        public override ValueTask DisposeAsync() => default;
    }
}

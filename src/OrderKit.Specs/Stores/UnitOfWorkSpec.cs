using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>What units of work keep, over all tables of a store.</summary>
public static class UnitOfWorkSpec
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("A committed unit is seen by others", ACommittedUnitIsSeenByOthersAsync),
        new("A unit that is not committed leaves nothing in any table", AUnitThatIsNotCommittedLeavesNothingInAnyTableAsync),
        new("A change that is rolled back leaves the order as it was", AChangeThatIsRolledBackLeavesTheOrderAsItWasAsync),
        new("A deadline that a rolled-back unit removed still passes", ADeadlineThatARolledbackUnitRemovedStillPassesAsync),
        new("Facts that a rolled-back unit took still wait", FactsThatARolledbackUnitTookStillWaitAsync),
        new("A unit reads what it wrote", AUnitReadsWhatItWroteAsync),
        new("A unit writes one order again and again", AUnitWritesOneOrderAgainAndAgainAsync),
        new("A unit that is lent is not committed", AUnitThatIsLentIsNotCommittedAsync),
        new("What is left for after the commit is done once, after it", WhatIsLeftForAfterTheCommitIsDoneOnceAfterItAsync),
        new("Others do not see what is not committed", OthersDoNotSeeWhatIsNotCommittedAsync),
        new("An ended unit is refused", AnEndedUnitIsRefusedAsync),
        new("Disposing twice, or after a commit, does no harm", DisposingTwiceOrAfterACommitDoesNoHarmAsync),
        new("An owned unit is not enlisted", AnOwnedUnitIsNotEnlistedAsync),
        new("A unit of another store is refused", AUnitOfAnotherStoreIsRefusedAsync),
        new("A cancelled call writes nothing", ACancelledCallWritesNothingAsync),
        new("One unit may write for several tenants", OneUnitMayWriteForSeveralTenantsAsync),
        new("Two open units do not see each other's changes", TwoOpenUnitsDoNotSeeEachOthersChangesAsync, StoreAbilities.ParallelUnits),
        new("Of two open units that change one order the second conflicts, and goes on", OfTwoOpenUnitsThatChangeOneOrderTheSecondConflictsAndGoesOnAsync, StoreAbilities.ParallelUnits),
        new("Of two open units that create one order the second waits, and conflicts or goes on", OfTwoOpenUnitsThatCreateOneOrderTheSecondWaitsAndConflictsOrGoesOnAsync, StoreAbilities.ParallelUnits),
        new("A unit on a host's transaction is the host's to end", AUnitOnAHostsTransactionIsTheHostsToEndAsync, StoreAbilities.HostTransactions),
        new("A conflict does not abort a host's transaction", AConflictDoesNotAbortAHostsTransactionAsync, StoreAbilities.HostTransactions),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(UnitOfWorkSpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static async Task ACommittedUnitIsSeenByOthersAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Everything(store, key, 0, "mark")).ConfigureAwait(false);
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        Expect.Equal(1, (await other.LoadAsync(key, "mark").ConfigureAwait(false)).Earlier?.Version);
        Expect.Equal(1, (await other.Queries.FindAsync(key).ConfigureAwait(false))?.Snapshot.Version);
        Expect.Sequence([key], await other.Queries.FindAsync(Sample.Waybill(store, "mark")).ConfigureAwait(false));
        Expect.Sequence(["mark"], (await other.Outbox.ClaimAsync("events", 10, Acting.Minute).ConfigureAwait(false)).Ids());
        Expect.Sequence(["mark"], (await other.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant }).ConfigureAwait(false)).Items.Select(open => open.Code));
        Expect.Sequence(["mark"], (await other.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false)).Select(deadline => deadline.Trigger));
    }

    private static async Task AUnitThatIsNotCommittedLeavesNothingInAnyTableAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var number = Sample.Waybill(store, "waiting");
        await store.InUnitAsync(
            async unit =>
            {
                Expect.That((await store.Orders.SaveAsync(unit, [Sample.Everything(store, key, 0, "mark")]).ConfigureAwait(false))[0] > 0, "The change is taken.");
                await store.Orders.ParkAsync(unit, [Sample.Parked(number, "a")]).ConfigureAwait(false);
                return 0;
            },
            commit: false).ConfigureAwait(false);
        await ExpectNothingAsync(store, key, "mark").ConfigureAwait(false);
        Expect.Equal(0, (await store.Queries.ParkedAsync(store.Tenant).ConfigureAwait(false)).Items.Count);
        Expect.That(await store.SaveAsync(Sample.Everything(store, key, 0, "mark")).ConfigureAwait(false) > 0, "The order can be created afterwards.");
    }

    private static async Task AChangeThatIsRolledBackLeavesTheOrderAsItWasAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Everything(store, key, 0, "old")).ConfigureAwait(false);
        var before = await store.Queries.FindAsync(key).ConfigureAwait(false);
        await store.InUnitAsync(
            unit => store.Orders.SaveAsync(unit,
            [
                Sample.Everything(store, key, 1, "new") with
                {
                    Cases = [Sample.Case(key, "old", 2) with { ClosedAt = Sample.Noon, ClosedVersion = 2 }, Sample.Case(key, "new", 2)],
                    Links = [Sample.Waybill(store, "old"), Sample.Waybill(store, "new")],
                },
            ]),
            commit: false).ConfigureAwait(false);
        Expect.Equal(before, await store.Queries.FindAsync(key).ConfigureAwait(false));
        Expect.Sequence(["old"], (await store.Queries.ReadJournalAsync(key).ConfigureAwait(false)).Select(entry => entry.FactId));
        Expect.Sequence(["old"], (await store.Queries.ReadDetailsAsync(key).ConfigureAwait(false)).Select(detail => detail.Note));
        Expect.Set([Sample.Waybill(store, "old")], await store.Queries.ReferencesOfAsync(key).ConfigureAwait(false));
        Expect.Sequence(["old"], (await store.Queries.DeadlinesOfAsync(key).ConfigureAwait(false)).Select(deadline => deadline.Trigger));
        Expect.Sequence(["old"], (await store.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false)).Select(deadline => deadline.Trigger));
        Expect.Sequence(["old"], (await store.ClaimAsync().ConfigureAwait(false)).Ids());
        Expect.Sequence(["old"], (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant, IncludeClosed = true }).ConfigureAwait(false)).Items.Select(open => open.Code));
        Expect.Equal(null, (await store.Cases.QueryAsync(new CaseQuery { Tenant = store.Tenant }).ConfigureAwait(false)).Items.One().ClosedAt);
        Expect.Equal(null, (await store.LoadAsync(key, "new").ConfigureAwait(false)).Earlier);
        Expect.Equal(1, await store.Journal.CountUnsealedAsync().ConfigureAwait(false));
    }

    private static async Task AUnitThatIsLentIsNotCommittedAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.InUnitAsync(async unit =>
        {
            unit.IsLent = true;
            await store.Orders.SaveAsync(unit, [Sample.Change(key, 0)]).ConfigureAwait(false);
            await Expect.ThrowsAsync<InvalidOperationException>(() => unit.CommitAsync().AsTask(), "Whoever began it commits it.").ConfigureAwait(false);
            unit.IsLent = false;
            return 0;
        }).ConfigureAwait(false);
        Expect.Equal(1, (await store.Queries.FindAsync(key).ConfigureAwait(false))?.Snapshot.Version);
    }

    private static async Task WhatIsLeftForAfterTheCommitIsDoneOnceAfterItAsync(IStoreUnderTest store)
    {
        var told = 0;
        var key = Sample.Key(store, "A");
        foreach (var commit in new[] { false, true })
        {
            Action tell = () => told++;
            await store.InUnitAsync(
                async unit =>
                {
                    unit.AfterCommit(tell);
                    unit.AfterCommit(tell);
                    await store.Orders.SaveAsync(unit, [Sample.Change(key, 0)]).ConfigureAwait(false);
                    Expect.Equal(0, told);
                    return 0;
                },
                commit).ConfigureAwait(false);
            Expect.Equal(commit ? 1 : 0, told);
        }

        Expect.Equal(1, (await store.Queries.FindAsync(key).ConfigureAwait(false))?.Snapshot.Version);
    }

    private static async Task ADeadlineThatARolledbackUnitRemovedStillPassesAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0) with { Deadlines = [new DeadlineChange(0, Sample.Noon.AddYears(-10), 1, "close", null)] }).ConfigureAwait(false);
        await store.InUnitAsync(
            unit => store.Orders.SaveAsync(unit, [Sample.Change(key, 1) with { Deadlines = [new DeadlineChange(0, null, 2, "", null)] }]), commit: false).ConfigureAwait(false);
        Expect.Equal(1, (await store.Deadlines.CountAsync().ConfigureAwait(false)).Armed);
        Expect.Sequence(["close"], (await store.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false)).Select(deadline => deadline.Trigger));
    }

    private static async Task FactsThatARolledbackUnitTookStillWaitAsync(IStoreUnderTest store)
    {
        var number = Sample.Waybill(store, "1");
        await store.ParkAsync(Sample.Parked(number, "a")).ConfigureAwait(false);
        await store.InUnitAsync(
            async unit =>
            {
                Expect.Equal(1, (await store.Orders.TakeParkedAsync(unit, [number]).ConfigureAwait(false)).Count);
                await store.Orders.ParkAsync(unit, [Sample.Parked(number, "b")]).ConfigureAwait(false);
                return 0;
            },
            commit: false).ConfigureAwait(false);
        Expect.Sequence(["a"], (await store.TakeParkedAsync(number).ConfigureAwait(false)).Select(parked => parked.Fact.Id!));
    }

    private static async Task AUnitReadsWhatItWroteAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var (number, waiting) = (Sample.Waybill(store, "mark"), Sample.Waybill(store, "waiting"));
        await store.InUnitAsync(async unit =>
        {
            await store.Orders.SaveAsync(unit, [Sample.Everything(store, key, 0, "mark")]).ConfigureAwait(false);
            var found = (await store.Orders.LoadAsync(unit, [new OrderLookup(key, Sample.Source, "mark", "mark")]).ConfigureAwait(false))[0];
            Expect.Equal(1, found.Order?.Snapshot.Version);
            Expect.Equal(1, found.Earlier?.Version);
            Expect.That(found.RevokedIsKnown, "A fact of this unit can be revoked in it.");
            Expect.Sequence([key], (await store.Orders.ResolveAsync(unit, [number]).ConfigureAwait(false))[0]);
            await store.Orders.ParkAsync(unit, [Sample.Parked(waiting, "a")]).ConfigureAwait(false);
            Expect.Sequence(["a"], (await store.Orders.TakeParkedAsync(unit, [waiting]).ConfigureAwait(false)).Select(parked => parked.Fact.Id!));
            Expect.Equal(0, (await store.Orders.TakeParkedAsync(unit, [waiting]).ConfigureAwait(false)).Count);
            Expect.Equal(1, await store.Orders.EraseDetailsAsync(unit, key).ConfigureAwait(false));
            return 0;
        }).ConfigureAwait(false);
        Expect.Equal(0, (await store.Queries.ParkedAsync(store.Tenant).ConfigureAwait(false)).Items.Count);
        Expect.Equal(0, (await store.Queries.ReadDetailsAsync(key).ConfigureAwait(false)).Count);
    }

    private static async Task AUnitWritesOneOrderAgainAndAgainAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.InUnitAsync(async unit =>
        {
            var numbers = new List<long>();
            for (var version = 0; version < 5; version++)
            {
                numbers.AddRange(await store.Orders.SaveAsync(unit, [Sample.Change(key, version)]).ConfigureAwait(false));
            }

            Expect.That(numbers[0] > 0 && numbers.Distinct().Count() == 1, "Every change finds the one before.");
            Expect.Equal(0, (await store.Orders.SaveAsync(unit, [Sample.Change(key, 4)]).ConfigureAwait(false))[0]);
            return 0;
        }).ConfigureAwait(false);
        Expect.Sequence([1L, 2, 3, 4, 5], (await store.Queries.ReadJournalAsync(key).ConfigureAwait(false)).Select(entry => entry.Version));
    }

    private static async Task OthersDoNotSeeWhatIsNotCommittedAsync(IStoreUnderTest store)
    {
        var (key, number) = (Sample.Key(store, "A"), Sample.Waybill(store, "mark"));
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var unit = await store.Units.BeginAsync().ConfigureAwait(false);
        await store.Orders.SaveAsync(unit, [Sample.Everything(store, key, 0, "mark")]).ConfigureAwait(false);
        // A store with one writer answers after the unit ended; the answer is the same.
        var order = other.Queries.FindAsync(key).AsTask();
        var linked = other.Queries.FindAsync(number).AsTask();
        var claimed = other.Outbox.ClaimAsync("events", 10, Acting.Minute).AsTask();
        var passed = other.Deadlines.ClaimDueAsync(10, Acting.Minute).AsTask();
        var cases = other.Cases.CountOpenAsync(store.Tenant).AsTask();
        var unsealed = other.Journal.ReadUnsealedAsync(10).AsTask();
        await unit.DisposeAsync().ConfigureAwait(false);
        Expect.Equal(null, await order.ConfigureAwait(false));
        Expect.Sequence([], await linked.ConfigureAwait(false));
        Expect.Equal(0, (await claimed.ConfigureAwait(false)).Count, "the number of claimed messages");
        Expect.Equal(0, (await passed.ConfigureAwait(false)).Count, "the number of claimed deadlines");
        Expect.Equal(0, (await cases.ConfigureAwait(false)).Count, "the number of cases");
        Expect.Equal(0, (await unsealed.ConfigureAwait(false)).Count, "the number of rows to seal");
    }

    private static async Task AnEndedUnitIsRefusedAsync(IStoreUnderTest store)
    {
        var unit = await store.Units.BeginAsync().ConfigureAwait(false);
        await unit.CommitAsync().ConfigureAwait(false);
        await Expect.ThrowsAsync<InvalidOperationException>(
            () => store.Orders.SaveAsync(unit, [Sample.Change(Sample.Key(store, "A"), 0)]).AsTask(), "Nothing is written in a unit that ended.").ConfigureAwait(false);
        await Expect.ThrowsAsync<InvalidOperationException>(() => unit.CommitAsync().AsTask(), "A unit is committed once.").ConfigureAwait(false);
        await unit.DisposeAsync().ConfigureAwait(false);
        Expect.Equal(null, await store.Queries.FindAsync(Sample.Key(store, "A")).ConfigureAwait(false));
    }

    private static async Task DisposingTwiceOrAfterACommitDoesNoHarmAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var unit = await store.Units.BeginAsync().ConfigureAwait(false);
        await store.Orders.SaveAsync(unit, [Sample.Everything(store, key, 0, "mark")]).ConfigureAwait(false);
        await unit.CommitAsync().ConfigureAwait(false);
        await unit.DisposeAsync().ConfigureAwait(false);
        await unit.DisposeAsync().ConfigureAwait(false);
        Expect.Equal(1, (await store.LoadAsync(key, "mark").ConfigureAwait(false)).Earlier?.Version);
        Expect.Equal(1, (await store.ClaimAsync().ConfigureAwait(false)).Count);
        var idle = await store.Units.BeginAsync().ConfigureAwait(false);
        await idle.DisposeAsync().ConfigureAwait(false);
        await idle.DisposeAsync().ConfigureAwait(false);
        Expect.That(await store.SaveAsync(Sample.Change(key, 1)).ConfigureAwait(false) > 0, "The store goes on.");
    }

    private static async Task AnOwnedUnitIsNotEnlistedAsync(IStoreUnderTest store)
    {
        var unit = await store.Units.BeginAsync().ConfigureAwait(false);
        Expect.That(!unit.IsEnlisted, "A unit that the factory began is not the host's.");
        await unit.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task AUnitOfAnotherStoreIsRefusedAsync(IStoreUnderTest store)
    {
        var foreign = new ForeignUnit();
        await Expect.ThrowsAsync<ArgumentException>(
            () => store.Orders.SaveAsync(foreign, [Sample.Change(Sample.Key(store, "A"), 0)]).AsTask(), "A unit of another store is no place to write.").ConfigureAwait(false);
        await Expect.ThrowsAsync<ArgumentException>(() => store.Orders.LoadAsync(foreign, []).AsTask(), "A unit of another store is no place to read.").ConfigureAwait(false);
    }

    private static async Task ACancelledCallWritesNothingAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var cancelled = new CancellationToken(canceled: true);
        await Expect.ThrowsAsync<OperationCanceledException>(() => store.Units.BeginAsync(cancelled).AsTask(), "Nothing begins after it was cancelled.").ConfigureAwait(false);
        var unit = await store.Units.BeginAsync().ConfigureAwait(false);
        await Expect.ThrowsAsync<OperationCanceledException>(
            () => store.Orders.SaveAsync(unit, [Sample.Everything(store, key, 0, "mark")], cancelled).AsTask(), "Nothing is written after it was cancelled.").ConfigureAwait(false);
        await Expect.ThrowsAsync<OperationCanceledException>(
            () => store.Orders.ParkAsync(unit, [Sample.Parked(Sample.Waybill(store, "1"), "a")], cancelled).AsTask(), "Nothing is parked after it was cancelled.").ConfigureAwait(false);
        await unit.DisposeAsync().ConfigureAwait(false);
        await ExpectNothingAsync(store, key, "mark").ConfigureAwait(false);
        Expect.Equal(0, (await store.Queries.ParkedAsync(store.Tenant).ConfigureAwait(false)).Items.Count);
    }

    private static async Task OneUnitMayWriteForSeveralTenantsAsync(IStoreUnderTest store)
    {
        var (ours, theirs) = (Sample.Key(store, "A"), Sample.Key(Sample.Neighbour(store), "A"));
        await store.InUnitAsync(unit => store.Orders.SaveAsync(unit, [Sample.Change(ours, 0), Sample.Change(theirs, 0)]), commit: false).ConfigureAwait(false);
        Expect.Equal(null, await store.Queries.FindAsync(ours).ConfigureAwait(false));
        Expect.Equal(null, await store.Queries.FindAsync(theirs).ConfigureAwait(false));
        await store.InUnitAsync(unit => store.Orders.SaveAsync(unit, [Sample.Change(ours, 0), Sample.Change(theirs, 0)])).ConfigureAwait(false);
        Expect.Equal(ours, (await store.Queries.FindAsync(ours).ConfigureAwait(false))?.Key);
        Expect.Equal(theirs, (await store.Queries.FindAsync(theirs).ConfigureAwait(false))?.Key);
    }

    private static async Task TwoOpenUnitsDoNotSeeEachOthersChangesAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var first = await store.Units.BeginAsync().ConfigureAwait(false);
        var second = await other.Units.BeginAsync().ConfigureAwait(false);
        await store.Orders.SaveAsync(first, [Sample.Everything(store, a, 0, "a")]).ConfigureAwait(false);
        await other.Orders.SaveAsync(second, [Sample.Everything(store, b, 0, "b")]).ConfigureAwait(false);
        Expect.Equal(default, (await store.Orders.LoadAsync(first, [new OrderLookup(b, Sample.Source, "b", null)]).ConfigureAwait(false))[0]);
        Expect.Equal(default, (await other.Orders.LoadAsync(second, [new OrderLookup(a, Sample.Source, "a", null)]).ConfigureAwait(false))[0]);
        await first.CommitAsync().ConfigureAwait(false);
        await second.DisposeAsync().ConfigureAwait(false);
        await first.DisposeAsync().ConfigureAwait(false);
        Expect.Equal(1, (await store.Queries.FindAsync(a).ConfigureAwait(false))?.Snapshot.Version);
        await ExpectNothingAsync(store, b, "b", messages: 1).ConfigureAwait(false);
    }

    private static async Task OfTwoOpenUnitsThatChangeOneOrderTheSecondConflictsAndGoesOnAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        await store.SaveAsync(Sample.Change(a, 0)).ConfigureAwait(false);
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var first = await store.Units.BeginAsync().ConfigureAwait(false);
        var second = await other.Units.BeginAsync().ConfigureAwait(false);
        Expect.That((await store.Orders.SaveAsync(first, [Sample.Change(a, 1, "first")]).ConfigureAwait(false))[0] > 0, "The first change is taken.");
        var late = other.Orders.SaveAsync(second, [Sample.Change(a, 1, "second"), Sample.Change(b, 0)]).AsTask();
        await first.CommitAsync().ConfigureAwait(false);
        await first.DisposeAsync().ConfigureAwait(false);
        var numbers = await late.ConfigureAwait(false);
        Expect.That(numbers is [0, > 0], $"The change that lost conflicts, its neighbour does not; the numbers are {string.Join(", ", numbers)}.");
        await second.CommitAsync().ConfigureAwait(false);
        await second.DisposeAsync().ConfigureAwait(false);
        Expect.Sequence(["fact-1", "first"], (await store.Queries.ReadJournalAsync(a).ConfigureAwait(false)).Select(entry => entry.FactId));
        Expect.Equal(1, (await store.Queries.FindAsync(b).ConfigureAwait(false))?.Snapshot.Version);
    }

    private static async Task OfTwoOpenUnitsThatCreateOneOrderTheSecondWaitsAndConflictsOrGoesOnAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        foreach (var (key, commits) in new[] { (a, true), (b, false) })
        {
            var first = await store.Units.BeginAsync().ConfigureAwait(false);
            var second = await other.Units.BeginAsync().ConfigureAwait(false);
            await store.Orders.SaveAsync(first, [Sample.Change(key, 0, "first")]).ConfigureAwait(false);
            var late = other.Orders.SaveAsync(second, [Sample.Change(key, 0, "second")]).AsTask();
            if (commits)
            {
                await first.CommitAsync().ConfigureAwait(false);
            }

            await first.DisposeAsync().ConfigureAwait(false);
            Expect.Equal(commits, (await late.ConfigureAwait(false))[0] == 0);
            await second.CommitAsync().ConfigureAwait(false);
            await second.DisposeAsync().ConfigureAwait(false);
            Expect.Sequence([commits ? "first" : "second"], (await store.Queries.ReadJournalAsync(key).ConfigureAwait(false)).Select(entry => entry.FactId));
        }
    }

    private static async Task AUnitOnAHostsTransactionIsTheHostsToEndAsync(IStoreUnderTest store)
    {
        var hosts = (IHostTransactions)store;
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        foreach (var (key, commits) in new[] { (a, true), (b, false) })
        {
            var transaction = await hosts.BeginHostTransactionAsync().ConfigureAwait(false);
            var unit = transaction.Enlist();
            Expect.That(unit.IsEnlisted, "A unit on a host's transaction says so.");
            Expect.That((await store.Orders.SaveAsync(unit, [Sample.Everything(store, key, 0, key.Order.Value)]).ConfigureAwait(false))[0] > 0, "The change is taken.");
            await Expect.ThrowsAsync<InvalidOperationException>(() => unit.CommitAsync().AsTask(), "The host commits its own transaction.").ConfigureAwait(false);
            await unit.DisposeAsync().ConfigureAwait(false);
            await (commits ? transaction.CommitAsync() : transaction.RollbackAsync()).ConfigureAwait(false);
            await transaction.DisposeAsync().ConfigureAwait(false);
        }

        Expect.Equal(1, (await store.LoadAsync(a).ConfigureAwait(false)).Order?.Snapshot.Version);
        await ExpectNothingAsync(store, b, b.Order.Value, messages: 1).ConfigureAwait(false);
    }

    private static async Task AConflictDoesNotAbortAHostsTransactionAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0, "one")).ConfigureAwait(false);
        var transaction = await ((IHostTransactions)store).BeginHostTransactionAsync().ConfigureAwait(false);
        var unit = transaction.Enlist();
        Expect.Equal(0, (await store.Orders.SaveAsync(unit, [Sample.Change(key, 0, "two")]).ConfigureAwait(false))[0]);
        Expect.That((await store.Orders.SaveAsync(unit, [Sample.Change(key, 1, "three")]).ConfigureAwait(false))[0] > 0, "The host's transaction goes on.");
        await store.Orders.ParkAsync(unit, [Sample.Parked(Sample.Waybill(store, "1"), "a"), Sample.Parked(Sample.Waybill(store, "1"), "a")]).ConfigureAwait(false);
        await transaction.CommitAsync().ConfigureAwait(false);
        await transaction.DisposeAsync().ConfigureAwait(false);
        Expect.Sequence(["one", "three"], (await store.Queries.ReadJournalAsync(key).ConfigureAwait(false)).Select(entry => entry.FactId));
        Expect.Equal(1, (await store.TakeParkedAsync(Sample.Waybill(store, "1")).ConfigureAwait(false)).Count);
    }

    private static async Task ExpectNothingAsync(IStoreUnderTest store, OrderKey key, string mark, int messages = 0)
    {
        Expect.Equal(default, await store.LoadAsync(key, mark, revokes: mark).ConfigureAwait(false));
        Expect.Equal(null, await store.Queries.FindAsync(key).ConfigureAwait(false));
        Expect.Sequence([], await store.ResolveAsync(Sample.Waybill(store, mark)).ConfigureAwait(false));
        Expect.Sequence([], await store.Queries.FindAsync(Sample.Waybill(store, mark)).ConfigureAwait(false));
        Expect.Equal(0, (await store.Queries.ReadJournalAsync(key).ConfigureAwait(false)).Count, "the number of rows");
        Expect.Equal(0, (await store.Queries.ReadDetailsAsync(key).ConfigureAwait(false)).Count, "the number of details");
        Expect.Equal(0, (await store.Queries.ReferencesOfAsync(key).ConfigureAwait(false)).Count, "the number of links");
        Expect.Equal(0, (await store.Queries.DeadlinesOfAsync(key).ConfigureAwait(false)).Count, "the number of deadlines");
        Expect.That(!(await store.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false)).Any(deadline => deadline.Order == key), "No deadline of it passes.");
        Expect.That((await store.Journal.ReadUnsealedAsync(100).ConfigureAwait(false)).All(row => row.Order != key), "No row of it is to be sealed.");
        Expect.Equal(messages, (await store.Outbox.BacklogAsync("events").ConfigureAwait(false)).Count, "the number of messages");
        Expect.Equal(0, (await store.Cases.QueryAsync(new CaseQuery { Tenant = key.Tenant, Order = key, IncludeClosed = true }).ConfigureAwait(false)).Items.Count, "the number of cases");
        Expect.That((await store.Journal.ScanAsync(0, 100).ConfigureAwait(false)).All(journal => journal.Order.Key != key), "No scan finds it.");
    }

    private sealed class ForeignUnit : UnitOfWork
    {
        public override bool IsEnlisted => false;

        public override ValueTask CommitAsync(CancellationToken cancellationToken = default) => default;

        public override ValueTask DisposeAsync() => default;
    }
}

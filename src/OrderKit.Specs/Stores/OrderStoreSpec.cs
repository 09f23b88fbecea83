using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Specs;

/// <summary>What the writing side of orders keeps.</summary>
public static class OrderStoreSpec
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("A new order is found with all that was saved", ANewOrderIsFoundWithAllThatWasSavedAsync),
        new("An order that was never saved is not found", AnOrderThatWasNeverSavedIsNotFoundAsync),
        new("A change replaces the order and keeps its number", AChangeReplacesTheOrderAndKeepsItsNumberAsync),
        new("Every order has a number of its own", EveryOrderHasANumberOfItsOwnAsync),
        new("A change decided on an old version writes nothing at all", AChangeDecidedOnAnOldVersionWritesNothingAtAllAsync),
        new("A change decided on a version that is not there yet writes nothing at all", AChangeDecidedOnAVersionThatIsNotThereYetWritesNothingAtAllAsync),
        new("Creating an order that exists writes nothing at all", CreatingAnOrderThatExistsWritesNothingAtAllAsync),
        new("Changing an order that does not exist writes nothing at all", ChangingAnOrderThatDoesNotExistWritesNothingAtAllAsync),
        new("Changes in one call are written each for itself", ChangesInOneCallAreWrittenEachForItselfAsync),
        new("After a conflict the unit goes on", AfterAConflictTheUnitGoesOnAsync),
        new("Of racing creations of one order one wins", OfRacingCreationsOfOneOrderOneWinsAsync),
        new("Of racing changes of one version one wins", OfRacingChangesOfOneVersionOneWinsAsync),
        new("Racing writers lose nothing", RacingWritersLoseNothingAsync),
        new("Rows that do not follow the expected version are refused", RowsThatDoNotFollowTheExpectedVersionAreRefusedAsync),
        new("Several facts of one change have a row each", SeveralFactsOfOneChangeHaveARowEachAsync),
        new("A fact is found by its source and identity", AFactIsFoundByItsSourceAndIdentityAsync),
        new("An identity of another source is another fact", AnIdentityOfAnotherSourceIsAnotherFactAsync),
        new("An identity in another order is another fact", AnIdentityInAnotherOrderIsAnotherFactAsync),
        new("A fact is never written twice", AFactIsNeverWrittenTwiceAsync),
        new("Facts are found in a long journal", FactsAreFoundInALongJournalAsync),
        new("A revoked fact is known from its own source only", ARevokedFactIsKnownFromItsOwnSourceOnlyAsync),
        new("Lookups are answered in their order, also twice the same", LookupsAreAnsweredInTheirOrderAlsoTwiceTheSameAsync),
        new("Empty calls return nothing and do nothing", EmptyCallsReturnNothingAndDoNothingAsync),
        new("Quotes and wildcards in texts are only text", QuotesAndWildcardsInTextsAreOnlyTextAsync),
        new("Tenants with the same order and number do not see each other", TenantsWithTheSameOrderAndNumberDoNotSeeEachOtherAsync),
        new("Erasing personal parts leaves the rows and their digests", ErasingPersonalPartsLeavesTheRowsAndTheirDigestsAsync),
        new("Erasing can be rolled back", ErasingCanBeRolledBackAsync),
        new("Every field of an order and of its rows comes back", EveryFieldOfAnOrderAndOfItsRowsComesBackAsync),
        new("The largest and smallest values come back", TheLargestAndSmallestValuesComeBackAsync),
        new("Instants are cut to microseconds, towards the past", InstantsAreCutToMicrosecondsTowardsThePastAsync),
        new("What is stored does not change with the caller's buffers", WhatIsStoredDoesNotChangeWithTheCallersBuffersAsync),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(OrderStoreSpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static async Task ANewOrderIsFoundWithAllThatWasSavedAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var change = Sample.Change(key, 0);
        var number = await store.SaveAsync(change).ConfigureAwait(false);
        Expect.That(number > 0, "A new order gets a number above 0.");
        var found = await store.LoadAsync(key).ConfigureAwait(false);
        Expect.Equal(change.Order with { OrderNo = number }, found.Order);
        Expect.Equal(null, found.Earlier);
        Expect.That(!found.RevokedIsKnown, "A lookup that revokes nothing finds nothing revoked.");
    }

    private static async Task AnOrderThatWasNeverSavedIsNotFoundAsync(IStoreUnderTest store)
    {
        var found = await store.LoadAsync(Sample.Key(store, "A"), revokes: "fact-1").ConfigureAwait(false);
        Expect.Equal(default, found);
    }

    private static async Task AChangeReplacesTheOrderAndKeepsItsNumberAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var first = await store.SaveAsync(Sample.Change(key, 0)).ConfigureAwait(false);
        var change = Sample.Change(key, 1) with { Order = Sample.Order(key, 2) with { OrderNo = first, Headline = "shipped" } };
        var second = await store.SaveAsync(change).ConfigureAwait(false);
        Expect.Equal(first, second);
        Expect.Equal(change.Order, (await store.LoadAsync(key).ConfigureAwait(false)).Order);
    }

    private static async Task EveryOrderHasANumberOfItsOwnAsync(IStoreUnderTest store)
    {
        var numbers = await store.SaveAllAsync(Sample.Change(Sample.Key(store, "A"), 0), Sample.Change(Sample.Key(store, "B"), 0)).ConfigureAwait(false);
        var third = await store.SaveAsync(Sample.Change(Sample.Key(store, "C"), 0)).ConfigureAwait(false);
        Expect.That(numbers[0] > 0 && numbers[1] > 0 && third > 0, "Numbers are above 0.");
        Expect.Equal(3, new HashSet<long>([.. numbers, third]).Count, "the count of different numbers");
    }

    private static async Task AChangeDecidedOnAnOldVersionWritesNothingAtAllAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0)).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(key, 1)).ConfigureAwait(false);
        Expect.Equal(0, await store.SaveAsync(Sample.Everything(store, key, 1, "late")).ConfigureAwait(false));
        await ExpectUntouchedAsync(store, key, 2, "late").ConfigureAwait(false);
    }

    private static async Task AChangeDecidedOnAVersionThatIsNotThereYetWritesNothingAtAllAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0)).ConfigureAwait(false);
        Expect.Equal(0, await store.SaveAsync(Sample.Everything(store, key, 2, "early")).ConfigureAwait(false));
        await ExpectUntouchedAsync(store, key, 1, "early").ConfigureAwait(false);
    }

    private static async Task CreatingAnOrderThatExistsWritesNothingAtAllAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0)).ConfigureAwait(false);
        Expect.Equal(0, await store.SaveAsync(Sample.Everything(store, key, 0, "again")).ConfigureAwait(false));
        await ExpectUntouchedAsync(store, key, 1, "again").ConfigureAwait(false);
    }

    private static async Task ChangingAnOrderThatDoesNotExistWritesNothingAtAllAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        Expect.Equal(0, await store.SaveAsync(Sample.Everything(store, key, 1, "ghost")).ConfigureAwait(false));
        await ExpectUntouchedAsync(store, key, 0, "ghost").ConfigureAwait(false);
    }

    private static async Task ChangesInOneCallAreWrittenEachForItselfAsync(IStoreUnderTest store)
    {
        var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
        await store.SaveAllAsync(Sample.Change(a, 0), Sample.Change(b, 0)).ConfigureAwait(false);
        var numbers = await store.SaveAllAsync(
            Sample.Change(a, 1), Sample.Everything(store, b, 0, "lost"), Sample.Change(c, 0, "one", "two")).ConfigureAwait(false);
        Expect.That(numbers is [> 0, 0, > 0], $"Of three changes the second conflicts; the numbers are {string.Join(", ", numbers)}.");
        Expect.Equal(2, (await store.LoadAsync(a).ConfigureAwait(false)).Order?.Snapshot.Version);
        Expect.Equal(2, (await store.LoadAsync(c).ConfigureAwait(false)).Order?.Snapshot.Version);
        await ExpectUntouchedAsync(store, b, 1, "lost").ConfigureAwait(false);
    }

    private static async Task AfterAConflictTheUnitGoesOnAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        await store.SaveAsync(Sample.Change(a, 0)).ConfigureAwait(false);
        await store.InUnitAsync(async unit =>
        {
            Expect.Equal(0, (await store.Orders.SaveAsync(unit, [Sample.Change(a, 0)]).ConfigureAwait(false))[0]);
            Expect.That((await store.Orders.SaveAsync(unit, [Sample.Change(b, 0)]).ConfigureAwait(false))[0] > 0, "A conflict does not spoil the unit.");
            return 0;
        }).ConfigureAwait(false);
        Expect.Equal(1, (await store.LoadAsync(b).ConfigureAwait(false)).Order?.Snapshot.Version);
    }

    private static async Task OfRacingCreationsOfOneOrderOneWinsAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var numbers = await Acting.RaceAsync(8, racer => (racer % 2 == 0 ? store : other).SaveAsync(Sample.Everything(store, key, 0, $"racer-{racer}"))).ConfigureAwait(false);
        Expect.Equal(1, numbers.Count(number => number > 0), "the number of winners");
        Expect.Equal(1, (await store.Queries.ReadJournalAsync(key).ConfigureAwait(false)).Count, "the number of rows");
        Expect.Equal(1, (await store.ClaimAsync().ConfigureAwait(false)).Count, "the number of messages");
        Expect.Equal(1, (await store.Queries.ReferencesOfAsync(key).ConfigureAwait(false)).Count, "the number of links");
    }

    private static async Task OfRacingChangesOfOneVersionOneWinsAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0)).ConfigureAwait(false);
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        for (var version = 1; version <= 3; version++)
        {
            var numbers = await Acting.RaceAsync(6, racer => (racer % 2 == 0 ? store : other).SaveAsync(Sample.Change(key, version, $"racer-{racer}-{version}"))).ConfigureAwait(false);
            Expect.Equal(1, numbers.Count(number => number > 0), "the number of winners");
        }

        Expect.Sequence([1L, 2, 3, 4], (await store.Queries.ReadJournalAsync(key).ConfigureAwait(false)).Select(entry => entry.Version));
    }

    private static async Task RacingWritersLoseNothingAsync(IStoreUnderTest store)
    {
        const int Racers = 6;
        const int Wishes = 5;
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0)).ConfigureAwait(false);
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        await Acting.RaceAsync(Racers, async racer =>
        {
            var actor = racer % 2 == 0 ? store : other;
            // All of them decide on the first version at first, so that some lose for sure.
            var version = 1L;
            for (var (wish, attempt) = (0, 0); wish < Wishes; attempt++)
            {
                Expect.That(attempt < 10 * Racers * Wishes, "Somebody wins every race, so each wish comes true at last.");
                wish += await actor.SaveAsync(Sample.Change(key, version, $"wish-{racer}-{wish}")).ConfigureAwait(false) > 0 ? 1 : 0;
                version = (await actor.LoadAsync(key).ConfigureAwait(false)).Order!.Snapshot.Version;
            }

            return 0;
        }).ConfigureAwait(false);
        var journal = await store.Queries.ReadJournalAsync(key).ConfigureAwait(false);
        Expect.Sequence(Enumerable.Range(1, 1 + (Racers * Wishes)).Select(version => (long)version), journal.Select(entry => entry.Version));
        Expect.Equal(journal.Count, journal.Select(entry => entry.FactId).Distinct().Count(), "the number of different facts");
        Expect.Equal(journal.Count, (await store.LoadAsync(key).ConfigureAwait(false)).Order?.Snapshot.Version);
    }

    private static async Task RowsThatDoNotFollowTheExpectedVersionAreRefusedAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await Expect.ThrowsAsync<ArgumentException>(
            () => store.SaveAsync(Sample.Change(key, 0) with { Entries = [Sample.Entry(2)], Order = Sample.Order(key, 2) }), "A gap before the first row.").ConfigureAwait(false);
        await Expect.ThrowsAsync<ArgumentException>(
            () => store.SaveAsync(Sample.Change(key, 0) with { Entries = [Sample.Entry(1), Sample.Entry(3)], Order = Sample.Order(key, 3) }), "A gap between rows.").ConfigureAwait(false);
        await Expect.ThrowsAsync<ArgumentException>(
            () => store.SaveAsync(Sample.Change(key, 0) with { Order = Sample.Order(key, 2) }), "A version without its row.").ConfigureAwait(false);
        await Expect.ThrowsAsync<ArgumentException>(
            () => store.SaveAsync(Sample.Change(key, 0) with { Entries = [], Order = Sample.Order(key, 0) }), "A change without a row.").ConfigureAwait(false);
        Expect.Equal(null, (await store.LoadAsync(key).ConfigureAwait(false)).Order);
    }

    private static async Task SeveralFactsOfOneChangeHaveARowEachAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0, "one", "two", "three")).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(key, 3, "four")).ConfigureAwait(false);
        var journal = await store.Queries.ReadJournalAsync(key).ConfigureAwait(false);
        Expect.Sequence([1L, 2, 3, 4], journal.Select(entry => entry.Version));
        Expect.Sequence(["one", "two", "three", "four"], journal.Select(entry => entry.FactId));
    }

    private static async Task AFactIsFoundByItsSourceAndIdentityAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var change = Sample.Change(key, 0, "one", "two");
        await store.SaveAsync(change with { Entries = [change.Entries[0], change.Entries[1] with { Trigger = "refunded", Amount = 4200, Currency = "JPY", Quantity = 3 }] }).ConfigureAwait(false);
        Expect.Equal(new EarlierFact(1, "captured", null, null), (await store.LoadAsync(key, "one").ConfigureAwait(false)).Earlier);
        Expect.Equal(new EarlierFact(2, "refunded", 4200, 3, "JPY"), (await store.LoadAsync(key, "two").ConfigureAwait(false)).Earlier);
        Expect.Equal(null, (await store.LoadAsync(key, "three").ConfigureAwait(false)).Earlier);
        Expect.Equal(null, (await store.LoadAsync(key, "ONE").ConfigureAwait(false)).Earlier);
    }

    private static async Task AnIdentityOfAnotherSourceIsAnotherFactAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var change = Sample.Change(key, 0, "one");
        await store.SaveAsync(change).ConfigureAwait(false);
        Expect.Equal(null, (await store.LoadAsync(key, "one", source: "bank").ConfigureAwait(false)).Earlier);
        var number = await store.SaveAsync(Sample.Change(key, 1) with { Entries = [Sample.Entry(2, "one", source: "bank")] }).ConfigureAwait(false);
        Expect.That(number > 0, "Two sources may use the same identity.");
        Expect.Equal(1, (await store.LoadAsync(key, "one").ConfigureAwait(false)).Earlier?.Version);
        Expect.Equal(2, (await store.LoadAsync(key, "one", source: "bank").ConfigureAwait(false)).Earlier?.Version);
    }

    private static async Task AnIdentityInAnotherOrderIsAnotherFactAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        await store.SaveAsync(Sample.Change(a, 0, "one")).ConfigureAwait(false);
        await store.SaveAsync(Sample.Change(b, 0, "two", "one")).ConfigureAwait(false);
        Expect.Equal(1, (await store.LoadAsync(a, "one").ConfigureAwait(false)).Earlier?.Version);
        Expect.Equal(2, (await store.LoadAsync(b, "one").ConfigureAwait(false)).Earlier?.Version);
        Expect.Equal(null, (await store.LoadAsync(a, "two").ConfigureAwait(false)).Earlier);
    }

    private static async Task AFactIsNeverWrittenTwiceAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0, "one")).ConfigureAwait(false);
        await Expect.ConflictOrRefusalAsync(() => store.SaveAsync(Sample.Change(key, 1, "one"))).ConfigureAwait(false);
        await Expect.ConflictOrRefusalAsync(() => store.SaveAsync(Sample.Change(key, 1, "two", "two"))).ConfigureAwait(false);
        await Expect.ConflictOrRefusalAsync(() => store.SaveAsync(Sample.Change(key, 1, "three", "one"))).ConfigureAwait(false);
        Expect.Sequence(["one"], (await store.Queries.ReadJournalAsync(key).ConfigureAwait(false)).Select(entry => entry.FactId));
        Expect.Equal(1, (await store.LoadAsync(key).ConfigureAwait(false)).Order?.Snapshot.Version);
    }

    private static async Task FactsAreFoundInALongJournalAsync(IStoreUnderTest store)
    {
        const int Rows = 60;
        var key = Sample.Key(store, "A");
        for (var version = 0; version < Rows; version += 3)
        {
            await store.SaveAsync(Sample.Change(key, version, $"id-{version + 1}", $"id-{version + 2}", $"id-{version + 3}")).ConfigureAwait(false);
        }

        for (var version = 1; version <= Rows; version++)
        {
            Expect.Equal(version, (await store.LoadAsync(key, $"id-{version}").ConfigureAwait(false)).Earlier?.Version);
        }

        Expect.Equal(null, (await store.LoadAsync(key, "id-0").ConfigureAwait(false)).Earlier);
        Expect.That((await store.LoadAsync(key, revokes: "id-7").ConfigureAwait(false)).RevokedIsKnown, "A revoked fact is found in a long journal.");
    }

    private static async Task ARevokedFactIsKnownFromItsOwnSourceOnlyAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0, "one")).ConfigureAwait(false);
        Expect.That((await store.LoadAsync(key, revokes: "one").ConfigureAwait(false)).RevokedIsKnown, "The source that told a fact may revoke it.");
        Expect.That(!(await store.LoadAsync(key, source: "bank", revokes: "one").ConfigureAwait(false)).RevokedIsKnown, "No other source may revoke it.");
        Expect.That(!(await store.LoadAsync(key, revokes: "two").ConfigureAwait(false)).RevokedIsKnown, "Nobody may revoke what was never told.");
        Expect.That(!(await store.LoadAsync(Sample.Key(store, "B"), revokes: "one").ConfigureAwait(false)).RevokedIsKnown, "Nobody may revoke it of another order.");
    }

    private static async Task LookupsAreAnsweredInTheirOrderAlsoTwiceTheSameAsync(IStoreUnderTest store)
    {
        var (a, b, none) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "none"));
        await store.SaveAllAsync(Sample.Change(a, 0, "a-1", "a-2"), Sample.Change(b, 0, "b-1")).ConfigureAwait(false);
        var found = await store.InUnitAsync(unit => store.Orders.LoadAsync(unit,
        [
            new(b, Sample.Source, "b-1", null), new(none, Sample.Source, "a-1", "a-1"), new(a, Sample.Source, "a-2", "a-1"),
            new(a, Sample.Source, "b-1", "b-1"), new(b, Sample.Source, "b-1", null),
        ])).ConfigureAwait(false);
        Expect.Sequence([b, null, a, a, b], found.Select(finding => finding.Order?.Key));
        Expect.Sequence([1L, null, 2, null, 1], found.Select(finding => finding.Earlier?.Version));
        Expect.Sequence([false, false, true, false, false], found.Select(finding => finding.RevokedIsKnown));
    }

    private static async Task EmptyCallsReturnNothingAndDoNothingAsync(IStoreUnderTest store)
    {
        await store.InUnitAsync(async unit =>
        {
            Expect.Equal(0, (await store.Orders.SaveAsync(unit, []).ConfigureAwait(false)).Count);
            Expect.Equal(0, (await store.Orders.LoadAsync(unit, []).ConfigureAwait(false)).Count);
            Expect.Equal(0, (await store.Orders.ResolveAsync(unit, []).ConfigureAwait(false)).Count);
            Expect.Equal(0, (await store.Orders.TakeParkedAsync(unit, []).ConfigureAwait(false)).Count);
            await store.Orders.ParkAsync(unit, []).ConfigureAwait(false);
            return 0;
        }).ConfigureAwait(false);
    }

    private static async Task QuotesAndWildcardsInTextsAreOnlyTextAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        string[] values = ["O'Brien", "\"quoted\"", "100%", "a_c", "a\\b", "'; DROP TABLE orders; --", "{0}", "$1", ":p", "@p", "?"];
        await store.SaveAsync(Sample.Change(key, 0, values) with { Links = [.. values.Select(value => Sample.Waybill(store, value))] }).ConfigureAwait(false);
        foreach (var value in values)
        {
            Expect.Sequence([key], await store.ResolveAsync(Sample.Waybill(store, value)).ConfigureAwait(false));
            Expect.That((await store.LoadAsync(key, value).ConfigureAwait(false)).Earlier is not null, $"The fact {value} is found.");
        }

        Expect.Sequence([], await store.ResolveAsync(Sample.Waybill(store, "abc")).ConfigureAwait(false));
    }

    private static async Task TenantsWithTheSameOrderAndNumberDoNotSeeEachOtherAsync(IStoreUnderTest store)
    {
        var (ours, theirs) = (Sample.Key(store, "A"), Sample.Key(Sample.Neighbour(store), "A"));
        var (number, same) = (Sample.Waybill(store, "SF1"), new OrderReference(theirs.Tenant, ReferenceKind.Waybill, "SF1"));
        await store.SaveAsync(Sample.Change(ours, 0, "one") with { Links = [number] }).ConfigureAwait(false);
        Expect.Equal(default, await store.LoadAsync(theirs, "one", revokes: "one").ConfigureAwait(false));
        Expect.Sequence([], await store.ResolveAsync(same).ConfigureAwait(false));
        Expect.That(await store.SaveAsync(Sample.Change(theirs, 0, "one", "two") with { Links = [same] }).ConfigureAwait(false) > 0, "Another tenant may have an order of the same id.");
        Expect.Equal(1, (await store.LoadAsync(ours).ConfigureAwait(false)).Order?.Snapshot.Version);
        Expect.Equal(2, (await store.LoadAsync(theirs).ConfigureAwait(false)).Order?.Snapshot.Version);
        Expect.Sequence([ours], await store.ResolveAsync(number).ConfigureAwait(false));
        Expect.Sequence([theirs], await store.ResolveAsync(same).ConfigureAwait(false));
    }

    private static async Task ErasingPersonalPartsLeavesTheRowsAndTheirDigestsAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var detail = Sample.Detail(1, "call 13800000000");
        var change = Sample.Change(key, 0, "one", "two");
        await store.SaveAsync(change with { Entries = [change.Entries[0] with { DetailDigest = detail.ToDigest() }, change.Entries[1]], Details = [detail, Sample.Detail(2, "second")] }).ConfigureAwait(false);
        var other = Sample.Key(store, "B");
        await store.SaveAsync(Sample.Change(other, 0) with { Details = [Sample.Detail(1, "stays")] }).ConfigureAwait(false);
        Expect.Equal(2, await store.InUnitAsync(unit => store.Orders.EraseDetailsAsync(unit, key)).ConfigureAwait(false));
        Expect.Equal(0, (await store.Queries.ReadDetailsAsync(key).ConfigureAwait(false)).Count);
        Expect.Equal(1, (await store.Queries.ReadDetailsAsync(other).ConfigureAwait(false)).Count);
        var journal = await store.Queries.ReadJournalAsync(key).ConfigureAwait(false);
        Expect.Equal(2, journal.Count);
        Expect.Equal(detail.ToDigest(), journal[0].DetailDigest);
        Expect.Equal(0, await store.InUnitAsync(unit => store.Orders.EraseDetailsAsync(unit, key)).ConfigureAwait(false));
        Expect.Equal(0, await store.InUnitAsync(unit => store.Orders.EraseDetailsAsync(unit, Sample.Key(store, "none"))).ConfigureAwait(false));
    }

    private static async Task ErasingCanBeRolledBackAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        await store.SaveAsync(Sample.Change(key, 0) with { Details = [Sample.Detail(1, "stays")] }).ConfigureAwait(false);
        Expect.Equal(1, await store.InUnitAsync(unit => store.Orders.EraseDetailsAsync(unit, key), commit: false).ConfigureAwait(false));
        Alike.Detail(Sample.Detail(1, "stays"), (await store.Queries.ReadDetailsAsync(key).ConfigureAwait(false)).One());
    }

    private static async Task EveryFieldOfAnOrderAndOfItsRowsComesBackAsync(IStoreUnderTest store)
    {
        var key = Sample.Key(store, "A");
        var order = new StoredOrder
        {
            Key = key,
            Snapshot = new OrderSnapshot
            {
                Model = new ModelFingerprint(0xFEDC_BA98_7654_3210),
                Version = 2,
                States = new StateCodes(0xFFFF_0003_8001_7FFF),
                Since = new FacetVersions(1, 2, 0, 1),
                Holds = 0x8000_0001,
                Cases = 0x4000_0002,
                Anchors = 0xFFFF_FFFF,
                Profile = 3,
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
            Attachments = [new FactAttachment("waybill.pdf", "application/pdf", Digest.Of([1])), new FactAttachment("图.png", "image/png", Digest.Of([2]))],
            DetailDigest = Digest.Of([3]),
        };
        var plain = Sample.Entry(2, "plain");
        var details = new[] { new JournalDetail(1, new byte[16], null, ReadOnlyMemory<byte>.Empty), new JournalDetail(2, new byte[] { 1, 2 }, "", new byte[] { 0, 255 }) };
        var number = await store.SaveAsync(new OrderChange { ExpectedVersion = 0, Order = order, Entries = [full, plain], Details = details }).ConfigureAwait(false);
        Expect.Equal(order with { OrderNo = number }, (await store.LoadAsync(key).ConfigureAwait(false)).Order);
        Expect.Equal(order with { OrderNo = number }, await store.Queries.FindAsync(key).ConfigureAwait(false));
        var journal = await store.Queries.ReadJournalAsync(key).ConfigureAwait(false);
        Alike.Entry(full, journal[0]);
        Alike.Entry(plain, journal[1]);
        var kept = await store.Queries.ReadDetailsAsync(key).ConfigureAwait(false);
        Expect.Equal(2, kept.Count);
        Alike.Detail(details[0], kept[0]);
        Alike.Detail(details[1], kept[1]);
    }

    private static async Task TheLargestAndSmallestValuesComeBackAsync(IStoreUnderTest store)
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
                Counters = new OrderCounters(long.MaxValue, long.MinValue, long.MaxValue, 0, -1, long.MaxValue, long.MinValue, long.MaxValue),
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
            Standing = (FactStanding)255,
            Kind = (DecisionKind)255,
            Reason = (DecisionReason)255,
            MovedFacets = 15,
            Profile = int.MinValue,
            First = new CounterChange(7, long.MaxValue),
            Second = new CounterChange(-1, long.MinValue),
            Amount = long.MinValue,
            Quantity = long.MaxValue,
            ReportedState = int.MinValue,
            RawStatus = text,
            FailedGuards = "",
            Evidence = "",
            Currency = "",
            Operator = "",
            TraceId = "",
            ResponseCode = "",
            OccurredAt = DateTimeOffset.MinValue,
            RecordedAt = Instants.ToMicroseconds(DateTimeOffset.MaxValue),
        };
        var smallest = Sample.Entry(2, "") with { Trigger = "", Source = "", Amount = 0, Quantity = 0, ReportedState = 0, OccurredAt = DateTimeOffset.UnixEpoch };
        var detail = new JournalDetail(1, ReadOnlyMemory<byte>.Empty, text, new byte[100_000]);
        var number = await store.SaveAsync(new OrderChange { ExpectedVersion = 0, Order = order, Entries = [largest, smallest], Details = [detail] }).ConfigureAwait(false);
        Expect.Equal(order with { OrderNo = number }, (await store.LoadAsync(key).ConfigureAwait(false)).Order);
        var journal = await store.Queries.ReadJournalAsync(key).ConfigureAwait(false);
        Alike.Entry(largest, journal[0]);
        Alike.Entry(smallest, journal[1]);
        Alike.Detail(detail, (await store.Queries.ReadDetailsAsync(key).ConfigureAwait(false)).One());
    }

    private static async Task InstantsAreCutToMicrosecondsTowardsThePastAsync(IStoreUnderTest store)
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
        }).ConfigureAwait(false);
        var cut = Sample.Noon.AddTicks(10);
        var order = (await store.LoadAsync(key).ConfigureAwait(false)).Order!;
        var entry = (await store.Queries.ReadJournalAsync(key).ConfigureAwait(false))[0];
        Expect.Sequence<DateTimeOffset?>([cut, cut, early.AddTicks(-9), Instants.ToMicroseconds(DateTimeOffset.MaxValue)], [order.PlacedAt, order.UpdatedAt, order.ShipBy, order.DeliverBy]);
        Expect.Sequence<DateTimeOffset?>([cut, early.AddTicks(-9), cut, early.AddTicks(-9)], [entry.RecordedAt, entry.OccurredAt, entry.ShipBy, entry.DeliverBy]);
        Expect.Equal(cut, (await store.Queries.DeadlinesOfAsync(key).ConfigureAwait(false)).One().DueAt);
    }

    private static async Task WhatIsStoredDoesNotChangeWithTheCallersBuffersAsync(IStoreUnderTest store)
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
        }).ConfigureAwait(false);
        await store.ParkAsync(Sample.Parked(number, "p") with { Fact = Sample.Fact(number, "p") with { Payload = raw, Attachments = attachments } }).ConfigureAwait(false);
        salt[0] = payload[0] = body[0] = raw[0] = 99;
        attachments[0] = new FactAttachment("changed", "", default);
        Alike.Detail(new JournalDetail(1, new byte[] { 1, 2 }, null, new byte[] { 3, 4 }), (await store.Queries.ReadDetailsAsync(key).ConfigureAwait(false)).One());
        Expect.Equal("0506", Convert.ToHexString((await store.ClaimAsync().ConfigureAwait(false)).One().Message.Body.Span));
        Expect.Equal("a", (await store.Queries.ReadJournalAsync(key).ConfigureAwait(false))[0].Attachments.One().Name);
        var parked = (await store.TakeParkedAsync(number).ConfigureAwait(false)).One().Fact;
        Expect.Equal("0708", Convert.ToHexString(parked.Payload.Span));
        Expect.Equal("a", parked.Attachments.One().Name);
    }

    /// <summary>Nothing of a change that conflicted is anywhere.</summary>
    private static async Task ExpectUntouchedAsync(IStoreUnderTest store, OrderKey key, long version, string mark)
    {
        var found = await store.LoadAsync(key, mark).ConfigureAwait(false);
        Expect.Equal(version, found.Order?.Snapshot.Version ?? 0);
        Expect.Equal(null, found.Earlier);
        Expect.Equal(version, (await store.Queries.ReadJournalAsync(key).ConfigureAwait(false)).Count, "the number of rows");
        Expect.Sequence([], await store.ResolveAsync(Sample.Waybill(store, mark)).ConfigureAwait(false));
        Expect.Equal(0, (await store.Queries.ReadDetailsAsync(key).ConfigureAwait(false)).Count, "the number of details");
        Expect.Equal(0, (await store.Queries.ReferencesOfAsync(key).ConfigureAwait(false)).Count, "the number of links");
        Expect.Equal(0, (await store.Queries.DeadlinesOfAsync(key).ConfigureAwait(false)).Count, "the number of deadlines");
        Expect.Equal(0, (await store.Deadlines.ClaimDueAsync(10, Acting.Minute).ConfigureAwait(false)).Count, "the number of due deadlines");
        Expect.Equal(0, (await store.ClaimAsync().ConfigureAwait(false)).Count, "the number of messages");
        Expect.Equal(0, (await store.Cases.QueryAsync(new CaseQuery { Tenant = key.Tenant, IncludeClosed = true }).ConfigureAwait(false)).Items.Count, "the number of cases");
    }
}

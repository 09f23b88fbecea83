using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Specs;

/// <summary>What guards, suspected duplicates and decisions about them keep.</summary>
public static class DuplicateOrderStoreSpec
{
    private const int Racers = 16;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly string[] ThreeRules = ["one", "two", "three"];
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("The first order guards its subject, and the next is told who does", TheFirstOrderGuardsItsSubjectAndTheNextIsToldWhoDoesAsync),
        new("Other subjects, rules and tenants are other guards", OtherSubjectsRulesAndTenantsAreOtherGuardsAsync),
        new("Guards of one call are answered one by one", GuardsOfOneCallAreAnsweredOneByOneAsync),
        new("The window ends where it says, to the millisecond", TheWindowEndsWhereItSaysToTheMillisecondAsync),
        new("Without an instant the store's clock judges the window", WithoutAnInstantTheStoresClockJudgesTheWindowAsync),
        new("A window without an end guards for ever", AWindowWithoutAnEndGuardsForEverAsync),
        new("An order that was placed before the guarding one is found in the same window", AnOrderThatWasPlacedBeforeTheGuardingOneIsFoundInTheSameWindowAsync),
        new("An order of long ago leaves the guard to the newer one", AnOrderOfLongAgoLeavesTheGuardToTheNewerOneAsync),
        new("The order that guards is told itself, and moves nothing", TheOrderThatGuardsIsToldItselfAndMovesNothingAsync),
        new("A duplicate that stands extends the window, another does not", ADuplicateThatStandsExtendsTheWindowAnotherDoesNotAsync),
        new("A released subject is guarded by the next order", AReleasedSubjectIsGuardedByTheNextOrderAsync),
        new("A release frees the order's own subjects under the named rules only", AReleaseFreesTheOrdersOwnSubjectsUnderTheNamedRulesOnlyAsync),
        new("A guard is undone with its unit", AGuardIsUndoneWithItsUnitAsync),
        new("A release is undone with its unit", AReleaseIsUndoneWithItsUnitAsync),
        new("Of racing orders of one subject one is accepted", OfRacingOrdersOfOneSubjectOneIsAcceptedAsync),
        new("Where the winner of a race rolls back another order wins", WhereTheWinnerOfARaceRollsBackAnotherOrderWinsAsync),
        new("A suspicion comes back with every field", ASuspicionComesBackWithEveryFieldAsync),
        new("A suspicion is stored once for an order and a rule", ASuspicionIsStoredOnceForAnOrderAndARuleAsync),
        new("A held order is decided once, with who, when and why", AHeldOrderIsDecidedOnceWithWhoWhenAndWhyAsync),
        new("An order that is not held is not decided", AnOrderThatIsNotHeldIsNotDecidedAsync),
        new("All held suspicions of an order are decided together", AllHeldSuspicionsOfAnOrderAreDecidedTogetherAsync),
        new("Of racing decisions one is taken", OfRacingDecisionsOneIsTakenAsync),
        new("Suspicions, decisions and messages are undone with their unit", SuspicionsDecisionsAndMessagesAreUndoneWithTheirUnitAsync),
        new("Held orders are due by the store's clock, the longest overdue first", HeldOrdersAreDueByTheStoresClockTheLongestOverdueFirstAsync),
        new("Suspicions are listed by the instant of the order", SuspicionsAreListedByTheInstantOfTheOrderAsync),
        new("Suspicions are filtered by each field", SuspicionsAreFilteredByEachFieldAsync),
        new("Paging lists every suspicion once", PagingListsEverySuspicionOnceAsync),
        new("A page size outside 1 to 1,000 is refused", APageSizeOutside1To1000IsRefusedAsync),
        new("A continuation that is none is refused", AContinuationThatIsNoneIsRefusedAsync),
        new("Tenants do not see each other's suspicions", TenantsDoNotSeeEachOthersSuspicionsAsync),
        new("A duplicate does not abort a host's transaction, and its guard is the host's to keep", ADuplicateDoesNotAbortAHostsTransactionAsync, StoreAbilities.HostTransactions),
        new("An order waits for another's open guard, and wins where that is undone", AnOrderWaitsForAnothersOpenGuardAsync, StoreAbilities.ParallelUnits),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(DuplicateOrderStoreSpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static async Task TheFirstOrderGuardsItsSubjectAndTheNextIsToldWhoDoesAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        Expect.Equal(null, await AskAsync(store, Guard(a, Sample.Noon)).ConfigureAwait(false));
        var finding = await AskAsync(store, Guard(b, Sample.Noon.AddSeconds(61))).ConfigureAwait(false);
        Expect.Equal((a, Sample.Noon, Sample.Noon.AddSeconds(61)), (finding?.Earlier ?? default, finding?.EarlierAt, finding?.At));
        Expect.Equal(a, (await AskAsync(store, Guard(b, Sample.Noon.AddSeconds(62))).ConfigureAwait(false))?.Earlier);
    }

    private static async Task OtherSubjectsRulesAndTenantsAreOtherGuardsAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        var guard = Guard(b, Sample.Noon);
        await AskAsync(store, Guard(a, Sample.Noon)).ConfigureAwait(false);
        Expect.Equal(null, await AskAsync(store, guard with { Subject = Digest.Of("another"u8) }).ConfigureAwait(false));
        Expect.Equal(null, await AskAsync(store, guard with { Rule = "Cart" }).ConfigureAwait(false));
        Expect.Equal(null, await AskAsync(store, guard with { Rule = "购物车's \"rule\"" }).ConfigureAwait(false));
        Expect.Equal(null, await AskAsync(store, guard with { Order = Sample.Key(Sample.Neighbour(store), "B") }).ConfigureAwait(false));
        Expect.Equal(a, (await AskAsync(store, guard).ConfigureAwait(false))?.Earlier);
    }

    private static async Task GuardsOfOneCallAreAnsweredOneByOneAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        await AskAsync(store, Guard(a, Sample.Noon) with { Rule = "two" }).ConfigureAwait(false);
        var guards = ThreeRules.Select(rule => Guard(b, Sample.Noon) with { Rule = rule }).ToList();
        var findings = await store.InUnitAsync(unit => store.DuplicateOrders.GuardAsync(unit, guards)).ConfigureAwait(false);
        Expect.Sequence([null, a, null], findings.Select(finding => finding?.Earlier));
        Expect.Sequence([], await store.InUnitAsync(unit => store.DuplicateOrders.GuardAsync(unit, [])).ConfigureAwait(false));
    }

    private static async Task TheWindowEndsWhereItSaysToTheMillisecondAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));

        // Not on the border of a bucket: a store that counted in slices of ten minutes would let the second order pass.
        var start = Sample.Noon.AddSeconds(299);
        foreach (var (offset, isDuplicate) in new[] { (-Millisecond, true), (TimeSpan.Zero, false), (Millisecond, false) })
        {
            var subject = Digest.Of(BitConverter.GetBytes(offset.Ticks));
            await AskAsync(store, Guard(a, start) with { Subject = subject }).ConfigureAwait(false);
            var finding = await AskAsync(store, Guard(b, start + Window + offset) with { Subject = subject }).ConfigureAwait(false);
            Expect.That((finding is not null) == isDuplicate, $"An order {Window + offset} after the first is {(isDuplicate ? "" : "not ")}inside a window of {Window}.");
        }
    }

    private static async Task WithoutAnInstantTheStoresClockJudgesTheWindowAsync(IStoreUnderTest store)
    {
        var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
        await AskAsync(store, Guard(a, null)).ConfigureAwait(false);
        await store.AdvanceAsync(Window / 2).ConfigureAwait(false);
        var finding = await AskAsync(store, Guard(b, null)).ConfigureAwait(false);
        Expect.Equal(a, finding?.Earlier);
        Expect.That(finding!.At - finding.EarlierAt >= Window / 2 && finding.Now >= finding.At, "Both instants are the store's.");
        await store.AdvanceAsync(Window).ConfigureAwait(false);
        Expect.Equal(null, await AskAsync(store, Guard(c, null)).ConfigureAwait(false));
    }

    private static async Task AWindowWithoutAnEndGuardsForEverAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        await AskAsync(store, Guard(a, Sample.Noon) with { Window = TimeSpan.MaxValue }).ConfigureAwait(false);
        Expect.Equal(a, (await AskAsync(store, Guard(b, Sample.Noon.AddYears(500)) with { Window = TimeSpan.MaxValue }).ConfigureAwait(false))?.Earlier);
    }

    private static async Task AnOrderThatWasPlacedBeforeTheGuardingOneIsFoundInTheSameWindowAsync(IStoreUnderTest store)
    {
        var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
        await AskAsync(store, Guard(a, Sample.Noon)).ConfigureAwait(false);
        Expect.Equal(a, (await AskAsync(store, Guard(b, Sample.Noon - Window + Millisecond)).ConfigureAwait(false))?.Earlier);
        Expect.Equal(null, await AskAsync(store, Guard(c, Sample.Noon - Window)).ConfigureAwait(false));
    }

    private static async Task AnOrderOfLongAgoLeavesTheGuardToTheNewerOneAsync(IStoreUnderTest store)
    {
        var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
        await AskAsync(store, Guard(a, Sample.Noon)).ConfigureAwait(false);
        await AskAsync(store, Guard(b, Sample.Noon.AddDays(-1))).ConfigureAwait(false);
        Expect.Equal(a, (await AskAsync(store, Guard(c, Sample.Noon.AddMinutes(1))).ConfigureAwait(false))?.Earlier);
    }

    private static async Task TheOrderThatGuardsIsToldItselfAndMovesNothingAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        await AskAsync(store, Guard(a, Sample.Noon)).ConfigureAwait(false);
        foreach (var minutes in new[] { 0, 5, 60 })
        {
            Expect.Equal(a, (await AskAsync(store, Guard(a, Sample.Noon.AddMinutes(minutes)) with { ExtendsWindow = true }).ConfigureAwait(false))?.Earlier);
        }

        Expect.Equal(null, await AskAsync(store, Guard(b, Sample.Noon + Window)).ConfigureAwait(false));
    }

    private static async Task ADuplicateThatStandsExtendsTheWindowAnotherDoesNotAsync(IStoreUnderTest store)
    {
        foreach (var extends in new[] { true, false })
        {
            var subject = Digest.Of(BitConverter.GetBytes(extends));
            await AskAsync(store, Guard(Sample.Key(store, "A"), Sample.Noon) with { Subject = subject }).ConfigureAwait(false);
            foreach (var minutes in new[] { 8, 4 })
            {
                await AskAsync(store, Guard(Sample.Key(store, "B"), Sample.Noon.AddMinutes(minutes)) with { Subject = subject, ExtendsWindow = extends }).ConfigureAwait(false);
            }

            var finding = await AskAsync(store, Guard(Sample.Key(store, "C"), Sample.Noon.AddMinutes(16)) with { Subject = subject }).ConfigureAwait(false);
            Expect.Equal(extends ? (Sample.Key(store, "A"), Sample.Noon.AddMinutes(8)) : null, finding is null ? null : ((OrderKey, DateTimeOffset)?)(finding.Earlier, finding.EarlierAt));
        }
    }

    private static async Task AReleasedSubjectIsGuardedByTheNextOrderAsync(IStoreUnderTest store)
    {
        var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
        await AskAsync(store, Guard(a, Sample.Noon) with { Window = TimeSpan.MaxValue }).ConfigureAwait(false);
        Expect.Equal(1, await ReleaseAsync(store, a, "cart").ConfigureAwait(false));
        Expect.Equal(0, await ReleaseAsync(store, a, "cart").ConfigureAwait(false));
        // Also one that was placed a little earlier: the order that stood in its way is gone.
        Expect.Equal(null, await AskAsync(store, Guard(b, Sample.Noon.AddMinutes(-1)) with { Window = TimeSpan.MaxValue }).ConfigureAwait(false));
        Expect.Equal(b, (await AskAsync(store, Guard(c, Sample.Noon) with { Window = TimeSpan.MaxValue }).ConfigureAwait(false))?.Earlier);
    }

    private static async Task AReleaseFreesTheOrdersOwnSubjectsUnderTheNamedRulesOnlyAsync(IStoreUnderTest store)
    {
        var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
        var other = Digest.Of("another"u8);
        await AskAsync(store, Guard(a, Sample.Noon)).ConfigureAwait(false);
        await AskAsync(store, Guard(a, Sample.Noon) with { Rule = "exact" }).ConfigureAwait(false);
        await AskAsync(store, Guard(a, Sample.Noon) with { Rule = "lines" }).ConfigureAwait(false);
        await AskAsync(store, Guard(b, Sample.Noon) with { Subject = other }).ConfigureAwait(false);
        Expect.Equal(0, await ReleaseAsync(store, Sample.Key(Sample.Neighbour(store), "A"), "cart", "exact", "lines").ConfigureAwait(false));
        Expect.Equal(0, await ReleaseAsync(store, a).ConfigureAwait(false));
        Expect.Equal(2, await ReleaseAsync(store, a, "cart", "lines", "none").ConfigureAwait(false));
        Expect.Equal(a, (await AskAsync(store, Guard(c, Sample.Noon) with { Rule = "exact" }).ConfigureAwait(false))?.Earlier);
        Expect.Equal(b, (await AskAsync(store, Guard(c, Sample.Noon) with { Subject = other }).ConfigureAwait(false))?.Earlier);
        Expect.Equal(null, await AskAsync(store, Guard(c, Sample.Noon)).ConfigureAwait(false));
        Expect.Equal(null, await AskAsync(store, Guard(c, Sample.Noon) with { Rule = "lines" }).ConfigureAwait(false));
    }

    private static async Task AGuardIsUndoneWithItsUnitAsync(IStoreUnderTest store)
    {
        var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
        await AskAsync(store, Guard(a, Sample.Noon), commit: false).ConfigureAwait(false);
        Expect.Equal(null, await AskAsync(store, Guard(b, Sample.Noon)).ConfigureAwait(false));
        await AskAsync(store, Guard(a, Sample.Noon + Window), commit: false).ConfigureAwait(false);
        Expect.Equal(b, (await AskAsync(store, Guard(c, Sample.Noon.AddMinutes(1))).ConfigureAwait(false))?.Earlier);
    }

    private static async Task AReleaseIsUndoneWithItsUnitAsync(IStoreUnderTest store)
    {
        var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
        await AskAsync(store, Guard(a, Sample.Noon)).ConfigureAwait(false);
        await store.InUnitAsync(unit => store.DuplicateOrders.ReleaseAsync(unit, a, ["cart"]), commit: false).ConfigureAwait(false);
        Expect.Equal(a, (await AskAsync(store, Guard(b, Sample.Noon)).ConfigureAwait(false))?.Earlier);
    }

    private static async Task OfRacingOrdersOfOneSubjectOneIsAcceptedAsync(IStoreUnderTest store)
    {
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var findings = await Acting.RaceAsync(Racers, racer => AskAsync(racer % 2 == 0 ? store : other, Guard(Sample.Key(store, $"{racer}"), null) with { ExtendsWindow = racer % 3 == 0 })).ConfigureAwait(false);
        Expect.Equal(1, findings.Count(finding => finding is null));
        var winner = Sample.Key(store, $"{Array.IndexOf(findings, null)}");
        Expect.That(findings.All(finding => finding is null || finding.Earlier == winner), "All others are told the one that was accepted.");
    }

    private static async Task WhereTheWinnerOfARaceRollsBackAnotherOrderWinsAsync(IStoreUnderTest store)
    {
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var winners = 0;
        var accepted = await Acting.RaceAsync(Racers, async racer =>
        {
            var actor = racer % 2 == 0 ? store : other;
            var unit = await actor.Units.BeginAsync().ConfigureAwait(false);
            await using (unit.ConfigureAwait(false))
            {
                var findings = await actor.DuplicateOrders.GuardAsync(unit, [Guard(Sample.Key(store, $"{racer}"), Sample.Noon)]).ConfigureAwait(false);
                if (findings[0] is not null || Interlocked.Increment(ref winners) == 1)
                {
                    return false;
                }

                await unit.CommitAsync().ConfigureAwait(false);
                return true;
            }
        }).ConfigureAwait(false);
        Expect.Equal(1, accepted.Count(wasAccepted => wasAccepted));
        Expect.Equal(2, winners);
    }

    private static async Task ASuspicionComesBackWithEveryFieldAsync(IStoreUnderTest store)
    {
        var a = Sample.Key(store, "A");
        var full = new SuspectedDuplicate(
            a, "规则 'one'", Sample.Key(store, "B"), SuspicionState.Held, Sample.Noon.AddTicks(10), TimeSpan.FromTicks(10), Sample.Noon.AddHours(2),
            "支付宝", new Money(-1990, Currency.Custom("POINTS", 3)));
        var plain = new SuspectedDuplicate(a, "two", Sample.Key(store, "C"), SuspicionState.Labelled, Sample.Noon, TimeSpan.Zero, null, null, null);
        await SaveAsync(store, full, plain).ConfigureAwait(false);
        Expect.Set([full, plain], await store.InUnitAsync(unit => store.DuplicateOrders.LoadAsync(unit, a)).ConfigureAwait(false));
        Expect.Sequence([plain, full], (await QueryAsync(store).ConfigureAwait(false)).Items);
    }

    private static async Task ASuspicionIsStoredOnceForAnOrderAndARuleAsync(IStoreUnderTest store)
    {
        var a = Held(store, "A");
        Expect.Sequence([true], await SaveAsync(store, a).ConfigureAwait(false));
        Expect.Sequence([false, true], await SaveAsync(store, a with { Earlier = Sample.Key(store, "X"), State = SuspicionState.Labelled }, a with { Rule = "lines" }).ConfigureAwait(false));
        Expect.Sequence([false], await SaveAsync(store, a).ConfigureAwait(false));
        Expect.Set([a, a with { Rule = "lines" }], (await QueryAsync(store).ConfigureAwait(false)).Items);
        Expect.Equal(2, (await store.Outbox.BacklogAsync("events").ConfigureAwait(false)).Count);
    }

    private static async Task AHeldOrderIsDecidedOnceWithWhoWhenAndWhyAsync(IStoreUnderTest store)
    {
        var a = Held(store, "A");
        await SaveAsync(store, a).ConfigureAwait(false);
        Expect.Equal(true, await DecideAsync(store, Decision(store, a, SuspicionState.Merged)).ConfigureAwait(false));
        Expect.Equal(false, await DecideAsync(store, Decision(store, a, SuspicionState.Voided)).ConfigureAwait(false));
        Expect.Equal(false, await DecideAsync(store, Decision(store, a, SuspicionState.Merged)).ConfigureAwait(false));
        var act = (await store.DuplicateOrderQueries.ReadActsAsync(a.Order).ConfigureAwait(false)).One();
        Expect.Equal((a.Order, SuspicionState.Merged, "账号's 7", "一个包裹 🙂"), (act.Order, act.Decision, act.Operator, act.Reason));
        Expect.Sequence([act], await store.InUnitAsync(unit => store.DuplicateOrders.LoadActsAsync(unit, a.Order)).ConfigureAwait(false));
        Expect.Sequence([a with { State = SuspicionState.Merged }], (await QueryAsync(store).ConfigureAwait(false)).Items);
        Expect.Equal(2, (await store.Outbox.BacklogAsync("events").ConfigureAwait(false)).Count);
        await store.AdvanceAsync(Window).ConfigureAwait(false);
        var b = Held(store, "B");
        await SaveAsync(store, b).ConfigureAwait(false);
        await DecideAsync(store, Decision(store, b, SuspicionState.Released)).ConfigureAwait(false);
        Expect.That((await store.DuplicateOrderQueries.ReadActsAsync(b.Order).ConfigureAwait(false)).One().At - act.At >= Window, "The store's clock tells when.");
    }

    private static async Task AnOrderThatIsNotHeldIsNotDecidedAsync(IStoreUnderTest store)
    {
        var a = Held(store, "A") with { State = SuspicionState.Labelled, AutoReleaseAt = null };
        await SaveAsync(store, a).ConfigureAwait(false);
        Expect.Equal(false, await DecideAsync(store, Decision(store, a, SuspicionState.Released)).ConfigureAwait(false));
        Expect.Equal(false, await DecideAsync(store, Decision(store, Held(store, "B"), SuspicionState.Released)).ConfigureAwait(false));
        Expect.Sequence([a], (await QueryAsync(store).ConfigureAwait(false)).Items);
        Expect.Sequence([], await store.DuplicateOrderQueries.ReadActsAsync(a.Order).ConfigureAwait(false));
        Expect.Equal(1, (await store.Outbox.BacklogAsync("events").ConfigureAwait(false)).Count);
    }

    private static async Task AllHeldSuspicionsOfAnOrderAreDecidedTogetherAsync(IStoreUnderTest store)
    {
        var a = Held(store, "A");
        var label = a with { Rule = "amount", State = SuspicionState.Labelled, AutoReleaseAt = null };
        await SaveAsync(store, a, a with { Rule = "lines" }, label, Held(store, "B")).ConfigureAwait(false);
        Expect.Equal(true, await DecideAsync(store, Decision(store, a, SuspicionState.Released)).ConfigureAwait(false));
        var released = a with { State = SuspicionState.Released };
        Expect.Set([released, released with { Rule = "lines" }, label, Held(store, "B")], (await QueryAsync(store).ConfigureAwait(false)).Items);
        Expect.Equal(1, (await store.DuplicateOrderQueries.ReadActsAsync(a.Order).ConfigureAwait(false)).Count);
    }

    private static async Task OfRacingDecisionsOneIsTakenAsync(IStoreUnderTest store)
    {
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var a = Held(store, "A");
        await SaveAsync(store, a).ConfigureAwait(false);
        SuspicionState[] choices = [SuspicionState.Released, SuspicionState.Merged, SuspicionState.Voided, SuspicionState.Lapsed];
        var taken = await Acting.RaceAsync(Racers, racer => DecideAsync(racer % 2 == 0 ? store : other, Decision(store, a, choices[racer % 4]))).ConfigureAwait(false);
        Expect.Equal(1, taken.Count(wasTaken => wasTaken));
        var act = (await store.DuplicateOrderQueries.ReadActsAsync(a.Order).ConfigureAwait(false)).One();
        Expect.Equal(choices[Array.IndexOf(taken, true) % 4], act.Decision);
        Expect.Equal(2, (await store.Outbox.BacklogAsync("events").ConfigureAwait(false)).Count);
    }

    private static async Task SuspicionsDecisionsAndMessagesAreUndoneWithTheirUnitAsync(IStoreUnderTest store)
    {
        var (a, b) = (Held(store, "A"), Held(store, "B"));
        await SaveAsync(store, a).ConfigureAwait(false);
        await store.InUnitAsync(
            async unit =>
            {
                await store.DuplicateOrders.SaveAsync(unit, [b], [Sample.Message(store, "b")]).ConfigureAwait(false);
                await store.DuplicateOrders.DecideAsync(unit, [Decision(store, a, SuspicionState.Voided), Decision(store, b, SuspicionState.Voided)]).ConfigureAwait(false);
                Expect.Equal(1, (await store.DuplicateOrders.LoadActsAsync(unit, b.Order).ConfigureAwait(false)).Count);
                return 0;
            },
            commit: false).ConfigureAwait(false);
        Expect.Sequence([a], (await QueryAsync(store).ConfigureAwait(false)).Items);
        Expect.Sequence([], await store.DuplicateOrderQueries.ReadActsAsync(a.Order).ConfigureAwait(false));
        Expect.Sequence([], await store.DuplicateOrderQueries.ReadActsAsync(b.Order).ConfigureAwait(false));
        Expect.Equal(1, (await store.Outbox.BacklogAsync("events").ConfigureAwait(false)).Count);
        Expect.Equal(true, await DecideAsync(store, Decision(store, a, SuspicionState.Released)).ConfigureAwait(false));
    }

    private static async Task HeldOrdersAreDueByTheStoresClockTheLongestOverdueFirstAsync(IStoreUnderTest store)
    {
        var finding = await AskTwiceAsync(store).ConfigureAwait(false);
        SuspectedDuplicate Ends(string name, double minutes) => Held(store, name) with { AutoReleaseAt = finding.Now.AddMinutes(minutes) };
        var (early, late, later) = (Ends("A", 5), Ends("B", 20), Ends("C", 90));
        var label = Ends("D", 1) with { State = SuspicionState.Labelled };
        await SaveAsync(store, late, later, early, label, Ends("E", 2)).ConfigureAwait(false);
        await DecideAsync(store, Decision(store, Held(store, "E"), SuspicionState.Released)).ConfigureAwait(false);
        Expect.Sequence([], await DueAsync(store).ConfigureAwait(false));
        await store.AdvanceAsync(TimeSpan.FromMinutes(10)).ConfigureAwait(false);
        Expect.Sequence([early.Order], await DueAsync(store).ConfigureAwait(false));
        await store.AdvanceAsync(TimeSpan.FromMinutes(20)).ConfigureAwait(false);
        Expect.Sequence([early.Order, late.Order], await DueAsync(store).ConfigureAwait(false));
        Expect.Sequence([early.Order], await DueAsync(store, 1).ConfigureAwait(false));
        await DecideAsync(store, Decision(store, early, SuspicionState.Lapsed)).ConfigureAwait(false);
        Expect.Sequence([late.Order], await DueAsync(store).ConfigureAwait(false));
    }

    private static async Task SuspicionsAreListedByTheInstantOfTheOrderAsync(IStoreUnderTest store)
    {
        var names = new[] { 3, 1, 4, 2 };
        await SaveAsync(store, [.. names.Select(minute => Held(store, $"{minute}") with { FoundAt = Sample.Noon.AddMinutes(minute) })]).ConfigureAwait(false);
        Expect.Sequence([1, 2, 3, 4], (await QueryAsync(store).ConfigureAwait(false)).Items.Select(item => (item.FoundAt - Sample.Noon).Minutes));
    }

    private static async Task SuspicionsAreFilteredByEachFieldAsync(IStoreUnderTest store)
    {
        var money = new Money(1990, Currency.CNY);
        var a = Held(store, "A") with { PaymentChannel = "alipay", Amount = money };
        var b = a with { Order = Sample.Key(store, "B"), Rule = "amount", State = SuspicionState.Labelled, FoundAt = Sample.Noon.AddHours(1), Earlier = a.Order };
        var c = a with { Order = Sample.Key(store, "C"), PaymentChannel = "Alipay", FoundAt = Sample.Noon.AddHours(2), Amount = new Money(1990, Currency.USD) };
        var d = a with { Order = Sample.Key(store, "D"), PaymentChannel = null, FoundAt = Sample.Noon.AddHours(3), Amount = null };
        await SaveAsync(store, a, b, c, d).ConfigureAwait(false);
        var all = new DuplicateOrderQuery { Tenant = store.Tenant };
        await ExpectAsync(all, a, b, c, d).ConfigureAwait(false);
        await ExpectAsync(all with { State = SuspicionState.Held }, a, c, d).ConfigureAwait(false);
        await ExpectAsync(all with { State = SuspicionState.Labelled }, b).ConfigureAwait(false);
        await ExpectAsync(all with { Order = a.Order }, a, b).ConfigureAwait(false);
        await ExpectAsync(all with { Order = a.Order with { Tenant = Sample.Neighbour(store) } }).ConfigureAwait(false);
        await ExpectAsync(all with { Rule = "amount" }, b).ConfigureAwait(false);
        await ExpectAsync(all with { PaymentChannel = "alipay" }, a, b).ConfigureAwait(false);
        await ExpectAsync(all with { Amount = money }, a, b).ConfigureAwait(false);
        await ExpectAsync(all with { From = b.FoundAt }, b, c, d).ConfigureAwait(false);
        await ExpectAsync(all with { Before = b.FoundAt }, a).ConfigureAwait(false);
        await ExpectAsync(all with { PaymentChannel = "alipay", Amount = money, From = a.FoundAt.AddTicks(10), Before = c.FoundAt }, b).ConfigureAwait(false);

        async Task ExpectAsync(DuplicateOrderQuery query, params SuspectedDuplicate[] expected) =>
            Expect.Sequence(expected, (await store.DuplicateOrderQueries.QueryAsync(query).ConfigureAwait(false)).Items, $"{query}");
    }

    private static async Task PagingListsEverySuspicionOnceAsync(IStoreUnderTest store)
    {
        const int Count = 23;
        await SaveAsync(store, [.. Enumerable.Range(0, Count).Select(i => Held(store, $"{i}") with { FoundAt = Sample.Noon.AddHours(i % 4) })]).ConfigureAwait(false);
        foreach (var pageSize in new[] { 1, 5, 22, 23, 24, 1_000 })
        {
            var seen = new List<SuspectedDuplicate>();
            string? continuation = null;
            do
            {
                var page = await store.DuplicateOrderQueries.QueryAsync(new DuplicateOrderQuery { Tenant = store.Tenant, PageSize = pageSize, Continuation = continuation }).ConfigureAwait(false);
                Expect.That(page.Items.Count <= pageSize, "A page has no more rows than asked for.");
                Expect.That(page.Continuation is null || page.Items.Count == pageSize, "Every page but the last is full.");
                seen.AddRange(page.Items);
                continuation = page.Continuation;
            }
            while (continuation is not null && seen.Count <= 2 * Count);

            Expect.Set(Enumerable.Range(0, Count).Select(i => Sample.Key(store, $"{i}")), seen.Select(item => item.Order));
        }
    }

    private static async Task APageSizeOutside1To1000IsRefusedAsync(IStoreUnderTest store)
    {
        foreach (var pageSize in new[] { 0, -1, 1_001 })
        {
            await Expect.ThrowsAsync<ArgumentException>(
                () => store.DuplicateOrderQueries.QueryAsync(new DuplicateOrderQuery { PageSize = pageSize }).AsTask(), "A page has 1 to 1,000 rows.").ConfigureAwait(false);
        }
    }

    private static async Task AContinuationThatIsNoneIsRefusedAsync(IStoreUnderTest store)
    {
        foreach (var text in new[] { "x", "", "1", "1.2.3", "-.-" })
        {
            await Expect.ThrowsAsync<ArgumentException>(
                () => store.DuplicateOrderQueries.QueryAsync(new DuplicateOrderQuery { Continuation = text }).AsTask(), "A continuation comes from the page before.").ConfigureAwait(false);
        }
    }

    private static async Task TenantsDoNotSeeEachOthersSuspicionsAsync(IStoreUnderTest store)
    {
        var a = Held(store, "A");
        var neighbour = Sample.Neighbour(store);
        var theirs = a with { Order = Sample.Key(neighbour, "A"), Earlier = Sample.Key(neighbour, "B") };
        await SaveAsync(store, a, theirs).ConfigureAwait(false);
        await DecideAsync(store, Decision(store, theirs, SuspicionState.Voided)).ConfigureAwait(false);
        Expect.Sequence([a], (await QueryAsync(store).ConfigureAwait(false)).Items);
        Expect.Sequence([theirs with { State = SuspicionState.Voided }], (await store.DuplicateOrderQueries.QueryAsync(new DuplicateOrderQuery { Tenant = neighbour }).ConfigureAwait(false)).Items);
        Expect.Sequence([], await store.DuplicateOrderQueries.ReadActsAsync(a.Order).ConfigureAwait(false));
    }

    private static async Task ADuplicateDoesNotAbortAHostsTransactionAsync(IStoreUnderTest store)
    {
        var (a, b, c) = (Sample.Key(store, "A"), Sample.Key(store, "B"), Sample.Key(store, "C"));
        var other = Digest.Of("another"u8);
        await AskAsync(store, Guard(a, Sample.Noon)).ConfigureAwait(false);
        foreach (var commit in new[] { false, true })
        {
            var host = await ((IHostTransactions)store).BeginHostTransactionAsync().ConfigureAwait(false);
            await using (host.ConfigureAwait(false))
            {
                var unit = host.Enlist();
                await using (unit.ConfigureAwait(false))
                {
                    var findings = await store.DuplicateOrders.GuardAsync(unit, [Guard(b, Sample.Noon), Guard(b, Sample.Noon) with { Subject = other }]).ConfigureAwait(false);
                    Expect.Sequence([a, null], findings.Select(finding => finding?.Earlier));
                    await store.DuplicateOrders.SaveAsync(unit, [Held(store, "B"), Held(store, "B")], []).ConfigureAwait(false);
                    Expect.Equal(1, (await store.DuplicateOrders.LoadAsync(unit, b).ConfigureAwait(false)).Count);
                }

                await (commit ? host.CommitAsync() : host.RollbackAsync()).ConfigureAwait(false);
            }
        }

        Expect.Equal(b, (await AskAsync(store, Guard(c, Sample.Noon) with { Subject = other }).ConfigureAwait(false))?.Earlier);
    }

    private static async Task AnOrderWaitsForAnothersOpenGuardAsync(IStoreUnderTest store)
    {
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        foreach (var commit in new[] { true, false })
        {
            var subject = Digest.Of(BitConverter.GetBytes(commit));
            var (a, b) = (Sample.Key(store, "A"), Sample.Key(store, "B"));
            Task<GuardFinding?> second;
            var unit = await store.Units.BeginAsync().ConfigureAwait(false);
            await using (unit.ConfigureAwait(false))
            {
                Expect.Equal(null, (await store.DuplicateOrders.GuardAsync(unit, [Guard(a, Sample.Noon) with { Subject = subject }]).ConfigureAwait(false))[0]);
                second = Task.Run(() => AskAsync(other, Guard(b, Sample.Noon) with { Subject = subject }));
                if (commit)
                {
                    await unit.CommitAsync().ConfigureAwait(false);
                }
            }

            Expect.Equal(commit ? a : null, (await second.ConfigureAwait(false))?.Earlier);
        }
    }

    private static DuplicateGuard Guard(OrderKey order, DateTimeOffset? at) => new("cart", Digest.Of("subject"u8), order, Window, at, ExtendsWindow: false);

    private static SuspectedDuplicate Held(IStoreUnderTest store, string name) => new(
        Sample.Key(store, name), "cart", Sample.Key(store, "earlier"), SuspicionState.Held, Sample.Noon, TimeSpan.FromSeconds(61), Sample.Noon.AddHours(2), null, null);

    private static DuplicateDecision Decision(IStoreUnderTest store, SuspectedDuplicate held, SuspicionState decision) =>
        new(held.Order, decision, "账号's 7", "一个包裹 🙂", [Sample.Message(store, $"{held.Order.Order}:{decision}")]);

    private static async Task<GuardFinding?> AskAsync(IStoreActor store, DuplicateGuard guard, bool commit = true) =>
        (await store.InUnitAsync(unit => store.DuplicateOrders.GuardAsync(unit, [guard]), commit).ConfigureAwait(false))[0];

    /// <summary>What the store's clock shows.</summary>
    private static async Task<GuardFinding> AskTwiceAsync(IStoreUnderTest store)
    {
        var guard = Guard(Sample.Key(store, "clock"), null) with { Rule = "clock" };
        await AskAsync(store, guard).ConfigureAwait(false);
        return (await AskAsync(store, guard).ConfigureAwait(false))!;
    }

    private static Task<int> ReleaseAsync(IStoreActor store, OrderKey order, params string[] rules) =>
        store.InUnitAsync(unit => store.DuplicateOrders.ReleaseAsync(unit, order, rules));

    private static Task<IReadOnlyList<bool>> SaveAsync(IStoreUnderTest store, params SuspectedDuplicate[] suspicions) =>
        store.InUnitAsync(unit => store.DuplicateOrders.SaveAsync(unit, suspicions, [Sample.Message(store, "saved")]));

    private static async Task<bool> DecideAsync(IStoreActor store, DuplicateDecision decision) =>
        (await store.InUnitAsync(unit => store.DuplicateOrders.DecideAsync(unit, [decision])).ConfigureAwait(false))[0];

    private static async Task<IEnumerable<OrderKey>> DueAsync(IStoreActor store, int max = 100) =>
        (await store.DuplicateOrderQueries.DueAsync(max).ConfigureAwait(false)).Select(due => due.Order);

    private static Task<Page<SuspectedDuplicate>> QueryAsync(IStoreUnderTest store) =>
        store.DuplicateOrderQueries.QueryAsync(new DuplicateOrderQuery { Tenant = store.Tenant }).AsTask();
}

using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Specs;

/// <summary>What the services keep on this store: with connections that break at any call, with writers that meet, in transactions of the host.</summary>
public static class LifecycleSpec
{
    private const int UsualRaces = 200;
    private const int PairsOfWriters = 8;

    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("A fact counts once whichever call fails", AFactCountsOnceWhicheverCallFailsAsync),
        new("Facts of many orders count once whichever call fails", FactsOfManyOrdersCountOnceWhicheverCallFailsAsync),
        new("An order takes what waited for it whichever call fails", AnOrderTakesWhatWaitedForItWhicheverCallFailsAsync),
        new("A deadline has one effect whichever call fails", ADeadlineHasOneEffectWhicheverCallFailsAsync),
        new("A deadline that a guard stops is not lost whichever call fails", ADeadlineThatAGuardStopsIsNotLostWhicheverCallFailsAsync),
        new("Events are delivered in order whichever call fails", EventsAreDeliveredInOrderWhicheverCallFailsAsync),
        new("Rows are sealed once whichever call fails", RowsAreSealedOnceWhicheverCallFailsAsync),
        new("Of two commands that exclude each other one is accepted", store => RaceAsync(store, UsualRaces)),
        new("Writers of one fact have one effect", WritersOfOneFactHaveOneEffectAsync),
        new("An order and its payment that race find each other", AnOrderAndItsPaymentThatRaceFindEachOtherAsync),
        new("Calls in one unit see each other, and leave nothing when it is rolled back", CallsInOneUnitSeeEachOtherAsync),
        new("Facts in the host's transaction are pending until it commits", FactsInTheHostsTransactionArePendingUntilItCommitsAsync, StoreAbilities.HostTransactions),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(LifecycleSpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    /// <summary>Lets two writers meet on each of many orders with commands that exclude each other; exactly one is accepted each time.</summary>
    /// <param name="store">The store.</param>
    /// <param name="races">On how many orders.</param>
    /// <exception cref="SpecFailedException">Both were accepted, or none, or a writer was told something else.</exception>
    public static async Task RaceAsync(IStoreUnderTest store, int races)
    {
        ArgumentNullException.ThrowIfNull(store);
        var service = await ServiceUnderTest.OpenAsync(store).ConfigureAwait(false);
        var other = service.NewLifecycle(await store.OpenAnotherAsync().ConfigureAwait(false));
        const int Batch = 1_000;
        for (var done = 0; done < races; done += Batch)
        {
            var names = Enumerable.Range(done, Math.Min(Batch, races - done)).Select(i => $"race-{i}").ToList();
            await service.Lifecycle.FireManyAsync([.. names.Select(service.Placed)]).ConfigureAwait(false);

            // Some pairs of writers at a time: a million races would else be a million waits for the disk.
            await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = PairsOfWriters }, async (name, cancellationToken) =>
            {
                var heard = await Acting.RaceAsync(2, writer => writer == 0
                    ? InsistAsync(service.Lifecycle, service.Fact("cancel", name))
                    : InsistAsync(other, service.Fact("split-or-merge", name))).ConfigureAwait(false);
                var journal = await store.Queries.ReadJournalAsync(service.Key(name), cancellationToken: cancellationToken).ConfigureAwait(false);
                var accepted = journal.Skip(1).Where(row => row.Kind == DecisionKind.Applied).Select(row => row.Trigger).ToList();
                Expect.That(accepted.Count == 1, $"One of two commands that exclude each other is accepted, and not [{string.Join(", ", accepted)}].");
                var (winner, loser) = accepted[0] == "cancel" ? (heard[0], heard[1]) : (heard[1], heard[0]);
                Expect.That(winner is FireResult.Applied && loser is FireResult.Rejected, $"The winner hears Applied and the loser Rejected, and not {winner} and {loser}.");
            }).ConfigureAwait(false);
        }
    }

    private static async Task AFactCountsOnceWhicheverCallFailsAsync(IStoreUnderTest store)
    {
        var service = await ServiceUnderTest.OpenAsync(store).ConfigureAwait(false);
        await service.AtEachFaultAsync(
            name => service.Lifecycle.FireAsync(service.Placed(name)),
            async name =>
            {
                await service.Lifecycle.FireAsync(service.Fact("captured", name, 1200)).ConfigureAwait(false);
                await service.Lifecycle.FireAsync(service.Fact("cancel", name)).ConfigureAwait(false);
            },
            async name =>
            {
                var journal = await service.ProveAsync(service.Key(name)).ConfigureAwait(false);
                Expect.Sequence(["placed", "captured", "cancel"], journal.Select(row => row.Trigger));
                Expect.Equal(1200, OrderSnapshot.Of(journal).Counters.Captured);
            }).ConfigureAwait(false);
    }

    private static async Task FactsOfManyOrdersCountOnceWhicheverCallFailsAsync(IStoreUnderTest store)
    {
        var service = await ServiceUnderTest.OpenAsync(store).ConfigureAwait(false);
        await service.AtEachFaultAsync(
            name => service.Lifecycle.FireAsync(service.Placed($"{name}-b") with { Links = [Sample.Waybill(store, name)] }),
            name => service.Lifecycle.FireManyAsync(
            [
                service.Placed($"{name}-a"),
                service.Fact("captured", $"{name}-a", 400),
                service.Fact("captured", $"{name}-b", 1000),
                service.Fact("captured", $"{name}-a", 600) with { Id = "rest" },
                service.Fact("captured", $"{name}-a", 700) with { Id = "rest" },
                service.Fact("captured", $"{name}-c", 1000),
                service.Fact("outbound", name) with { Order = null, Reference = Sample.Waybill(store, name) },
                service.Fact("stock-unknown", name) with { Order = null, Reference = Sample.Waybill(store, $"{name}-unknown") },
            ]),
            async name =>
            {
                var first = await service.ProveAsync(service.Key($"{name}-a")).ConfigureAwait(false);
                Expect.Sequence([null, 400L, 600L, 700L], first.Select(row => row.Trigger == "captured" ? row.Amount : null));
                Expect.Equal(1000, OrderSnapshot.Of(first).Counters.Captured);
                var second = await service.ProveAsync(service.Key($"{name}-b")).ConfigureAwait(false);
                Expect.Sequence(["placed", "captured", "outbound"], second.Select(row => row.Trigger));
                var parked = await store.Queries.ParkedAsync(store.Tenant, 1_000).ConfigureAwait(false);
                Expect.Equal(1, parked.Items.Count(fact => fact.Fact.Order == service.Key($"{name}-c")));
                Expect.Equal(1, parked.Items.Count(fact => fact.Number.Value == $"{name}-unknown"));
            }).ConfigureAwait(false);
    }

    private static async Task AnOrderTakesWhatWaitedForItWhicheverCallFailsAsync(IStoreUnderTest store)
    {
        var service = await ServiceUnderTest.OpenAsync(store).ConfigureAwait(false);
        await service.AtEachFaultAsync(
            async name =>
            {
                await service.Lifecycle.FireAsync(service.Fact("captured", name, 1000)).ConfigureAwait(false);
                await service.Lifecycle.FireAsync(
                    service.Fact("outbound", name) with { Order = null, Reference = Sample.Waybill(store, name), Links = [Sample.Waybill(store, $"{name}-2")] }).ConfigureAwait(false);
                await service.Lifecycle.FireAsync(service.Fact("in-transit", name) with { Order = null, Reference = Sample.Waybill(store, $"{name}-2") }).ConfigureAwait(false);
            },
            name => service.Lifecycle.FireAsync(service.Placed(name) with { Links = [Sample.Waybill(store, name)] }),
            async name =>
            {
                var journal = await service.ProveAsync(service.Key(name)).ConfigureAwait(false);
                Expect.Sequence(["placed", "captured", "outbound", "in-transit"], journal.Select(row => row.Trigger));
                Expect.Sequence([], (await store.Queries.ParkedAsync(store.Tenant).ConfigureAwait(false)).Items.Select(parked => parked.Fact.Trigger));
            }).ConfigureAwait(false);
    }

    private static async Task ADeadlineHasOneEffectWhicheverCallFailsAsync(IStoreUnderTest store)
    {
        var service = await ServiceUnderTest.OpenAsync(store).ConfigureAwait(false);
        await service.AtEachFaultAsync(
            async name =>
            {
                await service.Lifecycle.FireManyAsync([service.Placed($"{name}-a"), service.Placed($"{name}-b")]).ConfigureAwait(false);
                await service.AdvanceAsync(TimeSpan.FromMinutes(31)).ConfigureAwait(false);
            },
            _ => service.Runner.RunDueAsync(),
            async name =>
            {
                foreach (var order in (string[])[$"{name}-a", $"{name}-b"])
                {
                    Expect.Sequence(["placed", "unpaid-expired"], (await service.ProveAsync(service.Key(order)).ConfigureAwait(false)).Select(row => row.Trigger));
                }
            }).ConfigureAwait(false);
    }

    private static async Task ADeadlineThatAGuardStopsIsNotLostWhicheverCallFailsAsync(IStoreUnderTest store)
    {
        var service = await ServiceUnderTest.OpenAsync(store).ConfigureAwait(false);
        await service.AtEachFaultAsync(
            async name =>
            {
                // Part of the money is no clearance: the deadline to ship has to wait for the rest.
                var placed = service.Placed(name);
                await service.Lifecycle.FireManyAsync([placed with { ShipBy = placed.OccurredAt!.Value.AddMinutes(1) }, service.Fact("captured", name, 400)]).ConfigureAwait(false);
                await service.AdvanceAsync(TimeSpan.FromMinutes(2)).ConfigureAwait(false);
            },
            _ => service.Runner.RunDueAsync(),
            async name =>
            {
                await service.ProveAsync(service.Key(name)).ConfigureAwait(false);
                await service.Lifecycle.FireAsync(service.Fact("captured", name, 600) with { Id = "rest" }).ConfigureAwait(false);
                await service.AdvanceAsync(TimeSpan.FromMinutes(6)).ConfigureAwait(false);
                await service.Runner.RunDueAsync().ConfigureAwait(false);
                var journal = await store.Queries.ReadJournalAsync(service.Key(name)).ConfigureAwait(false);
                Expect.Sequence(["placed", "captured", "captured", "ship-by-expired"], journal.Select(row => row.Trigger));
            }).ConfigureAwait(false);
    }

    private static async Task EventsAreDeliveredInOrderWhicheverCallFailsAsync(IStoreUnderTest store)
    {
        var service = await ServiceUnderTest.OpenAsync(store).ConfigureAwait(false);
        await service.AtEachFaultAsync(
            async name =>
            {
                await service.Lifecycle.FireManyAsync(
                    [service.Placed($"{name}-a"), service.Fact("captured", $"{name}-a", 1000), service.Fact("stock-locked", $"{name}-a"), service.Placed($"{name}-b")]).ConfigureAwait(false);
                service.SinkFails = true;
            },
            async _ =>
            {
                while (!await service.IsIdleAsync().ConfigureAwait(false))
                {
                    await service.Pump.PumpAllAsync().ConfigureAwait(false);
                    await service.AdvanceAsync(TimeSpan.FromMinutes(2)).ConfigureAwait(false);
                }
            },
            async name =>
            {
                await service.ProveAsync(service.Key($"{name}-a")).ConfigureAwait(false);
                await service.ProveAsync(service.Key($"{name}-b")).ConfigureAwait(false);
                Expect.That(service.DeliveriesOf(service.Key($"{name}-a")) + service.DeliveriesOf(service.Key($"{name}-b")) <= 6, "One fault has each event of one batch delivered twice at most.");
            }).ConfigureAwait(false);
    }

    private static async Task RowsAreSealedOnceWhicheverCallFailsAsync(IStoreUnderTest store)
    {
        var service = await ServiceUnderTest.OpenAsync(store).ConfigureAwait(false);
        await service.AtEachFaultAsync(
            name => service.Lifecycle.FireManyAsync([service.Placed(name), service.Fact("captured", name, 1000), service.Fact("stock-locked", name), service.Fact("cancel", name)]),
            async _ =>
            {
                while (await service.Sealer.SealOnceAsync().ConfigureAwait(false) > 0)
                {
                    // Until no row is left.
                }
            },
            async _ =>
            {
                var report = await new JournalVerifier(store.Journal).VerifyAsync().ConfigureAwait(false);
                Expect.That(report.IsIntact, $"The journal is intact: {string.Join(" ", report.Findings.Select(finding => finding.Message))}");
                Expect.Equal(report.Rows, report.SealedRows);
            }).ConfigureAwait(false);
    }

    private static async Task WritersOfOneFactHaveOneEffectAsync(IStoreUnderTest store)
    {
        var service = await ServiceUnderTest.OpenAsync(store).ConfigureAwait(false);
        var other = service.NewLifecycle(await store.OpenAnotherAsync().ConfigureAwait(false));
        for (var round = 0; round < 5; round++)
        {
            var name = $"round-{round}";
            await service.Lifecycle.FireAsync(service.Placed(name)).ConfigureAwait(false);
            var results = await Acting.RaceAsync(8, writer => InsistAsync(writer % 2 == 0 ? service.Lifecycle : other, service.Fact("captured", name, 1000))).ConfigureAwait(false);
            Expect.Equal(1, results.Count(result => result is FireResult.Applied));
            Expect.Equal(7, results.Count(result => result is FireResult.Duplicate));
            Expect.Equal(1000, OrderSnapshot.Of(await service.ProveAsync(service.Key(name)).ConfigureAwait(false)).Counters.Captured);
        }
    }

    private static async Task AnOrderAndItsPaymentThatRaceFindEachOtherAsync(IStoreUnderTest store)
    {
        var service = await ServiceUnderTest.OpenAsync(store).ConfigureAwait(false);
        var other = service.NewLifecycle(await store.OpenAnotherAsync().ConfigureAwait(false));
        for (var round = 0; round < 20; round++)
        {
            var name = $"round-{round}";
            OrderFact[] facts =
            [
                service.Placed(name) with { Links = [Sample.Waybill(store, name)] },
                service.Fact("captured", name, 1000),
                service.Placed(name) with { Id = "pulled" },
                service.Fact("outbound", name) with { Order = null, Reference = Sample.Waybill(store, name) },
            ];
            await Acting.RaceAsync(facts.Length, writer => InsistAsync(writer % 2 == 0 ? service.Lifecycle : other, facts[writer])).ConfigureAwait(false);
            var journal = await service.ProveAsync(service.Key(name)).ConfigureAwait(false);
            Expect.Set(["captured", "outbound", "placed", "placed"], journal.Select(row => row.Trigger));
        }

        Expect.Sequence([], (await store.Queries.ParkedAsync(store.Tenant).ConfigureAwait(false)).Items.Select(parked => parked.Fact.Trigger));
    }

    private static async Task CallsInOneUnitSeeEachOtherAsync(IStoreUnderTest store)
    {
        var service = await ServiceUnderTest.OpenAsync(store).ConfigureAwait(false);
        foreach (var commit in (bool[])[false, true])
        {
            var results = await store.InUnitAsync(unit => TellAsync(service, unit), commit).ConfigureAwait(false);
            RequireTold(results);
            Expect.Equal(commit, await store.Queries.FindAsync(service.Key("A")).ConfigureAwait(false) is not null);
        }

        Expect.Equal(4, (await service.ProveAsync(service.Key("A")).ConfigureAwait(false)).Count);
    }

    private static async Task FactsInTheHostsTransactionArePendingUntilItCommitsAsync(IStoreUnderTest store)
    {
        var service = await ServiceUnderTest.OpenAsync(store).ConfigureAwait(false);
        foreach (var commit in (bool[])[false, true])
        {
            var transaction = await ((IHostTransactions)store).BeginHostTransactionAsync().ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                RequireTold(await TellAsync(service, transaction.Enlist()).ConfigureAwait(false));
                await (commit ? transaction.CommitAsync() : transaction.RollbackAsync()).ConfigureAwait(false);
            }

            Expect.Equal(commit, await store.Queries.FindAsync(service.Key("A")).ConfigureAwait(false) is not null);
        }

        Expect.Equal(4, (await service.ProveAsync(service.Key("A")).ConfigureAwait(false)).Count);
    }

    private static async ValueTask<FireResult[]> TellAsync(ServiceUnderTest service, UnitOfWork unit) =>
    [
        await service.Lifecycle.FireAsync(unit, service.Fact("captured", "A", 1000)).ConfigureAwait(false),
        await service.Lifecycle.FireAsync(unit, service.Placed("A")).ConfigureAwait(false),
        await service.Lifecycle.FireAsync(unit, service.Fact("captured", "A", 1000)).ConfigureAwait(false),
        .. await service.Lifecycle.FireManyAsync(unit, [service.Fact("stock-locked", "A"), service.Fact("release", "A")]).ConfigureAwait(false),
    ];

    private static void RequireTold(FireResult[] results)
    {
        Expect.Sequence(["Parked", "Applied", "Duplicate", "Applied", "Applied"], results.Select(result => result.GetType().Name));
        Expect.Equal(CommitState.PendingCommit, ((FireResult.Applied)results[1]).Commit);
    }

    private static async Task<FireResult> InsistAsync(OrderLifecycle lifecycle, OrderFact fact)
    {
        while (true)
        {
            if (await lifecycle.FireAsync(fact).ConfigureAwait(false) is not FireResult.Conflict and var result)
            {
                return result;
            }
        }
    }
}

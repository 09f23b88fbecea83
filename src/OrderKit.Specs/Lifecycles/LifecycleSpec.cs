using OrderKit.Core;
using OrderKit.StateMachine;

namespace OrderKit.Specs;

/// <summary>The rules that services must keep on a store: with broken connections, concurrent writers and host transactions.</summary>
public static class LifecycleSpec
{
    private const int UsualRaces = 200;
    private const int PairsOfWriters = 8;

    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(LifecycleSpec),
    [
        new("A fact counts once, whichever call fails", async store =>
        {
            var service = await ServiceUnderTest.OpenAsync(store);
            await service.AtEachFaultAsync(
                name => service.Lifecycle.FireAsync(service.Placed(name)),
                async name =>
                {
                    await service.Lifecycle.FireAsync(service.Fact("captured", name, 1200));
                    await service.Lifecycle.FireAsync(service.Fact("cancel", name));
                },
                async name =>
                {
                    var journal = await service.ProveAsync(service.Key(name));
                    Expect.Sequence(["placed", "captured", "cancel"], journal.Select(row => row.Trigger));
                    Expect.Equal(1200, OrderSnapshot.Of(journal).Counters.Captured);
                });
        }),
        new("Facts of many orders count once, whichever call fails", async store =>
        {
            var service = await ServiceUnderTest.OpenAsync(store);
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
                    var first = await service.ProveAsync(service.Key($"{name}-a"));
                    Expect.Sequence([null, 400L, 600L, 700L], first.Select(row => row.Trigger == "captured" ? row.Amount : null));
                    Expect.Equal(1000, OrderSnapshot.Of(first).Counters.Captured);
                    var second = await service.ProveAsync(service.Key($"{name}-b"));
                    Expect.Sequence(["placed", "captured", "outbound"], second.Select(row => row.Trigger));
                    var parked = await store.Queries.ParkedAsync(store.Tenant, 1_000);
                    Expect.Equal(1, parked.Items.Count(fact => fact.Fact.Order == service.Key($"{name}-c")));
                    Expect.Equal(1, parked.Items.Count(fact => fact.Number.Value == $"{name}-unknown"));
                });
        }),
        new("An order applies its parked facts, whichever call fails", async store =>
        {
            var service = await ServiceUnderTest.OpenAsync(store);
            await service.AtEachFaultAsync(
                async name =>
                {
                    await service.Lifecycle.FireAsync(service.Fact("captured", name, 1000));
                    await service.Lifecycle.FireAsync(
                        service.Fact("outbound", name) with
                        {
                            Order = null,
                            Reference = Sample.Waybill(store, name),
                            Links = [Sample.Waybill(store, $"{name}-2")],
                        });
                    await service.Lifecycle.FireAsync(
                        service.Fact("in-transit", name) with { Order = null, Reference = Sample.Waybill(store, $"{name}-2") });
                },
                name => service.Lifecycle.FireAsync(service.Placed(name) with { Links = [Sample.Waybill(store, name)] }),
                async name =>
                {
                    var journal = await service.ProveAsync(service.Key(name));
                    Expect.Sequence(["placed", "captured", "outbound", "in-transit"], journal.Select(row => row.Trigger));
                    Expect.Sequence([], (await store.Queries.ParkedAsync(store.Tenant)).Items.Select(parked => parked.Fact.Trigger));
                });
        }),
        new("A deadline has one effect, whichever call fails", async store =>
        {
            var service = await ServiceUnderTest.OpenAsync(store);
            await service.AtEachFaultAsync(
                async name =>
                {
                    await service.Lifecycle.FireManyAsync([service.Placed($"{name}-a"), service.Placed($"{name}-b")]);
                    await service.AdvanceAsync(TimeSpan.FromMinutes(31));
                },
                _ => service.Runner.RunDueAsync(),
                async name =>
                {
                    foreach (var order in (string[])[$"{name}-a", $"{name}-b"])
                    {
                        Expect.Sequence(
                            ["placed", "unpaid-expired"], (await service.ProveAsync(service.Key(order))).Select(row => row.Trigger));
                    }
                });
        }),
        new("A deadline that a guard stops is not lost, whichever call fails", async store =>
        {
            var service = await ServiceUnderTest.OpenAsync(store);
            await service.AtEachFaultAsync(
                async name =>
                {
                    // A partial payment is not sufficient, so the deadline to ship must wait for the rest.
                    var placed = service.Placed(name);
                    await service.Lifecycle.FireManyAsync([
                        placed with { ShipBy = placed.OccurredAt!.Value.AddMinutes(1) }, service.Fact("captured", name, 400),
                    ]);
                    await service.AdvanceAsync(TimeSpan.FromMinutes(2));
                },
                _ => service.Runner.RunDueAsync(),
                async name =>
                {
                    await service.ProveAsync(service.Key(name));
                    await service.Lifecycle.FireAsync(service.Fact("captured", name, 600) with { Id = "rest" });
                    await service.AdvanceAsync(TimeSpan.FromMinutes(6));
                    await service.Runner.RunDueAsync();
                    var journal = await store.Queries.ReadJournalAsync(service.Key(name));
                    Expect.Sequence(["placed", "captured", "captured", "ship-by-expired"], journal.Select(row => row.Trigger));
                });
        }),
        new("Events are delivered in order, whichever call fails", async store =>
        {
            var service = await ServiceUnderTest.OpenAsync(store);
            await service.AtEachFaultAsync(
                async name =>
                {
                    await service.Lifecycle.FireManyAsync(
                        [
                            service.Placed($"{name}-a"),
                            service.Fact("captured", $"{name}-a", 1000),
                            service.Fact("stock-locked", $"{name}-a"),
                            service.Placed($"{name}-b"),
                        ]);
                    service.SinkFails = true;
                },
                async _ =>
                {
                    while (!await service.IsIdleAsync())
                    {
                        await service.Pump.PumpAllAsync();
                        await service.AdvanceAsync(TimeSpan.FromMinutes(2));
                    }
                },
                async name =>
                {
                    await service.ProveAsync(service.Key($"{name}-a"));
                    await service.ProveAsync(service.Key($"{name}-b"));
                    Expect.That(service.DeliveriesOf(service.Key($"{name}-a")) + service.DeliveriesOf(service.Key($"{name}-b")) <= 6,
                        "One fault may cause each event of one batch to be delivered at most twice.");
                });
        }),
        new("Rows are sealed once, whichever call fails", async store =>
        {
            var service = await ServiceUnderTest.OpenAsync(store);
            await service.AtEachFaultAsync(
                name => service.Lifecycle.FireManyAsync([
                    service.Placed(name),
                    service.Fact("captured", name, 1000),
                    service.Fact("stock-locked", name),
                    service.Fact("cancel", name),
                ]),
                async _ =>
                {
                    while (await service.Sealer.SealOnceAsync() > 0)
                    {
                        // Seal until no row is left.
                    }
                },
                async _ =>
                {
                    var report = await new JournalVerifier(store.Journal).VerifyAsync();
                    Expect.That(
                        report.IsIntact, $"The journal is intact: {string.Join(" ", report.Findings.Select(finding => finding.Message))}");
                    Expect.Equal(report.Rows, report.SealedRows);
                });
        }),
        new("Of two commands that exclude each other one is accepted", store => RaceAsync(store, UsualRaces)),
        new("Concurrent writers of one fact have one effect", async store =>
        {
            var service = await ServiceUnderTest.OpenAsync(store);
            var other = service.NewLifecycle(await store.OpenAnotherAsync());
            for (var round = 0; round < 5; round++)
            {
                var name = $"round-{round}";
                await service.Lifecycle.FireAsync(service.Placed(name));
                var results = await Acting.RaceAsync(
                    8, writer => InsistAsync(writer % 2 == 0 ? service.Lifecycle : other, service.Fact("captured", name, 1000)));
                Expect.Equal(1, results.Count(result => result is FireResult.Applied));
                Expect.Equal(7, results.Count(result => result is FireResult.Duplicate));
                Expect.Equal(1000, OrderSnapshot.Of(await service.ProveAsync(service.Key(name))).Counters.Captured);
            }
        }),
        new("An order and its payment that arrive at the same time find each other", async store =>
        {
            var service = await ServiceUnderTest.OpenAsync(store);
            var other = service.NewLifecycle(await store.OpenAnotherAsync());
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
                await Acting.RaceAsync(facts.Length, writer => InsistAsync(writer % 2 == 0 ? service.Lifecycle : other, facts[writer]));
                var journal = await service.ProveAsync(service.Key(name));
                Expect.Set(["captured", "outbound", "placed", "placed"], journal.Select(row => row.Trigger));
            }

            Expect.Sequence([], (await store.Queries.ParkedAsync(store.Tenant)).Items.Select(parked => parked.Fact.Trigger));
        }),
        new("Calls in one unit see each other, and leave nothing after a rollback", async store =>
        {
            var service = await ServiceUnderTest.OpenAsync(store);
            foreach (var commit in (bool[])[false, true])
            {
                var results = await store.InUnitAsync(unit => TellAsync(service, unit), commit);
                RequireTold(results);
                Expect.Equal(commit, await store.Queries.FindAsync(service.Key("A")) is not null);
            }

            Expect.Equal(4, (await service.ProveAsync(service.Key("A"))).Count);
        }),
        new("Facts in the host's transaction are pending until it commits", async store =>
        {
            var service = await ServiceUnderTest.OpenAsync(store);
            foreach (var commit in (bool[])[false, true])
            {
                var transaction = await ((IHostTransactions)store).BeginHostTransactionAsync();
                await using (transaction)
                {
                    RequireTold(await TellAsync(service, transaction.Enlist()));
                    await (commit ? transaction.CommitAsync() : transaction.RollbackAsync());
                }

                Expect.Equal(commit, await store.Queries.FindAsync(service.Key("A")) is not null);
            }

            Expect.Equal(4, (await service.ProveAsync(service.Key("A"))).Count);
        }, StoreAbilities.HostTransactions),
    ]);

    /// <summary>
    /// Sends two mutually exclusive commands to each of many orders at the same time. Exactly one must be accepted each time.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="races">The number of orders.</param>
    /// <exception cref="SpecFailedException">Both or none were accepted, or a writer got another result.</exception>
    public static async Task RaceAsync(IStoreUnderTest store, int races)
    {
        ArgumentNullException.ThrowIfNull(store);
        var service = await ServiceUnderTest.OpenAsync(store);
        var other = service.NewLifecycle(await store.OpenAnotherAsync());
        const int Batch = 1_000;
        for (var done = 0; done < races; done += Batch)
        {
            var names = Enumerable.Range(done, Math.Min(Batch, races - done)).Select(i => $"race-{i}").ToList();
            await service.Lifecycle.FireManyAsync([.. names.Select(service.Placed)]);

            // Several pairs of writers at a time, because a million sequential races would wait for the disk a million times.
            await Parallel.ForEachAsync(
                names, new ParallelOptions { MaxDegreeOfParallelism = PairsOfWriters }, async (name, cancellationToken) =>
            {
                var heard = await Acting.RaceAsync(2, writer => writer == 0
                    ? InsistAsync(service.Lifecycle, service.Fact("cancel", name))
                    : InsistAsync(other, service.Fact("split-or-merge", name)));
                var journal = await store.Queries.ReadJournalAsync(service.Key(name), cancellationToken: cancellationToken);
                var accepted = journal.Skip(1).Where(row => row.Kind == DecisionKind.Applied).Select(row => row.Trigger).ToList();
                Expect.That(accepted.Count == 1,
                    $"Exactly one of two mutually exclusive commands must be accepted, not [{string.Join(", ", accepted)}].");
                var (winner, loser) = accepted[0] == "cancel" ? (heard[0], heard[1]) : (heard[1], heard[0]);
                Expect.That(winner is FireResult.Applied && loser is FireResult.Rejected,
                    $"The winner must get Applied and the loser Rejected, not {winner} and {loser}.");
            });
        }
    }

    private static async ValueTask<FireResult[]> TellAsync(ServiceUnderTest service, UnitOfWork unit) =>
    [
        await service.Lifecycle.FireAsync(unit, service.Fact("captured", "A", 1000)),
        await service.Lifecycle.FireAsync(unit, service.Placed("A")),
        await service.Lifecycle.FireAsync(unit, service.Fact("captured", "A", 1000)),
        .. await service.Lifecycle.FireManyAsync(unit, [service.Fact("stock-locked", "A"), service.Fact("release", "A")]),
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
            if (await lifecycle.FireAsync(fact) is not FireResult.Conflict and var result)
            {
                return result;
            }
        }
    }
}

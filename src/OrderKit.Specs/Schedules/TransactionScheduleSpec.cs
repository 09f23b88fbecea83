using System.Data.Common;
using System.Globalization;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Specs;

/// <summary>Claims in transactions of hosts and of groups: several keys, opposite orders, rollbacks.</summary>
public static class TransactionScheduleSpec
{
    private const int MostTries = 10;

    private static readonly ClaimTerms Joined = new(OperationState.Succeeded, TimeSpan.FromDays(1), 1, TakesLapsed: false);

    /// <summary>The scenarios.</summary>
    public static IReadOnlyList<ScheduleCase> Schedules { get; } =
    [
        new("Hosts that claim two keys in opposite orders come to an end, and each key is claimed once", OppositeOrdersAsync),
        new("Sets that name the same keys in opposite orders never wait for each other", OppositeSetsAsync),
        new("A host that rolls back leaves nothing, and whoever waited for it goes on", HostRollsBackAsync),
        new("Callers of two processes that share transactions have each key done once, and one that fails alone", SharedAsync),
        new("Facts of two hosts on one order are each told once, in one order", FactsOfOneOrderAsync),
    ];

    /// <summary>All cases.</summary>
    public static SpecSuite Suite { get; } = new(nameof(TransactionScheduleSpec), [.. Schedules.Select(schedule => schedule.AsCase())]);

    /// <summary>The scenarios as cases.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases => Suite.Cases;

    /// <summary>Tries one case on a store that is opened for it.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static Task<InterleavingCount> OppositeOrdersAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        way.MayCrash = 1;
        OperationKey[] keys = [new(store.Tenant, "opposite", way.Mark + "-a"), new(store.Tenant, "opposite", way.Mark + "-b")];
        var answered = 0;
        foreach (var order in (OperationKey[][])[keys, [.. keys.Reverse()]])
        {
            await way.AddAsync(async participant =>
            {
                await InsistAsync(() => ClaimAsync(participant.Store, order, way.Mark)).ConfigureAwait(false);
                answered++;
            }).ConfigureAwait(false);
        }

        await way.RunAsync().ConfigureAwait(false);

        Expect.Equal(2 - way.Crashes, answered);
        var effects = (await store.Outbox.BacklogAsync(way.Mark).ConfigureAwait(false)).Count;
        Expect.That(effects <= 2 && (effects == 2 || answered == 0), "Each key is claimed once, by whoever says so.");
        foreach (var key in keys)
        {
            Expect.Equal(effects == 2, await store.Operations.FindAsync(key).ConfigureAwait(false) is not null);
        }
    });

    private static Task<InterleavingCount> OppositeSetsAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        OperationKey[] keys = [.. Enumerable.Range(0, 4).Select(i => new OperationKey(store.Tenant, "sets", string.Create(CultureInfo.InvariantCulture, $"{way.Mark}-{i}")))];
        var won = 0;
        var failures = new List<Exception>();
        foreach (var order in (OperationKey[][])[keys, [.. keys.Reverse()]])
        {
            await way.AddAsync(async participant =>
            {
                try
                {
                    var claims = await participant.Store.InUnitAsync(unit => participant.Store.Operations.ClaimAsync(unit, [.. order.Select(Request)], Joined)).ConfigureAwait(false);
                    won += claims.Count(answer => answer.Claim is not null);
                }
                catch (DbException failure)
                {
                    failures.Add(failure);
                }
            }).ConfigureAwait(false);
        }

        await way.RunAsync().ConfigureAwait(false);

        Expect.Equal(0, failures.Count);
        Expect.Equal(keys.Length, won);
    });

    private static Task<InterleavingCount> HostRollsBackAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        var desk = new OperationDesk(store, way);
        await way.AddAsync(async participant =>
        {
            // The host changes its mind after all was done in its unit.
            await participant.Store.InUnitAsync(async unit => await desk.Service(participant.Store).RunAsync(unit, desk.Key, OperationDesk.Print(), ResultCodec.Text, async (operation, cancellationToken) =>
            {
                await participant.Store.Outbox.AppendAsync(unit, [Sample.Message(store, way.Mark, destination: desk.Destination)], cancellationToken).ConfigureAwait(false);
                return "rolled back";
            }).ConfigureAwait(false), commit: false).ConfigureAwait(false);
        }).ConfigureAwait(false);
        await desk.JoinAsync().ConfigureAwait(false);
        await way.RunAsync().ConfigureAwait(false);

        await desk.ProveAsync().ConfigureAwait(false);
        Expect.Equal(1, desk.Applied.Count());
        Expect.Equal(1, await desk.EffectsAsync().ConfigureAwait(false));
    });

    private static Task<InterleavingCount> SharedAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        (way.MayCrash, way.MayLoseCommits) = (1, 1);
        var desk = new GroupDesk(store, way);
        await desk.AddAsync(["a", "b", "a"], fails: "b").ConfigureAwait(false);
        await desk.AddAsync("a").ConfigureAwait(false);
        await way.RunAsync().ConfigureAwait(false);

        var effects = await desk.EffectsAsync("a").ConfigureAwait(false);
        var done = desk.Answers.Where(told => told is { Key: "a", Outcome: not null }).Select(told => told.Outcome).ToList();
        Expect.That(effects <= 1, $"An operation takes effect once, and not {effects} times.");
        Expect.That(effects == 1 || done.Count == 0, "What somebody was told is done, is done.");
        Expect.That(done.OfType<OperationOutcome<bool>.Applied>().Count() <= 1, "One caller did it.");
        Expect.That(way.Crashes + way.LostCommits > 0 || done.Count == 3, "Where nothing breaks, all hear of it.");

        Expect.Equal(0, await desk.EffectsAsync("b").ConfigureAwait(false));
        Expect.That(desk.Answers.TrueForAll(told => told.Failure is { } failure
            ? told.Key == "b" ? failure is InvalidOperationException { Message: "The effect fails." } or CommitOutcomeUnknownException : failure is CommitOutcomeUnknownException
            : told.Key == "a"), "Who fails is told so, and nobody else.");
        Expect.That(way.LostCommits > 0 || desk.Answers.TrueForAll(told => told.Failure is not CommitOutcomeUnknownException), "Who can know says what is so.");
    });

    private static async Task<InterleavingCount> FactsOfOneOrderAsync(IStoreUnderTest store, Exploration exploration)
    {
        var services = await ServiceUnderTest.OpenAsync(store).ConfigureAwait(false);
        return await Interleavings.ExploreAsync(store, exploration, async way =>
        {
            way.MayCrash = 1;
            await services.Lifecycle.FireAsync(services.Placed(way.Mark)).ConfigureAwait(false);
            OrderFact[] facts = [services.Fact("captured", way.Mark, 1000), services.Fact("cancelled", way.Mark)];
            foreach (var fact in facts)
            {
                await way.AddAsync(participant => services.NewLifecycle(participant.Store).FireAsync(fact)).ConfigureAwait(false);
            }

            await way.RunAsync().ConfigureAwait(false);
            foreach (var fact in facts)
            {
                await services.Lifecycle.FireAsync(fact).ConfigureAwait(false);
            }

            var journal = await services.ProveAsync(services.Key(way.Mark)).ConfigureAwait(false);
            Expect.Equal(1, journal.Count(row => row.Trigger == "captured"));
        }).ConfigureAwait(false);
    }

    private static OperationRequest Request(OperationKey key) => new(key, Fingerprint.Nothing, Guid.NewGuid());

    private static Task<bool> ClaimAsync(IStoreActor actor, IReadOnlyList<OperationKey> keys, string destination) => actor.InUnitAsync(async unit =>
    {
        foreach (var key in keys)
        {
            if ((await actor.Operations.ClaimAsync(unit, [Request(key)], Joined).ConfigureAwait(false))[0].Claim is not null)
            {
                await actor.Outbox.AppendAsync(unit, [new OutboxMessage(key.Key, destination, key.Tenant, key.Key, "effect", default)]).ConfigureAwait(false);
            }
        }

        return true;
    });

    // As hosts do: a transaction that the server gave up is begun again as a whole.
    private static async Task InsistAsync(Func<Task> act)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await act().ConfigureAwait(false);
                return;
            }
            catch (DbException) when (tries < MostTries)
            {
            }
        }
    }
}

using System.Data.Common;
using System.Globalization;
using OrderKit.Core;
using OrderKit.Idempotency;

namespace OrderKit.Specs;

/// <summary>Tests claims in transactions of hosts and of groups, with several keys, opposite orders and rollbacks.</summary>
public static class TransactionScheduleSpec
{
    private const int MostTries = 10;

    private static readonly ClaimTerms Joined = new(OperationState.Succeeded, TimeSpan.FromDays(1), 1, TakesLapsed: false);

    /// <summary>The scenarios.</summary>
    public static IReadOnlyList<ScheduleCase> Schedules { get; } =
    [
        new("Hosts that claim two keys in opposite orders finish, and each key is claimed once", async (store, way) =>
        {
            way.MayCrash = 1;
            OperationKey[] keys = [new(store.Tenant, "opposite", way.Mark + "-a"), new(store.Tenant, "opposite", way.Mark + "-b")];
            var answered = 0;
            foreach (var order in (OperationKey[][])[keys, [.. keys.Reverse()]])
            {
                await way.AddAsync(async participant =>
                {
                    await InsistAsync(() => ClaimAsync(participant.Store, order, way.Mark));
                    answered++;
                });
            }

            await way.RunAsync();

            Expect.Equal(2 - way.Crashes, answered);
            var effects = (await store.Outbox.BacklogAsync(way.Mark)).Count;
            Expect.That(effects <= 2 && (effects == 2 || answered == 0), "Each key must be claimed once, by the caller that reports it.");
            foreach (var key in keys)
            {
                Expect.Equal(effects == 2, await store.Operations.FindAsync(key) is not null);
            }
        }),
        new("Sets with the same keys in opposite orders never deadlock", async (store, way) =>
        {
            OperationKey[] keys = [
                .. Enumerable.Range(0, 4)
                .Select(i => new OperationKey(store.Tenant, "sets", string.Create(CultureInfo.InvariantCulture, $"{way.Mark}-{i}"))),
            ];
            var won = 0;
            var failures = new List<Exception>();
            foreach (var order in (OperationKey[][])[keys, [.. keys.Reverse()]])
            {
                await way.AddAsync(async participant =>
                {
                    try
                    {
                        var claims = await participant.Store.InUnitAsync(
                            unit => participant.Store.Operations.ClaimAsync(unit, [.. order.Select(Request)], Joined));
                        won += claims.Count(answer => answer.Claim is not null);
                    }
                    catch (DbException failure)
                    {
                        failures.Add(failure);
                    }
                });
            }

            await way.RunAsync();

            Expect.Equal(0, failures.Count);
            Expect.Equal(keys.Length, won);
        }),
        new("A host that rolls back leaves nothing, and whoever waited for it continues", async (store, way) =>
        {
            var desk = new OperationDesk(store, way);
            await way.AddAsync(async participant =>
            {
                // The host rolls back after everything was done in its unit.
                await participant.Store.InUnitAsync(
                    async unit => await desk.Service(
                        participant.Store).RunAsync(unit, desk.Key, OperationDesk.Print(), ResultCodec.Text,
                        async (operation, cancellationToken) =>
                {
                    await participant.Store.Outbox.AppendAsync(
                        unit, [Sample.Message(store, way.Mark, destination: desk.Destination)], cancellationToken);
                    return "rolled back";
                }), commit: false);
            });
            await desk.JoinAsync();
            await way.RunAsync();

            await desk.ProveAsync();
            Expect.Equal(1, desk.Applied.Count());
            Expect.Equal(1, await desk.EffectsAsync());
        }),
        new("Grouped callers of two processes execute each key once, and a failure affects only its own caller", async (store, way) =>
        {
            (way.MayCrash, way.MayLoseCommits) = (1, 1);
            var desk = new GroupDesk(store, way);
            await desk.AddAsync(["a", "b", "a"], fails: "b");
            await desk.AddAsync("a");
            await way.RunAsync();

            var effects = await desk.EffectsAsync("a");
            var done = desk.Answers.Where(told => told is { Key: "a", Outcome: not null }).Select(told => told.Outcome).ToList();
            Expect.That(effects <= 1, $"An operation must take effect once, not {effects} times.");
            Expect.That(effects == 1 || done.Count == 0, "An operation that was reported as executed must have its effect.");
            Expect.That(done.OfType<OperationOutcome<bool>.Applied>().Count() <= 1, "At most one caller may execute it.");
            Expect.That(way.Crashes + way.LostCommits > 0 || done.Count == 3, "Without a fault all callers must get an answer.");

            Expect.Equal(0, await desk.EffectsAsync("b"));
            Expect.That(desk.Answers.TrueForAll(told => told.Failure is { } failure
                ? told.Key == "b" ? failure is InvalidOperationException
                {
                    Message: "The effect fails.",
                } or CommitOutcomeUnknownException : failure is CommitOutcomeUnknownException
                : told.Key == "a"), "A failure must be reported only to its own caller.");
            Expect.That(way.LostCommits > 0 || desk.Answers.TrueForAll(told => told.Failure is not CommitOutcomeUnknownException),
                "A known outcome must be reported.");
        }),
        new("Facts of two hosts on one order each produce one event, in the same sequence", async (store, way) =>
        {
            var services = await ServiceUnderTest.OpenAsync(store);
            way.MayCrash = 1;
            await services.Lifecycle.FireAsync(services.Placed(way.Mark));
            OrderFact[] facts = [services.Fact("captured", way.Mark, 1000), services.Fact("cancelled", way.Mark)];
            foreach (var fact in facts)
            {
                await way.AddAsync(participant => services.NewLifecycle(participant.Store).FireAsync(fact));
            }

            await way.RunAsync();
            foreach (var fact in facts)
            {
                await services.Lifecycle.FireAsync(fact);
            }

            var journal = await services.ProveAsync(services.Key(way.Mark));
            Expect.Equal(1, journal.Count(row => row.Trigger == "captured"));
        }),
    ];

    /// <summary>All cases.</summary>
    public static SpecSuite Suite { get; } = new(nameof(TransactionScheduleSpec), [.. Schedules.Select(schedule => schedule.AsCase())]);

    private static OperationRequest Request(OperationKey key) => new(key, Fingerprint.Nothing, Guid.NewGuid());

    private static Task ClaimAsync(
        IStoreActor actor, IReadOnlyList<OperationKey> keys, string destination) => actor.InUnitAsync(async unit =>
    {
        foreach (var key in keys)
        {
            if ((await actor.Operations.ClaimAsync(unit, [Request(key)], Joined))[0].Claim is not null)
            {
                await actor.Outbox.AppendAsync(unit, [new OutboxMessage(key.Key, destination, key.Tenant, key.Key, "effect", default)]);
            }
        }
    });

    // Like a host, repeats the whole transaction if the server aborted it.
    private static async Task InsistAsync(Func<Task> act)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await act();
                return;
            }
            catch (DbException) when (tries < MostTries)
            {
            }
        }
    }
}

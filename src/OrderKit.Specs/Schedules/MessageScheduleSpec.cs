using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>Messages on their way through outbox, inbox and dead letters, in whatever order pumps, crashes, leases and people come.</summary>
public static class MessageScheduleSpec
{
    /// <summary>The scenarios.</summary>
    public static IReadOnlyList<ScheduleCase> Schedules { get; } =
    [
        new("A message has one effect, whichever pump crashes or is overtaken", OneEffectAsync),
        new("A handler that outlasts its lease has no effect beside its successor's", LongHandlerAsync),
        new("A message of a transaction that was slow to commit is not passed over", SlowCommitAsync, StoreAbilities.ParallelUnits),
        new("A lane keeps its order while its head fails and pumps race", FailingHeadAsync),
        new("A letter that two people redrive is delivered once", TwoRedrivesAsync),
        new("A redrive beside the late success of its first delivery has one effect", RedriveBesideSuccessAsync),
        new("A message that came twice at once is accepted once", TwiceAtOnceAsync),
    ];

    /// <summary>All cases.</summary>
    public static SpecSuite Suite { get; } = new(nameof(MessageScheduleSpec), [.. Schedules.Select(schedule => schedule.AsCase())]);

    /// <summary>The scenarios as cases.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases => Suite.Cases;

    /// <summary>Tries one case on a store that is opened for it.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static Task<InterleavingCount> OneEffectAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        (way.MayCrash, way.MayLoseCommits) = (1, 1);
        var desk = new MessageDesk(store, way);
        await desk.AppendAsync(desk.Message("1"), desk.Message("2")).ConfigureAwait(false);
        for (var sender = 0; sender < 2; sender++)
        {
            await way.AddAsync(participant => PumpAsync(participant, desk.Outbox(participant.Store, participant.StepAsync).PumpOnceAsync)).ConfigureAwait(false);
        }

        await way.AddAsync(participant => PumpAsync(participant, desk.Inbox(participant.Store, participant.StepAsync).PumpOnceAsync)).ConfigureAwait(false);
        way.Passes(MessageDesk.Lease);
        await way.RunAsync().ConfigureAwait(false);

        Expect.Sequence([$"{desk.Name}-1", $"{desk.Name}-2"], await desk.DrainAsync().ConfigureAwait(false));
    });

    private static Task<InterleavingCount> LongHandlerAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        (way.MayCrash, way.MayLoseCommits) = (1, 1);
        var desk = new MessageDesk(store, way);
        await store.InUnitAsync(unit => store.Inbox.AcceptAsync(unit, [desk.Incoming(desk.Message("1")), desk.Incoming(desk.Message("2"))])).ConfigureAwait(false);
        for (var worker = 0; worker < 2; worker++)
        {
            await way.AddAsync(participant => PumpAsync(participant, desk.Inbox(participant.Store, participant.StepAsync).PumpOnceAsync)).ConfigureAwait(false);
        }

        way.Passes(MessageDesk.Lease);
        await way.RunAsync().ConfigureAwait(false);

        Expect.Sequence([$"{desk.Name}-1", $"{desk.Name}-2"], await desk.DrainAsync().ConfigureAwait(false));
    });

    private static Task<InterleavingCount> SlowCommitAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        var desk = new MessageDesk(store, way);
        foreach (var lane in (string[])["a", "b"])
        {
            await way.AddAsync(participant => MessageDesk.AppendAsync(participant.Store, desk.Message("of " + lane, lane))).ConfigureAwait(false);
        }

        await way.AddAsync(async participant =>
        {
            var pump = desk.Outbox(participant.Store);
            await pump.PumpOnceAsync().ConfigureAwait(false);
            await pump.PumpOnceAsync().ConfigureAwait(false);
        }).ConfigureAwait(false);
        await way.RunAsync().ConfigureAwait(false);

        Expect.Set([$"{desk.Name}-of a", $"{desk.Name}-of b"], await desk.DrainAsync().ConfigureAwait(false));
    });

    private static Task<InterleavingCount> FailingHeadAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        var desk = new MessageDesk(store, way) { FailingDeliveries = 1 };
        await desk.AppendAsync(desk.Message("1"), desk.Message("2"), desk.Message("3")).ConfigureAwait(false);
        for (var sender = 0; sender < 2; sender++)
        {
            await way.AddAsync(async participant =>
            {
                var pump = desk.Outbox(participant.Store, participant.StepAsync);
                await pump.PumpOnceAsync().ConfigureAwait(false);
                await pump.PumpOnceAsync().ConfigureAwait(false);
            }).ConfigureAwait(false);
        }

        way.Passes(MessageDesk.Pause);
        way.Passes(MessageDesk.Lease);
        await way.RunAsync().ConfigureAwait(false);

        Expect.Sequence([$"{desk.Name}-1", $"{desk.Name}-2", $"{desk.Name}-3"], await desk.DrainAsync().ConfigureAwait(false));
    });

    private static Task<InterleavingCount> TwoRedrivesAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        way.MayCrash = 1;
        var desk = new MessageDesk(store, way);
        var number = await BuryAsync(store, desk, "1").ConfigureAwait(false);
        var redriven = 0;
        for (var person = 0; person < 2; person++)
        {
            await way.AddAsync(async participant =>
            {
                if (await LettersOf(participant.Store).RedriveAsync(number, "a person").ConfigureAwait(false) is RedriveResult.Redriven)
                {
                    redriven++;
                }
            }).ConfigureAwait(false);
        }

        await way.AddAsync(participant => PumpAsync(participant, desk.Outbox(participant.Store, participant.StepAsync).PumpOnceAsync)).ConfigureAwait(false);
        await way.RunAsync().ConfigureAwait(false);

        Expect.That(redriven <= 1 && (redriven == 1 || way.Crashes > 0), "Of two people one redrives a letter, and the other is told so.");
        var letter = await store.DeadLetters.FindAsync(number).ConfigureAwait(false);
        Expect.Sequence(
            letter!.State == DeadLetterState.Dead ? [] : [$"{desk.Name}-1"], await desk.DrainAsync().ConfigureAwait(false));
    });

    private static Task<InterleavingCount> RedriveBesideSuccessAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        way.MayCrash = 1;
        var desk = new MessageDesk(store, way);

        // The sender gave it up, and the receiver got it all the same: the answer was lost.
        var number = await BuryAsync(store, desk, "1").ConfigureAwait(false);
        await store.InUnitAsync(unit => store.Inbox.AcceptAsync(unit, [desk.Incoming(desk.Message("1"))])).ConfigureAwait(false);
        await way.AddAsync(async participant =>
        {
            await LettersOf(participant.Store).RedriveAsync(number, "a person").ConfigureAwait(false);
            await desk.Outbox(participant.Store, participant.StepAsync).PumpOnceAsync().ConfigureAwait(false);
        }).ConfigureAwait(false);
        await way.AddAsync(participant => PumpAsync(participant, desk.Inbox(participant.Store, participant.StepAsync).PumpOnceAsync)).ConfigureAwait(false);
        await way.RunAsync().ConfigureAwait(false);

        Expect.Sequence([$"{desk.Name}-1"], await desk.DrainAsync().ConfigureAwait(false));
    });

    private static Task<InterleavingCount> TwiceAtOnceAsync(IStoreUnderTest store, Exploration exploration) => Interleavings.ExploreAsync(store, exploration, async way =>
    {
        (way.MayCrash, way.MayLoseCommits) = (1, 1);
        var desk = new MessageDesk(store, way);
        for (var delivery = 0; delivery < 2; delivery++)
        {
            await way.AddAsync(async participant =>
            {
                try
                {
                    await new Inbox(participant.Store.Inbox, participant.Store.Units).AcceptAsync([desk.Incoming(desk.Message("1"))]).ConfigureAwait(false);
                }
                catch (CommitOutcomeUnknownException)
                {
                    // The sender is told nothing, and sends again.
                }
            }).ConfigureAwait(false);
        }

        await way.RunAsync().ConfigureAwait(false);
        await store.InUnitAsync(unit => store.Inbox.AcceptAsync(unit, [desk.Incoming(desk.Message("1"))])).ConfigureAwait(false);

        Expect.Sequence([$"{desk.Name}-1"], await desk.DrainAsync().ConfigureAwait(false));
    });

    private static DeadLetters LettersOf(IStoreActor actor) => new(actor.DeadLetters, actor.Outbox, actor.Inbox, actor.Units, Options.Create(new InboxPumpOptions()));

    private static async Task<long> BuryAsync(IStoreUnderTest store, MessageDesk desk, string id)
    {
        await desk.AppendAsync(desk.Message(id)).ConfigureAwait(false);
        var delivery = (await store.Outbox.ClaimAsync(desk.Name, 1, MessageDesk.Lease).ConfigureAwait(false)).One();
        await store.InUnitAsync(async unit =>
        {
            await store.Outbox.RemoveAsync(unit, delivery).ConfigureAwait(false);
            await store.DeadLetters.AddAsync(unit, [DeadLetter.Of(MessageFlow.Outbox, delivery, "Timeout", "Nobody answered.")]).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        return (await store.DeadLetters.QueryAsync(new DeadLetterQuery { Name = desk.Name }).ConfigureAwait(false)).Items.One().Number;
    }

    // A pump that hears nothing of a commit goes on with the next round, as its background service does.
    private static async Task PumpAsync(Participant participant, Func<CancellationToken, Task<PumpResult>> pump)
    {
        try
        {
            await pump(CancellationToken.None).ConfigureAwait(false);
        }
        catch (CommitOutcomeUnknownException) when (!participant.HasCrashed)
        {
        }
    }
}

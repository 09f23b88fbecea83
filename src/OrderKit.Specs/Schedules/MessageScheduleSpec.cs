using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>Tests messages in outbox, inbox and dead letters under every order of pumps, crashes, leases and operators.</summary>
public static class MessageScheduleSpec
{
    /// <summary>The scenarios.</summary>
    public static IReadOnlyList<ScheduleCase> Schedules { get; } =
    [
        new("A message has one effect, whichever pump crashes or is overtaken", async (store, way) =>
        {
            (way.MayCrash, way.MayLoseCommits) = (1, 1);
            var desk = new MessageDesk(store, way);
            await desk.AppendAsync(desk.Message("1"), desk.Message("2"));
            for (var sender = 0; sender < 2; sender++)
            {
                await way.AddAsync(
                    participant => PumpAsync(participant, desk.Outbox(participant.Store, participant.StepAsync).PumpOnceAsync));
            }

            await way.AddAsync(participant => PumpAsync(participant, desk.Inbox(participant.Store, participant.StepAsync).PumpOnceAsync));
            way.Passes(MessageDesk.Lease);
            await way.RunAsync();

            Expect.Sequence([$"{desk.Name}-1", $"{desk.Name}-2"], await desk.DrainAsync());
        }),
        new("A handler that outlasts its lease adds no effect to that of its successor", async (store, way) =>
        {
            (way.MayCrash, way.MayLoseCommits) = (1, 1);
            var desk = new MessageDesk(store, way);
            await store.InUnitAsync(
                unit => store.Inbox.AcceptAsync(unit, [desk.Incoming(desk.Message("1")), desk.Incoming(desk.Message("2"))]));
            for (var worker = 0; worker < 2; worker++)
            {
                await way.AddAsync(
                    participant => PumpAsync(participant, desk.Inbox(participant.Store, participant.StepAsync).PumpOnceAsync));
            }

            way.Passes(MessageDesk.Lease);
            await way.RunAsync();

            Expect.Sequence([$"{desk.Name}-1", $"{desk.Name}-2"], await desk.DrainAsync());
        }),
        new("A message that was committed late is not skipped", async (store, way) =>
        {
            var desk = new MessageDesk(store, way);
            foreach (var lane in (string[])["a", "b"])
            {
                await way.AddAsync(participant => MessageDesk.AppendAsync(participant.Store, desk.Message("of " + lane, lane)));
            }

            await way.AddAsync(async participant =>
            {
                var pump = desk.Outbox(participant.Store);
                await pump.PumpOnceAsync();
                await pump.PumpOnceAsync();
            });
            await way.RunAsync();

            Expect.Set([$"{desk.Name}-of a", $"{desk.Name}-of b"], await desk.DrainAsync());
        }, StoreAbilities.ParallelUnits),
        new("A lane keeps its order while its first message fails and pumps race", async (store, way) =>
        {
            var desk = new MessageDesk(store, way) { FailingDeliveries = 1 };
            await desk.AppendAsync(desk.Message("1"), desk.Message("2"), desk.Message("3"));
            for (var sender = 0; sender < 2; sender++)
            {
                await way.AddAsync(async participant =>
                {
                    var pump = desk.Outbox(participant.Store, participant.StepAsync);
                    await pump.PumpOnceAsync();
                    await pump.PumpOnceAsync();
                });
            }

            way.Passes(MessageDesk.Pause);
            way.Passes(MessageDesk.Lease);
            await way.RunAsync();

            Expect.Sequence([$"{desk.Name}-1", $"{desk.Name}-2", $"{desk.Name}-3"], await desk.DrainAsync());
        }),
        new("A dead letter that two people redrive is delivered once", async (store, way) =>
        {
            way.MayCrash = 1;
            var desk = new MessageDesk(store, way);
            var number = await BuryAsync(store, desk, "1");
            var redriven = 0;
            for (var person = 0; person < 2; person++)
            {
                await way.AddAsync(async participant =>
                {
                    if (await LettersOf(participant.Store).RedriveAsync(number, "a person") is RedriveResult.Redriven)
                    {
                        redriven++;
                    }
                });
            }

            await way.AddAsync(participant => PumpAsync(participant, desk.Outbox(participant.Store, participant.StepAsync).PumpOnceAsync));
            await way.RunAsync();

            Expect.That(redriven <= 1 && (redriven == 1 || way.Crashes > 0), "Exactly one of two people must redrive the dead letter.");
            var letter = await store.DeadLetters.FindAsync(number);
            Expect.Sequence(letter!.State == DeadLetterState.Dead ? [] : [$"{desk.Name}-1"], await desk.DrainAsync());
        }),
        new("A redrive concurrent with the late success of the first delivery has one effect", async (store, way) =>
        {
            way.MayCrash = 1;
            var desk = new MessageDesk(store, way);

            // The sender gave the message up, but the receiver got it: only the answer was lost.
            var number = await BuryAsync(store, desk, "1");
            await store.InUnitAsync(unit => store.Inbox.AcceptAsync(unit, [desk.Incoming(desk.Message("1"))]));
            await way.AddAsync(async participant =>
            {
                await LettersOf(participant.Store).RedriveAsync(number, "a person");
                await desk.Outbox(participant.Store, participant.StepAsync).PumpOnceAsync();
            });
            await way.AddAsync(participant => PumpAsync(participant, desk.Inbox(participant.Store, participant.StepAsync).PumpOnceAsync));
            await way.RunAsync();

            Expect.Sequence([$"{desk.Name}-1"], await desk.DrainAsync());
        }),
        new("A message that arrives twice at the same time is accepted once", async (store, way) =>
        {
            (way.MayCrash, way.MayLoseCommits) = (1, 1);
            var desk = new MessageDesk(store, way);
            for (var delivery = 0; delivery < 2; delivery++)
            {
                await way.AddAsync(async participant =>
                {
                    try
                    {
                        await new Inbox(participant.Store.Inbox, participant.Store.Units).AcceptAsync([desk.Incoming(desk.Message("1"))]);
                    }
                    catch (CommitOutcomeUnknownException)
                    {
                        // The sender gets no answer and sends the message again.
                    }
                });
            }

            await way.RunAsync();
            await store.InUnitAsync(unit => store.Inbox.AcceptAsync(unit, [desk.Incoming(desk.Message("1"))]));

            Expect.Sequence([$"{desk.Name}-1"], await desk.DrainAsync());
        }),
    ];

    /// <summary>All cases.</summary>
    public static SpecSuite Suite { get; } = new(nameof(MessageScheduleSpec), [.. Schedules.Select(schedule => schedule.AsCase())]);

    private static DeadLetters LettersOf(IStoreActor actor) =>
        new(actor.DeadLetters, actor.Outbox, actor.Inbox, actor.Units, Options.Create(new InboxPumpOptions()));

    private static async Task<long> BuryAsync(IStoreUnderTest store, MessageDesk desk, string id)
    {
        await desk.AppendAsync(desk.Message(id));
        var delivery = (await store.Outbox.ClaimAsync(desk.Name, 1, MessageDesk.Lease)).One();
        await store.InUnitAsync(async unit =>
        {
            await store.Outbox.RemoveAsync(unit, delivery);
            await store.DeadLetters.AddAsync(unit, [DeadLetter.Of(MessageFlow.Outbox, delivery, "Timeout", "There was no answer.")]);
        });
        return (await store.DeadLetters.QueryAsync(new DeadLetterQuery { Name = desk.Name })).Items.One().Number;
    }

    // A pump that gets no answer to a commit continues with the next round, as its background service does.
    private static async Task PumpAsync(Participant participant, Func<CancellationToken, Task<PumpResult>> pump)
    {
        try
        {
            await pump(CancellationToken.None);
        }
        catch (CommitOutcomeUnknownException) when (!participant.HasCrashed)
        {
        }
    }
}

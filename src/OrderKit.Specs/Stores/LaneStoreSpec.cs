using OrderKit.Core;
using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>The rules that both an outbox and an inbox must keep, about attempts and deep lanes.</summary>
public static class LaneStoreSpec
{
    // More messages than a store reads again without putting them off.
    private const int Deep = 300;
    private const string Name = "events";

    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(LaneStoreSpec),
    [
        .. CasesOf("outbox", static store => new OutboxLanes(store)),
        .. CasesOf("inbox", static store => new InboxLanes(store)),
    ]);

    private static IEnumerable<SpecCase<IStoreUnderTest>> CasesOf<TDelivery>(string name, Func<IStoreUnderTest, Lanes<TDelivery>> of)
        where TDelivery : MessageDelivery =>
    [
        new($"A claim uses no attempt, a start uses one ({name})", store => AClaimUsesNoAttemptAsync(of(store))),
        new($"A released message is due at once and has used no attempt ({name})", store => WhatIsReleasedIsDueAtOnceAsync(of(store))),
        new($"A worker that lost its lease can neither start nor release a message ({name})",
            store => WhoWasOvertakenCanNeitherStartNorReleaseAsync(of(store))),
        new($"A deep lane keeps its order, and the lanes behind it are claimed together with it ({name})",
            store => ADeepLaneKeepsItsOrderAsync(of(store))),
        new($"A deep lane whose head fails waits for it, and other lanes do not ({name})",
            store => ADeepLaneWaitsForItsHeadAsync(of(store))),
        new($"Removing the head of a deep lane lets the next message be claimed, unless it is rolled back ({name})",
            store => AHeadThatIsTakenOutLetsTheNextOneInAsync(of(store))),
        new($"Racing pumps claim each message of deep lanes once and in order, while new ones arrive ({name})",
            store => RacingPumpsKeepTheOrderOfDeepLanesAsync(of(store))),
    ];

    private static async Task AClaimUsesNoAttemptAsync<TDelivery>(Lanes<TDelivery> lanes)
        where TDelivery : MessageDelivery
    {
        await lanes.WriteAsync(("a", "a"), ("b", "b"));
        for (var i = 0; i < 3; i++)
        {
            var claimed = await lanes.ClaimAsync();
            Expect.Sequence([1, 1], claimed.Select(delivery => delivery.Attempt));
            Expect.That(
                claimed.All(delivery => delivery.IsTakenOver == i > 0), "A message whose lease lapsed must be marked as taken over.");
            await lanes.Store.AdvanceAsync(Acting.Minute * 2);
        }

        // Sorted by number, because claims that lapsed at the same instant have no order.
        var all = (await lanes.ClaimAsync()).OrderBy(delivery => delivery.Id).ToList();
        Expect.That(await lanes.Of(lanes.Store).StartAsync(all[0]), "The claim must be valid.");
        Expect.Equal(1, (await lanes.Of(lanes.Store).BacklogAsync(Name)).OldestAttempts);
        await lanes.Store.AdvanceAsync(Acting.Minute * 2);
        all = [.. (await lanes.ClaimAsync()).OrderBy(delivery => delivery.Id)];
        Expect.Sequence([2, 1], all.Select(delivery => delivery.Attempt));

        // A failure belongs to the same attempt, whether the attempt was counted before or not.
        await lanes.Of(lanes.Store).StartAsync(all[0]);
        foreach (var delivery in all)
        {
            Expect.That(await lanes.Of(lanes.Store).RetryAsync(delivery, TimeSpan.Zero, "down"), "The claim must be valid.");
        }

        all = [.. (await lanes.ClaimAsync()).OrderBy(delivery => delivery.Id)];
        Expect.Sequence([3, 2], all.Select(delivery => delivery.Attempt));
        Expect.That(!all.Any(delivery => delivery.IsTakenOver), "A message that is retried must not be marked as taken over.");
    }

    private static async Task WhatIsReleasedIsDueAtOnceAsync<TDelivery>(Lanes<TDelivery> lanes)
        where TDelivery : MessageDelivery
    {
        await lanes.WriteAsync(("a", "a"), ("b", "b"), ("c", "c"));
        var claimed = await lanes.ClaimAsync();
        await lanes.Of(lanes.Store).ReleaseAsync([claimed[0], claimed[2]]);
        await lanes.Of(lanes.Store).ReleaseAsync([]);
        var again = await lanes.ClaimAsync();
        Expect.Set(["a", "c"], again.Select(delivery => delivery.MessageId));
        Expect.That(
            again.All(delivery => delivery is { Attempt: 1, IsTakenOver: false }),
            "A message that was not started must not use an attempt.");
        Expect.That(!await lanes.Of(lanes.Store).RetryAsync(claimed[0], TimeSpan.Zero, "late"), "The claim was already released.");
        Expect.Equal(2, await lanes.CompleteAsync(lanes.Store, [.. again]));
        Expect.Equal(1, await lanes.CompleteAsync(lanes.Store, claimed[1]));
    }

    private static async Task WhoWasOvertakenCanNeitherStartNorReleaseAsync<TDelivery>(Lanes<TDelivery> lanes)
        where TDelivery : MessageDelivery
    {
        await lanes.WriteAsync(("a", "a"));
        var late = (await lanes.ClaimAsync()).One();
        await lanes.Store.AdvanceAsync(Acting.Minute * 2);
        var held = (await lanes.ClaimAsync(await lanes.Store.OpenAnotherAsync())).One();
        Expect.That(!await lanes.Of(lanes.Store).StartAsync(late), "The claim was taken over.");
        await lanes.Of(lanes.Store).ReleaseAsync([late]);
        Expect.Sequence([], (await lanes.ClaimAsync()).Select(delivery => delivery.MessageId));
        Expect.That(await lanes.Of(lanes.Store).StartAsync(held), "The claim must be valid.");
        Expect.Equal(1, await lanes.CompleteAsync(lanes.Store, held));
        Expect.That(!await lanes.Of(lanes.Store).StartAsync(held), "The message is already completed.");
    }

    private static async Task ADeepLaneKeepsItsOrderAsync<TDelivery>(Lanes<TDelivery> lanes)
        where TDelivery : MessageDelivery
    {
        await lanes.WriteAsync([.. Numbered("deep", Deep)]);
        await lanes.WriteAsync(("x1", "x"), ("x2", "x"), ("y1", "y"));
        var handled = new List<string>();
        while (await lanes.ClaimAsync(max: 5) is { Count: > 0 } claimed)
        {
            Expect.Equal(claimed.Count, claimed.Select(delivery => delivery.Lane).Distinct().Count());
            Expect.That(handled.Count > 0 || claimed.Count == 3, "The lanes behind a deep one must be claimed together with it.");
            handled.AddRange(claimed.Select(delivery => delivery.MessageId));
            Expect.Equal(claimed.Count, await lanes.CompleteAsync(lanes.Store, [.. claimed]));
            if (handled.Count == 30)
            {
                await lanes.WriteAsync([.. Numbered("late", Deep, "deep")]);
            }
        }

        Expect.Sequence(
            [.. Numbered("deep", Deep).Select(message => message.Id), .. Numbered("late", Deep).Select(message => message.Id)],
            handled.Where(id => id.Length > 2));
        Expect.Sequence(["x1", "x2"], handled.Where(id => id[0] == 'x'));
        Expect.Equal(0, (await lanes.Of(lanes.Store).BacklogAsync(Name)).Count);
    }

    private static async Task ADeepLaneWaitsForItsHeadAsync<TDelivery>(Lanes<TDelivery> lanes)
        where TDelivery : MessageDelivery
    {
        await lanes.WriteAsync([.. Numbered("deep", Deep)]);
        var head = (await lanes.ClaimAsync()).One();
        await lanes.WriteAsync([.. Numbered("late", Deep, "deep")]);
        Expect.Sequence([], (await lanes.ClaimAsync()).Select(delivery => delivery.MessageId));
        Expect.That(await lanes.Of(lanes.Store).RetryAsync(head, TimeSpan.FromHours(1), "down"), "The claim must be valid.");
        await lanes.WriteAsync(("x1", "x"));
        Expect.Sequence(["x1"], (await lanes.ClaimAsync()).Select(delivery => delivery.MessageId));
        await lanes.Store.AdvanceAsync(TimeSpan.FromHours(2));
        var claimed = await lanes.ClaimAsync();
        Expect.Set(["deep-000", "x1"], claimed.Select(delivery => delivery.MessageId));
        Expect.Equal(2, await lanes.CompleteAsync(lanes.Store, [.. claimed]));
        Expect.Sequence(["deep-001"], (await lanes.ClaimAsync()).Select(delivery => delivery.MessageId));
    }

    private static async Task AHeadThatIsTakenOutLetsTheNextOneInAsync<TDelivery>(Lanes<TDelivery> lanes)
        where TDelivery : MessageDelivery
    {
        await lanes.WriteAsync([.. Numbered("deep", Deep)]);
        var head = (await lanes.ClaimAsync()).One();
        Expect.That(
            await lanes.Store.InUnitAsync(
                unit => lanes.Of(lanes.Store).RemoveAsync(unit, head), commit: false), "The claim must be valid.");
        Expect.Sequence([], (await lanes.ClaimAsync()).Select(delivery => delivery.MessageId));
        for (var i = 1; i < 4; i++)
        {
            Expect.That(await lanes.Store.InUnitAsync(unit => lanes.Of(lanes.Store).RemoveAsync(unit, head)), "The claim must be valid.");
            head = (await lanes.ClaimAsync()).One();
            Expect.Equal($"deep-00{i}", head.MessageId);
        }
    }

    private static async Task RacingPumpsKeepTheOrderOfDeepLanesAsync<TDelivery>(Lanes<TDelivery> lanes)
        where TDelivery : MessageDelivery
    {
        const int Each = 120;
        string[] names = ["a", "b"];
        await lanes.WriteAsync([.. names.SelectMany(lane => Numbered(lane, Each))]);
        var other = await lanes.Store.OpenAnotherAsync();
        var handled = new List<string>();
        await Acting.RaceAsync(4, async racer =>
        {
            var actor = racer % 2 == 0 ? lanes.Store : other;
            if (racer == 3)
            {
                for (var i = 0; i < Each; i += 10)
                {
                    await lanes.WriteAsync([.. names.SelectMany(lane => Numbered(lane + "x", Each, lane).Skip(i).Take(10))]);
                }
            }

            for (var turn = 0; turn < Each; turn++)
            {
                await PumpAsync(actor);
            }
        });
        while (await PumpAsync(lanes.Store) > 0)
        {
        }

        foreach (var lane in names)
        {
            Expect.Sequence(
                [.. Numbered(lane, Each).Select(message => message.Id), .. Numbered(lane + "x", Each).Select(message => message.Id)],
                handled.Where(id => id.StartsWith(lane, StringComparison.Ordinal)));
        }

        async Task<int> PumpAsync(IStoreActor actor)
        {
            var claimed = await lanes.ClaimAsync(actor);
            foreach (var delivery in claimed)
            {
                lock (handled)
                {
                    handled.Add(delivery.MessageId);
                }

                Expect.Equal(1, await lanes.CompleteAsync(actor, delivery));
            }

            return claimed.Count;
        }
    }

    private static IEnumerable<(string Id, string Lane)> Numbered(string name, int count, string? lane = null) =>
        Enumerable.Range(0, count).Select(i => ($"{name}-{i:D3}", lane ?? name));

    /// <summary>The outbox or the inbox of a store, with one destination or consumer.</summary>
    private abstract class Lanes<TDelivery>(IStoreUnderTest store)
        where TDelivery : MessageDelivery
    {
        public IStoreUnderTest Store => store;

        public abstract ILaneStore<TDelivery> Of(IStoreActor actor);

        public abstract Task WriteAsync(params (string Id, string Lane)[] messages);

        public abstract Task<int> CompleteAsync(IStoreActor actor, params TDelivery[] deliveries);

        public async Task<IReadOnlyList<TDelivery>> ClaimAsync(IStoreActor? actor = null, int max = 100) =>
            await Of(actor ?? store).ClaimAsync(Name, max, Acting.Minute);
    }

    private sealed class OutboxLanes(IStoreUnderTest store) : Lanes<OutboxDelivery>(store)
    {
        public override ILaneStore<OutboxDelivery> Of(IStoreActor actor) => actor.Outbox;

        public override Task WriteAsync(params (string Id, string Lane)[] messages) =>
            Store.InUnitAsync(
                unit =>
                    Store.Outbox.AppendAsync(unit, [.. messages.Select(message => Sample.Message(Store, message.Id, message.Lane, Name))]));

        public override async Task<int> CompleteAsync(IStoreActor actor, params OutboxDelivery[] deliveries) =>
            await actor.Outbox.CompleteAsync(deliveries);
    }

    private sealed class InboxLanes(IStoreUnderTest store) : Lanes<InboxDelivery>(store)
    {
        public override ILaneStore<InboxDelivery> Of(IStoreActor actor) => actor.Inbox;

        public override Task WriteAsync(params (string Id, string Lane)[] messages) => Store.InUnitAsync(unit => Store.Inbox.AcceptAsync(
            unit, [
                .. messages.Select(
                    message => new InboxMessage(message.Id, Name, Store.Tenant, message.Lane, "notification", "body"u8.ToArray())),
            ]));

        public override Task<int> CompleteAsync(IStoreActor actor, params InboxDelivery[] deliveries) => actor.InUnitAsync(async unit =>
        {
            await actor.Inbox.CompleteAsync(unit, deliveries, TimeSpan.FromDays(1));
            return deliveries.Length;
        });
    }
}

using System.Text;
using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>What the inbox keeps.</summary>
public static class InboxStoreSpec
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(1);

    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("A message comes out as it came in", AMessageComesOutAsItCameInAsync),
        new("A redelivery is recognised while its message is pending, and writes nothing", ARedeliveryIsRecognisedWhileItsMessageIsPendingAsync),
        new("A redelivery is recognised when its message is done", ARedeliveryIsRecognisedWhenItsMessageIsDoneAsync),
        new("Of equal messages of one call the first is accepted", OfEqualMessagesOfOneCallTheFirstIsAcceptedAsync),
        new("Consumers and tenants have identities of their own", ConsumersAndTenantsHaveIdentitiesOfTheirOwnAsync),
        new("What is rolled back was not received", WhatIsRolledBackWasNotReceivedAsync),
        new("Of racing deliveries one is accepted", OfRacingDeliveriesOneIsAcceptedAsync),
        new("A consumer gets its own messages only", AConsumerGetsItsOwnMessagesOnlyAsync),
        new("A lane is handled one after the other, in the order accepted", ALaneIsHandledOneAfterTheOtherInTheOrderAcceptedAsync),
        new("Lanes are handled beside each other, the longest waiting first", LanesAreHandledBesideEachOtherTheLongestWaitingFirstAsync),
        new("In a backlog a head start counts as so much waiting, and no more", InABacklogAHeadStartCountsAsSoMuchWaitingAsync),
        new("The same lane of another consumer or tenant is another lane", TheSameLaneOfAnotherConsumerOrTenantIsAnotherLaneAsync),
        new("A failing head holds its lane and no other", AFailingHeadHoldsItsLaneAndNoOtherAsync),
        new("A message that is given back is handled after its pause, by the store's clock", AMessageThatIsGivenBackIsHandledAfterItsPauseAsync),
        new("A message that was given back is no longer that claim's", AMessageThatWasGivenBackIsNoLongerThatClaimsAsync),
        new("A claimed message stays away from others until its lease lapses", AClaimedMessageStaysAwayFromOthersUntilItsLeaseLapsesAsync),
        new("Who was overtaken can neither complete a message, nor give it back, nor set it aside", WhoWasOvertakenCanDoNothingAsync),
        new("A lapsed claim that nobody took over still counts", ALapsedClaimThatNobodyTookOverStillCountsAsync),
        new("A message is completed once", AMessageIsCompletedOnceAsync),
        new("Messages are completed together, or none of them", MessagesAreCompletedTogetherOrNoneOfThemAsync),
        new("Messages that are marked as done are nobody else's until the unit ends", MessagesThatAreMarkedAsDoneAreNobodyElsesAsync, StoreAbilities.ParallelUnits),
        new("A completion that is rolled back did not happen", ACompletionThatIsRolledBackDidNotHappenAsync),
        new("Racing consumers claim each message once", RacingConsumersClaimEachMessageOnceAsync),
        new("Racing consumers keep the order of each lane", RacingConsumersKeepTheOrderOfEachLaneAsync),
        new("A message of a transaction that was slow to commit is not handled beside its lane", ASlowTransactionDoesNotOpenItsLaneTwiceAsync, StoreAbilities.ParallelUnits),
        new("Many lanes that fail do not starve a fresh one", ManyLanesThatFailDoNotStarveAFreshOneAsync),
        new("A message that is set aside lets its lane go on, and its redelivery is recognised", AMessageThatIsSetAsideLetsItsLaneGoOnAsync),
        new("Setting aside that is rolled back did not happen", SettingAsideThatIsRolledBackDidNotHappenAsync),
        new("A message that is brought back is handled again, at the end of its lane", AMessageThatIsBroughtBackIsHandledAtTheEndOfItsLaneAsync),
        new("What is pending or done cannot be brought back", WhatIsPendingOrDoneCannotBeBroughtBackAsync),
        new("Bringing back that is rolled back did not happen", BringingBackThatIsRolledBackDidNotHappenAsync),
        new("What is set aside is settled once, and then swept", WhatIsSetAsideIsSettledOnceAndThenSweptAsync),
        new("Only what is done is swept, when its retention is over", OnlyWhatIsDoneIsSweptWhenItsRetentionIsOverAsync),
        new("A sweep ends at its limit", ASweepEndsAtItsLimitAsync),
        new("What waits is counted, and since when", WhatWaitsIsCountedAndSinceWhenAsync),
        new("A backlog is counted up to 10,001", ABacklogIsCountedUpTo10001Async),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(InboxStoreSpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static async Task AMessageComesOutAsItCameInAsync(IStoreUnderTest store)
    {
        var message = new InboxMessage("alipay:1'%_\\ 🙂", "payments", store.Tenant, "lane 'one' %_\\ 🙂", "类型", new byte[] { 0, 255, 10, 13 });
        var empty = new InboxMessage("2", "payments", store.Tenant, "", "", ReadOnlyMemory<byte>.Empty);
        Expect.Sequence([InboxReceipt.Accepted, InboxReceipt.Accepted], await AcceptAsync(store, message, empty).ConfigureAwait(false));
        await store.AdvanceAsync(TimeSpan.FromMinutes(10)).ConfigureAwait(false);
        var claimed = await ClaimAsync(store).ConfigureAwait(false);
        Expect.Equal(2, claimed.Count);
        Alike.Message(message, claimed[0].Message);
        Alike.Message(empty, claimed[1].Message);
        Expect.Sequence([1, 1], claimed.Select(delivery => delivery.Attempt));
        Expect.That(claimed[0].Id != claimed[1].Id, "Every row has a number of its own.");
        Expect.That(claimed.All(delivery => delivery.Age >= TimeSpan.FromMinutes(10) && delivery.Age < TimeSpan.FromMinutes(15)), "The age is by the store's clock.");
    }

    private static async Task ARedeliveryIsRecognisedWhileItsMessageIsPendingAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a"), Message(store, "b")).ConfigureAwait(false);
        var again = Message(store, "a") with { Body = "another body"u8.ToArray(), Lane = "another lane" };
        Expect.Sequence([InboxReceipt.Duplicate, InboxReceipt.Accepted], await AcceptAsync(store, again, Message(store, "c")).ConfigureAwait(false));
        var claimed = (await ClaimAsync(store).ConfigureAwait(false)).One();
        Alike.Message(Message(store, "a"), claimed.Message);
        Expect.Sequence([InboxReceipt.Duplicate], await AcceptAsync(store, Message(store, "a")).ConfigureAwait(false));
        Expect.Equal(3, (await store.Inbox.BacklogAsync("payments").ConfigureAwait(false)).Count);
    }

    private static async Task ARedeliveryIsRecognisedWhenItsMessageIsDoneAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a")).ConfigureAwait(false);
        await CompleteAsync(store, (await ClaimAsync(store).ConfigureAwait(false)).One()).ConfigureAwait(false);
        Expect.Sequence([InboxReceipt.Duplicate], await AcceptAsync(store, Message(store, "a")).ConfigureAwait(false));
        Expect.Sequence([], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
    }

    private static async Task OfEqualMessagesOfOneCallTheFirstIsAcceptedAsync(IStoreUnderTest store)
    {
        var receipts = await AcceptAsync(
            store, Message(store, "b"), Message(store, "a"), Message(store, "b") with { Body = "second"u8.ToArray() }, Message(store, "a")).ConfigureAwait(false);
        Expect.Sequence([InboxReceipt.Accepted, InboxReceipt.Accepted, InboxReceipt.Duplicate, InboxReceipt.Duplicate], receipts);
        var claimed = (await ClaimAsync(store).ConfigureAwait(false)).One();
        Alike.Message(Message(store, "b"), claimed.Message);
        await CompleteAsync(store, claimed).ConfigureAwait(false);
        Expect.Sequence(["a"], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
        Expect.Sequence([], await store.InUnitAsync(unit => store.Inbox.AcceptAsync(unit, [])).ConfigureAwait(false));
    }

    private static async Task ConsumersAndTenantsHaveIdentitiesOfTheirOwnAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a")).ConfigureAwait(false);
        var receipts = await AcceptAsync(
            store,
            Message(store, "a") with { Consumer = "parcels" },
            Message(store, "a") with { Tenant = Sample.Neighbour(store) },
            Message(store, "A"),
            Message(store, "a ")).ConfigureAwait(false);
        Expect.Sequence(Enumerable.Repeat(InboxReceipt.Accepted, 4), receipts);
    }

    private static async Task WhatIsRolledBackWasNotReceivedAsync(IStoreUnderTest store)
    {
        await store.InUnitAsync(unit => store.Inbox.AcceptAsync(unit, [Message(store, "a"), Message(store, "b")]), commit: false).ConfigureAwait(false);
        Expect.Sequence([], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
        Expect.Sequence([InboxReceipt.Accepted], await AcceptAsync(store, Message(store, "a")).ConfigureAwait(false));
        Expect.Equal(1, (await store.Inbox.BacklogAsync("payments").ConfigureAwait(false)).Count);
    }

    private static async Task OfRacingDeliveriesOneIsAcceptedAsync(IStoreUnderTest store)
    {
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        string[] ids = ["a", "b", "c", "d"];
        var receipts = await Acting.RaceAsync(6, racer =>
        {
            // Half of them come in the opposite order, which must not lock anybody out for good.
            var messages = (racer % 2 == 0 ? ids : ids.Reverse()).Select(id => Message(store, id, id)).ToArray();
            return AcceptAsync(racer % 3 == 0 ? other : store, messages);
        }).ConfigureAwait(false);
        Expect.Equal(ids.Length, receipts.SelectMany(all => all).Count(receipt => receipt == InboxReceipt.Accepted));
        Expect.Set(ids, (await ClaimAsync(store).ConfigureAwait(false)).Ids());
    }

    private static async Task AConsumerGetsItsOwnMessagesOnlyAsync(IStoreUnderTest store)
    {
        await AcceptAsync(
            store, Message(store, "a", "a"), Message(store, "b", "b") with { Consumer = "parcels" }, Message(store, "c", "c") with { Consumer = "Payments" }).ConfigureAwait(false);
        Expect.Sequence(["a"], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
        Expect.Sequence(["b"], (await ClaimAsync(store, consumer: "parcels").ConfigureAwait(false)).Ids());
        Expect.Sequence([], (await ClaimAsync(store, consumer: "nobody").ConfigureAwait(false)).Ids());
    }

    private static async Task ALaneIsHandledOneAfterTheOtherInTheOrderAcceptedAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "z"), Message(store, "b")).ConfigureAwait(false);
        await AcceptAsync(store, Message(store, "a")).ConfigureAwait(false);
        foreach (var id in new[] { "z", "b", "a" })
        {
            var claimed = await ClaimAsync(store).ConfigureAwait(false);
            Expect.Sequence([id], claimed.Ids());
            Expect.Sequence([], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
            await CompleteAsync(store, claimed[0]).ConfigureAwait(false);
        }

        Expect.Sequence([], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
    }

    private static async Task LanesAreHandledBesideEachOtherTheLongestWaitingFirstAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "b1", "b"), Message(store, "b2", "b"), Message(store, "a1", "a"), Message(store, "c1", "c")).ConfigureAwait(false);
        Expect.Sequence(["b1", "a1"], (await ClaimAsync(store, 2).ConfigureAwait(false)).Ids());
        Expect.Sequence(["c1"], (await ClaimAsync(store, 2).ConfigureAwait(false)).Ids());
    }

    private static async Task InABacklogAHeadStartCountsAsSoMuchWaitingAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "old", "old")).ConfigureAwait(false);
        await store.AdvanceAsync(TimeSpan.FromMinutes(10)).ConfigureAwait(false);
        await AcceptAsync(
            store,
            Message(store, "plain", "plain"),
            Message(store, "a little", "a little") with { HeadStart = TimeSpan.FromMinutes(5) },
            Message(store, "urgent", "urgent") with { HeadStart = TimeSpan.FromHours(1) },
            Message(store, "behind", "plain") with { HeadStart = TimeSpan.FromHours(2) }).ConfigureAwait(false);
        var claimed = await ClaimAsync(store).ConfigureAwait(false);
        Expect.Sequence(["urgent", "old", "a little", "plain"], claimed.Ids());
        Expect.That(claimed[0].Age < TimeSpan.FromMinutes(5), "It has not waited for longer than it has.");
    }

    private static async Task TheSameLaneOfAnotherConsumerOrTenantIsAnotherLaneAsync(IStoreUnderTest store)
    {
        await AcceptAsync(
            store,
            Message(store, "a"),
            Message(store, "b") with { Consumer = "parcels" },
            Message(store, "c") with { Tenant = Sample.Neighbour(store) }).ConfigureAwait(false);
        Expect.Sequence(["a", "c"], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
        Expect.Sequence(["b"], (await ClaimAsync(store, consumer: "parcels").ConfigureAwait(false)).Ids());
    }

    private static async Task AFailingHeadHoldsItsLaneAndNoOtherAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a1", "a"), Message(store, "a2", "a"), Message(store, "b1", "b"), Message(store, "b2", "b")).ConfigureAwait(false);
        var claimed = await ClaimAsync(store).ConfigureAwait(false);
        Expect.Sequence(["a1", "b1"], claimed.Ids());
        Expect.That(await store.Inbox.RetryAsync(claimed[0], TimeSpan.FromHours(1), "it's \"down\" \0 🙂").ConfigureAwait(false), "The claim stands.");
        await CompleteAsync(store, claimed[1]).ConfigureAwait(false);
        Expect.Sequence(["b2"], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
        Expect.Sequence([], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
    }

    private static async Task AMessageThatIsGivenBackIsHandledAfterItsPauseAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a"), Message(store, "b")).ConfigureAwait(false);
        var first = (await ClaimAsync(store).ConfigureAwait(false)).One();
        Expect.That(await store.Inbox.RetryAsync(first, TimeSpan.FromMinutes(10), "down").ConfigureAwait(false), "The claim stands.");
        await store.AdvanceAsync(TimeSpan.FromMinutes(9)).ConfigureAwait(false);
        Expect.Sequence([], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
        await store.AdvanceAsync(TimeSpan.FromMinutes(2)).ConfigureAwait(false);
        var second = (await ClaimAsync(store).ConfigureAwait(false)).One();
        Expect.Equal(first.Id, second.Id);
        Expect.Equal(2, second.Attempt);
        Expect.That(second.Epoch > first.Epoch, "A later claim has a higher epoch.");
        Expect.That(await store.Inbox.RetryAsync(second, TimeSpan.Zero, "again").ConfigureAwait(false), "The claim stands.");
        var third = (await ClaimAsync(store).ConfigureAwait(false)).One();
        await CompleteAsync(store, third).ConfigureAwait(false);
        Expect.Sequence(["b"], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
    }

    private static async Task AMessageThatWasGivenBackIsNoLongerThatClaimsAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a")).ConfigureAwait(false);
        var claim = (await ClaimAsync(store).ConfigureAwait(false)).One();
        Expect.That(await store.Inbox.RetryAsync(claim, TimeSpan.FromHours(1), "down").ConfigureAwait(false), "The claim stands.");
        Expect.That(!await store.Inbox.RetryAsync(claim, TimeSpan.Zero, "down").ConfigureAwait(false), "It was given back before.");
        await RefusedAsync(store, claim).ConfigureAwait(false);
        Expect.That(!await SetAsideAsync(store, claim).ConfigureAwait(false), "It was given back before.");
        Expect.Equal(1, (await store.Inbox.BacklogAsync("payments").ConfigureAwait(false)).Count);
    }

    private static async Task AClaimedMessageStaysAwayFromOthersUntilItsLeaseLapsesAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a"), Message(store, "b")).ConfigureAwait(false);
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var first = (await ClaimAsync(store).ConfigureAwait(false)).One();
        await store.AdvanceAsync(Acting.Minute * 0.5).ConfigureAwait(false);
        Expect.Sequence([], (await ClaimAsync(other).ConfigureAwait(false)).Ids());
        await store.AdvanceAsync(Acting.Minute).ConfigureAwait(false);
        var second = (await ClaimAsync(other).ConfigureAwait(false)).One();
        Expect.Equal(first.Id, second.Id);
        Expect.That(second.IsTakenOver && !first.IsTakenOver, "A lease that lapsed is known.");
        Expect.That(second.Epoch > first.Epoch, "A later claim has a higher epoch.");
    }

    private static async Task WhoWasOvertakenCanDoNothingAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a")).ConfigureAwait(false);
        var late = (await ClaimAsync(store).ConfigureAwait(false)).One();
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        var held = (await ClaimAsync(await store.OpenAnotherAsync().ConfigureAwait(false)).ConfigureAwait(false)).One();
        await RefusedAsync(store, late).ConfigureAwait(false);
        Expect.That(!await store.Inbox.RetryAsync(late, TimeSpan.Zero, "late").ConfigureAwait(false), "The claim was taken over.");
        Expect.That(!await SetAsideAsync(store, late).ConfigureAwait(false), "The claim was taken over.");
        Expect.Sequence([], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
        await CompleteAsync(store, held).ConfigureAwait(false);
        Expect.Equal(0, (await store.Inbox.BacklogAsync("payments").ConfigureAwait(false)).Count);
    }

    private static async Task ALapsedClaimThatNobodyTookOverStillCountsAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a", "a"), Message(store, "b", "b")).ConfigureAwait(false);
        var claimed = await ClaimAsync(store).ConfigureAwait(false);
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        await CompleteAsync(store, claimed[0]).ConfigureAwait(false);
        Expect.That(await store.Inbox.RetryAsync(claimed[1], TimeSpan.Zero, "slow").ConfigureAwait(false), "Nobody took it over.");
        Expect.Sequence(["b"], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
    }

    private static async Task AMessageIsCompletedOnceAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a")).ConfigureAwait(false);
        var claimed = (await ClaimAsync(store).ConfigureAwait(false)).One();
        await CompleteAsync(store, claimed).ConfigureAwait(false);
        await RefusedAsync(store, claimed).ConfigureAwait(false);
        Expect.That(!await store.Inbox.RetryAsync(claimed, TimeSpan.Zero, "gone").ConfigureAwait(false), "It is done.");
        Expect.That(!await SetAsideAsync(store, claimed).ConfigureAwait(false), "It is done.");
        Expect.Sequence([], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
    }

    private static async Task MessagesAreCompletedTogetherOrNoneOfThemAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a", "a"), Message(store, "b", "b"), Message(store, "c", "c")).ConfigureAwait(false);
        var claimed = await ClaimAsync(store).ConfigureAwait(false);
        await store.Inbox.RetryAsync(claimed[1], TimeSpan.Zero, "given back").ConfigureAwait(false);
        var refused = await Expect.ThrowsAsync<InboxFenceLostException>(() => CompleteAsync(store, [.. claimed]), "One of the claims no longer stands.").ConfigureAwait(false);
        Expect.Equal("b", refused.Delivery?.Message.MessageId);
        Expect.Equal(3, (await store.Inbox.BacklogAsync("payments").ConfigureAwait(false)).Count);
        await CompleteAsync(store, claimed[0], claimed[2]).ConfigureAwait(false);
        Expect.Equal(1, (await store.Inbox.BacklogAsync("payments").ConfigureAwait(false)).Count);
        Expect.Sequence(["b"], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
    }

    private static async Task MessagesThatAreMarkedAsDoneAreNobodyElsesAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a", "a"), Message(store, "b", "b")).ConfigureAwait(false);
        var claimed = await ClaimAsync(store).ConfigureAwait(false);
        await store.InUnitAsync(
            async unit =>
            {
                await store.Inbox.CompleteAsync(unit, claimed, Retention).ConfigureAwait(false);
                await store.AdvanceAsync(Acting.Minute * 10).ConfigureAwait(false);
                var other = await store.OpenAnotherAsync().ConfigureAwait(false);
                Expect.Sequence([], (await ClaimAsync(other).ConfigureAwait(false)).Ids());
                return 0;
            },
            commit: false).ConfigureAwait(false);
        Expect.Set(["a", "b"], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
    }

    private static async Task ACompletionThatIsRolledBackDidNotHappenAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a"), Message(store, "b")).ConfigureAwait(false);
        var claimed = (await ClaimAsync(store).ConfigureAwait(false)).One();
        await store.InUnitAsync(
            async unit =>
            {
                await store.Inbox.CompleteAsync(unit, [claimed], Retention).ConfigureAwait(false);
                return 0;
            },
            commit: false).ConfigureAwait(false);
        Expect.Equal(2, (await store.Inbox.BacklogAsync("payments").ConfigureAwait(false)).Count);
        Expect.Sequence([], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        var again = (await ClaimAsync(store).ConfigureAwait(false)).One();
        Alike.Message(Message(store, "a"), again.Message);
    }

    private static async Task RacingConsumersClaimEachMessageOnceAsync(IStoreUnderTest store)
    {
        const int Lanes = 20;
        await AcceptAsync(store, [.. Enumerable.Range(0, Lanes).Select(i => Message(store, $"m{i}", $"lane-{i}"))]).ConfigureAwait(false);
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var claimed = await Acting.RaceAsync(6, racer => ClaimAsync(racer % 2 == 0 ? store : other, 7)).ConfigureAwait(false);
        // A racer may come away with less where another one looks at the same rows; nothing is lost by it.
        var all = claimed.SelectMany(deliveries => deliveries).Concat(await ClaimAsync(store).ConfigureAwait(false)).Ids().ToList();
        Expect.Set(Enumerable.Range(0, Lanes).Select(i => $"m{i}"), all);
    }

    private static async Task RacingConsumersKeepTheOrderOfEachLaneAsync(IStoreUnderTest store)
    {
        const int Lanes = 3;
        const int Messages = 6;
        await AcceptAsync(
            store, [.. Enumerable.Range(0, Lanes * Messages).Select(i => Message(store, $"{i % Lanes}-{i / Lanes}", $"lane-{i % Lanes}"))]).ConfigureAwait(false);
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var handled = new List<string>();
        await Acting.RaceAsync(4, async racer =>
        {
            var actor = racer % 2 == 0 ? store : other;
            for (var turn = 0; turn < 2 * Messages; turn++)
            {
                foreach (var delivery in await ClaimAsync(actor, 2).ConfigureAwait(false))
                {
                    lock (handled)
                    {
                        handled.Add(delivery.Message.MessageId);
                    }

                    await CompleteAsync(actor, delivery).ConfigureAwait(false);
                }
            }

            return 0;
        }).ConfigureAwait(false);
        while (await ClaimAsync(store).ConfigureAwait(false) is { Count: > 0 } rest)
        {
            foreach (var delivery in rest)
            {
                handled.Add(delivery.Message.MessageId);
                await CompleteAsync(store, delivery).ConfigureAwait(false);
            }
        }

        for (var lane = 0; lane < Lanes; lane++)
        {
            Expect.Sequence(Enumerable.Range(0, Messages).Select(i => $"{lane}-{i}"), handled.Where(id => id.StartsWith($"{lane}-", StringComparison.Ordinal)));
        }
    }

    private static async Task ASlowTransactionDoesNotOpenItsLaneTwiceAsync(IStoreUnderTest store)
    {
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var slow = await store.Units.BeginAsync().ConfigureAwait(false);
        try
        {
            await store.Inbox.AcceptAsync(slow, [Message(store, "slow")]).ConfigureAwait(false);
            await AcceptAsync(other, Message(store, "fast")).ConfigureAwait(false);
            var fast = (await ClaimAsync(other).ConfigureAwait(false)).One();
            Expect.Equal("fast", fast.Message.MessageId);
            await slow.CommitAsync().ConfigureAwait(false);
            Expect.Sequence([], (await ClaimAsync(other).ConfigureAwait(false)).Ids());
            await CompleteAsync(other, fast).ConfigureAwait(false);
            Expect.Sequence(["slow"], (await ClaimAsync(other).ConfigureAwait(false)).Ids());
        }
        finally
        {
            await slow.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task ManyLanesThatFailDoNotStarveAFreshOneAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, [.. Enumerable.Range(0, 10).Select(i => Message(store, $"poison-{i}", $"poison-{i}"))]).ConfigureAwait(false);
        foreach (var delivery in await ClaimAsync(store).ConfigureAwait(false))
        {
            await store.Inbox.RetryAsync(delivery, TimeSpan.FromMinutes(1), "poison").ConfigureAwait(false);
        }

        await AcceptAsync(store, Message(store, "fresh", "fresh")).ConfigureAwait(false);
        await store.AdvanceAsync(TimeSpan.FromMinutes(2)).ConfigureAwait(false);
        Expect.That((await ClaimAsync(store, 5).ConfigureAwait(false)).Ids().Contains("fresh"), "The fresh one waited for longer than those that were given back.");
    }

    private static async Task AMessageThatIsSetAsideLetsItsLaneGoOnAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a"), Message(store, "b")).ConfigureAwait(false);
        Expect.That(await SetAsideAsync(store, (await ClaimAsync(store).ConfigureAwait(false)).One()).ConfigureAwait(false), "The claim stands.");
        Expect.Sequence([InboxReceipt.Duplicate], await AcceptAsync(store, Message(store, "a")).ConfigureAwait(false));
        Expect.Sequence(["b"], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
        Expect.Equal(1, (await store.Inbox.BacklogAsync("payments").ConfigureAwait(false)).Count);
    }

    private static async Task SettingAsideThatIsRolledBackDidNotHappenAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a"), Message(store, "b")).ConfigureAwait(false);
        var claimed = (await ClaimAsync(store).ConfigureAwait(false)).One();
        await store.InUnitAsync(unit => store.Inbox.RemoveAsync(unit, claimed), commit: false).ConfigureAwait(false);
        Expect.Equal(2, (await store.Inbox.BacklogAsync("payments").ConfigureAwait(false)).Count);
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        Alike.Message(Message(store, "a"), (await ClaimAsync(store).ConfigureAwait(false)).One().Message);
    }

    private static async Task AMessageThatIsBroughtBackIsHandledAtTheEndOfItsLaneAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a"), Message(store, "b")).ConfigureAwait(false);
        var first = (await ClaimAsync(store).ConfigureAwait(false)).One();
        await SetAsideAsync(store, first).ConfigureAwait(false);
        var held = (await ClaimAsync(store).ConfigureAwait(false)).One();
        Expect.That(await BringBackAsync(store, Message(store, "a")).ConfigureAwait(false), "It is set aside.");
        Expect.Sequence([], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
        await CompleteAsync(store, held).ConfigureAwait(false);
        var again = (await ClaimAsync(store).ConfigureAwait(false)).One();
        Alike.Message(Message(store, "a"), again.Message);
        Expect.Equal(1, again.Attempt);
        await RefusedAsync(store, first).ConfigureAwait(false);
        await CompleteAsync(store, again).ConfigureAwait(false);
    }

    private static async Task WhatIsPendingOrDoneCannotBeBroughtBackAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a"), Message(store, "b")).ConfigureAwait(false);
        await CompleteAsync(store, (await ClaimAsync(store).ConfigureAwait(false)).One()).ConfigureAwait(false);
        Expect.That(!await BringBackAsync(store, Message(store, "a")).ConfigureAwait(false), "It is done.");
        Expect.That(!await BringBackAsync(store, Message(store, "b")).ConfigureAwait(false), "It is pending.");
        Expect.That(await BringBackAsync(store, Message(store, "c", "c")).ConfigureAwait(false), "What the inbox does not know is as good as new.");
        Expect.Sequence(["b", "c"], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
    }

    private static async Task BringingBackThatIsRolledBackDidNotHappenAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a")).ConfigureAwait(false);
        await SetAsideAsync(store, (await ClaimAsync(store).ConfigureAwait(false)).One()).ConfigureAwait(false);
        await store.InUnitAsync(unit => store.Inbox.BringBackAsync(unit, Message(store, "a")), commit: false).ConfigureAwait(false);
        Expect.Sequence([], (await ClaimAsync(store).ConfigureAwait(false)).Ids());
        Expect.That(await BringBackAsync(store, Message(store, "a")).ConfigureAwait(false), "It is still set aside.");
        Expect.That(!await BringBackAsync(store, Message(store, "a")).ConfigureAwait(false), "It was brought back.");
    }

    private static async Task WhatIsSetAsideIsSettledOnceAndThenSweptAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, Message(store, "a"), Message(store, "b")).ConfigureAwait(false);
        await SetAsideAsync(store, (await ClaimAsync(store).ConfigureAwait(false)).One()).ConfigureAwait(false);
        Expect.That(!await SettleAsync(store, Message(store, "b")).ConfigureAwait(false), "It is pending.");
        await store.InUnitAsync(unit => store.Inbox.SettleAsync(unit, Message(store, "a"), TimeSpan.Zero), commit: false).ConfigureAwait(false);
        Expect.That(await SettleAsync(store, Message(store, "a")).ConfigureAwait(false), "It is set aside.");
        Expect.That(!await SettleAsync(store, Message(store, "a")).ConfigureAwait(false), "It was settled.");
        Expect.That(!await BringBackAsync(store, Message(store, "a")).ConfigureAwait(false), "It was settled.");
        Expect.Equal(0, await store.Inbox.SweepAsync(10).ConfigureAwait(false));
        await store.AdvanceAsync(Retention + Acting.Minute).ConfigureAwait(false);
        Expect.Equal(1, await store.Inbox.SweepAsync(10).ConfigureAwait(false));
    }

    private static async Task OnlyWhatIsDoneIsSweptWhenItsRetentionIsOverAsync(IStoreUnderTest store)
    {
        await AcceptAsync(
            store, Message(store, "done", "1"), Message(store, "aside", "2"), Message(store, "claimed", "3"), Message(store, "failed", "4"), Message(store, "waits", "4")).ConfigureAwait(false);
        var claimed = await ClaimAsync(store).ConfigureAwait(false);
        await CompleteAsync(store, claimed[0]).ConfigureAwait(false);
        await SetAsideAsync(store, claimed[1]).ConfigureAwait(false);
        await store.Inbox.RetryAsync(claimed[3], TimeSpan.Zero, "down").ConfigureAwait(false);
        await store.AdvanceAsync(Retention - Acting.Minute).ConfigureAwait(false);
        Expect.Equal(0, await store.Inbox.SweepAsync(10).ConfigureAwait(false));
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        Expect.Equal(1, await store.Inbox.SweepAsync(10).ConfigureAwait(false));
        Expect.Equal(0, await store.Inbox.SweepAsync(10).ConfigureAwait(false));
        var receipts = await AcceptAsync(
            store, Message(store, "done", "1"), Message(store, "aside", "2"), Message(store, "claimed", "3"), Message(store, "failed", "4"), Message(store, "waits", "4")).ConfigureAwait(false);
        Expect.Sequence([InboxReceipt.Accepted, .. Enumerable.Repeat(InboxReceipt.Duplicate, 4)], receipts);
    }

    private static async Task ASweepEndsAtItsLimitAsync(IStoreUnderTest store)
    {
        await AcceptAsync(store, [.. Enumerable.Range(0, 5).Select(i => Message(store, $"{i}", $"{i}"))]).ConfigureAwait(false);
        foreach (var delivery in await ClaimAsync(store).ConfigureAwait(false))
        {
            await CompleteAsync(store, delivery).ConfigureAwait(false);
        }

        await store.AdvanceAsync(Retention * 2).ConfigureAwait(false);
        Expect.Equal(3, await store.Inbox.SweepAsync(3).ConfigureAwait(false));
        Expect.Equal(2, await store.Inbox.SweepAsync(3).ConfigureAwait(false));
    }

    private static async Task WhatWaitsIsCountedAndSinceWhenAsync(IStoreUnderTest store)
    {
        Expect.Equal(new MessageBacklog(0, null), await store.Inbox.BacklogAsync("payments").ConfigureAwait(false));
        await AcceptAsync(store, Message(store, "a", "a"), Message(store, "b", "b"), Message(store, "c") with { Consumer = "parcels" }).ConfigureAwait(false);
        await store.AdvanceAsync(TimeSpan.FromMinutes(10)).ConfigureAwait(false);
        await AcceptAsync(store, Message(store, "d", "d")).ConfigureAwait(false);
        var full = await store.Inbox.BacklogAsync("payments").ConfigureAwait(false);
        Expect.Equal(3, full.Count);
        var claimed = await ClaimAsync(store).ConfigureAwait(false);
        Expect.That(full is { OldestAttempts: 0, OldestIsDue: true }, "Nobody has taken the oldest, and it may be taken.");
        Expect.Equal(full with { OldestIsDue = false }, await store.Inbox.BacklogAsync("payments").ConfigureAwait(false));
        foreach (var delivery in claimed.Take(2))
        {
            await CompleteAsync(store, delivery).ConfigureAwait(false);
        }

        var rest = await store.Inbox.BacklogAsync("payments").ConfigureAwait(false);
        Expect.Equal(1, rest.Count);
        Expect.That(rest.OldestAt - full.OldestAt > TimeSpan.FromMinutes(9), "The oldest is now the one accepted ten minutes later.");
        Expect.Equal(1, (await store.Inbox.BacklogAsync("parcels").ConfigureAwait(false)).Count);
    }

    private static async Task ABacklogIsCountedUpTo10001Async(IStoreUnderTest store)
    {
        await AcceptAsync(store, [.. Enumerable.Range(0, 10_005).Select(i => Message(store, $"m{i}", $"lane-{i % 50}"))]).ConfigureAwait(false);
        Expect.Equal(10_001, (await store.Inbox.BacklogAsync("payments").ConfigureAwait(false)).Count);
    }

    private static InboxMessage Message(IStoreUnderTest store, string id, string lane = "lane") =>
        new(id, "payments", store.Tenant, lane, "notification", Encoding.UTF8.GetBytes($"body of {id}"));

    private static Task<IReadOnlyList<InboxReceipt>> AcceptAsync(IStoreActor store, params InboxMessage[] messages) =>
        store.InUnitAsync(unit => store.Inbox.AcceptAsync(unit, messages));

    private static async Task<List<InboxDelivery>> ClaimAsync(IStoreActor store, int max = 100, string consumer = "payments") =>
        [.. await store.Inbox.ClaimAsync(consumer, max, Acting.Minute).ConfigureAwait(false)];

    private static Task<int> CompleteAsync(IStoreActor store, params InboxDelivery[] deliveries) => store.InUnitAsync(async unit =>
    {
        await store.Inbox.CompleteAsync(unit, deliveries, Retention).ConfigureAwait(false);
        return 0;
    });

    private static Task<InboxFenceLostException> RefusedAsync(IStoreActor store, InboxDelivery delivery) =>
        Expect.ThrowsAsync<InboxFenceLostException>(() => CompleteAsync(store, delivery), "A fence that is lost cannot be overlooked.");

    private static Task<bool> SetAsideAsync(IStoreActor store, InboxDelivery delivery) => store.InUnitAsync(unit => store.Inbox.RemoveAsync(unit, delivery));

    private static Task<bool> BringBackAsync(IStoreActor store, InboxMessage message) => store.InUnitAsync(unit => store.Inbox.BringBackAsync(unit, message));

    private static Task<bool> SettleAsync(IStoreActor store, InboxMessage message) =>
        store.InUnitAsync(unit => store.Inbox.SettleAsync(unit, message, Retention));

    private static IEnumerable<string> Ids(this IEnumerable<InboxDelivery> deliveries) => deliveries.Select(delivery => delivery.Message.MessageId);
}

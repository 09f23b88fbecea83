using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>What the outbox keeps.</summary>
public static class OutboxStoreSpec
{
    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("A message comes out as it was written", AMessageComesOutAsItWasWrittenAsync),
        new("A destination gets its own messages only", ADestinationGetsItsOwnMessagesOnlyAsync),
        new("A lane is delivered one after the other, in the order written", ALaneIsDeliveredOneAfterTheOtherInTheOrderWrittenAsync),
        new("Lanes are delivered beside each other, the longest waiting first", LanesAreDeliveredBesideEachOtherTheLongestWaitingFirstAsync),
        new("The same lane of another destination is another lane", TheSameLaneOfAnotherDestinationIsAnotherLaneAsync),
        new("The same lane of another tenant is another lane", TheSameLaneOfAnotherTenantIsAnotherLaneAsync),
        new("A failing head holds its lane and no other", AFailingHeadHoldsItsLaneAndNoOtherAsync),
        new("A row that is given back is delivered after its pause, by the store's clock", ARowThatIsGivenBackIsDeliveredAfterItsPauseByTheStoresClockAsync),
        new("A row that is given back without a pause is delivered at once", ARowThatIsGivenBackWithoutAPauseIsDeliveredAtOnceAsync),
        new("A row that was given back is no longer that claim's", ARowThatWasGivenBackIsNoLongerThatClaimsAsync),
        new("A claimed row stays away from others until its lease lapses", AClaimedRowStaysAwayFromOthersUntilItsLeaseLapsesAsync),
        new("Who was overtaken can neither complete a row nor give it back", WhoWasOvertakenCanNeitherCompleteARowNorGiveItBackAsync),
        new("A lapsed claim that nobody took over still counts", ALapsedClaimThatNobodyTookOverStillCountsAsync),
        new("A row is completed once", ARowIsCompletedOnceAsync),
        new("A number is never used for another row", ANumberIsNeverUsedForAnotherRowAsync),
        new("Racing pumps claim each row once", RacingPumpsClaimEachRowOnceAsync),
        new("Racing pumps keep the order of each lane", RacingPumpsKeepTheOrderOfEachLaneAsync),
        new("Many lanes that fail do not starve a fresh one", ManyLanesThatFailDoNotStarveAFreshOneAsync),
        new("Lanes whose pumps die do not starve a fresh one", LanesWhosePumpsDieDoNotStarveAFreshOneAsync),
        new("What waits is counted, and since when", WhatWaitsIsCountedAndSinceWhenAsync),
        new("A backlog is counted up to 10,001", ABacklogIsCountedUpTo10001Async),
        new("Messages are appended in the order given, in a unit of work", MessagesAreAppendedInTheOrderGivenInAUnitOfWorkAsync),
        new("A row is removed in a unit of work, and its lane goes on", ARowIsRemovedInAUnitOfWorkAndItsLaneGoesOnAsync),
        new("A claim says since when its message waits", AClaimSaysSinceWhenItsMessageWaitsAsync),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(OutboxStoreSpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static async Task AMessageComesOutAsItWasWrittenAsync(IStoreUnderTest store)
    {
        var message = new OutboxMessage("SPEC_1:7", "events", store.Tenant, "lane 'one' %_\\ 🙂", "类型", new byte[] { 0, 255, 10, 13 });
        var empty = new OutboxMessage("", "events", store.Tenant, "", "", ReadOnlyMemory<byte>.Empty);
        await store.WriteAsync(message, empty).ConfigureAwait(false);
        var claimed = await store.ClaimAsync().ConfigureAwait(false);
        Expect.Equal(2, claimed.Count);
        Alike.Message(message, claimed[0].Message);
        Alike.Message(empty, claimed[1].Message);
        Expect.Sequence([1, 1], claimed.Select(delivery => delivery.Attempt));
        Expect.That(claimed[0].Id != claimed[1].Id, "Every row has a number of its own.");
    }

    private static async Task ADestinationGetsItsOwnMessagesOnlyAsync(IStoreUnderTest store)
    {
        await store.WriteAsync(Sample.Message(store, "a", "a", "one"), Sample.Message(store, "b", "b", "two"), Sample.Message(store, "c", "c", "One")).ConfigureAwait(false);
        Expect.Sequence(["a"], (await store.ClaimAsync(destination: "one").ConfigureAwait(false)).Ids());
        Expect.Sequence(["b"], (await store.ClaimAsync(destination: "two").ConfigureAwait(false)).Ids());
        Expect.Sequence([], (await store.ClaimAsync(destination: "three").ConfigureAwait(false)).Ids());
    }

    private static async Task ALaneIsDeliveredOneAfterTheOtherInTheOrderWrittenAsync(IStoreUnderTest store)
    {
        await store.WriteAsync(Sample.Message(store, "1"), Sample.Message(store, "2")).ConfigureAwait(false);
        await store.WriteAsync(Sample.Message(store, "3")).ConfigureAwait(false);
        for (var i = 1; i <= 3; i++)
        {
            var claimed = await store.ClaimAsync().ConfigureAwait(false);
            Expect.Sequence([$"{i}"], claimed.Ids());
            Expect.Sequence([], (await store.ClaimAsync().ConfigureAwait(false)).Ids());
            Expect.Equal(1, await store.Outbox.CompleteAsync(claimed).ConfigureAwait(false));
        }

        Expect.Sequence([], (await store.ClaimAsync().ConfigureAwait(false)).Ids());
    }

    private static async Task LanesAreDeliveredBesideEachOtherTheLongestWaitingFirstAsync(IStoreUnderTest store)
    {
        await store.WriteAsync(Sample.Message(store, "b1", "b"), Sample.Message(store, "b2", "b"), Sample.Message(store, "a1", "a"), Sample.Message(store, "c1", "c")).ConfigureAwait(false);
        Expect.Sequence(["b1", "a1"], (await store.ClaimAsync(2).ConfigureAwait(false)).Ids());
        Expect.Sequence(["c1"], (await store.ClaimAsync(2).ConfigureAwait(false)).Ids());
    }

    private static async Task TheSameLaneOfAnotherDestinationIsAnotherLaneAsync(IStoreUnderTest store)
    {
        await store.WriteAsync(Sample.Message(store, "a", "lane", "one"), Sample.Message(store, "b", "lane", "two")).ConfigureAwait(false);
        Expect.Sequence(["a"], (await store.ClaimAsync(destination: "one").ConfigureAwait(false)).Ids());
        Expect.Sequence(["b"], (await store.ClaimAsync(destination: "two").ConfigureAwait(false)).Ids());
    }

    private static async Task TheSameLaneOfAnotherTenantIsAnotherLaneAsync(IStoreUnderTest store)
    {
        await store.WriteAsync(Sample.Message(store, "ours"), Sample.Message(store, "theirs") with { Tenant = Sample.Neighbour(store) }).ConfigureAwait(false);
        var claimed = await store.ClaimAsync().ConfigureAwait(false);
        Expect.Set([("ours", store.Tenant), ("theirs", Sample.Neighbour(store))], claimed.Select(delivery => (delivery.Message.MessageId, delivery.Message.Tenant)));
    }

    private static async Task AFailingHeadHoldsItsLaneAndNoOtherAsync(IStoreUnderTest store)
    {
        await store.WriteAsync(Sample.Message(store, "a1", "a"), Sample.Message(store, "a2", "a"), Sample.Message(store, "b1", "b"), Sample.Message(store, "b2", "b")).ConfigureAwait(false);
        var claimed = await store.ClaimAsync().ConfigureAwait(false);
        Expect.Sequence(["a1", "b1"], claimed.Ids());
        Expect.That(await store.Outbox.RetryAsync(claimed[0], TimeSpan.FromHours(1), "down").ConfigureAwait(false), "The claim stands.");
        Expect.Equal(1, await store.Outbox.CompleteAsync([claimed[1]]).ConfigureAwait(false));
        Expect.Sequence(["b2"], (await store.ClaimAsync().ConfigureAwait(false)).Ids());
        Expect.Sequence([], (await store.ClaimAsync().ConfigureAwait(false)).Ids());
    }

    private static async Task ARowThatIsGivenBackIsDeliveredAfterItsPauseByTheStoresClockAsync(IStoreUnderTest store)
    {
        await store.WriteAsync(Sample.Message(store, "a")).ConfigureAwait(false);
        var first = (await store.ClaimAsync().ConfigureAwait(false)).One();
        Expect.That(await store.Outbox.RetryAsync(first, TimeSpan.FromMinutes(10), "it's \"down\" 🙂").ConfigureAwait(false), "The claim stands.");
        await store.AdvanceAsync(TimeSpan.FromMinutes(9)).ConfigureAwait(false);
        Expect.Sequence([], (await store.ClaimAsync().ConfigureAwait(false)).Ids());
        await store.AdvanceAsync(TimeSpan.FromMinutes(2)).ConfigureAwait(false);
        var second = (await store.ClaimAsync().ConfigureAwait(false)).One();
        Expect.Equal(first.Id, second.Id);
        Expect.Equal(2, second.Attempt);
        Expect.That(second.Epoch > first.Epoch, "A later claim has a higher epoch.");
    }

    private static async Task ARowThatIsGivenBackWithoutAPauseIsDeliveredAtOnceAsync(IStoreUnderTest store)
    {
        await store.WriteAsync(Sample.Message(store, "a")).ConfigureAwait(false);
        Expect.That(await store.Outbox.RetryAsync((await store.ClaimAsync().ConfigureAwait(false)).One(), TimeSpan.Zero, "again").ConfigureAwait(false), "The claim stands.");
        Expect.Sequence(["a"], (await store.ClaimAsync().ConfigureAwait(false)).Ids());
    }

    private static async Task ARowThatWasGivenBackIsNoLongerThatClaimsAsync(IStoreUnderTest store)
    {
        await store.WriteAsync(Sample.Message(store, "a")).ConfigureAwait(false);
        var claim = (await store.ClaimAsync().ConfigureAwait(false)).One();
        Expect.That(await store.Outbox.RetryAsync(claim, TimeSpan.FromHours(1), "down").ConfigureAwait(false), "The claim stands.");
        Expect.That(!await store.Outbox.RetryAsync(claim, TimeSpan.Zero, "down").ConfigureAwait(false), "It was given back before.");
        Expect.Equal(0, await store.Outbox.CompleteAsync([claim]).ConfigureAwait(false));
        Expect.Equal(1, (await store.Outbox.BacklogAsync("events").ConfigureAwait(false)).Count);
    }

    private static async Task AClaimedRowStaysAwayFromOthersUntilItsLeaseLapsesAsync(IStoreUnderTest store)
    {
        await store.WriteAsync(Sample.Message(store, "a"), Sample.Message(store, "b")).ConfigureAwait(false);
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var first = (await store.ClaimAsync().ConfigureAwait(false)).One();
        await store.AdvanceAsync(Acting.Minute * 0.5).ConfigureAwait(false);
        Expect.Sequence([], (await other.ClaimAsync().ConfigureAwait(false)).Ids());
        await store.AdvanceAsync(Acting.Minute).ConfigureAwait(false);
        var second = (await other.ClaimAsync().ConfigureAwait(false)).One();
        Expect.Equal(first.Id, second.Id);
        Expect.That(second.IsTakenOver && !first.IsTakenOver, "A lease that lapsed is known.");
        Expect.That(second.Epoch > first.Epoch, "A later claim has a higher epoch.");
    }

    private static async Task WhoWasOvertakenCanNeitherCompleteARowNorGiveItBackAsync(IStoreUnderTest store)
    {
        await store.WriteAsync(Sample.Message(store, "a")).ConfigureAwait(false);
        var late = (await store.ClaimAsync().ConfigureAwait(false)).One();
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        var held = (await (await store.OpenAnotherAsync().ConfigureAwait(false)).ClaimAsync().ConfigureAwait(false)).One();
        Expect.Equal(0, await store.Outbox.CompleteAsync([late]).ConfigureAwait(false));
        Expect.That(!await store.Outbox.RetryAsync(late, TimeSpan.Zero, "late").ConfigureAwait(false), "The claim was taken over.");
        Expect.Sequence([], (await store.ClaimAsync().ConfigureAwait(false)).Ids());
        Expect.Equal(1, await store.Outbox.CompleteAsync([held]).ConfigureAwait(false));
        Expect.Equal(0, (await store.Outbox.BacklogAsync("events").ConfigureAwait(false)).Count);
    }

    private static async Task ALapsedClaimThatNobodyTookOverStillCountsAsync(IStoreUnderTest store)
    {
        await store.WriteAsync(Sample.Message(store, "a", "a"), Sample.Message(store, "b", "b")).ConfigureAwait(false);
        var claimed = await store.ClaimAsync().ConfigureAwait(false);
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        Expect.Equal(1, await store.Outbox.CompleteAsync([claimed[0]]).ConfigureAwait(false));
        Expect.That(await store.Outbox.RetryAsync(claimed[1], TimeSpan.Zero, "slow").ConfigureAwait(false), "Nobody took it over.");
        Expect.Sequence(["b"], (await store.ClaimAsync().ConfigureAwait(false)).Ids());
    }

    private static async Task ARowIsCompletedOnceAsync(IStoreUnderTest store)
    {
        await store.WriteAsync(Sample.Message(store, "a", "a"), Sample.Message(store, "b", "b"), Sample.Message(store, "c", "c")).ConfigureAwait(false);
        var claimed = await store.ClaimAsync(2).ConfigureAwait(false);
        Expect.Equal(2, await store.Outbox.CompleteAsync([claimed[0], claimed[1], claimed[0]]).ConfigureAwait(false));
        Expect.Equal(0, await store.Outbox.CompleteAsync(claimed).ConfigureAwait(false));
        Expect.Equal(0, await store.Outbox.CompleteAsync([]).ConfigureAwait(false));
        Expect.That(!await store.Outbox.RetryAsync(claimed[0], TimeSpan.Zero, "gone").ConfigureAwait(false), "It is gone.");
        Expect.Sequence(["c"], (await store.ClaimAsync().ConfigureAwait(false)).Ids());
    }

    private static async Task ANumberIsNeverUsedForAnotherRowAsync(IStoreUnderTest store)
    {
        await store.WriteAsync(Sample.Message(store, "a")).ConfigureAwait(false);
        var gone = await store.ClaimAsync().ConfigureAwait(false);
        await store.Outbox.CompleteAsync(gone).ConfigureAwait(false);
        await store.WriteAsync(Sample.Message(store, "b")).ConfigureAwait(false);
        var next = (await store.ClaimAsync().ConfigureAwait(false)).One();
        Expect.That(next.Id != gone[0].Id, "The number of a row that is gone stays unused.");
        Expect.Equal(0, await store.Outbox.CompleteAsync(gone).ConfigureAwait(false));
        Expect.Equal(1, (await store.Outbox.BacklogAsync("events").ConfigureAwait(false)).Count);
    }

    private static async Task RacingPumpsClaimEachRowOnceAsync(IStoreUnderTest store)
    {
        const int Lanes = 20;
        await store.WriteAsync([.. Enumerable.Range(0, Lanes).Select(i => Sample.Message(store, $"m{i}", $"lane-{i}"))]).ConfigureAwait(false);
        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var claimed = await Acting.RaceAsync(6, racer => (racer % 2 == 0 ? store : other).ClaimAsync(7)).ConfigureAwait(false);
        // A racer may come away with less where another one looks at the same rows; nothing is lost by it.
        var all = claimed.SelectMany(deliveries => deliveries).Concat(await store.ClaimAsync().ConfigureAwait(false)).Ids().ToList();
        Expect.Set(Enumerable.Range(0, Lanes).Select(i => $"m{i}"), all);
    }

    private static async Task RacingPumpsKeepTheOrderOfEachLaneAsync(IStoreUnderTest store)
    {
        const int Lanes = 3;
        const int Messages = 6;
        for (var i = 0; i < Messages; i++)
        {
            await store.WriteAsync([.. Enumerable.Range(0, Lanes).Select(lane => Sample.Message(store, $"{lane}-{i}", $"lane-{lane}"))]).ConfigureAwait(false);
        }

        var other = await store.OpenAnotherAsync().ConfigureAwait(false);
        var delivered = new List<string>();
        await Acting.RaceAsync(4, async racer =>
        {
            var actor = racer % 2 == 0 ? store : other;
            for (var turn = 0; turn < 2 * Messages; turn++)
            {
                foreach (var delivery in await actor.ClaimAsync(2).ConfigureAwait(false))
                {
                    lock (delivered)
                    {
                        delivered.Add(delivery.Message.MessageId);
                    }

                    Expect.Equal(1, await actor.Outbox.CompleteAsync([delivery]).ConfigureAwait(false));
                }
            }

            return 0;
        }).ConfigureAwait(false);
        foreach (var rest in Enumerable.Range(0, Messages))
        {
            var claimed = await store.ClaimAsync().ConfigureAwait(false);
            delivered.AddRange(claimed.Ids());
            await store.Outbox.CompleteAsync(claimed).ConfigureAwait(false);
        }

        for (var lane = 0; lane < Lanes; lane++)
        {
            Expect.Sequence(Enumerable.Range(0, Messages).Select(i => $"{lane}-{i}"), delivered.Where(id => id.StartsWith($"{lane}-", StringComparison.Ordinal)));
        }
    }

    private static async Task ManyLanesThatFailDoNotStarveAFreshOneAsync(IStoreUnderTest store)
    {
        await store.WriteAsync([.. Enumerable.Range(0, 10).Select(i => Sample.Message(store, $"poison-{i}", $"poison-{i}"))]).ConfigureAwait(false);
        foreach (var delivery in await store.ClaimAsync().ConfigureAwait(false))
        {
            await store.Outbox.RetryAsync(delivery, TimeSpan.FromMinutes(1), "poison").ConfigureAwait(false);
        }

        await store.WriteAsync(Sample.Message(store, "fresh", "fresh")).ConfigureAwait(false);
        await store.AdvanceAsync(TimeSpan.FromMinutes(2)).ConfigureAwait(false);
        Expect.That((await store.ClaimAsync(5).ConfigureAwait(false)).Ids().Contains("fresh"), "The fresh one waited for longer than those that were given back.");
    }

    private static async Task LanesWhosePumpsDieDoNotStarveAFreshOneAsync(IStoreUnderTest store)
    {
        await store.WriteAsync([.. Enumerable.Range(0, 4).Select(i => Sample.Message(store, $"poison-{i}", $"poison-{i}"))]).ConfigureAwait(false);
        await store.WriteAsync(Sample.Message(store, "fresh", "fresh")).ConfigureAwait(false);
        for (var round = 0; round < 3; round++)
        {
            if ((await store.ClaimAsync(2).ConfigureAwait(false)).Ids().Contains("fresh"))
            {
                return;
            }

            await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        }

        Expect.That(false, "Five lanes, two at a time, whose leases all lapse: the fifth is claimed in the third round.");
    }

    private static async Task WhatWaitsIsCountedAndSinceWhenAsync(IStoreUnderTest store)
    {
        Expect.Equal(new MessageBacklog(0, null), await store.Outbox.BacklogAsync("events").ConfigureAwait(false));
        await store.WriteAsync(Sample.Message(store, "a"), Sample.Message(store, "b"), Sample.Message(store, "c", destination: "others")).ConfigureAwait(false);
        await store.AdvanceAsync(TimeSpan.FromMinutes(10)).ConfigureAwait(false);
        await store.WriteAsync(Sample.Message(store, "d", "d")).ConfigureAwait(false);
        var full = await store.Outbox.BacklogAsync("events").ConfigureAwait(false);
        Expect.Equal(3, full.Count);
        var claimed = await store.ClaimAsync().ConfigureAwait(false);
        Expect.That(full is { OldestAttempts: 0, OldestIsDue: true }, "Nobody has taken the oldest, and it may be taken.");
        Expect.Equal(full with { OldestIsDue = false }, await store.Outbox.BacklogAsync("events").ConfigureAwait(false));
        await store.Outbox.CompleteAsync([.. claimed.Where(delivery => delivery.Message.MessageId == "a")]).ConfigureAwait(false);
        Expect.Equal(full with { Count = 2 }, await store.Outbox.BacklogAsync("events").ConfigureAwait(false));
        await store.Outbox.CompleteAsync(await store.ClaimAsync().ConfigureAwait(false)).ConfigureAwait(false);
        var rest = await store.Outbox.BacklogAsync("events").ConfigureAwait(false);
        Expect.Equal(1, rest.Count);
        Expect.That(rest.OldestAt - full.OldestAt > TimeSpan.FromMinutes(9), "The oldest is now the one written ten minutes later.");
        Expect.Equal(1, (await store.Outbox.BacklogAsync("others").ConfigureAwait(false)).Count);
    }

    private static async Task ABacklogIsCountedUpTo10001Async(IStoreUnderTest store)
    {
        await store.WriteAsync([.. Enumerable.Range(0, 10_005).Select(i => Sample.Message(store, $"m{i}", $"lane-{i % 50}"))]).ConfigureAwait(false);
        Expect.Equal(10_001, (await store.Outbox.BacklogAsync("events").ConfigureAwait(false)).Count);
    }

    private static async Task MessagesAreAppendedInTheOrderGivenInAUnitOfWorkAsync(IStoreUnderTest store)
    {
        await AppendAsync(store, true, Sample.Message(store, "b"), Sample.Message(store, "a")).ConfigureAwait(false);
        await AppendAsync(store, false, Sample.Message(store, "lost"), Sample.Message(store, "lost too", "other")).ConfigureAwait(false);
        await AppendAsync(store, true, Sample.Message(store, "c")).ConfigureAwait(false);
        foreach (var id in new[] { "b", "a", "c" })
        {
            var claimed = await store.ClaimAsync().ConfigureAwait(false);
            Expect.Sequence([id], claimed.Ids());
            Alike.Message(Sample.Message(store, id), claimed[0].Message);
            await store.Outbox.CompleteAsync(claimed).ConfigureAwait(false);
        }

        Expect.Sequence([], (await store.ClaimAsync().ConfigureAwait(false)).Ids());
    }

    private static async Task ARowIsRemovedInAUnitOfWorkAndItsLaneGoesOnAsync(IStoreUnderTest store)
    {
        await AppendAsync(store, true, Sample.Message(store, "a"), Sample.Message(store, "b")).ConfigureAwait(false);
        var late = (await store.ClaimAsync().ConfigureAwait(false)).One();
        await store.AdvanceAsync(Acting.Minute * 2).ConfigureAwait(false);
        var held = (await store.ClaimAsync().ConfigureAwait(false)).One();
        Expect.That(!await store.InUnitAsync(unit => store.Outbox.RemoveAsync(unit, late)).ConfigureAwait(false), "The claim was taken over.");
        await store.InUnitAsync(
            async unit =>
            {
                Expect.That(await store.Outbox.RemoveAsync(unit, held).ConfigureAwait(false), "The claim stands.");
                await store.Outbox.AppendAsync(unit, [Sample.Message(store, "lost")]).ConfigureAwait(false);
                return 0;
            },
            commit: false).ConfigureAwait(false);
        Expect.Sequence([], (await store.ClaimAsync().ConfigureAwait(false)).Ids());
        Expect.Equal(2, (await store.Outbox.BacklogAsync("events").ConfigureAwait(false)).Count);
        Expect.That(await store.InUnitAsync(unit => store.Outbox.RemoveAsync(unit, held)).ConfigureAwait(false), "The claim stands after the roll-back.");
        Expect.That(!await store.InUnitAsync(unit => store.Outbox.RemoveAsync(unit, held)).ConfigureAwait(false), "It is gone.");
        var next = await store.ClaimAsync().ConfigureAwait(false);
        Expect.Sequence(["b"], next.Ids());
        Expect.That(
            !await store.InUnitAsync(unit => store.Outbox.RemoveAsync(unit, next[0]), commit: false).ConfigureAwait(false)
            || await store.Outbox.CompleteAsync(next).ConfigureAwait(false) == 1,
            "The last row of a lane comes back with the roll-back.");
    }

    private static async Task AClaimSaysSinceWhenItsMessageWaitsAsync(IStoreUnderTest store)
    {
        await store.WriteAsync(Sample.Message(store, "a")).ConfigureAwait(false);
        var writtenAt = (await store.Outbox.BacklogAsync("events").ConfigureAwait(false)).OldestAt;
        await store.AdvanceAsync(TimeSpan.FromMinutes(10)).ConfigureAwait(false);
        var claimed = (await store.ClaimAsync().ConfigureAwait(false)).One();
        Expect.Equal(writtenAt, claimed.FirstAt);
        Expect.That(claimed.Age >= TimeSpan.FromMinutes(10) && claimed.Age < TimeSpan.FromMinutes(15), "The age is by the store's clock.");
    }

    private static Task<int> AppendAsync(IStoreUnderTest store, bool commit, params OutboxMessage[] messages) => store.InUnitAsync(
        async unit =>
        {
            await store.Outbox.AppendAsync(unit, messages).ConfigureAwait(false);
            return 0;
        },
        commit);
}

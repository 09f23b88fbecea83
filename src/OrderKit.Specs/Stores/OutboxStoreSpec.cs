using OrderKit.Core;

namespace OrderKit.Specs;

/// <summary>The rules that an outbox must keep.</summary>
public static class OutboxStoreSpec
{
    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(OutboxStoreSpec),
    [
        new("A message is read back as it was written", async store =>
        {
            var message = new OutboxMessage("SPEC_1:7", "events", store.Tenant, "lane 'one' %_\\ 🙂", "类型", new byte[] { 0, 255, 10, 13 });
            var empty = new OutboxMessage("", "events", store.Tenant, "", "", ReadOnlyMemory<byte>.Empty);
            await store.WriteAsync(message, empty);
            var claimed = await store.ClaimAsync();
            Expect.Equal(2, claimed.Count);
            Alike.Message(message, claimed[0].Message);
            Alike.Message(empty, claimed[1].Message);
            Expect.Sequence([1, 1], claimed.Select(delivery => delivery.Attempt));
            Expect.That(claimed[0].Id != claimed[1].Id, "Every row must have its own number.");
        }),
        new("A destination gets only its own messages", async store =>
        {
            await store.WriteAsync(
                Sample.Message(store, "a", "a", "one"), Sample.Message(store, "b", "b", "two"), Sample.Message(store, "c", "c", "One"));
            Expect.Sequence(["a"], (await store.ClaimAsync(destination: "one")).Ids());
            Expect.Sequence(["b"], (await store.ClaimAsync(destination: "two")).Ids());
            Expect.Sequence([], (await store.ClaimAsync(destination: "three")).Ids());
        }),
        new("The messages of a lane are delivered one after the other, in the order written", async store =>
        {
            await store.WriteAsync(Sample.Message(store, "1"), Sample.Message(store, "2"));
            await store.WriteAsync(Sample.Message(store, "3"));
            for (var i = 1; i <= 3; i++)
            {
                var claimed = await store.ClaimAsync();
                Expect.Sequence([$"{i}"], claimed.Ids());
                Expect.Sequence([], (await store.ClaimAsync()).Ids());
                Expect.Equal(1, await store.Outbox.CompleteAsync(claimed));
            }

            Expect.Sequence([], (await store.ClaimAsync()).Ids());
        }),
        new("Lanes are delivered concurrently, the longest waiting first", async store =>
        {
            await store.WriteAsync(Sample.Message(store, "b1", "b"), Sample.Message(store, "b2", "b"), Sample.Message(store, "a1", "a"),
                Sample.Message(store, "c1", "c"));
            Expect.Sequence(["b1", "a1"], (await store.ClaimAsync(2)).Ids());
            Expect.Sequence(["c1"], (await store.ClaimAsync(2)).Ids());
        }),
        new("The same lane of another destination is another lane", async store =>
        {
            await store.WriteAsync(Sample.Message(store, "a", "lane", "one"), Sample.Message(store, "b", "lane", "two"));
            Expect.Sequence(["a"], (await store.ClaimAsync(destination: "one")).Ids());
            Expect.Sequence(["b"], (await store.ClaimAsync(destination: "two")).Ids());
        }),
        new("The same lane of another tenant is another lane", async store =>
        {
            await store.WriteAsync(Sample.Message(store, "ours"),
                Sample.Message(store, "theirs") with { Tenant = Sample.Neighbour(store) });
            var claimed = await store.ClaimAsync();
            Expect.Set([("ours", store.Tenant), ("theirs", Sample.Neighbour(store))],
                claimed.Select(delivery => (delivery.Message.MessageId, delivery.Message.Tenant)));
        }),
        new("A failing first message blocks only its own lane", async store =>
        {
            await store.WriteAsync(Sample.Message(store, "a1", "a"), Sample.Message(store, "a2", "a"), Sample.Message(store, "b1", "b"),
                Sample.Message(store, "b2", "b"));
            var claimed = await store.ClaimAsync();
            Expect.Sequence(["a1", "b1"], claimed.Ids());
            Expect.That(await store.Outbox.RetryAsync(claimed[0], TimeSpan.FromHours(1), "down"), "The claim must be valid.");
            Expect.Equal(1, await store.Outbox.CompleteAsync([claimed[1]]));
            Expect.Sequence(["b2"], (await store.ClaimAsync()).Ids());
            Expect.Sequence([], (await store.ClaimAsync()).Ids());
        }),
        new("A released row is delivered after its delay, by the store's clock", async store =>
        {
            await store.WriteAsync(Sample.Message(store, "a"));
            var first = (await store.ClaimAsync()).One();
            Expect.That(await store.Outbox.RetryAsync(first, TimeSpan.FromMinutes(10), "it's \"down\" 🙂"), "The claim must be valid.");
            await store.AdvanceAsync(TimeSpan.FromMinutes(9));
            Expect.Sequence([], (await store.ClaimAsync()).Ids());
            await store.AdvanceAsync(TimeSpan.FromMinutes(2));
            var second = (await store.ClaimAsync()).One();
            Expect.Equal(first.Id, second.Id);
            Expect.Equal(2, second.Attempt);
            Expect.That(second.Epoch > first.Epoch, "A later claim has a higher epoch.");
        }),
        new("A row that is released without a delay is delivered at once", async store =>
        {
            await store.WriteAsync(Sample.Message(store, "a"));
            Expect.That(await store.Outbox.RetryAsync((await store.ClaimAsync()).One(), TimeSpan.Zero, "again"),
                "The claim must be valid.");
            Expect.Sequence(["a"], (await store.ClaimAsync()).Ids());
        }),
        new("A released row no longer belongs to the claim", async store =>
        {
            await store.WriteAsync(Sample.Message(store, "a"));
            var claim = (await store.ClaimAsync()).One();
            Expect.That(await store.Outbox.RetryAsync(claim, TimeSpan.FromHours(1), "down"), "The claim must be valid.");
            Expect.That(!await store.Outbox.RetryAsync(claim, TimeSpan.Zero, "down"), "It was already released.");
            Expect.Equal(0, await store.Outbox.CompleteAsync([claim]));
            Expect.Equal(1, (await store.Outbox.BacklogAsync("events")).Count);
        }),
        new("A claimed row is hidden from others until its lease lapses", async store =>
        {
            await store.WriteAsync(Sample.Message(store, "a"), Sample.Message(store, "b"));
            var other = await store.OpenAnotherAsync();
            var first = (await store.ClaimAsync()).One();
            await store.AdvanceAsync(Acting.Minute * 0.5);
            Expect.Sequence([], (await other.ClaimAsync()).Ids());
            await store.AdvanceAsync(Acting.Minute);
            var second = (await other.ClaimAsync()).One();
            Expect.Equal(first.Id, second.Id);
            Expect.That(second.IsTakenOver && !first.IsTakenOver, "A message whose lease lapsed must be marked as taken over.");
            Expect.That(second.Epoch > first.Epoch, "A later claim has a higher epoch.");
        }),
        new("A pump that lost its claim can neither complete nor release the row", async store =>
        {
            await store.WriteAsync(Sample.Message(store, "a"));
            var late = (await store.ClaimAsync()).One();
            await store.AdvanceAsync(Acting.Minute * 2);
            var held = (await (await store.OpenAnotherAsync()).ClaimAsync()).One();
            Expect.Equal(0, await store.Outbox.CompleteAsync([late]));
            Expect.That(!await store.Outbox.RetryAsync(late, TimeSpan.Zero, "late"), "The claim was taken over.");
            Expect.Sequence([], (await store.ClaimAsync()).Ids());
            Expect.Equal(1, await store.Outbox.CompleteAsync([held]));
            Expect.Equal(0, (await store.Outbox.BacklogAsync("events")).Count);
        }),
        new("A lapsed claim that nobody took over is still valid", async store =>
        {
            await store.WriteAsync(Sample.Message(store, "a", "a"), Sample.Message(store, "b", "b"));
            var claimed = await store.ClaimAsync();
            await store.AdvanceAsync(Acting.Minute * 2);
            Expect.Equal(1, await store.Outbox.CompleteAsync([claimed[0]]));
            Expect.That(await store.Outbox.RetryAsync(claimed[1], TimeSpan.Zero, "slow"), "Nobody took it over.");
            Expect.Sequence(["b"], (await store.ClaimAsync()).Ids());
        }),
        new("A row is completed once", async store =>
        {
            await store.WriteAsync(Sample.Message(store, "a", "a"), Sample.Message(store, "b", "b"), Sample.Message(store, "c", "c"));
            var claimed = await store.ClaimAsync(2);
            Expect.Equal(2, await store.Outbox.CompleteAsync([claimed[0], claimed[1], claimed[0]]));
            Expect.Equal(0, await store.Outbox.CompleteAsync(claimed));
            Expect.Equal(0, await store.Outbox.CompleteAsync([]));
            Expect.That(!await store.Outbox.RetryAsync(claimed[0], TimeSpan.Zero, "gone"), "It is gone.");
            Expect.Sequence(["c"], (await store.ClaimAsync()).Ids());
        }),
        new("A row number is never reused", async store =>
        {
            await store.WriteAsync(Sample.Message(store, "a"));
            var gone = await store.ClaimAsync();
            await store.Outbox.CompleteAsync(gone);
            await store.WriteAsync(Sample.Message(store, "b"));
            var next = (await store.ClaimAsync()).One();
            Expect.That(next.Id != gone[0].Id, "The number of a removed row must not be reused.");
            Expect.Equal(0, await store.Outbox.CompleteAsync(gone));
            Expect.Equal(1, (await store.Outbox.BacklogAsync("events")).Count);
        }),
        new("Racing pumps claim each row once", async store =>
        {
            const int Lanes = 20;
            await store.WriteAsync([.. Enumerable.Range(0, Lanes).Select(i => Sample.Message(store, $"m{i}", $"lane-{i}"))]);
            var other = await store.OpenAnotherAsync();
            var claimed = await Acting.RaceAsync(6, racer => (racer % 2 == 0 ? store : other).ClaimAsync(7));
            // A caller may get fewer rows if another one looks at the same rows. Nothing is lost.
            var all = claimed.SelectMany(deliveries => deliveries).Concat(await store.ClaimAsync()).Ids().ToList();
            Expect.Set(Enumerable.Range(0, Lanes).Select(i => $"m{i}"), all);
        }),
        new("Racing pumps keep the order of each lane", async store =>
        {
            const int Lanes = 3;
            const int Messages = 6;
            for (var i = 0; i < Messages; i++)
            {
                await store.WriteAsync(
                    [.. Enumerable.Range(0, Lanes).Select(lane => Sample.Message(store, $"{lane}-{i}", $"lane-{lane}"))]);
            }

            var other = await store.OpenAnotherAsync();
            var delivered = new List<string>();
            await Acting.RaceAsync(4, async racer =>
            {
                var actor = racer % 2 == 0 ? store : other;
                for (var turn = 0; turn < 2 * Messages; turn++)
                {
                    foreach (var delivery in await actor.ClaimAsync(2))
                    {
                        lock (delivered)
                        {
                            delivered.Add(delivery.Message.MessageId);
                        }

                        Expect.Equal(1, await actor.Outbox.CompleteAsync([delivery]));
                    }
                }
            });
            foreach (var rest in Enumerable.Range(0, Messages))
            {
                var claimed = await store.ClaimAsync();
                delivered.AddRange(claimed.Ids());
                await store.Outbox.CompleteAsync(claimed);
            }

            for (var lane = 0; lane < Lanes; lane++)
            {
                Expect.Sequence(Enumerable.Range(0, Messages).Select(i => $"{lane}-{i}"),
                    delivered.Where(id => id.StartsWith($"{lane}-", StringComparison.Ordinal)));
            }
        }),
        new("Many failing lanes do not starve a new one", async store =>
        {
            await store.WriteAsync([.. Enumerable.Range(0, 10).Select(i => Sample.Message(store, $"poison-{i}", $"poison-{i}"))]);
            foreach (var delivery in await store.ClaimAsync())
            {
                await store.Outbox.RetryAsync(delivery, TimeSpan.FromMinutes(1), "poison");
            }

            await store.WriteAsync(Sample.Message(store, "fresh", "fresh"));
            await store.AdvanceAsync(TimeSpan.FromMinutes(2));
            Expect.That((await store.ClaimAsync(5)).Ids().Contains("fresh"), "The new message waited longer than the released ones.");
        }),
        new("Lanes whose pumps crash do not starve a new one", async store =>
        {
            await store.WriteAsync([.. Enumerable.Range(0, 4).Select(i => Sample.Message(store, $"poison-{i}", $"poison-{i}"))]);
            await store.WriteAsync(Sample.Message(store, "fresh", "fresh"));
            for (var round = 0; round < 3; round++)
            {
                if ((await store.ClaimAsync(2)).Ids().Contains("fresh"))
                {
                    return;
                }

                await store.AdvanceAsync(Acting.Minute * 2);
            }

            Expect.That(false, "Five lanes, claimed two at a time, whose leases all lapse: the fifth must be claimed in the third round.");
        }),
        new("The backlog is counted, with the age of its oldest message", async store =>
        {
            Expect.Equal(new MessageBacklog(0, null), await store.Outbox.BacklogAsync("events"));
            await store.WriteAsync(Sample.Message(store, "a"), Sample.Message(store, "b"),
                Sample.Message(store, "c", destination: "others"));
            await store.AdvanceAsync(TimeSpan.FromMinutes(10));
            await store.WriteAsync(Sample.Message(store, "d", "d"));
            var full = await store.Outbox.BacklogAsync("events");
            Expect.Equal(3, full.Count);
            var claimed = await store.ClaimAsync();
            Expect.That(full is { OldestAttempts: 0, OldestIsDue: true }, "The oldest message is free and must be claimable.");
            Expect.Equal(full with { OldestIsDue = false }, await store.Outbox.BacklogAsync("events"));
            await store.Outbox.CompleteAsync([.. claimed.Where(delivery => delivery.Message.MessageId == "a")]);
            Expect.Equal(full with { Count = 2 }, await store.Outbox.BacklogAsync("events"));
            await store.Outbox.CompleteAsync(await store.ClaimAsync());
            var rest = await store.Outbox.BacklogAsync("events");
            Expect.Equal(1, rest.Count);
            Expect.That(
                rest.OldestAt - full.OldestAt > TimeSpan.FromMinutes(9),
                    "The oldest must now be the one that was written ten minutes later.");
            Expect.Equal(1, (await store.Outbox.BacklogAsync("others")).Count);
        }),
        new("A backlog is counted up to 10,001", async store =>
        {
            await store.WriteAsync([.. Enumerable.Range(0, 10_005).Select(i => Sample.Message(store, $"m{i}", $"lane-{i % 50}"))]);
            Expect.Equal(10_001, (await store.Outbox.BacklogAsync("events")).Count);
        }),
        new("Messages are appended in the order given, in a unit of work", async store =>
        {
            await AppendAsync(store, true, Sample.Message(store, "b"), Sample.Message(store, "a"));
            await AppendAsync(store, false, Sample.Message(store, "lost"), Sample.Message(store, "lost too", "other"));
            await AppendAsync(store, true, Sample.Message(store, "c"));
            foreach (var id in new[] { "b", "a", "c" })
            {
                var claimed = await store.ClaimAsync();
                Expect.Sequence([id], claimed.Ids());
                Alike.Message(Sample.Message(store, id), claimed[0].Message);
                await store.Outbox.CompleteAsync(claimed);
            }

            Expect.Sequence([], (await store.ClaimAsync()).Ids());
        }),
        new("A row is removed in a unit of work, and its lane continues", async store =>
        {
            await AppendAsync(store, true, Sample.Message(store, "a"), Sample.Message(store, "b"));
            var late = (await store.ClaimAsync()).One();
            await store.AdvanceAsync(Acting.Minute * 2);
            var held = (await store.ClaimAsync()).One();
            Expect.That(!await store.InUnitAsync(unit => store.Outbox.RemoveAsync(unit, late)), "The claim was taken over.");
            await store.InUnitAsync(async unit =>
            {
                Expect.That(await store.Outbox.RemoveAsync(unit, held), "The claim must be valid.");
                await store.Outbox.AppendAsync(unit, [Sample.Message(store, "lost")]);
            }, commit: false);
            Expect.Sequence([], (await store.ClaimAsync()).Ids());
            Expect.Equal(2, (await store.Outbox.BacklogAsync("events")).Count);
            Expect.That(await store.InUnitAsync(unit => store.Outbox.RemoveAsync(unit, held)),
                "The claim must be valid after the rollback.");
            Expect.That(!await store.InUnitAsync(unit => store.Outbox.RemoveAsync(unit, held)), "It is gone.");
            var next = await store.ClaimAsync();
            Expect.Sequence(["b"], next.Ids());
            Expect.That(
                !await store.InUnitAsync(unit => store.Outbox.RemoveAsync(unit, next[0]), commit: false)
                || await store.Outbox.CompleteAsync(next) == 1,
                "The last row of a lane comes back with the roll-back.");
        }),
        new("A claim returns when its message was written", async store =>
        {
            await store.WriteAsync(Sample.Message(store, "a"));
            var writtenAt = (await store.Outbox.BacklogAsync("events")).OldestAt;
            await store.AdvanceAsync(TimeSpan.FromMinutes(10));
            var claimed = (await store.ClaimAsync()).One();
            Expect.Equal(writtenAt, claimed.FirstAt);
            Expect.That(claimed.Age >= TimeSpan.FromMinutes(10) && claimed.Age < TimeSpan.FromMinutes(15),
                "The age must be measured by the store's clock.");
        }),
    ]);

    private static Task AppendAsync(IStoreUnderTest store, bool commit, params OutboxMessage[] messages) =>
        store.InUnitAsync(unit => store.Outbox.AppendAsync(unit, messages), commit);
}

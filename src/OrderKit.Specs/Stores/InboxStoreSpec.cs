using System.Text;
using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>The rules that an inbox must keep.</summary>
public static class InboxStoreSpec
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(1);

    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(InboxStoreSpec),
    [
        new("A message is read back as it was accepted", async store =>
        {
            var message = new InboxMessage(
                "alipay:1'%_\\ 🙂", "payments", store.Tenant, "lane 'one' %_\\ 🙂", "类型", new byte[] { 0, 255, 10, 13 });
            var empty = new InboxMessage("2", "payments", store.Tenant, "", "", ReadOnlyMemory<byte>.Empty);
            Expect.Sequence([InboxReceipt.Accepted, InboxReceipt.Accepted], await AcceptAsync(store, message, empty));
            await store.AdvanceAsync(TimeSpan.FromMinutes(10));
            var claimed = await ClaimAsync(store);
            Expect.Equal(2, claimed.Count);
            Alike.Message(message, claimed[0].Message);
            Alike.Message(empty, claimed[1].Message);
            Expect.Sequence([1, 1], claimed.Select(delivery => delivery.Attempt));
            Expect.That(claimed[0].Id != claimed[1].Id, "Every row must have its own number.");
            Expect.That(claimed.All(delivery => delivery.Age >= TimeSpan.FromMinutes(10) && delivery.Age < TimeSpan.FromMinutes(15)),
                "The age must be measured by the store's clock.");
        }),
        new("A redelivery of a pending message is recognised and writes nothing", async store =>
        {
            await AcceptAsync(store, Message(store, "a"), Message(store, "b"));
            var again = Message(store, "a") with { Body = "another body"u8.ToArray(), Lane = "another lane" };
            Expect.Sequence([InboxReceipt.Duplicate, InboxReceipt.Accepted], await AcceptAsync(store, again, Message(store, "c")));
            var claimed = (await ClaimAsync(store)).One();
            Alike.Message(Message(store, "a"), claimed.Message);
            Expect.Sequence([InboxReceipt.Duplicate], await AcceptAsync(store, Message(store, "a")));
            Expect.Equal(3, (await store.Inbox.BacklogAsync("payments")).Count);
        }),
        new("A redelivery of a completed message is recognised", async store =>
        {
            await AcceptAsync(store, Message(store, "a"));
            await CompleteAsync(store, (await ClaimAsync(store)).One());
            Expect.Sequence([InboxReceipt.Duplicate], await AcceptAsync(store, Message(store, "a")));
            Expect.Sequence([], (await ClaimAsync(store)).Ids());
        }),
        new("Of equal messages in one call the first is accepted", async store =>
        {
            var receipts = await AcceptAsync(
                store, Message(store, "b"), Message(store, "a"), Message(store, "b") with { Body = "second"u8.ToArray() },
                    Message(store, "a"));
            Expect.Sequence([InboxReceipt.Accepted, InboxReceipt.Accepted, InboxReceipt.Duplicate, InboxReceipt.Duplicate], receipts);
            var claimed = (await ClaimAsync(store)).One();
            Alike.Message(Message(store, "b"), claimed.Message);
            await CompleteAsync(store, claimed);
            Expect.Sequence(["a"], (await ClaimAsync(store)).Ids());
            Expect.Sequence([], await store.InUnitAsync(unit => store.Inbox.AcceptAsync(unit, [])));
        }),
        new("Each consumer and each tenant has its own identities", async store =>
        {
            await AcceptAsync(store, Message(store, "a"));
            var receipts = await AcceptAsync(
                store, Message(store, "a") with { Consumer = "parcels" }, Message(store, "a") with { Tenant = Sample.Neighbour(store) },
                Message(store, "A"), Message(store, "a "));
            Expect.Sequence(Enumerable.Repeat(InboxReceipt.Accepted, 4), receipts);
        }),
        new("A rolled-back acceptance stores nothing", async store =>
        {
            await store.InUnitAsync(unit => store.Inbox.AcceptAsync(unit, [Message(store, "a"), Message(store, "b")]), commit: false);
            Expect.Sequence([], (await ClaimAsync(store)).Ids());
            Expect.Sequence([InboxReceipt.Accepted], await AcceptAsync(store, Message(store, "a")));
            Expect.Equal(1, (await store.Inbox.BacklogAsync("payments")).Count);
        }),
        new("Of racing deliveries one is accepted", async store =>
        {
            var other = await store.OpenAnotherAsync();
            string[] ids = ["a", "b", "c", "d"];
            var receipts = await Acting.RaceAsync(6, racer =>
            {
                // Half of them come in the opposite order, which must not cause a deadlock.
                var messages = (racer % 2 == 0 ? ids : ids.Reverse()).Select(id => Message(store, id, id)).ToArray();
                return AcceptAsync(racer % 3 == 0 ? other : store, messages);
            });
            Expect.Equal(ids.Length, receipts.SelectMany(all => all).Count(receipt => receipt == InboxReceipt.Accepted));
            Expect.Set(ids, (await ClaimAsync(store)).Ids());
        }),
        new("A consumer gets only its own messages", async store =>
        {
            await AcceptAsync(
                store, Message(store, "a", "a"), Message(store, "b", "b") with { Consumer = "parcels" },
                Message(store, "c", "c") with { Consumer = "Payments" });
            Expect.Sequence(["a"], (await ClaimAsync(store)).Ids());
            Expect.Sequence(["b"], (await ClaimAsync(store, consumer: "parcels")).Ids());
            Expect.Sequence([], (await ClaimAsync(store, consumer: "nobody")).Ids());
        }),
        new("The messages of a lane are handled one after the other, in the order accepted", async store =>
        {
            await AcceptAsync(store, Message(store, "z"), Message(store, "b"));
            await AcceptAsync(store, Message(store, "a"));
            foreach (var id in new[] { "z", "b", "a" })
            {
                var claimed = await ClaimAsync(store);
                Expect.Sequence([id], claimed.Ids());
                Expect.Sequence([], (await ClaimAsync(store)).Ids());
                await CompleteAsync(store, claimed[0]);
            }

            Expect.Sequence([], (await ClaimAsync(store)).Ids());
        }),
        new("Lanes are handled concurrently, the longest waiting first", async store =>
        {
            await AcceptAsync(
                store, Message(store, "b1", "b"), Message(store, "b2", "b"), Message(store, "a1", "a"), Message(store, "c1", "c"));
            Expect.Sequence(["b1", "a1"], (await ClaimAsync(store, 2)).Ids());
            Expect.Sequence(["c1"], (await ClaimAsync(store, 2)).Ids());
        }),
        new("In a backlog a head start counts as a fixed waiting time", async store =>
        {
            await AcceptAsync(store, Message(store, "old", "old"));
            await store.AdvanceAsync(TimeSpan.FromMinutes(10));
            await AcceptAsync(
                store, Message(store, "plain", "plain"),
                    Message(store, "a little", "a little") with { HeadStart = TimeSpan.FromMinutes(5) },
                Message(store, "urgent", "urgent") with { HeadStart = TimeSpan.FromHours(1) },
                Message(store, "behind", "plain") with { HeadStart = TimeSpan.FromHours(2) });
            var claimed = await ClaimAsync(store);
            Expect.Sequence(["urgent", "old", "a little", "plain"], claimed.Ids());
            Expect.That(claimed[0].Age < TimeSpan.FromMinutes(5), "The age must not exceed the elapsed time.");
        }),
        new("The same lane of another consumer or tenant is another lane", async store =>
        {
            await AcceptAsync(
                store, Message(store, "a"), Message(store, "b") with { Consumer = "parcels" },
                Message(store, "c") with { Tenant = Sample.Neighbour(store) });
            Expect.Sequence(["a", "c"], (await ClaimAsync(store)).Ids());
            Expect.Sequence(["b"], (await ClaimAsync(store, consumer: "parcels")).Ids());
        }),
        new("A failing first message blocks only its own lane", async store =>
        {
            await AcceptAsync(
                store, Message(store, "a1", "a"), Message(store, "a2", "a"), Message(store, "b1", "b"), Message(store, "b2", "b"));
            var claimed = await ClaimAsync(store);
            Expect.Sequence(["a1", "b1"], claimed.Ids());
            Expect.That(await store.Inbox.RetryAsync(claimed[0], TimeSpan.FromHours(1), "it's \"down\" \0 🙂"), "The claim must be valid.");
            await CompleteAsync(store, claimed[1]);
            Expect.Sequence(["b2"], (await ClaimAsync(store)).Ids());
            Expect.Sequence([], (await ClaimAsync(store)).Ids());
        }),
        new("A released message is handled after its delay, by the store's clock", async store =>
        {
            await AcceptAsync(store, Message(store, "a"), Message(store, "b"));
            var first = (await ClaimAsync(store)).One();
            Expect.That(await store.Inbox.RetryAsync(first, TimeSpan.FromMinutes(10), "down"), "The claim must be valid.");
            await store.AdvanceAsync(TimeSpan.FromMinutes(9));
            Expect.Sequence([], (await ClaimAsync(store)).Ids());
            await store.AdvanceAsync(TimeSpan.FromMinutes(2));
            var second = (await ClaimAsync(store)).One();
            Expect.Equal(first.Id, second.Id);
            Expect.Equal(2, second.Attempt);
            Expect.That(second.Epoch > first.Epoch, "A later claim has a higher epoch.");
            Expect.That(await store.Inbox.RetryAsync(second, TimeSpan.Zero, "again"), "The claim must be valid.");
            var third = (await ClaimAsync(store)).One();
            await CompleteAsync(store, third);
            Expect.Sequence(["b"], (await ClaimAsync(store)).Ids());
        }),
        new("A released message no longer belongs to the claim", async store =>
        {
            await AcceptAsync(store, Message(store, "a"));
            var claim = (await ClaimAsync(store)).One();
            Expect.That(await store.Inbox.RetryAsync(claim, TimeSpan.FromHours(1), "down"), "The claim must be valid.");
            Expect.That(!await store.Inbox.RetryAsync(claim, TimeSpan.Zero, "down"), "It was already released.");
            await RefusedAsync(store, claim);
            Expect.That(!await SetAsideAsync(store, claim), "It was already released.");
            Expect.Equal(1, (await store.Inbox.BacklogAsync("payments")).Count);
        }),
        new("A claimed message is hidden from others until its lease lapses", async store =>
        {
            await AcceptAsync(store, Message(store, "a"), Message(store, "b"));
            var other = await store.OpenAnotherAsync();
            var first = (await ClaimAsync(store)).One();
            await store.AdvanceAsync(Acting.Minute * 0.5);
            Expect.Sequence([], (await ClaimAsync(other)).Ids());
            await store.AdvanceAsync(Acting.Minute);
            var second = (await ClaimAsync(other)).One();
            Expect.Equal(first.Id, second.Id);
            Expect.That(second.IsTakenOver && !first.IsTakenOver, "A message whose lease lapsed must be marked as taken over.");
            Expect.That(second.Epoch > first.Epoch, "A later claim has a higher epoch.");
        }),
        new("A pump that lost its claim can neither complete, nor release, nor dead-letter the message", async store =>
        {
            await AcceptAsync(store, Message(store, "a"));
            var late = (await ClaimAsync(store)).One();
            await store.AdvanceAsync(Acting.Minute * 2);
            var held = (await ClaimAsync(await store.OpenAnotherAsync())).One();
            await RefusedAsync(store, late);
            Expect.That(!await store.Inbox.RetryAsync(late, TimeSpan.Zero, "late"), "The claim was taken over.");
            Expect.That(!await SetAsideAsync(store, late), "The claim was taken over.");
            Expect.Sequence([], (await ClaimAsync(store)).Ids());
            await CompleteAsync(store, held);
            Expect.Equal(0, (await store.Inbox.BacklogAsync("payments")).Count);
        }),
        new("A lapsed claim that nobody took over is still valid", async store =>
        {
            await AcceptAsync(store, Message(store, "a", "a"), Message(store, "b", "b"));
            var claimed = await ClaimAsync(store);
            await store.AdvanceAsync(Acting.Minute * 2);
            await CompleteAsync(store, claimed[0]);
            Expect.That(await store.Inbox.RetryAsync(claimed[1], TimeSpan.Zero, "slow"), "Nobody took it over.");
            Expect.Sequence(["b"], (await ClaimAsync(store)).Ids());
        }),
        new("A message is completed once", async store =>
        {
            await AcceptAsync(store, Message(store, "a"));
            var claimed = (await ClaimAsync(store)).One();
            await CompleteAsync(store, claimed);
            await RefusedAsync(store, claimed);
            Expect.That(!await store.Inbox.RetryAsync(claimed, TimeSpan.Zero, "gone"), "It is done.");
            Expect.That(!await SetAsideAsync(store, claimed), "It is done.");
            Expect.Sequence([], (await ClaimAsync(store)).Ids());
        }),
        new("Messages are completed together, or none of them", async store =>
        {
            await AcceptAsync(store, Message(store, "a", "a"), Message(store, "b", "b"), Message(store, "c", "c"));
            var claimed = await ClaimAsync(store);
            await store.Inbox.RetryAsync(claimed[1], TimeSpan.Zero, "given back");
            var refused = await Expect.ThrowsAsync<InboxFenceLostException>(
                () => CompleteAsync(store, [.. claimed]), "One of the claims is no longer valid.");
            Expect.Equal("b", refused.Delivery?.Message.MessageId);
            Expect.Equal(3, (await store.Inbox.BacklogAsync("payments")).Count);
            await CompleteAsync(store, claimed[0], claimed[2]);
            Expect.Equal(1, (await store.Inbox.BacklogAsync("payments")).Count);
            Expect.Sequence(["b"], (await ClaimAsync(store)).Ids());
        }),
        new("Messages that are being completed are hidden from others until the unit ends", async store =>
        {
            await AcceptAsync(store, Message(store, "a", "a"), Message(store, "b", "b"));
            var claimed = await ClaimAsync(store);
            await store.InUnitAsync(async unit =>
            {
                await store.Inbox.CompleteAsync(unit, claimed, Retention);
                await store.AdvanceAsync(Acting.Minute * 10);
                var other = await store.OpenAnotherAsync();
                Expect.Sequence([], (await ClaimAsync(other)).Ids());
            }, commit: false);
            Expect.Set(["a", "b"], (await ClaimAsync(store)).Ids());
        }, StoreAbilities.ParallelUnits),
        new("A rolled-back completion leaves the message pending", async store =>
        {
            await AcceptAsync(store, Message(store, "a"), Message(store, "b"));
            var claimed = (await ClaimAsync(store)).One();
            await store.InUnitAsync(unit => store.Inbox.CompleteAsync(unit, [claimed], Retention), commit: false);
            Expect.Equal(2, (await store.Inbox.BacklogAsync("payments")).Count);
            Expect.Sequence([], (await ClaimAsync(store)).Ids());
            await store.AdvanceAsync(Acting.Minute * 2);
            var again = (await ClaimAsync(store)).One();
            Alike.Message(Message(store, "a"), again.Message);
        }),
        new("Racing consumers claim each message once", async store =>
        {
            const int Lanes = 20;
            await AcceptAsync(store, [.. Enumerable.Range(0, Lanes).Select(i => Message(store, $"m{i}", $"lane-{i}"))]);
            var other = await store.OpenAnotherAsync();
            var claimed = await Acting.RaceAsync(6, racer => ClaimAsync(racer % 2 == 0 ? store : other, 7));
            // A caller may get fewer rows if another one looks at the same rows. Nothing is lost.
            var all = claimed.SelectMany(deliveries => deliveries).Concat(await ClaimAsync(store)).Ids().ToList();
            Expect.Set(Enumerable.Range(0, Lanes).Select(i => $"m{i}"), all);
        }),
        new("Racing consumers keep the order of each lane", async store =>
        {
            const int Lanes = 3;
            const int Messages = 6;
            await AcceptAsync(
                store,
                    [.. Enumerable.Range(0,
                        Lanes * Messages).Select(i => Message(store, $"{i % Lanes}-{i / Lanes}", $"lane-{i % Lanes}"))]);
            var other = await store.OpenAnotherAsync();
            var handled = new List<string>();
            await Acting.RaceAsync(4, async racer =>
            {
                var actor = racer % 2 == 0 ? store : other;
                for (var turn = 0; turn < 2 * Messages; turn++)
                {
                    foreach (var delivery in await ClaimAsync(actor, 2))
                    {
                        lock (handled)
                        {
                            handled.Add(delivery.Message.MessageId);
                        }

                        await CompleteAsync(actor, delivery);
                    }
                }
            });
            while (await ClaimAsync(store) is { Count: > 0 } rest)
            {
                foreach (var delivery in rest)
                {
                    handled.Add(delivery.Message.MessageId);
                    await CompleteAsync(store, delivery);
                }
            }

            for (var lane = 0; lane < Lanes; lane++)
            {
                Expect.Sequence(Enumerable.Range(0, Messages).Select(i => $"{lane}-{i}"),
                    handled.Where(id => id.StartsWith($"{lane}-", StringComparison.Ordinal)));
            }
        }),
        new("A message that was committed late is not handled concurrently with its lane", async store =>
        {
            var other = await store.OpenAnotherAsync();
            var slow = await store.Units.BeginAsync();
            try
            {
                await store.Inbox.AcceptAsync(slow, [Message(store, "slow")]);
                await AcceptAsync(other, Message(store, "fast"));
                var fast = (await ClaimAsync(other)).One();
                Expect.Equal("fast", fast.Message.MessageId);
                await slow.CommitAsync();
                Expect.Sequence([], (await ClaimAsync(other)).Ids());
                await CompleteAsync(other, fast);
                Expect.Sequence(["slow"], (await ClaimAsync(other)).Ids());
            }
            finally
            {
                await slow.DisposeAsync();
            }
        }, StoreAbilities.ParallelUnits),
        new("Many failing lanes do not starve a new one", async store =>
        {
            await AcceptAsync(store, [.. Enumerable.Range(0, 10).Select(i => Message(store, $"poison-{i}", $"poison-{i}"))]);
            foreach (var delivery in await ClaimAsync(store))
            {
                await store.Inbox.RetryAsync(delivery, TimeSpan.FromMinutes(1), "poison");
            }

            await AcceptAsync(store, Message(store, "fresh", "fresh"));
            await store.AdvanceAsync(TimeSpan.FromMinutes(2));
            Expect.That((await ClaimAsync(store, 5)).Ids().Contains("fresh"), "The new message waited longer than the released ones.");
        }),
        new("A dead-lettered message unblocks its lane, and its redelivery is recognised", async store =>
        {
            await AcceptAsync(store, Message(store, "a"), Message(store, "b"));
            Expect.That(await SetAsideAsync(store, (await ClaimAsync(store)).One()), "The claim must be valid.");
            Expect.Sequence([InboxReceipt.Duplicate], await AcceptAsync(store, Message(store, "a")));
            Expect.Sequence(["b"], (await ClaimAsync(store)).Ids());
            Expect.Equal(1, (await store.Inbox.BacklogAsync("payments")).Count);
        }),
        new("A rolled-back dead-lettering leaves the message pending", async store =>
        {
            await AcceptAsync(store, Message(store, "a"), Message(store, "b"));
            var claimed = (await ClaimAsync(store)).One();
            await store.InUnitAsync(unit => store.Inbox.RemoveAsync(unit, claimed), commit: false);
            Expect.Equal(2, (await store.Inbox.BacklogAsync("payments")).Count);
            await store.AdvanceAsync(Acting.Minute * 2);
            Alike.Message(Message(store, "a"), (await ClaimAsync(store)).One().Message);
        }),
        new("A redriven message is handled again, at the end of its lane", async store =>
        {
            await AcceptAsync(store, Message(store, "a"), Message(store, "b"));
            var first = (await ClaimAsync(store)).One();
            await SetAsideAsync(store, first);
            var held = (await ClaimAsync(store)).One();
            Expect.That(await BringBackAsync(store, Message(store, "a")), "It must be dead-lettered.");
            Expect.Sequence([], (await ClaimAsync(store)).Ids());
            await CompleteAsync(store, held);
            var again = (await ClaimAsync(store)).One();
            Alike.Message(Message(store, "a"), again.Message);
            Expect.Equal(1, again.Attempt);
            await RefusedAsync(store, first);
            await CompleteAsync(store, again);
        }),
        new("A pending or completed message cannot be redriven", async store =>
        {
            await AcceptAsync(store, Message(store, "a"), Message(store, "b"));
            await CompleteAsync(store, (await ClaimAsync(store)).One());
            Expect.That(!await BringBackAsync(store, Message(store, "a")), "It is done.");
            Expect.That(!await BringBackAsync(store, Message(store, "b")), "It is pending.");
            Expect.That(await BringBackAsync(store, Message(store, "c", "c")), "A message that the inbox does not know must count as new.");
            Expect.Sequence(["b", "c"], (await ClaimAsync(store)).Ids());
        }),
        new("A rolled-back redrive leaves the message dead-lettered", async store =>
        {
            await AcceptAsync(store, Message(store, "a"));
            await SetAsideAsync(store, (await ClaimAsync(store)).One());
            await store.InUnitAsync(unit => store.Inbox.BringBackAsync(unit, Message(store, "a")), commit: false);
            Expect.Sequence([], (await ClaimAsync(store)).Ids());
            Expect.That(await BringBackAsync(store, Message(store, "a")), "It must still be dead-lettered.");
            Expect.That(!await BringBackAsync(store, Message(store, "a")), "It was already redriven.");
        }),
        new("A dead-lettered message is settled once and then swept", async store =>
        {
            await AcceptAsync(store, Message(store, "a"), Message(store, "b"));
            await SetAsideAsync(store, (await ClaimAsync(store)).One());
            Expect.That(!await SettleAsync(store, Message(store, "b")), "It is pending.");
            await store.InUnitAsync(unit => store.Inbox.SettleAsync(unit, Message(store, "a"), TimeSpan.Zero), commit: false);
            Expect.That(await SettleAsync(store, Message(store, "a")), "It must be dead-lettered.");
            Expect.That(!await SettleAsync(store, Message(store, "a")), "It was already settled.");
            Expect.That(!await BringBackAsync(store, Message(store, "a")), "It was already settled.");
            Expect.Equal(0, await store.Inbox.SweepAsync(10));
            await store.AdvanceAsync(Retention + Acting.Minute);
            Expect.Equal(1, await store.Inbox.SweepAsync(10));
        }),
        new("Only completed messages are swept, after their retention", async store =>
        {
            await AcceptAsync(
                store, Message(store, "done", "1"), Message(store, "aside", "2"), Message(store, "claimed", "3"),
                    Message(store, "failed", "4"),
                Message(store, "waits", "4"));
            var claimed = await ClaimAsync(store);
            await CompleteAsync(store, claimed[0]);
            await SetAsideAsync(store, claimed[1]);
            await store.Inbox.RetryAsync(claimed[3], TimeSpan.Zero, "down");
            await store.AdvanceAsync(Retention - Acting.Minute);
            Expect.Equal(0, await store.Inbox.SweepAsync(10));
            await store.AdvanceAsync(Acting.Minute * 2);
            Expect.Equal(1, await store.Inbox.SweepAsync(10));
            Expect.Equal(0, await store.Inbox.SweepAsync(10));
            var receipts = await AcceptAsync(
                store, Message(store, "done", "1"), Message(store, "aside", "2"), Message(store, "claimed", "3"),
                    Message(store, "failed", "4"),
                Message(store, "waits", "4"));
            Expect.Sequence([InboxReceipt.Accepted, .. Enumerable.Repeat(InboxReceipt.Duplicate, 4)], receipts);
        }),
        new("A sweep ends at its limit", async store =>
        {
            await AcceptAsync(store, [.. Enumerable.Range(0, 5).Select(i => Message(store, $"{i}", $"{i}"))]);
            foreach (var delivery in await ClaimAsync(store))
            {
                await CompleteAsync(store, delivery);
            }

            await store.AdvanceAsync(Retention * 2);
            Expect.Equal(3, await store.Inbox.SweepAsync(3));
            Expect.Equal(2, await store.Inbox.SweepAsync(3));
        }),
        new("The backlog is counted, with the age of its oldest message", async store =>
        {
            Expect.Equal(new MessageBacklog(0, null), await store.Inbox.BacklogAsync("payments"));
            await AcceptAsync(store, Message(store, "a", "a"), Message(store, "b", "b"), Message(store, "c") with { Consumer = "parcels" });
            await store.AdvanceAsync(TimeSpan.FromMinutes(10));
            await AcceptAsync(store, Message(store, "d", "d"));
            var full = await store.Inbox.BacklogAsync("payments");
            Expect.Equal(3, full.Count);
            var claimed = await ClaimAsync(store);
            Expect.That(full is { OldestAttempts: 0, OldestIsDue: true }, "The oldest message is free and must be claimable.");
            Expect.Equal(full with { OldestIsDue = false }, await store.Inbox.BacklogAsync("payments"));
            foreach (var delivery in claimed.Take(2))
            {
                await CompleteAsync(store, delivery);
            }

            var rest = await store.Inbox.BacklogAsync("payments");
            Expect.Equal(1, rest.Count);
            Expect.That(
                rest.OldestAt - full.OldestAt > TimeSpan.FromMinutes(9),
                    "The oldest must now be the one that was accepted ten minutes later.");
            Expect.Equal(1, (await store.Inbox.BacklogAsync("parcels")).Count);
        }),
        new("A backlog is counted up to 10,001", async store =>
        {
            await AcceptAsync(store, [.. Enumerable.Range(0, 10_005).Select(i => Message(store, $"m{i}", $"lane-{i % 50}"))]);
            Expect.Equal(10_001, (await store.Inbox.BacklogAsync("payments")).Count);
        }),
    ]);

    private static InboxMessage Message(IStoreUnderTest store, string id, string lane = "lane") =>
        new(id, "payments", store.Tenant, lane, "notification", Encoding.UTF8.GetBytes($"body of {id}"));

    private static Task<IReadOnlyList<InboxReceipt>> AcceptAsync(IStoreActor store, params InboxMessage[] messages) =>
        store.InUnitAsync(unit => store.Inbox.AcceptAsync(unit, messages));

    private static async Task<List<InboxDelivery>> ClaimAsync(IStoreActor store, int max = 100, string consumer = "payments") =>
        [.. await store.Inbox.ClaimAsync(consumer, max, Acting.Minute)];

    private static Task CompleteAsync(IStoreActor store, params InboxDelivery[] deliveries) =>
        store.InUnitAsync(unit => store.Inbox.CompleteAsync(unit, deliveries, Retention));

    private static Task<InboxFenceLostException> RefusedAsync(IStoreActor store, InboxDelivery delivery) =>
        Expect.ThrowsAsync<InboxFenceLostException>(() => CompleteAsync(store, delivery), "A lost claim must be reported.");

    private static Task<bool> SetAsideAsync(IStoreActor store, InboxDelivery delivery) =>
        store.InUnitAsync(unit => store.Inbox.RemoveAsync(unit, delivery));

    private static Task<bool> BringBackAsync(IStoreActor store, InboxMessage message) =>
        store.InUnitAsync(unit => store.Inbox.BringBackAsync(unit, message));

    private static Task<bool> SettleAsync(IStoreActor store, InboxMessage message) =>
        store.InUnitAsync(unit => store.Inbox.SettleAsync(unit, message, Retention));

    private static IEnumerable<string> Ids(this IEnumerable<InboxDelivery> deliveries) =>
        deliveries.Select(delivery => delivery.Message.MessageId);
}

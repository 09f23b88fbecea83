using OrderKit.Messaging;

namespace OrderKit.Specs.Tests;

/// <summary>Broken inboxes.</summary>
internal static class InboxFaults
{
    private const string Suite = nameof(InboxStoreSpec);

    public static IEnumerable<Fault> All =>
    [
        new("Bodies are text", Suite, store => Written(store, message => message with { Body = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(message.Body.Span)) }),
            "A message is read back as it was accepted"),
        new("Redeliveries are accepted", Suite, store =>
        {
            var copies = 0;
            store.Inbox.Accept = async (inner, unit, messages) =>
                await inner.AcceptAsync(unit, messages.Each(message => message with { MessageId = $"{message.MessageId}#{++copies}" }));
        },
            "A redelivery of a pending message is recognised and writes nothing",
            "Of equal messages in one call the first is accepted",
            "Of racing deliveries one is accepted"),
        new("A message that is done is forgotten", Suite, store =>
        {
            var done = new HashSet<string>();
            store.Inbox.Complete = async (inner, unit, deliveries, retention) =>
            {
                await inner.CompleteAsync(unit, deliveries, retention);
                done.UnionWith(deliveries.Select(delivery => delivery.Message.MessageId));
            };
            Written(store, message => done.Contains(message.MessageId) ? message with { MessageId = message.MessageId + " again" } : message);
        },
            "A redelivery of a completed message is recognised"),
        new("A lost fence is overlooked", Suite, store => store.Inbox.Complete = async (inner, unit, deliveries, retention) =>
        {
            try
            {
                await inner.CompleteAsync(unit, deliveries, retention);
            }
            catch (InboxFenceLostException)
            {
            }
        },
            "A pump that lost its claim can neither complete, nor release, nor dead-letter the message",
            "A message is completed once",
            "A released message no longer belongs to the claim"),
        new("Identities are compared without case", Suite, store => Written(store, message => message with { MessageId = message.MessageId.ToLowerInvariant() }),
            "Each consumer and each tenant has its own identities"),
        new("Consumers are compared without case", Suite, store => Written(store, message => message with { Consumer = message.Consumer.ToLowerInvariant() }),
            "A consumer gets only its own messages"),
        new("Messages are accepted in a unit of their own", Suite, store => store.Inbox.Accept = async (inner, unit, messages) =>
        {
            var receipts = await inner.AcceptAsync(unit, messages);
            await unit.CommitAsync();
            return receipts;
        },
            "A rolled-back acceptance stores nothing"),
        new("Lanes have no order", Suite, store => Lanes(store, message => message.MessageId),
            "The messages of a lane are handled one after the other, in the order accepted",
            "Lanes are handled concurrently, the longest waiting first"),
        new("Claims are not noted", Suite, store => store.Inbox.Claim = async (inner, consumer, max, lease) =>
        {
            var claimed = await inner.ClaimAsync(consumer, max, lease);
            foreach (var delivery in claimed)
            {
                await inner.RetryAsync(delivery, TimeSpan.Zero, "");
            }

            return claimed;
        },
            "Racing consumers keep the order of each lane"),
        new("There is one lane", Suite, store => Lanes(store, _ => ""),
            "Racing consumers claim each message once"),
        new("Lanes are those of all tenants", Suite, store => Written(store, message => message with { Tenant = store.Tenant }),
            "The same lane of another consumer or tenant is another lane"),
        new("A failing head holds all lanes", Suite, store =>
        {
            var failed = false;
            store.Inbox.Retry = (inner, delivery, pause, error) =>
            {
                failed = true;
                return inner.RetryAsync(delivery, pause, error).AsTask();
            };
            store.Inbox.Claim = async (inner, consumer, max, lease) => failed ? [] : await inner.ClaimAsync(consumer, max, lease);
        },
            "A failing first message blocks only its own lane"),
        new("The pause is ignored", Suite, store => store.Inbox.Retry = (inner, delivery, _, error) => inner.RetryAsync(delivery, TimeSpan.Zero, error).AsTask(),
            "A released message is handled after its delay, by the store's clock"),
        new("The clock is not the store's", Suite, store => store.Advance = _ => TimeSpan.Zero,
            "A claimed message is hidden from others until its lease lapses"),
        new("A lapsed claim counts no more", Suite, store =>
        {
            var isLate = false;
            store.Advance = by =>
            {
                isLate = true;
                return by;
            };
            store.Inbox.Complete = async (inner, unit, deliveries, retention) =>
            {
                if (isLate)
                {
                    throw new InboxFenceLostException(deliveries[0]);
                }

                await inner.CompleteAsync(unit, deliveries, retention);
            };
        },
            "A lapsed claim that nobody took over is still valid"),
        new("A message is completed in a unit of its own", Suite, store => store.Inbox.Complete = async (inner, unit, deliveries, retention) =>
        {
            await inner.CompleteAsync(unit, deliveries, retention);
            await unit.CommitAsync();
        },
            "A rolled-back completion leaves the message pending"),
        new("The lowest number is claimed first", Suite, store => store.Inbox.Claim = async (inner, consumer, max, lease) =>
        {
            var all = (await inner.ClaimAsync(consumer, 100_000, lease)).OrderBy(delivery => delivery.Id).ToList();
            foreach (var rest in all.Skip(max))
            {
                await inner.RetryAsync(rest, TimeSpan.Zero, "");
            }

            return [.. all.Take(max)];
        },
            "Many failing lanes do not starve a new one"),
        new("Setting aside holds the lane", Suite, store => store.Inbox.Remove = async (inner, unit, delivery) =>
        {
            await Task.Yield();
            return delivery.Attempt > 0;
        },
            "A dead-lettered message unblocks its lane, and its redelivery is recognised"),
        new("A message is set aside in a unit of its own", Suite, store => store.Inbox.Remove = async (inner, unit, delivery) =>
        {
            var isSetAside = await inner.RemoveAsync(unit, delivery);
            await unit.CommitAsync();
            return isSetAside;
        },
            "A rolled-back dead-lettering leaves the message pending"),
        new("A message that is brought back loses its body", Suite, store => store.Inbox.BringBack = (inner, unit, message) =>
            inner.BringBackAsync(unit, message with { Body = default }).AsTask(),
            "A redriven message is handled again, at the end of its lane"),
        new("Everything can be brought back", Suite, store => store.Inbox.BringBack = async (inner, unit, message) =>
        {
            await inner.BringBackAsync(unit, message);
            return true;
        },
            "A pending or completed message cannot be redriven",
            "A rolled-back redrive leaves the message dead-lettered"),
        new("Settling is never refused", Suite, store => store.Inbox.Settle = async (inner, unit, message, retention) =>
        {
            await inner.SettleAsync(unit, message, retention);
            return true;
        },
            "A dead-lettered message is settled once and then swept"),
        new("The first of several messages is completed", Suite, store => store.Inbox.Complete = (inner, unit, deliveries, retention) =>
            inner.CompleteAsync(unit, [deliveries[0]], retention).AsTask(),
            "Messages are completed together, or none of them"),
        new("Head starts are ignored", Suite, store => Written(store, message => message with { HeadStart = default }),
            "In a backlog a head start counts as a fixed waiting time"),
        new("The retention is ignored", Suite, store => store.Inbox.Complete = (inner, unit, deliveries, _) => inner.CompleteAsync(unit, deliveries, TimeSpan.Zero).AsTask(),
            "Only completed messages are swept, after their retention"),
        new("Nothing is ever swept", Suite, store => store.Inbox.Sweep = (_, _) => Task.FromResult(0),
            "Only completed messages are swept, after their retention"),
        new("A sweep has no limit", Suite, store => store.Inbox.Sweep = (inner, _) => inner.SweepAsync(int.MaxValue).AsTask(),
            "A sweep ends at its limit"),
        new("A backlog is counted to the end", Suite, store => store.Inbox.Backlog = async (inner, consumer) =>
            await inner.BacklogAsync(consumer) is { Count: 10_001 } backlog ? backlog with { Count = 10_005 } : await inner.BacklogAsync(consumer),
            "A backlog is counted up to 10,001"),
        new("A backlog says nothing of its oldest", Suite, store => store.Inbox.Backlog = async (inner, consumer) =>
            (await inner.BacklogAsync(consumer)) with { OldestAttempts = 0, OldestIsDue = true },
            "The backlog is counted, with the age of its oldest message"),
        new("A backlog does not say since when", Suite, store => store.Inbox.Backlog = async (inner, consumer) =>
            (await inner.BacklogAsync(consumer)) with { OldestAt = null },
            "The backlog is counted, with the age of its oldest message"),
    ];

    private static void Written(BrokenStore store, Func<InboxMessage, InboxMessage> rewrite) =>
        store.Inbox.Accept = (inner, unit, messages) => inner.AcceptAsync(unit, messages.Each(rewrite)).AsTask();

    private static void Lanes(BrokenStore store, Func<InboxMessage, string> lane) => Written(store, message => message with { Lane = lane(message) });
}

using System.Globalization;
using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>Broken outboxes.</summary>
internal static class OutboxFaults
{
    private const string Suite = nameof(OutboxStoreSpec);

    public static IEnumerable<Fault> All =>
    [
        new("Bodies are text", Suite, store => Written(store, message => message with { Body = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(message.Body.Span)) }),
            "A message is read back as it was written"),
        new("Destinations are mixed", Suite, store => Written(store, message => message with { Destination = "events" }),
            "The same lane of another destination is another lane"),
        new("Destinations are compared without case", Suite, store => Written(store, message => message with { Destination = message.Destination.ToLowerInvariant() }),
            "A destination gets only its own messages"),
        new("Lanes have no order", Suite, store => Restored(store, message => message with { Lane = message.Lane + "|" + message.MessageId }),
            "The messages of a lane are delivered one after the other, in the order written",
            "Lanes are delivered concurrently, the longest waiting first"),
        new("There is one lane", Suite, store => Restored(store, message => message with { Lane = "|" + message.Lane }),
            "Racing pumps claim each row once"),
        new("Lanes are those of all destinations", Suite, store =>
        {
            string? holder = null;
            store.Outbox.Claim = async (inner, destination, max, lease) =>
                (holder ??= destination) == destination ? await inner.ClaimAsync(destination, max, lease) : [];
        },
            "The same lane of another destination is another lane"),
        new("Lanes are those of all tenants", Suite, store => Written(store, message => message with { Tenant = store.Tenant }),
            "The same lane of another tenant is another lane"),
        new("A lane's head is passed over when it fails", Suite, store => store.Outbox.Retry = async (inner, delivery, pause, error) =>
            await inner.CompleteAsync([delivery]) == 1,
            "A row that is released without a delay is delivered at once"),
        new("A failing head holds all lanes", Suite, store =>
        {
            var failed = false;
            store.Outbox.Retry = (inner, delivery, pause, error) =>
            {
                failed = true;
                return inner.RetryAsync(delivery, pause, error).AsTask();
            };
            store.Outbox.Claim = async (inner, destination, max, lease) => failed ? [] : await inner.ClaimAsync(destination, max, lease);
        },
            "A row that is released without a delay is delivered at once"),
        new("The newest lane is claimed first", Suite, store => store.Outbox.Claim = async (inner, destination, max, lease) =>
            await AllAsync(inner, destination, max, lease, all => all.OrderByDescending(delivery => delivery.Id)),
            "Lanes are delivered concurrently, the longest waiting first"),
        new("The lowest number is claimed first", Suite, store => store.Outbox.Claim = async (inner, destination, max, lease) =>
            await AllAsync(inner, destination, max, lease, all => all.OrderBy(delivery => delivery.Id)),
            "Many failing lanes do not starve a new one",
            "Lanes whose pumps crash do not starve a new one"),
        new("The pause is ignored", Suite, store => store.Outbox.Retry = (inner, delivery, _, error) => inner.RetryAsync(delivery, TimeSpan.Zero, error).AsTask(),
            "A failing first message blocks only its own lane"),
        new("The pause is never over", Suite, store => store.Outbox.Retry = (inner, delivery, _, error) => inner.RetryAsync(delivery, TimeSpan.FromDays(10_000), error).AsTask(),
            "A row that is released without a delay is delivered at once"),
        new("The clock is not the store's", Suite, store => store.Advance = _ => TimeSpan.Zero,
            "A claimed row is hidden from others until its lease lapses"),
        new("Attempts are not counted", Suite, store => store.Outbox.Claim = async (inner, destination, max, lease) =>
            (await inner.ClaimAsync(destination, max, lease)).Each(delivery => delivery with { Attempt = 1 }),
            "A released row is delivered after its delay, by the store's clock"),
        new("Claims are not fenced", Suite, store =>
        {
            var latest = Latest(store);
            store.Outbox.Complete = (inner, deliveries) => inner.CompleteAsync(deliveries.Each(delivery => latest.GetValueOrDefault(delivery.Id, delivery))).AsTask();
            store.Outbox.Retry = (inner, delivery, pause, error) => inner.RetryAsync(latest.GetValueOrDefault(delivery.Id, delivery), pause, error).AsTask();
        },
            "A pump that lost its claim can neither complete nor release the row"),
        new("A row that was given back stays the claim's", Suite, store => store.Outbox.Retry = async (inner, delivery, pause, error) =>
        {
            await inner.RetryAsync(delivery, pause, error);
            return true;
        },
            "A row is completed once",
            "A released row no longer belongs to the claim"),
        new("A lapsed claim counts no more", Suite, store =>
        {
            var isLate = false;
            store.Advance = by =>
            {
                isLate = true;
                return by;
            };
            store.Outbox.Complete = async (inner, deliveries) => isLate ? 0 : await inner.CompleteAsync(deliveries);
        },
            "A lapsed claim that nobody took over is still valid"),
        new("Leases are short", Suite, store => store.Outbox.Claim = (inner, destination, max, _) => inner.ClaimAsync(destination, max, TimeSpan.FromSeconds(1)).AsTask(),
            "A claimed row is hidden from others until its lease lapses"),
        new("Leases never lapse", Suite, store => store.Outbox.Claim = (inner, destination, max, _) => inner.ClaimAsync(destination, max, TimeSpan.FromDays(10_000)).AsTask(),
            "A claimed row is hidden from others until its lease lapses"),
        new("Claims are not noted", Suite, store => store.Outbox.Claim = async (inner, destination, max, lease) =>
        {
            var claimed = await inner.ClaimAsync(destination, max, lease);
            foreach (var delivery in claimed)
            {
                await inner.RetryAsync(delivery, TimeSpan.Zero, "");
            }

            return claimed;
        },
            "Racing pumps keep the order of each lane"),
        new("Completing counts what it is given", Suite, store => store.Outbox.Complete = async (inner, deliveries) =>
        {
            await inner.CompleteAsync(deliveries);
            return deliveries.Count;
        },
            "A row number is never reused"),
        new("Numbers are used again", Suite, store =>
        {
            var latest = new Dictionary<string, OutboxDelivery>();
            store.Outbox.Claim = async (inner, destination, max, lease) =>
            {
                var claimed = await inner.ClaimAsync(destination, max, lease);
                foreach (var delivery in claimed)
                {
                    latest[delivery.Message.MessageId] = delivery;
                }

                return claimed.Each(delivery => delivery with { Id = 1 });
            };
            store.Outbox.Complete = (inner, deliveries) => inner.CompleteAsync(deliveries.Each(delivery => latest[delivery.Message.MessageId])).AsTask();
        },
            "A row number is never reused"),
        new("A backlog is counted by lanes", Suite, store => store.Outbox.Backlog = async (inner, destination) =>
            await inner.BacklogAsync(destination) is { Count: > 2 } backlog ? backlog with { Count = backlog.Count - 1 } : await inner.BacklogAsync(destination),
            "A backlog is counted up to 10,001"),
        new("A backlog is counted to the end", Suite, store => store.Outbox.Backlog = async (inner, destination) =>
            await inner.BacklogAsync(destination) is { Count: 10_001 } backlog ? backlog with { Count = 10_005 } : await inner.BacklogAsync(destination),
            "A backlog is counted up to 10,001"),
        new("A backlog says nothing of its oldest", Suite, store => store.Outbox.Backlog = async (inner, destination) =>
            (await inner.BacklogAsync(destination)) with { OldestAttempts = 0, OldestIsDue = true },
            "The backlog is counted, with the age of its oldest message"),
        new("A backlog does not say since when", Suite, store => store.Outbox.Backlog = async (inner, destination) =>
            (await inner.BacklogAsync(destination)) with { OldestAt = null },
            "The backlog is counted, with the age of its oldest message"),
        new("Messages are appended the last one first", Suite, store => store.Outbox.Append = (inner, unit, messages) => inner.AppendAsync(unit, [.. messages.Reverse()]).AsTask(),
            "Messages are appended in the order given, in a unit of work"),
        new("A row is removed in a unit of its own", Suite, store => store.Outbox.Remove = async (inner, unit, delivery) =>
        {
            var isRemoved = await inner.RemoveAsync(unit, delivery);
            await unit.CommitAsync();
            return isRemoved;
        },
            "A row is removed in a unit of work, and its lane continues"),
        new("A claim does not say how old its message is", Suite, store => store.Outbox.Claim = async (inner, destination, max, lease) =>
            (await inner.ClaimAsync(destination, max, lease)).Each(delivery => delivery with { Age = TimeSpan.Zero }),
            "A claim returns when its message was written"),
    ];

    private static void Written(BrokenStore store, Func<OutboxMessage, OutboxMessage> rewrite) =>
        store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, changes.Each(change => change with { Messages = change.Messages.Each(rewrite) }));

    /// <summary>Writes into other lanes than it says.</summary>
    private static void Restored(BrokenStore store, Func<OutboxMessage, OutboxMessage> rewrite)
    {
        var written = new Dictionary<string, OutboxMessage>();
        var isOne = rewrite(new OutboxMessage("", "", default, "x", "", default)).Lane.StartsWith('|');
        Written(store, message =>
        {
            written[message.MessageId] = message;
            return isOne ? message with { Lane = "" } : rewrite(message);
        });
        store.Outbox.Claim = async (inner, destination, max, lease) =>
            (await inner.ClaimAsync(destination, max, lease)).Each(delivery => delivery with { Message = delivery.Message with { Lane = written[delivery.Message.MessageId].Lane } });
        store.Outbox.Complete = (inner, deliveries) => inner.CompleteAsync(deliveries.Each(Back)).AsTask();
        store.Outbox.Retry = (inner, delivery, pause, error) => inner.RetryAsync(Back(delivery), pause, error).AsTask();

        OutboxDelivery Back(OutboxDelivery delivery) =>
            delivery with { Message = delivery.Message with { Lane = isOne ? "" : rewrite(delivery.Message).Lane } };
    }

    private static Dictionary<long, OutboxDelivery> Latest(BrokenStore store)
    {
        var latest = new Dictionary<long, OutboxDelivery>();
        store.Outbox.Claim = async (inner, destination, max, lease) =>
        {
            var claimed = await inner.ClaimAsync(destination, max, lease);
            foreach (var delivery in claimed)
            {
                latest[delivery.Id] = delivery;
            }

            return claimed;
        };
        return latest;
    }

    /// <summary>Claims everything, keeps the first of another order, and gives the rest back.</summary>
    private static async Task<IReadOnlyList<OutboxDelivery>> AllAsync(
        IOutboxStore inner, string destination, int max, TimeSpan lease, Func<IEnumerable<OutboxDelivery>, IEnumerable<OutboxDelivery>> sort)
    {
        var all = sort(await inner.ClaimAsync(destination, 100_000, lease)).ToList();
        foreach (var rest in all.Skip(max))
        {
            await inner.RetryAsync(rest, TimeSpan.Zero, rest.Id.ToString(CultureInfo.InvariantCulture));
        }

        return [.. all.Take(max)];
    }
}

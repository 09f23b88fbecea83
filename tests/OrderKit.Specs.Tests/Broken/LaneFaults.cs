using OrderKit.Core.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>Broken lanes, of the outbox and of the inbox.</summary>
internal static class LaneFaults
{
    public static IEnumerable<Fault> All => [.. Of("outbox", static store => store.Outbox), .. Of("inbox", static store => store.Inbox)];

    private static IEnumerable<Fault> Of<TStore, TDelivery>(string name, Func<BrokenStore, BrokenLanes<TStore, TDelivery>> of)
        where TStore : ILaneStore<TDelivery>
        where TDelivery : MessageDelivery
    {
        const string Suite = nameof(LaneStoreSpec);
        return
        [
            new($"A claim uses an attempt ({name})", Suite, store => of(store).Claim = async (inner, consumer, max, lease) =>
            {
                var claimed = await inner.ClaimAsync(consumer, max, lease);
                foreach (var delivery in claimed)
                {
                    await inner.StartAsync(delivery);
                }

                return claimed;
            },
                $"A claim uses no attempt, a start uses one ({name})",
                $"A released message is due at once and has used no attempt ({name})"),
            new($"A start is forgotten ({name})", Suite, store => of(store).Start = (_, _) => Task.FromResult(true),
                $"A claim uses no attempt, a start uses one ({name})",
                $"A worker that lost its lease can neither start nor release a message ({name})"),
            new($"A release is a failure ({name})", Suite, store => of(store).Release = async (inner, deliveries) =>
            {
                foreach (var delivery in deliveries)
                {
                    await inner.RetryAsync(delivery, TimeSpan.Zero, "released");
                }
            },
                $"A released message is due at once and has used no attempt ({name})"),
            new($"A long lane is cut off ({name})", Suite, store =>
            {
                var seen = new HashSet<string>();
                of(store).Claim = async (inner, consumer, max, lease) =>
                    [.. (await inner.ClaimAsync(consumer, max, lease)).Where(delivery => delivery.Lane.Length < 2 ? seen.Count < 150 || !seen.Add(delivery.MessageId) : seen.Add(delivery.MessageId) && seen.Count < 250)];
            },
                $"A deep lane keeps its order, and the lanes behind it are claimed together with it ({name})"),
            new($"A head that failed is passed over ({name})", Suite, store =>
            {
                of(store).Retry = async (inner, delivery, delay, error) => await inner.RetryAsync(delivery, TimeSpan.Zero, error);
            },
                $"A deep lane whose head fails waits for it, and other lanes do not ({name})"),
            new($"A message is removed in a unit of its own ({name})", Suite, store => of(store).Remove = async (inner, unit, delivery) =>
            {
                var isRemoved = await inner.RemoveAsync(unit, delivery);
                await unit.CommitAsync();
                return isRemoved;
            },
                $"Removing the head of a deep lane lets the next message be claimed, unless it is rolled back ({name})"),
            new($"Claims are not kept ({name})", Suite, store => of(store).Claim = async (inner, consumer, max, lease) =>
            {
                var claimed = await inner.ClaimAsync(consumer, max, lease);
                if (claimed.Count > 0 && claimed[0].Lane.Length == 1)
                {
                    await inner.ReleaseAsync(claimed);
                }

                return claimed;
            },
                $"Racing pumps claim each message of deep lanes once and in order, while new ones arrive ({name})"),
        ];
    }
}

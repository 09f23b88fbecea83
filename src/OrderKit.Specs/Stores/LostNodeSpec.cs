using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>
/// Tests 100,000 rows that a lost node had claimed. When its leases lapse, other nodes claim them in batches, each row once.
/// </summary>
public static class LostNodeSpec
{
    private const int Held = 100_000;
    private const int Batch = 1_000;

    // Longer than the slowest machine needs for the whole test.
    private static readonly TimeSpan Lease = TimeSpan.FromDays(1);

    /// <summary>The cases of this suite.</summary>
    public static SpecSuite Suite { get; } = new(nameof(LostNodeSpec),
    [
        new("Messages claimed by a lost node are sent by others, a batch at a time", async store =>
        {
            foreach (var share in Shares())
            {
                await store.InUnitAsync(
                    unit => store.Outbox.AppendAsync(unit, [.. share.Select(name => Sample.Message(store, name, lane: name))]));
            }

            var lost = new List<OutboxDelivery>();
            while (await store.Outbox.ClaimAsync("events", Batch, Lease) is { Count: > 0 } claimed)
            {
                lost.AddRange(claimed);
            }

            Expect.Equal(Held, lost.Count);
            await TakeUpAsync(store, async (node, max) =>
            {
                var claimed = await node.Outbox.ClaimAsync("events", max, Lease);
                Expect.That(claimed.All(delivery => delivery is { IsTakenOver: true, Attempt: 1 }),
                    "Each must be taken over, and must not have been handed over before.");
                Expect.Equal(claimed.Count, await node.Outbox.CompleteAsync(claimed));
                return [.. claimed.Ids()];
            });
            Expect.Equal(0, (await store.Outbox.BacklogAsync("events")).Count);
            Expect.Equal(0, await store.Outbox.CompleteAsync(lost));
        }),
        new("Messages claimed by a lost node are handled by others, a batch at a time", async store =>
        {
            foreach (var share in Shares())
            {
                var received = await store.InUnitAsync(unit => store.Inbox.AcceptAsync(
                    unit, [.. share.Select(name => new InboxMessage(name, "payments", store.Tenant, name, "order", "body"u8.ToArray()))]));
                Expect.That(received.All(receipt => receipt == InboxReceipt.Accepted), "New messages must be accepted.");
            }

            var lost = new List<InboxDelivery>();
            while (await store.Inbox.ClaimAsync("payments", Batch, Lease) is { Count: > 0 } claimed)
            {
                lost.AddRange(claimed);
            }

            Expect.Equal(Held, lost.Count);
            await TakeUpAsync(store, async (node, max) =>
            {
                var claimed = await node.Inbox.ClaimAsync("payments", max, Lease);
                Expect.That(claimed.All(delivery => delivery is { IsTakenOver: true, Attempt: 1 }),
                    "Each must be taken over, and must not have been handed over before.");
                return [.. claimed.Select(delivery => delivery.Message.MessageId)];
            });
            await Expect.ThrowsAsync<InboxFenceLostException>(
                () => store.InUnitAsync(unit => store.Inbox.CompleteAsync(unit, [lost[^1]], Lease)),
                "Who was overtaken completes nothing.");
        }),
        new("Operations of a lost node are completed by others, a batch at a time", async store =>
        {
            var terms = new ClaimTerms(OperationState.Running, Lease, MaxAttempts: 3, TakesLapsed: true);
            OperationClaim lost = null!;
            foreach (var share in Shares())
            {
                var claims = await ClaimAsync(store, [.. share.Select(name => new OperationKey(store.Tenant, "refund", name))]);
                Expect.That(claims.All(claim => claim is { Attempt: 1 }), "New operations must be claimed.");
                lost = claims[^1]!;
                await store.AdvanceAsync(TimeSpan.FromSeconds(1));
            }

            await TakeUpAsync(store, async (node, max) =>
            {
                var interrupted = await node.Operations.ListInterruptedAsync(store.Tenant, max);
                var claims = await ClaimAsync(node, [.. interrupted.Select(row => row.Key)]);
                Expect.That(claims.All(claim => claim is { Attempt: 2 }), "This must be the second attempt of each.");
                return [.. claims.Select(claim => claim!.Key.Key)];
            });
            var late = new OperationChange
            {
                Key = lost.Key, Epoch = lost.Epoch, Owner = lost.Owner, From = OperationState.Running, To = OperationState.Succeeded,
                Span = Lease,
            };
            Expect.That(!(await store.InUnitAsync(unit => store.Operations.ChangeAsync(unit, [late])))[0],
                "A worker that lost its claim must not finish.");

            Task<IReadOnlyList<OperationClaim?>> ClaimAsync(
                IStoreActor node, IReadOnlyList<OperationKey> keys) => node.InUnitAsync<IReadOnlyList<OperationClaim?>>(
                async unit => [.. (await node.Operations.ClaimAsync(unit, [.. keys.Select(Request)], terms))
                    .Select(answer => answer.Claim)]);
        }),
    ]);

    private static OperationRequest Request(OperationKey key) => new(key, Fingerprint.Nothing, Guid.NewGuid());

    private static IEnumerable<string[]> Shares() => Enumerable.Range(0, Held).Select(i => $"row-{i:D6}").Chunk(10_000);

    /// <summary>Lets two nodes claim the rows of a third one, in turn, until none is left.</summary>
    private static async Task TakeUpAsync(IStoreUnderTest store, Func<IStoreActor, int, Task<IReadOnlyList<string>>> takeUp)
    {
        IStoreActor[] nodes = [store, await store.OpenAnotherAsync()];
        Expect.Equal(0, (await takeUp(nodes[1], Batch)).Count);
        await store.AdvanceAsync(Lease * 2);
        var taken = new HashSet<string>(Held);
        for (var turn = 0; turn < Held / Batch; turn++)
        {
            var batch = await takeUp(nodes[turn % 2], Batch);
            Expect.Equal(Batch, batch.Count);
            Expect.That(batch.All(taken.Add), "No row may be claimed twice.");
        }

        Expect.Equal(Held, taken.Count);
        Expect.Equal(0, (await takeUp(nodes[0], Batch)).Count);
    }
}

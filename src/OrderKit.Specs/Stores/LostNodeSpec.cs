using OrderKit.Core;
using OrderKit.Idempotency;
using OrderKit.Messaging;

namespace OrderKit.Specs;

/// <summary>What becomes of 100,000 rows that a lost node held: others take them up when its leases lapse, a batch at a time, and each goes to one of them.</summary>
public static class LostNodeSpec
{
    private const int Held = 100_000;
    private const int Batch = 1_000;

    // Longer than the slowest machine takes for all of it.
    private static readonly TimeSpan Lease = TimeSpan.FromDays(1);

    /// <summary>The rules.</summary>
    public static IReadOnlyList<SpecCase<IStoreUnderTest>> Cases { get; } =
    [
        new("Messages that a lost node was sending are sent by others, a batch at a time", MessagesThatWereBeingSentAreSentByOthersAsync),
        new("Messages that a lost node was handling are handled by others, a batch at a time", MessagesThatWereBeingHandledAreHandledByOthersAsync),
        new("Operations that a lost node was doing are done by others, a batch at a time", OperationsThatWereBeingDoneAreDoneByOthersAsync),
    ];

    internal static SpecSuite Suite { get; } = new(nameof(LostNodeSpec), Cases);

    /// <summary>Tries one rule; see <see cref="SpecSuite.RunAsync"/>.</summary>
    public static Task<bool> RunAsync(string name, Func<ValueTask<IStoreUnderTest>> open) => Suite.RunAsync(name, open);

    private static async Task MessagesThatWereBeingSentAreSentByOthersAsync(IStoreUnderTest store)
    {
        foreach (var share in Shares())
        {
            await store.InUnitAsync(async unit =>
            {
                await store.Outbox.AppendAsync(unit, [.. share.Select(name => Sample.Message(store, name, lane: name))]).ConfigureAwait(false);
                return 0;
            }).ConfigureAwait(false);
        }

        var lost = new List<OutboxDelivery>();
        while (await store.Outbox.ClaimAsync("events", Batch, Lease).ConfigureAwait(false) is { Count: > 0 } claimed)
        {
            lost.AddRange(claimed);
        }

        Expect.Equal(Held, lost.Count);
        await TakeUpAsync(store, async (node, max) =>
        {
            var claimed = await node.Outbox.ClaimAsync("events", max, Lease).ConfigureAwait(false);
            Expect.That(claimed.All(delivery => delivery.Attempt == 2), "Each is tried for the second time.");
            Expect.Equal(claimed.Count, await node.Outbox.CompleteAsync(claimed).ConfigureAwait(false));
            return [.. claimed.Ids()];
        }).ConfigureAwait(false);
        Expect.Equal(0, (await store.Outbox.BacklogAsync("events").ConfigureAwait(false)).Count);
        Expect.Equal(0, await store.Outbox.CompleteAsync(lost).ConfigureAwait(false));
    }

    private static async Task MessagesThatWereBeingHandledAreHandledByOthersAsync(IStoreUnderTest store)
    {
        foreach (var share in Shares())
        {
            var received = await store.InUnitAsync(unit => store.Inbox.AcceptAsync(
                unit, [.. share.Select(name => new InboxMessage(name, "payments", store.Tenant, name, "order", "body"u8.ToArray()))])).ConfigureAwait(false);
            Expect.That(received.All(receipt => receipt == InboxReceipt.Accepted), "Messages that are new are accepted.");
        }

        var lost = new List<InboxDelivery>();
        while (await store.Inbox.ClaimAsync("payments", Batch, Lease).ConfigureAwait(false) is { Count: > 0 } claimed)
        {
            lost.AddRange(claimed);
        }

        Expect.Equal(Held, lost.Count);
        await TakeUpAsync(store, async (node, max) =>
        {
            var claimed = await node.Inbox.ClaimAsync("payments", max, Lease).ConfigureAwait(false);
            Expect.That(claimed.All(delivery => delivery.Attempt == 2), "Each is handled for the second time.");
            return [.. claimed.Select(delivery => delivery.Message.MessageId)];
        }).ConfigureAwait(false);
        await Expect.ThrowsAsync<InboxFenceLostException>(
            () => store.InUnitAsync(async unit =>
            {
                await store.Inbox.CompleteAsync(unit, [lost[^1]], Lease).ConfigureAwait(false);
                return 0;
            }),
            "Who was overtaken completes nothing.").ConfigureAwait(false);
    }

    private static async Task OperationsThatWereBeingDoneAreDoneByOthersAsync(IStoreUnderTest store)
    {
        var terms = new ClaimTerms(OperationState.Running, Lease, MaxAttempts: 3, TakesLapsed: true);
        OperationClaim lost = null!;
        foreach (var share in Shares())
        {
            var claims = await ClaimAsync(store, [.. share.Select(name => new OperationKey(store.Tenant, "refund", name))]).ConfigureAwait(false);
            Expect.That(claims.All(claim => claim is { Attempt: 1 }), "Operations that nobody did are claimed.");
            lost = claims[^1]!;
            await store.AdvanceAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        }

        await TakeUpAsync(store, async (node, max) =>
        {
            var interrupted = await node.Operations.ListInterruptedAsync(store.Tenant, max).ConfigureAwait(false);
            var claims = await ClaimAsync(node, [.. interrupted.Select(row => row.Key)]).ConfigureAwait(false);
            Expect.That(claims.All(claim => claim is { Attempt: 2 }), "Each is begun for the second time.");
            return [.. claims.Select(claim => claim!.Key.Key)];
        }).ConfigureAwait(false);
        var late = new OperationChange
        {
            Key = lost.Key, Epoch = lost.Epoch, Owner = lost.Owner, From = OperationState.Running, To = OperationState.Succeeded, Span = Lease,
        };
        Expect.That(!(await store.InUnitAsync(unit => store.Operations.ChangeAsync(unit, [late])).ConfigureAwait(false))[0], "Who was overtaken finishes nothing.");

        Task<IReadOnlyList<OperationClaim?>> ClaimAsync(IStoreActor node, IReadOnlyList<OperationKey> keys) => node.InUnitAsync<IReadOnlyList<OperationClaim?>>(
            async unit => [.. (await node.Operations.ClaimAsync(unit, [.. keys.Select(key => new OperationRequest(key, Fingerprint.Nothing, Guid.NewGuid()))], terms).ConfigureAwait(false))
                .Select(answer => answer.Claim)]);
    }

    private static IEnumerable<string[]> Shares() => Enumerable.Range(0, Held).Select(i => $"row-{i:D6}").Chunk(10_000);

    /// <summary>Lets two nodes take up what a third one held, in turn, until nothing is left.</summary>
    private static async Task TakeUpAsync(IStoreUnderTest store, Func<IStoreActor, int, Task<IReadOnlyList<string>>> takeUp)
    {
        IStoreActor[] nodes = [store, await store.OpenAnotherAsync().ConfigureAwait(false)];
        Expect.Equal(0, (await takeUp(nodes[1], Batch).ConfigureAwait(false)).Count);
        await store.AdvanceAsync(Lease * 2).ConfigureAwait(false);
        var taken = new HashSet<string>(Held);
        for (var turn = 0; turn < Held / Batch; turn++)
        {
            var batch = await takeUp(nodes[turn % 2], Batch).ConfigureAwait(false);
            Expect.Equal(Batch, batch.Count);
            Expect.That(batch.All(taken.Add), "Nothing is taken up twice.");
        }

        Expect.Equal(Held, taken.Count);
        Expect.Equal(0, (await takeUp(nodes[0], Batch).ConfigureAwait(false)).Count);
    }
}

namespace OrderKit.Specs.Tests;

/// <summary>Stores that lose, hide or flood with what a lost node held.</summary>
internal static class LostNodeFaults
{
    private const string Suite = nameof(LostNodeSpec);
    private const string Sent = "Messages claimed by a lost node are sent by others, a batch at a time";
    private const string Handled = "Messages claimed by a lost node are handled by others, a batch at a time";
    private const string Done = "Operations of a lost node are completed by others, a batch at a time";

    public static IEnumerable<Fault> All =>
    [
        new("What a lost node held is recovered all at once", Suite, store =>
        {
            store.Outbox.Claim = async (inner, destination, _, lease) => await inner.ClaimAsync(destination, int.MaxValue, lease);
            store.Inbox.Claim = async (inner, consumer, _, lease) => await inner.ClaimAsync(consumer, int.MaxValue, lease);
            store.Operations.List = async (inner, tenant, _) => await inner.ListInterruptedAsync(tenant, int.MaxValue);
        },
            Sent,
            Handled,
            Done),
        new("One row in fifty thousand is left with the lost node", Suite, store =>
        {
            store.Outbox.Claim = async (inner, destination, max, lease) =>
                [.. (await inner.ClaimAsync(destination, max, lease)).Where(delivery => delivery is { IsTakenOver: false } or { Message.MessageId: not "row-050000" })];
            store.Inbox.Claim = async (inner, consumer, max, lease) =>
                [.. (await inner.ClaimAsync(consumer, max, lease)).Where(delivery => delivery is { IsTakenOver: false } or { Message.MessageId: not "row-050000" })];
            store.Operations.List = async (inner, tenant, max) => [.. (await inner.ListInterruptedAsync(tenant, max)).Where(row => row.Key.Key != "row-050000")];
        },
            Sent,
            Handled,
            Done),
        new("Whoever is lost is believed when it comes back", Suite, store =>
        {
            store.Outbox.Complete = async (inner, deliveries) => Math.Max(deliveries.Count, await inner.CompleteAsync(deliveries));
            store.Inbox.Complete = (_, _, _, _) => Task.CompletedTask;
            store.Operations.Change = (_, _, changes) => Task.FromResult<IReadOnlyList<bool>>([.. changes.Select(_ => true)]);
        },
            Sent,
            Handled,
            Done),
    ];
}

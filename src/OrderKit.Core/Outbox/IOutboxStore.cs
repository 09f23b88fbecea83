namespace OrderKit.Core;

/// <summary>The delivering side of the outbox. Each call is a transaction of its own, judged by the store's clock.</summary>
public interface IOutboxStore
{
    /// <summary>Leases the due head of up to <paramref name="max"/> lanes that nobody else holds.</summary>
    ValueTask<IReadOnlyList<OutboxDelivery>> ClaimAsync(string destination, int max, TimeSpan lease, CancellationToken cancellationToken = default);

    /// <summary>Removes delivered rows whose claim still stands; returns how many.</summary>
    ValueTask<int> CompleteAsync(IReadOnlyList<OutboxDelivery> deliveries, CancellationToken cancellationToken = default);

    /// <summary>Gives a row back to be delivered after a pause; <see langword="false"/> where the claim no longer stands.</summary>
    ValueTask<bool> RetryAsync(OutboxDelivery delivery, TimeSpan pause, string error, CancellationToken cancellationToken = default);

    /// <summary>How many rows wait, and since when the oldest does.</summary>
    ValueTask<OutboxBacklog> BacklogAsync(string destination, CancellationToken cancellationToken = default);
}

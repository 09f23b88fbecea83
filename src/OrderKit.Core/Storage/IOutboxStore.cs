namespace OrderKit.Core.Storage;

/// <summary>The delivering side of the outbox, judged by the store's clock. A call without a unit of work is a transaction of its own.</summary>
public interface IOutboxStore
{
    /// <summary>Told after each commit of this process that wrote messages; not of a host's own, nor of other processes'.</summary>
    WakeUp Written { get; }

    /// <summary>Writes messages in a unit of work; they can be claimed once it is committed.</summary>
    ValueTask AppendAsync(UnitOfWork unitOfWork, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes a claimed row in the unit of work that keeps its message elsewhere; <see langword="false"/>, and nothing done, where
    /// the claim no longer stands.
    /// </summary>
    ValueTask<bool> RemoveAsync(UnitOfWork unitOfWork, OutboxDelivery delivery, CancellationToken cancellationToken = default);

    /// <summary>Leases the due head of up to <paramref name="max"/> lanes that nobody else holds.</summary>
    ValueTask<IReadOnlyList<OutboxDelivery>> ClaimAsync(string destination, int max, TimeSpan lease, CancellationToken cancellationToken = default);

    /// <summary>Removes delivered rows whose claim still stands; returns how many.</summary>
    ValueTask<int> CompleteAsync(IReadOnlyList<OutboxDelivery> deliveries, CancellationToken cancellationToken = default);

    /// <summary>Gives a row back to be delivered after a pause; <see langword="false"/> where the claim no longer stands.</summary>
    ValueTask<bool> RetryAsync(OutboxDelivery delivery, TimeSpan pause, string error, CancellationToken cancellationToken = default);

    /// <summary>How many rows wait, and since when the oldest does.</summary>
    ValueTask<OutboxBacklog> BacklogAsync(string destination, CancellationToken cancellationToken = default);
}

namespace OrderKit.Core.Storage;

/// <summary>The outbox: messages that are written with a change and delivered after it.</summary>
public interface IOutboxStore : ILaneStore<OutboxDelivery>
{
    /// <summary>Writes messages in a unit of work; they can be claimed once it is committed.</summary>
    ValueTask AppendAsync(UnitOfWork unitOfWork, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken = default);

    /// <summary>Deletes delivered messages whose claim still stands; returns how many.</summary>
    ValueTask<int> CompleteAsync(IReadOnlyList<OutboxDelivery> deliveries, CancellationToken cancellationToken = default);
}

namespace OrderKit.Core.Storage;

/// <summary>
/// The outbox of an <see cref="InMemoryDatabase"/>; engines write it with <see cref="Append"/> in the unit of their change.
/// </summary>
public sealed class InMemoryOutboxStore(InMemoryDatabase database) : InMemoryLaneStore<OutboxDelivery>(database), IOutboxStore
{
    /// <summary>Writes messages in a unit of work; they can be claimed once it is committed.</summary>
    public void Append(UnitOfWork unitOfWork, IReadOnlyList<OutboxMessage> messages)
    {
        var unit = Database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(messages);
        foreach (var message in messages)
        {
            // The caller's buffer stays the caller's: what is stored does not change with it.
            var row = NewRow(id => new OutboxDelivery(id, message with { Body = message.Body.ToArray() }, 0, 0));
            Put(row);
            unit.OnRollback(() => Take(row));
        }

        if (messages.Count > 0)
        {
            unit.AfterCommit(Written.Set);
        }
    }

    /// <inheritdoc/>
    public ValueTask AppendAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Append(unitOfWork, messages);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask<bool> RemoveAsync(
        UnitOfWork unitOfWork, OutboxDelivery delivery, CancellationToken cancellationToken = default)
    {
        var unit = Database.Require(unitOfWork);
        cancellationToken.ThrowIfCancellationRequested();
        if (Claimed(delivery) is not { } row)
        {
            return new(false);
        }

        Take(row);
        unit.OnRollback(() => Put(row));
        return new(true);
    }

    /// <inheritdoc/>
    public ValueTask<int> CompleteAsync(IReadOnlyList<OutboxDelivery> deliveries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(deliveries);
        return Database.WriteAsync(
            () =>
            {
                var completed = 0;
                foreach (var delivery in deliveries)
                {
                    if (Claimed(delivery) is { } row)
                    {
                        Take(row);
                        completed++;
                    }
                }

                return completed;
            },
            cancellationToken);
    }
}

namespace OrderKit.Core.Storage;

/// <summary>The outbox of an <see cref="InMemoryDatabase"/>; engines write it with <see cref="Append"/> in the unit of their change.</summary>
/// <remarks>Safe for several threads. A lane is named by destination, tenant and lane text; due heads are claimed in the order in which they became due.</remarks>
public sealed class InMemoryOutboxStore : IOutboxStore
{
    private const int CountLimit = 10_001;

    private readonly InMemoryDatabase _database;
    private readonly Dictionary<string, OutboxDestination> _destinations = [];
    private readonly Action _takeBack;

    // The lanes of the rows that the unit of now wrote, one for each row: all that is needed to take the rows back.
    private readonly List<OutboxLane> _written = [];
    private InMemoryUnitOfWork? _writer;
    private long _lastId;

    /// <summary>Makes an empty outbox.</summary>
    public InMemoryOutboxStore(InMemoryDatabase database)
    {
        _database = database ?? throw new ArgumentNullException(nameof(database));
        _takeBack = TakeBack;
    }

    /// <inheritdoc/>
    public WakeUp Written { get; } = new();

    /// <summary>Writes messages in a unit of work; they can be claimed once it is committed.</summary>
    public void Append(UnitOfWork unitOfWork, IReadOnlyList<OutboxMessage> messages)
    {
        var unit = _database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0)
        {
            return;
        }

        if (!ReferenceEquals(_writer, unit))
        {
            _writer = unit;
            _written.Clear();
            unit.OnRollback(_takeBack);
            unit.AfterCommit(Written.Set);
        }

        var now = _database.Now;
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            if (!_destinations.TryGetValue(message.Destination, out var destination))
            {
                _destinations.Add(message.Destination, destination = new OutboxDestination());
            }

            // The caller's buffer stays the caller's: what is stored does not change with it.
            var kept = message with { Body = message.Body.ToArray() };
            _written.Add(destination.Append(new OutboxRow(++_lastId, kept, now)));
        }
    }

    /// <inheritdoc/>
    public ValueTask AppendAsync(UnitOfWork unitOfWork, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Append(unitOfWork, messages);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(UnitOfWork unitOfWork, OutboxDelivery delivery, CancellationToken cancellationToken = default)
    {
        var unit = _database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(delivery);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_destinations.TryGetValue(delivery.Message.Destination, out var destination) || destination.Take(delivery) is not { } row)
        {
            return new(false);
        }

        unit.OnRollback(() => destination.PutBack(row));
        return new(true);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<OutboxDelivery>> ClaimAsync(
        string destination, int max, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        return _database.WriteAsync<IReadOnlyList<OutboxDelivery>>(
            () => _destinations.TryGetValue(destination, out var found) ? found.Claim(max, _database.Now, _database.After(lease)) : [],
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<int> CompleteAsync(IReadOnlyList<OutboxDelivery> deliveries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(deliveries);
        return _database.WriteAsync(
            () =>
            {
                var completed = 0;
                for (var i = 0; i < deliveries.Count; i++)
                {
                    var delivery = deliveries[i];
                    if (_destinations.TryGetValue(delivery.Message.Destination, out var destination) && destination.Take(delivery) is not null)
                    {
                        completed++;
                    }
                }

                return completed;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> RetryAsync(OutboxDelivery delivery, TimeSpan pause, string error, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentOutOfRangeException.ThrowIfLessThan(pause, TimeSpan.Zero);
        return _database.WriteAsync(
            () => _destinations.TryGetValue(delivery.Message.Destination, out var destination)
                && destination.GiveBack(delivery, _database.After(pause), error),
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<OutboxBacklog> BacklogAsync(string destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return _database.ReadAsync(
            () => _destinations.TryGetValue(destination, out var found) && found.Oldest() is { } oldest
                ? new OutboxBacklog(Math.Min(found.Count, CountLimit), oldest.WrittenAt) { OldestAttempts = oldest.Attempt, OldestIsDue = oldest.DueAt <= _database.Now }
                : new OutboxBacklog(0, null),
            cancellationToken);
    }

    private void TakeBack()
    {
        for (var i = _written.Count - 1; i >= 0; i--)
        {
            _written[i].Destination.TakeBackLast(_written[i]);
        }

        _written.Clear();
        _writer = null;
    }
}

using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Messaging.Storage;

/// <summary>The inbox of an <see cref="InMemoryDatabase"/>.</summary>
/// <remarks>Safe for several threads. It keeps every rule that the SQL stores get from their indexes.</remarks>
public sealed class InMemoryInboxStore(InMemoryDatabase database) : IInboxStore
{
    private const int CountLimit = 10_001;

    private readonly Dictionary<(string Consumer, TenantId Tenant, string MessageId), InboxRow> _rows = [];
    private readonly Dictionary<long, InboxRow> _byId = [];
    private readonly Dictionary<string, InboxConsumer> _consumers = new(StringComparer.Ordinal);
    private readonly SortedSet<InboxRow> _done = new(Comparer<InboxRow>.Create(static (a, b) => (a.DueAt, a.Id).CompareTo((b.DueAt, b.Id))));
    private long _lastId;

    /// <inheritdoc/>
    public WakeUp Received { get; } = new();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<InboxReceipt>> AcceptAsync(
        UnitOfWork unitOfWork, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(messages);
        cancellationToken.ThrowIfCancellationRequested();
        var receipts = new InboxReceipt[messages.Count];
        for (var i = 0; i < receipts.Length; i++)
        {
            receipts[i] = _rows.ContainsKey(Key(messages[i])) ? InboxReceipt.AlreadyReceived : InboxReceipt.Accepted;
            if (receipts[i] == InboxReceipt.Accepted)
            {
                Insert(unit, messages[i]);
            }
        }

        return new(receipts);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<InboxDelivery>> ClaimAsync(string consumer, int max, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(consumer);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        return database.WriteAsync<IReadOnlyList<InboxDelivery>>(
            () => _consumers.TryGetValue(consumer, out var found) ? found.Claim(max, database.Now, database.After(lease)) : [],
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(UnitOfWork unitOfWork, IReadOnlyList<InboxDelivery> deliveries, TimeSpan retention, CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(deliveries);
        ArgumentOutOfRangeException.ThrowIfLessThan(retention, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var delivery in deliveries)
        {
            Move(unit, Claimed(delivery) ?? throw new InboxFenceLostException(delivery), InboxState.Done, database.After(retention));
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> RetryAsync(InboxDelivery delivery, TimeSpan pause, string error, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentOutOfRangeException.ThrowIfLessThan(pause, TimeSpan.Zero);
        return database.WriteAsync(
            () =>
            {
                if (Claimed(delivery) is not { } row)
                {
                    return false;
                }

                row.Epoch++;
                row.LastError = error;
                _consumers[row.Message.Consumer].Put(row, database.After(pause));
                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> SetAsideAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(delivery);
        cancellationToken.ThrowIfCancellationRequested();
        if (Claimed(delivery) is not { } row)
        {
            return new(false);
        }

        Move(unit, row, InboxState.SetAside, row.DueAt);
        return new(true);
    }

    /// <inheritdoc/>
    public ValueTask<bool> BringBackAsync(UnitOfWork unitOfWork, InboxMessage message, CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        if (_rows.TryGetValue(Key(message), out var row))
        {
            if (row.State != InboxState.SetAside)
            {
                return new(false);
            }

            Forget(row);
            unit.OnRollback(() => Remember(row));
        }

        Insert(unit, message);
        return new(true);
    }

    /// <inheritdoc/>
    public ValueTask<bool> SettleAsync(UnitOfWork unitOfWork, InboxMessage message, TimeSpan retention, CancellationToken cancellationToken = default)
    {
        var unit = database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThan(retention, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_rows.TryGetValue(Key(message), out var row) || row.State != InboxState.SetAside)
        {
            return new(false);
        }

        Move(unit, row, InboxState.Done, database.After(retention));
        return new(true);
    }

    /// <inheritdoc/>
    public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return database.WriteAsync(
            () =>
            {
                var swept = 0;
                for (; swept < max && _done.Min is { } row && row.DueAt <= database.Now; swept++)
                {
                    Forget(row);
                }

                return swept;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<InboxBacklog> BacklogAsync(string consumer, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(consumer);
        return database.ReadAsync(
            () => _consumers.TryGetValue(consumer, out var found) && found.Oldest is { } oldest
                ? new InboxBacklog(Math.Min(found.Count, CountLimit), oldest.ReceivedAt) { OldestAttempts = oldest.Attempt, OldestIsDue = oldest.DueAt <= database.Now }
                : new InboxBacklog(0, null),
            cancellationToken);
    }

    private static (string Consumer, TenantId Tenant, string MessageId) Key(InboxMessage message) => (message.Consumer, message.Tenant, message.MessageId);

    // A lease that lapsed still stands until somebody takes the row over.
    private InboxRow? Claimed(InboxDelivery delivery) =>
        _byId.TryGetValue(delivery.Id, out var row) && row.State == InboxState.Pending && row.Epoch == delivery.Epoch ? row : null;

    private void Insert(InMemoryUnitOfWork unit, InboxMessage message)
    {
        // The caller's buffer stays the caller's: what is stored does not change with it.
        var row = new InboxRow(++_lastId, message with { Body = message.Body.ToArray(), HeadStart = default }, database.Now, message.HeadStart);
        Remember(row);
        unit.OnRollback(() => Forget(row));
        unit.AfterCommit(Received.Set);
    }

    private void Move(InMemoryUnitOfWork unit, InboxRow row, InboxState state, DateTimeOffset dueAt)
    {
        var (before, beforeDueAt, message) = (row.State, row.DueAt, row.Message);
        Forget(row);
        (row.State, row.DueAt, row.Message) = (state, dueAt, message with { Body = default });
        Remember(row);
        unit.OnRollback(() =>
        {
            Forget(row);
            (row.State, row.DueAt, row.Message) = (before, beforeDueAt, message);
            Remember(row);
        });
    }

    private void Remember(InboxRow row)
    {
        _rows.Add(Key(row.Message), row);
        _byId.Add(row.Id, row);
        if (row.State == InboxState.Done)
        {
            _done.Add(row);
        }
        else if (row.State == InboxState.Pending)
        {
            if (!_consumers.TryGetValue(row.Message.Consumer, out var consumer))
            {
                _consumers.Add(row.Message.Consumer, consumer = new InboxConsumer());
            }

            consumer.Add(row);
        }
    }

    private void Forget(InboxRow row)
    {
        _rows.Remove(Key(row.Message));
        _byId.Remove(row.Id);
        if (row.State == InboxState.Done)
        {
            _done.Remove(row);
        }
        else if (row.State == InboxState.Pending)
        {
            _consumers[row.Message.Consumer].Remove(row);
        }
    }
}

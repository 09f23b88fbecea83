using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.Messaging.Storage;

/// <summary>The inbox of an <see cref="InMemoryDatabase"/>.</summary>
/// <remarks>Safe for several threads. It keeps every rule that the SQL stores get from their indexes.</remarks>
public sealed class InMemoryInboxStore(InMemoryDatabase database) : InMemoryLaneStore<InboxDelivery>(database), IInboxStore
{
    private readonly Dictionary<(string Consumer, TenantId Tenant, string MessageId), Entry> _entries = [];
    private readonly SortedSet<Entry> _done =
        new(Comparer<Entry>.Create(static (a, b) => (a.Until, a.Row.Id).CompareTo((b.Until, b.Row.Id))));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<InboxReceipt>> AcceptAsync(
        UnitOfWork unitOfWork, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken = default)
    {
        var unit = Database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(messages);
        cancellationToken.ThrowIfCancellationRequested();
        var receipts = new InboxReceipt[messages.Count];
        for (var i = 0; i < receipts.Length; i++)
        {
            receipts[i] = _entries.ContainsKey(Key(messages[i])) ? InboxReceipt.Duplicate : InboxReceipt.Accepted;
            if (receipts[i] == InboxReceipt.Accepted)
            {
                Insert(unit, messages[i]);
            }
        }

        return new(receipts);
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(
        UnitOfWork unitOfWork, IReadOnlyList<InboxDelivery> deliveries, TimeSpan retention, CancellationToken cancellationToken = default)
    {
        var unit = Database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(deliveries);
        ArgumentOutOfRangeException.ThrowIfLessThan(retention, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var delivery in deliveries)
        {
            var entry = Claimed(delivery) is null ? throw new InboxFenceLostException(delivery) : _entries[Key(delivery.Message)];
            Move(unit, entry, entry with { State = InboxState.Done, Until = Database.After(retention) });
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask<bool> RemoveAsync(
        UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken = default)
    {
        var unit = Database.Require(unitOfWork);
        cancellationToken.ThrowIfCancellationRequested();
        if (Claimed(delivery) is null)
        {
            return new(false);
        }

        var entry = _entries[Key(delivery.Message)];
        Move(unit, entry, entry with { State = InboxState.SetAside });
        return new(true);
    }

    /// <inheritdoc/>
    public ValueTask<bool> BringBackAsync(UnitOfWork unitOfWork, InboxMessage message, CancellationToken cancellationToken = default)
    {
        var unit = Database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        if (_entries.TryGetValue(Key(message), out var entry))
        {
            if (entry.State != InboxState.SetAside)
            {
                return new(false);
            }

            Forget(entry);
            unit.OnRollback(() => Remember(entry));
        }

        Insert(unit, message);
        return new(true);
    }

    /// <inheritdoc/>
    public ValueTask<bool> SettleAsync(
        UnitOfWork unitOfWork, InboxMessage message, TimeSpan retention, CancellationToken cancellationToken = default)
    {
        var unit = Database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThan(retention, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_entries.TryGetValue(Key(message), out var entry) || entry.State != InboxState.SetAside)
        {
            return new(false);
        }

        Move(unit, entry, entry with { State = InboxState.Done, Until = Database.After(retention) });
        return new(true);
    }

    /// <inheritdoc/>
    public ValueTask<int> SweepAsync(int max, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return Database.WriteAsync(
            () =>
            {
                var swept = 0;
                for (; swept < max && _done.Min is { } entry && entry.Until <= Database.Now; swept++)
                {
                    Forget(entry);
                }

                return swept;
            },
            cancellationToken);
    }

    private static (string Consumer, TenantId Tenant, string MessageId) Key(InboxMessage message) =>
        (message.Consumer, message.Tenant, message.MessageId);

    private void Insert(InMemoryUnitOfWork unit, InboxMessage message)
    {
        // A copy, because the caller may reuse its buffer.
        var kept = message with { Body = message.Body.ToArray(), HeadStart = default };
        var row = NewRow(id => new InboxDelivery(id, kept, 0, 0), message.HeadStart);
        var entry = new Entry(Key(message), row, InboxState.Pending, default);
        Remember(entry);
        unit.OnRollback(() => Forget(entry));
        unit.AfterCommit(Written.Set);
    }

    private void Move(InMemoryUnitOfWork unit, Entry from, Entry to)
    {
        Forget(from);
        Remember(to);
        unit.OnRollback(() =>
        {
            Forget(to);
            Remember(from);
        });
    }

    private void Remember(Entry entry)
    {
        _entries.Add(entry.Key, entry);
        if (entry.State == InboxState.Pending)
        {
            Put(entry.Row);
        }
        else if (entry.State == InboxState.Done)
        {
            _done.Add(entry);
        }
    }

    private void Forget(Entry entry)
    {
        _entries.Remove(entry.Key);
        if (entry.State == InboxState.Pending)
        {
            Take(entry.Row);
        }
        else if (entry.State == InboxState.Done)
        {
            _done.Remove(entry);
        }
    }

    private sealed record Entry(
        (string Consumer, TenantId Tenant, string MessageId) Key, InMemoryMessage<InboxDelivery> Row, InboxState State,
        DateTimeOffset Until);
}

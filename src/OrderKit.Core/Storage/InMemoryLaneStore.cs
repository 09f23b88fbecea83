namespace OrderKit.Core.Storage;

/// <summary>Messages in lanes in an <see cref="InMemoryDatabase"/>; due heads are claimed in the order in which they became due.</summary>
/// <remarks>Safe for several threads.</remarks>
public abstract class InMemoryLaneStore<TDelivery> : ILaneStore<TDelivery>
    where TDelivery : MessageDelivery
{
    private static readonly Comparer<InMemoryMessage<TDelivery>> ById =
        Comparer<InMemoryMessage<TDelivery>>.Create(static (a, b) => a.Id.CompareTo(b.Id));

    private static readonly Comparer<InMemoryMessage<TDelivery>> ByDue =
        Comparer<InMemoryMessage<TDelivery>>.Create(static (a, b) => (a.DueAt, a.Id).CompareTo((b.DueAt, b.Id)));

    private readonly Dictionary<long, InMemoryMessage<TDelivery>> _pending = [];
    private readonly Dictionary<(string Name, TenantId Tenant, string Lane), SortedSet<InMemoryMessage<TDelivery>>> _lanes = [];
    private readonly Dictionary<string, (
        SortedSet<InMemoryMessage<TDelivery>> All, SortedSet<InMemoryMessage<TDelivery>> Heads)> _names = [];
    private long _lastId;

    /// <summary>Makes an empty store.</summary>
    protected InMemoryLaneStore(InMemoryDatabase database) => Database = database ?? throw new ArgumentNullException(nameof(database));

    /// <inheritdoc/>
    public WakeUp Written { get; } = new();

    /// <summary>The database.</summary>
    protected InMemoryDatabase Database { get; }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TDelivery>> ClaimAsync(
        string name, int max, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        return Database.WriteAsync<IReadOnlyList<TDelivery>>(() => Claim(name, max, lease), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> StartAsync(TDelivery delivery, CancellationToken cancellationToken = default) => ChangeAsync(
        delivery, row => row.Delivery = row.Delivery with { Attempt = delivery.Attempt }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> RetryAsync(TDelivery delivery, TimeSpan delay, string error, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return ChangeAsync(delivery, row => GiveBack(row, delivery.Attempt, delay), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(IReadOnlyList<TDelivery> deliveries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(deliveries);
        foreach (var delivery in deliveries)
        {
            await ChangeAsync(delivery, row => GiveBack(row, row.Delivery.Attempt, TimeSpan.Zero), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public abstract ValueTask<bool> RemoveAsync(UnitOfWork unitOfWork, TDelivery delivery, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public ValueTask<MessageBacklog> BacklogAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Database.ReadAsync(
            () => _names.TryGetValue(name, out var found) && found.All.Min is { } oldest
                ? new MessageBacklog(Math.Min(found.All.Count, MessageBacklog.CountLimit), oldest.Delivery.FirstAt)
                {
                    OldestAttempts = oldest.Delivery.Attempt,
                    OldestIsDue = oldest.DueAt <= Database.Now,
                }
                : new MessageBacklog(0, null),
            cancellationToken);
    }

    /// <summary>Makes a row with the next number; it waits once <see cref="Put"/> is called.</summary>
    protected InMemoryMessage<TDelivery> NewRow(Func<long, TDelivery> deliveryOf, TimeSpan headStart = default)
    {
        ArgumentNullException.ThrowIfNull(deliveryOf);
        var now = Database.Now;
        return new((TDelivery)(deliveryOf(++_lastId) with { FirstAt = now })) { DueAt = Instants.ToMicroseconds(now - headStart) };
    }

    /// <summary>Lets a row wait in its lane.</summary>
    protected void Put(InMemoryMessage<TDelivery> row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var delivery = row.Delivery;
        if (!_names.TryGetValue(delivery.Name, out var name))
        {
            _names.Add(delivery.Name, name = (new(ById), new(ByDue)));
        }

        var key = (delivery.Name, delivery.Tenant, delivery.Lane);
        if (!_lanes.TryGetValue(key, out var lane))
        {
            _lanes.Add(key, lane = new(ById));
        }

        if (lane.Min is { } head)
        {
            name.Heads.Remove(head);
        }

        lane.Add(row);
        name.Heads.Add(lane.Min!);
        name.All.Add(row);
        _pending.Add(row.Id, row);
    }

    /// <summary>Takes a row out of its lane.</summary>
    protected void Take(InMemoryMessage<TDelivery> row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var delivery = row.Delivery;
        var key = (delivery.Name, delivery.Tenant, delivery.Lane);
        var (lane, name) = (_lanes[key], _names[delivery.Name]);
        name.Heads.Remove(lane.Min!);
        lane.Remove(row);
        name.All.Remove(row);
        _pending.Remove(row.Id);
        if (lane.Min is { } head)
        {
            name.Heads.Add(head);
        }
        else
        {
            _lanes.Remove(key);
        }
    }

    /// <summary>
    /// The row of a claim; <see langword="null"/> if it no longer stands. One that lapsed stands until the row is claimed again.
    /// </summary>
    protected InMemoryMessage<TDelivery>? Claimed(TDelivery delivery)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        return _pending.TryGetValue(delivery.Id, out var row) && row.IsHeld && row.Delivery.Epoch == delivery.Epoch ? row : null;
    }

    private List<TDelivery> Claim(string name, int max, TimeSpan lease)
    {
        var (now, until) = (Database.Now, Database.After(lease));
        var deliveries = new List<TDelivery>();
        while (deliveries.Count < max && _names.TryGetValue(name, out var found) && found.Heads.Min is { } row && row.DueAt <= now)
        {
            var wasHeld = row.IsHeld;
            Move(row, until, isHeld: true);
            deliveries.Add((TDelivery)(row.Delivery with
            {
                Attempt = row.Delivery.Attempt + 1, Age = now - row.Delivery.FirstAt, IsTakenOver = wasHeld,
            }));
        }

        return deliveries;
    }

    private void GiveBack(InMemoryMessage<TDelivery> row, int attempts, TimeSpan delay)
    {
        row.Delivery = row.Delivery with { Attempt = attempts };
        Move(row, Database.After(delay), isHeld: false);
    }

    private void Move(InMemoryMessage<TDelivery> row, DateTimeOffset dueAt, bool isHeld)
    {
        Take(row);
        row.Delivery = row.Delivery with { Epoch = row.Delivery.Epoch + 1 };
        (row.DueAt, row.IsHeld) = (dueAt, isHeld);
        Put(row);
    }

    private ValueTask<bool> ChangeAsync(
        TDelivery delivery, Action<InMemoryMessage<TDelivery>> change, CancellationToken cancellationToken) =>
        Database.WriteAsync(
            () =>
            {
                if (Claimed(delivery) is not { } row)
                {
                    return false;
                }

                change(row);
                return true;
            },
            cancellationToken);
}

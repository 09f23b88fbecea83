namespace OrderKit.StateMachine.Storage;

public sealed partial class InMemoryOrderStore
{
    // First the one that can be claimed first. An entry counts only while its ticket is that of the order's deadline. Void entries are
    // dropped only by claims, which are transactions of their own: a unit that is rolled back finds its old entries again.
    private readonly PriorityQueue<(InMemoryOrder Order, int Facet, int Ticket),
    (DateTimeOffset ClaimableAt, int Order, int Ticket)> _claimable = new();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DueDeadline>> ClaimDueAsync(int max, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        return _database.WriteAsync<IReadOnlyList<DueDeadline>>(() => ClaimDue(max, lease), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask PostponeAsync(
        IReadOnlyList<DueDeadline> deadlines, TimeSpan delay, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(deadlines);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        await _database.WriteAsync(
            () =>
            {
                foreach (var deadline in deadlines)
                {
                    if (_orders.TryGetValue(deadline.Order, out var order) && order.Deadlines[deadline.Facet] is { } current
                        && current.Version == deadline.Version && current.DueAt == deadline.DueAt)
                    {
                        Schedule(order, deadline.Facet, current, _database.After(delay));
                    }
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<(long Armed, DateTimeOffset? NextAt)> CountAsync(CancellationToken cancellationToken = default) =>
        _database.ReadAsync<(long Armed, DateTimeOffset? NextAt)>(
            () =>
            {
                var armed = _orders.Values.SelectMany(DeadlinesOf).ToList();
                return (armed.Count, armed.Min(static deadline => (DateTimeOffset?)deadline.DueAt));
            },
            cancellationToken);

    private static IEnumerable<DueDeadline> DeadlinesOf(InMemoryOrder order)
    {
        for (var facet = 0; facet < StateCodes.MaxFacets; facet++)
        {
            if (order.Deadlines[facet] is { } deadline)
            {
                yield return Describe(order, facet, deadline);
            }
        }
    }

    private static DueDeadline Describe(InMemoryOrder order, int facet, InMemoryDeadline deadline) =>
        new(order.Number, order.Key, facet, deadline.DueAt, deadline.Version, deadline.Trigger, deadline.Probe);

    private void Arm(InMemoryOrder order, in DeadlineChange change)
    {
        if (change.DueAt is { } dueAt)
        {
            var kept = Kept.Cut(dueAt);
            Schedule(order, change.Facet, new InMemoryDeadline(kept, change.Version, change.Trigger, change.Probe, 0), kept);
        }
        else
        {
            order.Deadlines[change.Facet] = null;
        }
    }

    private InMemoryDeadline Schedule(InMemoryOrder order, int facet, InMemoryDeadline deadline, DateTimeOffset claimableAt)
    {
        var ticket = order.NewTicket();
        _claimable.Enqueue((order, facet, ticket), (claimableAt, order.Number, ticket));
        return order.Deadlines[facet] = deadline with { Ticket = ticket };
    }

    private List<DueDeadline> ClaimDue(int max, TimeSpan lease)
    {
        var (now, until) = (_database.Now, _database.After(lease));
        var claimed = new List<DueDeadline>();
        while (claimed.Count < max && _claimable.TryPeek(out var entry, out var key))
        {
            var (order, facet, ticket) = entry;
            var deadline = order.Deadlines[facet] is { } current && current.Ticket == ticket ? current : null;
            if (deadline is not null && key.ClaimableAt > now)
            {
                break;
            }

            _claimable.Dequeue();
            if (deadline is not null)
            {
                // A deadline whose worker dies again and again goes behind those that waited, and starves none of them.
                claimed.Add(Describe(order, facet, Schedule(order, facet, deadline, until)));
            }
        }

        return claimed;
    }
}

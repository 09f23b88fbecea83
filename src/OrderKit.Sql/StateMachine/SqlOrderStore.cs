using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>The writing side of orders over SQL, row by row or set by set.</summary>
/// <remarks>
/// No statement here can end a host's transaction: inserts ignore what is there already, updates are conditional, and texts that a
/// database could refuse are refused before anything is sent.
/// </remarks>
internal abstract class SqlOrderStore(SqlDatabase database) : IOrderStore
{
    protected SqlDatabase Database => database;

    public abstract ValueTask<IReadOnlyList<IReadOnlyList<OrderKey>>> ResolveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default);

    public abstract ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderLookup> lookups, CancellationToken cancellationToken = default);

    public abstract ValueTask<IReadOnlyList<long>> SaveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderChange> changes, CancellationToken cancellationToken = default);

    public async ValueTask ParkAsync(UnitOfWork unitOfWork, IReadOnlyList<ParkedFact> facts, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(facts);
        foreach (var fact in facts)
        {
            OrderParts.Parked.RequireStorable(fact);
        }

        if (facts.Count > 0)
        {
            await ParkAsync(session, facts, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<IReadOnlyList<ParkedFact>> TakeParkedAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(numbers);
        if (numbers.Count == 0)
        {
            return [];
        }

        var taken = await TakeParkedAsync(session, [.. numbers.Distinct()], cancellationToken).ConfigureAwait(false);

        // A statement that deletes gives its rows back in any order.
        taken.Sort(static (a, b) => (a.Fact.ParkedAt, a.ParkedNo).CompareTo((b.Fact.ParkedAt, b.ParkedNo)));
        return [.. taken.Select(row => row.Fact)];
    }

    public ValueTask<int> EraseDetailsAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default)
    {
        const string Sql = "DELETE FROM {journal_details} WHERE order_no = "
            + "(SELECT o.order_no FROM {orders} o WHERE o.tenant = $1 AND o.order_id = $2)";
        return database.On(unitOfWork).Call(Sql).With(order.Tenant.Value, order.Order.Value).ExecuteAsync(cancellationToken);
    }

    protected abstract ValueTask ParkAsync(SqlSession session, IReadOnlyList<ParkedFact> facts, CancellationToken cancellationToken);

    protected abstract ValueTask<List<(long ParkedNo, ParkedFact Fact)>> TakeParkedAsync(
        SqlSession session, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken);

    /// <summary>Checks the changes before the first one is written.</summary>
    protected SqlSession CheckOn(UnitOfWork unitOfWork, IReadOnlyList<OrderChange> changes)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(changes);
        foreach (var change in changes)
        {
            OrderChangeCheck.Require(change);
            if (change.Messages.Count > 0)
            {
                unitOfWork.AfterCommit(database.OutboxWritten.Set);
            }
        }

        return session;
    }
}

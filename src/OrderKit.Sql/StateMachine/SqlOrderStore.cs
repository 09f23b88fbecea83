using OrderKit.Core;

namespace OrderKit.Sql;

/// <summary>The writing side of orders over SQL.</summary>
/// <remarks>
/// No statement here can end a host's transaction: inserts ignore what is there already, updates are conditional, and texts that a
/// database could refuse are refused before anything is sent.
/// </remarks>
internal sealed class SqlOrderStore(SqlDatabase database) : IOrderStore
{
    private static readonly int[][] FirstOnly = [[0]];

    private readonly IOrderStatements _statements = database.Dialect.WritesSets
        ? new SetOrderStatements(database)
        : new RowOrderStatements();

    public async ValueTask<IReadOnlyList<IReadOnlyList<OrderKey>>> ResolveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(numbers);
        return numbers.Count == 0 ? [] : await _statements.ResolveAsync(session, numbers, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderLookup> lookups, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(lookups);
        return lookups.Count == 0 ? [] : await _statements.LoadAsync(session, lookups, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<long>> SaveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderChange> changes, CancellationToken cancellationToken = default)
    {
        var session = database.On(unitOfWork);
        ArgumentNullException.ThrowIfNull(changes);
        var saved = new long[changes.Count];
        foreach (var change in changes)
        {
            OrderChangeCheck.Require(change);
            if (change.Messages.Count > 0)
            {
                unitOfWork.AfterCommit(database.OutboxWritten.Set);
            }
        }

        foreach (var wave in changes.Count == 1 ? FirstOnly : Waves(changes))
        {
            await _statements.SaveAsync(session, changes, wave, saved, cancellationToken).ConfigureAwait(false);
        }

        return saved;
    }

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
            await _statements.ParkAsync(session, facts, cancellationToken).ConfigureAwait(false);
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

        var taken = await _statements.TakeParkedAsync(session, [.. numbers.Distinct()], cancellationToken).ConfigureAwait(false);

        // A statement that deletes gives its rows back in any order.
        taken.Sort(static (a, b) => (a.Fact.ParkedAt, a.ParkedNo).CompareTo((b.Fact.ParkedAt, b.ParkedNo)));
        return [.. taken.Select(row => row.Fact)];
    }

    public ValueTask<int> EraseDetailsAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default)
    {
        const string Sql = "DELETE FROM {journal_details} WHERE order_no = (SELECT o.order_no FROM {orders} o WHERE o.tenant = $1 AND o.order_id = $2)";
        return database.On(unitOfWork).Call(Sql).With(order.Tenant.Value, order.Order.Value).ExecuteAsync(cancellationToken);
    }

    /// <summary>Changes of one order follow one another; those of different orders are written together.</summary>
    private static IEnumerable<IReadOnlyList<int>> Waves(IReadOnlyList<OrderChange> changes)
    {
        var wave = new List<int>(changes.Count);
        var inWave = new HashSet<OrderKey>(changes.Count);
        for (var i = 0; i < changes.Count; i++)
        {
            if (!inWave.Add(changes[i].Order.Key))
            {
                yield return wave;
                wave = [];
                inWave.Clear();
                inWave.Add(changes[i].Order.Key);
            }

            wave.Add(i);
        }

        if (wave.Count > 0)
        {
            yield return wave;
        }
    }
}

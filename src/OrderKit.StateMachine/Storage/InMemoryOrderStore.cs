using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.StateMachine.Storage;

/// <summary>Keeps orders, journal and deadlines in memory: the reference for the SQL stores, and the store for tests.</summary>
/// <remarks>Safe for several threads; the units of work of its <see cref="InMemoryDatabase"/> take turns.</remarks>
public sealed partial class InMemoryOrderStore : IOrderStore, IOrderQueryStore, IJournalStore, IDeadlineStore
{
    private readonly InMemoryDatabase _database;
    private readonly InMemoryOutboxStore _outbox;
    private readonly InMemoryCaseStore _cases;
    private readonly Dictionary<OrderKey, InMemoryOrder> _orders = [];

    // By number, which is the index + 1. The number of a creation that was rolled back stays empty, as with any sequence.
    private readonly List<InMemoryOrder?> _numbered = [];

    // The arrays are never changed, only replaced: a reader may keep one.
    private readonly Dictionary<OrderReference, OrderKey[]> _links = [];
    private readonly InMemoryParkedFacts _parked = new();

    /// <summary>Makes an empty store; messages and cases of saved changes go to the stores beside it.</summary>
    public InMemoryOrderStore(InMemoryDatabase database, InMemoryOutboxStore outbox, InMemoryCaseStore cases)
    {
        _database = database ?? throw new ArgumentNullException(nameof(database));
        _outbox = outbox ?? throw new ArgumentNullException(nameof(outbox));
        _cases = cases ?? throw new ArgumentNullException(nameof(cases));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<IReadOnlyList<OrderKey>>> ResolveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default)
    {
        Enter(unitOfWork, numbers, cancellationToken);
        var found = new IReadOnlyList<OrderKey>[numbers.Count];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = _links.TryGetValue(numbers[i], out var orders) ? orders : [];
        }

        return new(found);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<OrderFinding>> LoadAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderLookup> lookups, CancellationToken cancellationToken = default)
    {
        Enter(unitOfWork, lookups, cancellationToken);
        var findings = new OrderFinding[lookups.Count];
        for (var i = 0; i < findings.Length; i++)
        {
            var lookup = lookups[i];
            if (_orders.TryGetValue(lookup.Order, out var order))
            {
                findings[i] = new OrderFinding(
                    order.Head,
                    order.Find(lookup.Source, lookup.FactId) is { } earlier ? Earlier(earlier) : null,
                    lookup.Revokes is not null && order.Find(lookup.Source, lookup.Revokes) is not null);
            }
        }

        return new(findings);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The rows of a change do not lead from its expected version to that of its order.</exception>
    public ValueTask<IReadOnlyList<long>> SaveAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderChange> changes, CancellationToken cancellationToken = default)
    {
        var unit = Enter(unitOfWork, changes, cancellationToken);
        for (var i = 0; i < changes.Count; i++)
        {
            RequireWhole(changes[i], nameof(changes));
        }

        var numbers = new long[changes.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Save(unit, changes[i]);
        }

        return new(numbers);
    }

    /// <inheritdoc/>
    public ValueTask ParkAsync(UnitOfWork unitOfWork, IReadOnlyList<ParkedFact> facts, CancellationToken cancellationToken = default)
    {
        var unit = Enter(unitOfWork, facts, cancellationToken);
        for (var i = 0; i < facts.Count; i++)
        {
            _parked.Park(unit, facts[i]);
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ParkedFact>> TakeParkedAsync(
        UnitOfWork unitOfWork, IReadOnlyList<OrderReference> numbers, CancellationToken cancellationToken = default)
    {
        var unit = Enter(unitOfWork, numbers, cancellationToken);
        return new(_parked.Take(unit, numbers));
    }

    /// <inheritdoc/>
    public ValueTask<int> EraseDetailsAsync(UnitOfWork unitOfWork, OrderKey order, CancellationToken cancellationToken = default)
    {
        var unit = _database.Require(unitOfWork);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_orders.TryGetValue(order, out var found) || found.Details.Count == 0)
        {
            return new(0);
        }

        var details = found.Details;
        found.Details = [];
        unit.OnRollback(() => found.Details = details);
        return new(details.Count);
    }

    internal void Undo(InMemoryOrder order, StoredOrder? head, int rows, int details, int links, in InMemoryDeadlines deadlines)
    {
        foreach (var entry in order.Journal.Skip(rows))
        {
            _unsealed.Remove((order.Number, entry.Version));
        }

        order.TakeBackTo(rows);
        order.Details.RemoveRange(details, order.Details.Count - details);
        for (var i = order.Links.Count - 1; i >= links; i--)
        {
            var linked = _links[order.Links[i]];
            if (linked.Length == 1)
            {
                _links.Remove(order.Links[i]);
            }
            else
            {
                _links[order.Links[i]] = linked[..^1];
            }
        }

        order.Links.RemoveRange(links, order.Links.Count - links);
        for (var facet = 0; facet < StateCodes.MaxFacets; facet++)
        {
            order.Deadlines[facet] = deadlines[facet];
        }

        order.Head = head;
        if (head is null)
        {
            _orders.Remove(order.Key);
            _numbered[order.Number - 1] = null;
        }
    }

    private static EarlierFact Earlier(JournalEntry entry) =>
        new(entry.Version, entry.Trigger, entry.Amount, entry.Quantity, entry.Currency);

    private static void RequireWhole(OrderChange change, string parameterName)
    {
        var entries = change.Entries;
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Version != change.ExpectedVersion + 1 + i)
            {
                throw new ArgumentException(
                    $"Row {entries[i].Version} of order {change.Order.Key} does not follow {change.ExpectedVersion + i}. "
                    + "Rows are numbered without a gap.", parameterName);
            }
        }

        if (entries.Count == 0 || change.Order.Snapshot.Version != change.ExpectedVersion + entries.Count)
        {
            throw new ArgumentException(
                $"Order {change.Order.Key} is saved as version {change.Order.Snapshot.Version} with {entries.Count} rows after "
                + $"{change.ExpectedVersion}. Each version has its row.", parameterName);
        }

        for (var i = 0; i < change.Deadlines.Count; i++)
        {
            if (change.Deadlines[i].Facet is < 0 or >= StateCodes.MaxFacets)
            {
                throw new ArgumentException(
                    $"Order {change.Order.Key} has a deadline of facet {change.Deadlines[i].Facet}. "
                    + $"Facets are 0 to {StateCodes.MaxFacets - 1}.", parameterName);
            }
        }
    }

    private InMemoryUnitOfWork Enter<T>(UnitOfWork unitOfWork, IReadOnlyList<T> items, CancellationToken cancellationToken)
    {
        var unit = _database.Require(unitOfWork);
        ArgumentNullException.ThrowIfNull(items);
        cancellationToken.ThrowIfCancellationRequested();
        return unit;
    }

    private long Save(InMemoryUnitOfWork unit, OrderChange change)
    {
        var key = change.Order.Key;
        var isKnown = _orders.TryGetValue(key, out var order);
        if ((order?.Journal.Count ?? 0) != change.ExpectedVersion)
        {
            return 0;
        }

        order ??= new InMemoryOrder(_numbered.Count + 1, key);
        var undo = new InMemoryChange(this, order);
        var entries = change.Entries;
        for (var i = 0; i < entries.Count; i++)
        {
            // The identity is unique per order and source; a change that repeats one was decided on something else.
            if (order.Find(entries[i].Source, entries[i].FactId) is not null)
            {
                order.TakeBackTo(order.Journal.Count - i);
                return 0;
            }

            order.Append(Kept.Entry(entries[i]));
        }

        // Nothing can fail from here on.
        if (!isKnown)
        {
            _orders.Add(key, order);
            _numbered.Add(order);
        }

        unit.OnRollback(undo.Undo);
        order.Head = Kept.Order(change.Order, order.Number);
        _unsealed.UnionWith(entries.Select(entry => (order.Number, entry.Version)));
        for (var i = 0; i < change.Details.Count; i++)
        {
            order.Details.Add(Kept.Detail(change.Details[i]));
        }

        for (var i = 0; i < change.Links.Count; i++)
        {
            Link(order, change.Links[i]);
        }

        for (var i = 0; i < change.Deadlines.Count; i++)
        {
            Arm(order, change.Deadlines[i]);
        }

        _outbox.Append(unit, change.Messages);
        _cases.Apply(unit, change.Cases);
        return order.Number;
    }

    private void Link(InMemoryOrder order, OrderReference number)
    {
        if (!_links.TryGetValue(number, out var linked))
        {
            _links.Add(number, [order.Key]);
        }
        else if (Array.IndexOf(linked, order.Key) < 0)
        {
            _links[number] = [.. linked, order.Key];
        }
        else
        {
            return;
        }

        order.Links.Add(number);
    }
}

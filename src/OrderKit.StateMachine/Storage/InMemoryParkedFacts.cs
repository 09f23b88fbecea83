using OrderKit.Core;
using OrderKit.Core.Storage;

namespace OrderKit.StateMachine.Storage;

/// <summary>The facts that wait, by the number that they wait for.</summary>
internal sealed class InMemoryParkedFacts
{
    private readonly Dictionary<OrderReference, List<Row>> _waiting = [];
    private long _lastId;

    public void Park(InMemoryUnitOfWork unit, ParkedFact parked)
    {
        var identity = FactIdentity.WithContent(parked.Fact);
        if (!_waiting.TryGetValue(parked.Number, out var rows))
        {
            _waiting.Add(parked.Number, rows = []);
        }
        else if (rows.Exists(row => row.Identity == identity && row.Parked.Fact.Source == parked.Fact.Source))
        {
            return;
        }

        rows.Add(new Row(++_lastId, identity, Kept.Parked(parked)));
        unit.OnRollback(() =>
        {
            rows.RemoveAt(rows.Count - 1);
            if (rows.Count == 0)
            {
                _waiting.Remove(parked.Number);
            }
        });
    }

    public List<ParkedFact> Take(InMemoryUnitOfWork unit, IReadOnlyList<OrderReference> numbers)
    {
        var taken = new List<Row>();
        for (var i = 0; i < numbers.Count; i++)
        {
            var number = numbers[i];
            if (_waiting.Remove(number, out var rows))
            {
                taken.AddRange(rows);
                unit.OnRollback(() => _waiting[number] = rows);
            }
        }

        taken.Sort(Row.Compare);
        return taken.ConvertAll(static row => row.Parked);
    }

    /// <summary>The rows of a tenant after a position, oldest first, at most so many.</summary>
    public List<Row> Page(TenantId tenant, DateTimeOffset afterParkedAt, long afterId, int max)
    {
        var found = new List<Row>();
        foreach (var (number, rows) in _waiting)
        {
            if (number.Tenant != tenant)
            {
                continue;
            }

            foreach (var row in rows)
            {
                if ((row.Parked.ParkedAt, row.Id).CompareTo((afterParkedAt, afterId)) > 0)
                {
                    found.Add(row);
                }
            }
        }

        found.Sort(Row.Compare);
        return found.Count > max ? found.GetRange(0, max) : found;
    }

    internal sealed record Row(long Id, string Identity, ParkedFact Parked)
    {
        public static int Compare(Row left, Row right) =>
            (left.Parked.ParkedAt, left.Id).CompareTo((right.Parked.ParkedAt, right.Id));
    }
}

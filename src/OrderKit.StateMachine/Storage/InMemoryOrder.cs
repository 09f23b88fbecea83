using OrderKit.Core;

namespace OrderKit.StateMachine.Storage;

/// <summary>An order in memory: its head, its journal, and what hangs on it.</summary>
internal sealed class InMemoryOrder(int number, OrderKey key)
{
    // Below this, comparing the rows one by one is faster than a table, and most orders never have more.
    private const int ScannedRows = 12;

    private Dictionary<(string Source, string FactId), int>? _facts;
    private int _lastTicket;

    public int Number { get; } = number;

    public OrderKey Key { get; } = key;

    /// <summary>The order; null while its first change is being written.</summary>
    public StoredOrder? Head { get; set; }

    public List<JournalEntry> Journal { get; } = [];

    public List<JournalDetail> Details { get; set; } = [];

    public List<OrderReference> Links { get; } = [];

    public int UnsealedRows { get; set; }

    public InMemoryDeadlines Deadlines;

    /// <summary>A ticket that no deadline of this order had before, also none that was rolled back.</summary>
    public int NewTicket() => ++_lastTicket;

    /// <summary>The row that holds a fact, by its index; -1 where there is none.</summary>
    public int IndexOf(string source, string factId)
    {
        var journal = Journal;
        if (journal.Count > ScannedRows)
        {
            return Facts().TryGetValue((source, factId), out var index) ? index : -1;
        }

        for (var i = 0; i < journal.Count; i++)
        {
            if (journal[i].FactId == factId && journal[i].Source == source)
            {
                return i;
            }
        }

        return -1;
    }

    public void Append(JournalEntry entry)
    {
        _facts?.Add((entry.Source, entry.FactId), Journal.Count);
        Journal.Add(entry);
        UnsealedRows++;
    }

    public void TakeBackTo(int rows)
    {
        UnsealedRows -= Journal.Count - rows;
        Journal.RemoveRange(rows, Journal.Count - rows);
        _facts = null;
    }

    private Dictionary<(string Source, string FactId), int> Facts()
    {
        if (_facts is null)
        {
            _facts = new(Journal.Count * 2);
            for (var i = 0; i < Journal.Count; i++)
            {
                _facts.Add((Journal[i].Source, Journal[i].FactId), i);
            }
        }

        return _facts;
    }
}

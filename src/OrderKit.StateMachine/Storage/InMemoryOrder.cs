using OrderKit.Core;

namespace OrderKit.StateMachine.Storage;

/// <summary>An order in memory: its head, its journal, and what hangs on it.</summary>
internal sealed class InMemoryOrder(int number, OrderKey key)
{
    private readonly Dictionary<(string Source, string FactId), int> _facts = [];
    private int _lastTicket;

    public int Number { get; } = number;

    public OrderKey Key { get; } = key;

    /// <summary>The order; null while its first change is being written.</summary>
    public StoredOrder? Head { get; set; }

    public List<JournalEntry> Journal { get; } = [];

    public List<JournalDetail> Details { get; set; } = [];

    public List<OrderReference> Links { get; } = [];

    public InMemoryDeadlines Deadlines;

    /// <summary>A ticket that no deadline of this order had before, also none that was rolled back.</summary>
    public int NewTicket() => ++_lastTicket;

    /// <summary>The row that holds a fact; <see langword="null"/> where there is none.</summary>
    public JournalEntry? Find(string source, string factId) =>
        _facts.TryGetValue((source, factId), out var index) ? Journal[index] : null;

    public void Append(JournalEntry entry)
    {
        _facts.Add((entry.Source, entry.FactId), Journal.Count);
        Journal.Add(entry);
    }

    public void TakeBackTo(int rows)
    {
        for (var i = Journal.Count - 1; i >= rows; i--)
        {
            _facts.Remove((Journal[i].Source, Journal[i].FactId));
            Journal.RemoveAt(i);
        }
    }
}

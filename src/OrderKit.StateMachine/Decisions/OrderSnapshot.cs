using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>All that a decision needs to know of an order: a value without references to anything.</summary>
/// <remarks>It is the fold of the order's journal: <see cref="Of"/> makes the same one from the rows.</remarks>
public record struct OrderSnapshot
{
    /// <summary>The model that the order is decided under.</summary>
    public ModelFingerprint Model { readonly get; set; }

    /// <summary>The number of the last journal row; 0 for an order that is not there yet.</summary>
    public long Version { readonly get; set; }

    /// <summary>The state of each facet.</summary>
    public StateCodes States { readonly get; set; }

    /// <summary>The version at which each facet entered its state.</summary>
    public FacetVersions Since { readonly get; set; }

    /// <summary>The holds that stand, as bits of the model.</summary>
    public uint Holds { readonly get; set; }

    /// <summary>The kinds of case that are open, as bits of the model.</summary>
    public uint Cases { readonly get; set; }

    /// <summary>The anchors reached, as bits of the model.</summary>
    public uint Anchors { readonly get; set; }

    /// <summary>The number of the fulfilment profile in the model.</summary>
    public int Profile { readonly get; set; }

    /// <summary>The sums.</summary>
    public OrderCounters Counters { readonly get => _counters; set => _counters = value; }

    /// <summary>Whether the order exists.</summary>
    public readonly bool Exists => Version > 0;

    // A field, so that one sum is read without a copy of all of them.
    private OrderCounters _counters;

    /// <summary>Folds a whole journal.</summary>
    /// <exception cref="InvalidOperationException">Rows are missing or doubled.</exception>
    /// <exception cref="OverflowException">A row changes a sum beyond its range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A row changes a sum that does not exist.</exception>
    public static OrderSnapshot Of(IEnumerable<JournalEntry> journal)
    {
        ArgumentNullException.ThrowIfNull(journal);
        var order = default(OrderSnapshot);
        foreach (var entry in journal)
        {
            if (entry.Version != order.Version + 1)
            {
                throw new InvalidOperationException(
                    $"After row {order.Version} of the journal comes row {entry.Version}. Rows are missing or doubled.");
            }

            order.Model = entry.Model;
            order.Profile = entry.Profile;
            new Decision
            {
                MovedFacets = entry.MovedFacets,
                States = entry.States,
                Holds = entry.Holds,
                Cases = entry.Cases,
                Anchors = entry.Anchors,
                First = entry.First,
                Second = entry.Second,
            }.ApplyTo(ref order);
        }

        return order;
    }

    internal readonly long this[Counter counter] => _counters[counter];

    internal void Add(CounterChange change)
    {
        if (change.Index >= 0)
        {
            _counters = _counters.Add(change);
        }
    }
}

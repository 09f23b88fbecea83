namespace OrderKit.StateMachine;

/// <summary>Makes an order's snapshot from its journal: the two are always the same.</summary>
public static class JournalFold
{
    /// <summary>Applies one row.</summary>
    /// <exception cref="InvalidOperationException">The row is not the next one.</exception>
    public static void Apply(ref OrderSnapshot order, JournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Version != order.Version + 1)
        {
            throw new InvalidOperationException($"After row {order.Version} of the journal comes row {entry.Version}. Rows are missing or doubled.");
        }

        order.Model = entry.Model;
        order.Profile = entry.Profile;
        new Decision
        {
            Kind = entry.Kind,
            Reason = entry.Reason,
            MovedFacets = entry.MovedFacets,
            States = entry.States,
            Holds = entry.Holds,
            Cases = entry.Cases,
            Anchors = entry.Anchors,
            First = entry.First,
            Second = entry.Second,
        }.ApplyTo(ref order);
    }

    /// <summary>Folds a whole journal.</summary>
    public static OrderSnapshot Of(IEnumerable<JournalEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var order = default(OrderSnapshot);
        foreach (var entry in entries)
        {
            Apply(ref order, entry);
        }

        return order;
    }
}

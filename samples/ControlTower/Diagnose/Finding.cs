namespace ControlTower.Diagnose;

/// <summary>A finding about orders: all are counted, some are listed.</summary>
internal sealed class Finding
{
    private const int MaxExamples = 20;

    // The first by id, so that the result does not depend on the order of the rows or the store.
    private readonly SortedSet<string> _examples = new(StringComparer.Ordinal);

    /// <summary>The number of orders.</summary>
    public long Count { get; private set; }

    /// <summary>The first twenty orders by their ids in the file.</summary>
    public IReadOnlyCollection<string> Examples => _examples;

    public void AddIf(bool isTrue, string id)
    {
        if (!isTrue)
        {
            return;
        }

        Count++;
        _examples.Add(id);
        if (_examples.Count > MaxExamples)
        {
            _examples.Remove(_examples.Max!);
        }
    }
}

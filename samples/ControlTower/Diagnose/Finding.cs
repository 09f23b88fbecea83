namespace ControlTower.Diagnose;

/// <summary>Orders of which something is true: all are counted, and some are named.</summary>
internal sealed class Finding
{
    private const int MaxExamples = 20;

    // The first by their ids, so that neither the order of the rows nor that of the store shows.
    private readonly SortedSet<string> _examples = new(StringComparer.Ordinal);

    /// <summary>How many orders.</summary>
    public long Count { get; private set; }

    /// <summary>The first twenty of them, by their ids in the file.</summary>
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

namespace OrderKit.StateMachine;

/// <summary>Keeps the decisions of a run over many orders, in the order taken: for replays, what-if runs and simulations without a store.</summary>
/// <remarks>Not safe for several threads. Cleared logs keep their memory, so that a log used again allocates nothing.</remarks>
public sealed class DecisionLog
{
    private const int ChunkSize = 1024;

    private readonly List<Row[]> _chunks = [];
    private Row[] _current = [];
    private int _used;
    private int _chunk = -1;

    /// <summary>How many decisions it holds.</summary>
    public int Count => _chunk < 0 ? 0 : (_chunk * ChunkSize) + _used;

    /// <summary>A decision by its place.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public ref readonly Row this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return ref _chunks[index / ChunkSize][index % ChunkSize];
        }
    }

    /// <summary>Adds a decision.</summary>
    /// <param name="order">The caller's own number of the order.</param>
    /// <param name="version">The order's version after it.</param>
    /// <param name="at">When it was taken.</param>
    /// <param name="decision">The decision.</param>
    public void Append(long order, long version, DateTimeOffset at, in Decision decision)
    {
        if (_used == _current.Length)
        {
            NextChunk();
        }

        ref var row = ref _current[_used++];
        row.Order = order;
        row.Version = version;
        row.At = at;
        row.Decision = decision;
    }

    /// <summary>Forgets all decisions and keeps the memory.</summary>
    public void Clear()
    {
        _chunk = -1;
        _current = [];
        _used = 0;
    }

    private void NextChunk()
    {
        if (++_chunk == _chunks.Count)
        {
            _chunks.Add(new Row[ChunkSize]);
        }

        _current = _chunks[_chunk];
        _used = 0;
    }

    /// <summary>A decision in a <see cref="DecisionLog"/>.</summary>
    public record struct Row
    {
        /// <summary>The caller's own number of the order.</summary>
        public long Order { readonly get; set; }

        /// <summary>The order's version after it.</summary>
        public long Version { readonly get; set; }

        /// <summary>When it was taken.</summary>
        public DateTimeOffset At { readonly get; set; }

        /// <summary>The decision.</summary>
        public Decision Decision { readonly get; set; }
    }
}

namespace OrderKit.Sql;

/// <summary>What the parameters of some rows look like: none, arrays over many rows, or the values of one row without its empty columns.</summary>
/// <remarks>One row is the usual case: plain values are cheaper to plan and, once prepared, to run than arrays of one, and what is empty need not be sent.</remarks>
internal readonly record struct SqlRows
{
    private readonly byte _count;
    private readonly ulong _present;

    private SqlRows(byte count, ulong present)
    {
        _count = count;
        _present = present;
    }

    /// <summary>Arrays over many rows.</summary>
    internal static SqlRows Many => new(2, 0);

    internal bool Any => _count > 0;

    internal bool IsOne => _count == 1;

    /// <summary>The values of one row, of those columns whose bit is set.</summary>
    internal static SqlRows One(ulong present) => new(1, present);

    /// <summary>Whether the one row has a value in a column.</summary>
    internal bool Has(int column) => (_present & (1UL << column)) != 0;
}

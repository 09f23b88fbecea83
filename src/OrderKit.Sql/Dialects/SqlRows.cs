namespace OrderKit.Sql;

/// <summary>
/// The shape of the parameters for some rows: none, arrays over many rows, or the values of one row without empty columns.
/// </summary>
/// <remarks>
/// One row is the usual case. Plain values are cheaper to plan and to run than arrays of one, and empty columns are not sent.
/// </remarks>
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

    /// <summary>Returns the shape of one row with values in the columns whose bit is set.</summary>
    internal static SqlRows One(ulong present) => new(1, present);

    /// <summary>Returns whether the row has a value in a column.</summary>
    internal bool Has(int column) => (_present & (1UL << column)) != 0;
}

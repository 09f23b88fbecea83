namespace OrderKit.Specs;

/// <summary>Optional abilities of a store.</summary>
[Flags]
public enum StoreAbilities
{
    /// <summary>No optional abilities.</summary>
    None = 0,

    /// <summary>Two units of work can be open, and write, at the same time.</summary>
    ParallelUnits = 1,

    /// <summary>
    /// A unit of work can be enlisted in a host's transaction: the store under test is an <see cref="IHostTransactions"/>.
    /// </summary>
    HostTransactions = 2,

    /// <summary>Committed rows can be read while another unit of work is open.</summary>
    ParallelReads = 4,
}

namespace OrderKit.Specs;

/// <summary>What not every store can do.</summary>
[Flags]
public enum StoreAbilities
{
    /// <summary>Nothing beyond what all can.</summary>
    None = 0,

    /// <summary>Two units of work can be open, and write, at the same time.</summary>
    ParallelUnits = 1,

    /// <summary>A unit of work can stand on a transaction of the host: the store under test is an <see cref="IHostTransactions"/>.</summary>
    HostTransactions = 2,

    /// <summary>What is committed can be read while a unit of work is open elsewhere.</summary>
    ParallelReads = 4,
}

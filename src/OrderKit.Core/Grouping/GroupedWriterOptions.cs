namespace OrderKit.Core;

/// <summary>How a <see cref="GroupedWriter{TItem}"/> gathers.</summary>
public class GroupedWriterOptions
{
    private const int LargestSet = 1_000_000_000;

    /// <summary>The most items of a set.</summary>
    /// <value>256: with four times as many a set is hardly faster, and its members wait twice as long.</value>
    public int MaxItems { get; set; } = 256;

    /// <summary>The most bytes of a set, as its items state them. A larger item is written alone.</summary>
    /// <value>
    /// 4 MiB: 256 callbacks of the usual few kilobytes fit, and a set of large messages delays its members by milliseconds, not seconds.
    /// </value>
    public int MaxBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The most items that wait; further callers wait before their item is taken.</summary>
    /// <value>4,096.</value>
    public int QueueLimit { get; set; } = 4_096;

    /// <summary>How many sets are written at the same time.</summary>
    /// <remarks>
    /// A SQLite file has one writer, so more than 1 is of no use there. On a database server 2 is a good choice. No store changes this
    /// option by itself.
    /// </remarks>
    /// <value>1.</value>
    public int Writers { get; set; } = 1;

    /// <summary>Adds every fault of the options.</summary>
    public virtual void Validate(OptionFaults faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        faults.RequireBetween(MaxItems, 1, 10_000);
        faults.RequireBetween(MaxBytes, 1, LargestSet);
        faults.RequireBetween(QueueLimit, 1, 1_000_000);
        faults.RequireBetween(Writers, 1, 16);
    }
}

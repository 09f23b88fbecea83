namespace OrderKit.Core;

/// <summary>How a <see cref="GroupedWriter{TItem,TResult}"/> gathers.</summary>
public sealed class GroupedWriterOptions
{
    /// <summary>How many items are written together at most.</summary>
    /// <value>256: with four times as many a set is hardly faster, and its members wait twice as long.</value>
    public int MaxItems { get; set; } = 256;

    /// <summary>How many items may wait; further callers wait before their item is taken.</summary>
    /// <value>4,096.</value>
    public int QueueLimit { get; set; } = 4_096;

    /// <summary>How many sets are written at the same time.</summary>
    /// <value>1, which is all that a file with one writer can use; 2 on a server.</value>
    public int Writers { get; set; } = 1;
}

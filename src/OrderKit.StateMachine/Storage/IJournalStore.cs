namespace OrderKit.StateMachine.Storage;

/// <summary>The journal as a whole: reading it in bulk, sealing and erasing.</summary>
public interface IJournalStore
{
    /// <summary>Reads the rows of whole orders after <paramref name="afterOrderNo"/>, in order of their number.</summary>
    /// <param name="afterOrderNo">0 to begin.</param>
    /// <param name="maxOrders">How many orders at most.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<IReadOnlyList<OrderJournal>> ScanAsync(long afterOrderNo, int maxOrders, CancellationToken cancellationToken = default);

    /// <summary>Reads committed unsealed rows by (order, version); if there are more, the oldest of each order first.</summary>
    ValueTask<IReadOnlyList<JournalRow>> ReadUnsealedAsync(int max, CancellationToken cancellationToken = default);

    /// <summary>How many rows no segment holds yet, counted up to 10,001.</summary>
    ValueTask<int> CountUnsealedAsync(CancellationToken cancellationToken = default);

    /// <summary>The last segment; <see langword="null"/> before the first.</summary>
    ValueTask<JournalSegment?> LastSegmentAsync(CancellationToken cancellationToken = default);

    /// <summary>Appends a segment and marks its rows in one transaction; <see langword="false"/> if that number exists.</summary>
    ValueTask<bool> AppendSegmentAsync(JournalSegment segment, CancellationToken cancellationToken = default);

    /// <summary>Reads segments from a number on.</summary>
    ValueTask<IReadOnlyList<JournalSegment>> ReadSegmentsAsync(long from, int max, CancellationToken cancellationToken = default);

    /// <summary>Reads single rows; a missing one is <see langword="null"/>, one whose order is gone too.</summary>
    ValueTask<IReadOnlyList<JournalRow?>> ReadRowsAsync(
        IReadOnlyList<(long OrderNo, long Version)> rows, CancellationToken cancellationToken = default);

    /// <summary>Reads rows that claim to be in a segment, with a limit of one more than <paramref name="max"/>.</summary>
    ValueTask<IReadOnlyList<(long OrderNo, long Version)>> ReadMarkedAsync(
        long segment, int max, CancellationToken cancellationToken = default);
}

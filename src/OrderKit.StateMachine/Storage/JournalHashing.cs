using OrderKit.Core;

namespace OrderKit.StateMachine.Storage;

/// <summary>Hashes journal rows and the segments that seal them, so that anybody with the rows can check a seal.</summary>
/// <remarks>
/// SHA-256 over a domain byte and the canonical bytes: 0 for a row and 1 for a segment, so that none can be passed off as the other.
/// </remarks>
public static class JournalHashing
{
    private const byte RowDomain = 0;
    private const byte SegmentDomain = 1;
    private const byte SegmentVersion = 1;

    /// <summary>The hash of a row: it binds everything in the row, and the row to its tenant and order.</summary>
    public static Digest HashOf(OrderKey order, JournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return HashOf(new CanonicalWriter(), order, entry);
    }

    /// <summary>The hashes of many rows, in one reused buffer.</summary>
    public static IReadOnlyList<JournalLeaf> LeavesOf(IReadOnlyList<JournalRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var writer = new CanonicalWriter();
        return [.. rows.Select(row => new JournalLeaf(row.OrderNo, row.Entry.Version, HashOf(writer, row.Order, row.Entry)))];
    }

    /// <summary>The hash of a segment, from everything in it but <see cref="JournalSegment.Hash"/>.</summary>
    public static Digest HashOf(long number, Digest previous, IReadOnlyList<JournalLeaf> leaves, DateTimeOffset sealedAt)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        var writer = new CanonicalWriter();
        writer.WriteByte(SegmentDomain);
        writer.WriteVersion(SegmentVersion);
        writer.WriteInt64(number);
        writer.WriteDigest(previous);
        writer.WriteInstant(sealedAt);
        writer.WriteInt32(leaves.Count);
        for (var i = 0; i < leaves.Count; i++)
        {
            var leaf = leaves[i];
            writer.WriteInt64(leaf.OrderNo);
            writer.WriteInt64(leaf.Version);
            writer.WriteDigest(leaf.Hash);
        }

        return writer.ToDigest();
    }

    /// <summary>Makes the segment after <paramref name="last"/> from some rows.</summary>
    /// <param name="last">The segment before; <see langword="null"/> for the first.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="sealedAt">When it is sealed; it is cut to microseconds.</param>
    public static JournalSegment Seal(JournalSegment? last, IReadOnlyList<JournalRow> rows, DateTimeOffset sealedAt)
    {
        var number = (last?.Number ?? 0) + 1;
        var previous = last?.Hash ?? default;
        var leaves = LeavesOf(rows);
        sealedAt = Instants.ToMicroseconds(sealedAt);
        return new JournalSegment(number, previous, leaves, sealedAt, HashOf(number, previous, leaves, sealedAt));
    }

    internal static Digest HashOf(CanonicalWriter writer, OrderKey order, JournalEntry entry)
    {
        writer.Reset();
        writer.WriteByte(RowDomain);
        JournalCodec.Write(writer, order, entry);
        return writer.ToDigest();
    }
}

using OrderKit.Core;

namespace OrderKit.StateMachine.Storage;

/// <summary>A sealed set of journal rows, linked to the segment before it.</summary>
/// <param name="Number">1, 2, 3, … without a gap.</param>
/// <param name="Previous">The hash of the segment before; zero for the first.</param>
/// <param name="Leaves">The rows in it, with their hashes.</param>
/// <param name="SealedAt">When it was sealed.</param>
/// <param name="Hash">The hash over all of this.</param>
public sealed record JournalSegment(long Number, Digest Previous, IReadOnlyList<JournalLeaf> Leaves, DateTimeOffset SealedAt, Digest Hash);

using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>What a verification of the whole journal found.</summary>
public sealed record VerificationReport
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsIntact => FindingCount == 0;

    /// <summary>What is wrong, the segments' findings first; cut at <see cref="JournalVerificationOptions.MaxFindings"/>.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>How many findings there are in all.</summary>
    public required long FindingCount { get; init; }

    /// <summary>How many segments were checked.</summary>
    public required long Segments { get; init; }

    /// <summary>How many sealed rows were compared with their seal.</summary>
    public required long SealedRows { get; init; }

    /// <summary>How many orders were folded.</summary>
    public required long Orders { get; init; }

    /// <summary>How many rows the orders have.</summary>
    public required long Rows { get; init; }

    /// <summary>How many of them are not sealed yet, for which nothing is promised.</summary>
    public required long UnsealedRows { get; init; }

    /// <summary>When the oldest unsealed row was recorded; how far sealing lags behind.</summary>
    public required DateTimeOffset? UnsealedSince { get; init; }

    /// <summary>The last seal. Store it elsewhere and pass it as <see cref="JournalVerificationOptions.Trusted"/> next time.</summary>
    public required JournalSeal? LastSeal { get; init; }

    /// <summary>Something wrong with a journal, and where.</summary>
    /// <param name="Kind">What.</param>
    /// <param name="OrderNo">The order's number in the store; <see langword="null"/> where it is about a segment.</param>
    /// <param name="Order">The order, where the store still knows it.</param>
    /// <param name="Version">The row.</param>
    /// <param name="Segment">The segment.</param>
    /// <param name="Message">A sentence for people.</param>
    public sealed record Finding(FindingKind Kind, long? OrderNo, OrderKey? Order, long? Version, long? Segment, string Message);

    /// <summary>What can be wrong with a journal.</summary>
    public enum FindingKind : byte
    {
        /// <summary>A sealed row is not what was sealed.</summary>
        ChangedRow = 0,

        /// <summary>A sealed row is gone.</summary>
        MissingRow = 1,

        /// <summary>A row claims a seal that it does not have, or lies unsealed before a sealed one.</summary>
        InventedRow = 2,

        /// <summary>A sealed row is as it was, and says that another segment or none sealed it.</summary>
        WrongSegment = 3,

        /// <summary>A segment is not what was sealed.</summary>
        ChangedSegment = 4,

        /// <summary>A segment does not follow the one before: one of the two was replaced.</summary>
        BrokenLink = 5,

        /// <summary>A segment is gone.</summary>
        MissingSegment = 6,

        /// <summary>A segment that somebody outside vouches for is gone or another one.</summary>
        NotAsTrusted = 7,

        /// <summary>The versions of an order's rows are not 1, 2, 3, …</summary>
        GapInJournal = 8,

        /// <summary>The order's version is not that of its last row.</summary>
        HeadDiffers = 9,

        /// <summary>The order is not what its rows make of it.</summary>
        FoldDiffers = 10,
    }
}

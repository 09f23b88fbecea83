namespace OrderKit.StateMachine;

/// <summary>What can be wrong with a journal.</summary>
public enum JournalFindingKind : byte
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

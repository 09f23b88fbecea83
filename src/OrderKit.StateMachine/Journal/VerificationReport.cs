using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>What a verification of the whole journal found.</summary>
public sealed record VerificationReport
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsIntact => FindingCount == 0;

    /// <summary>What is wrong, the segments' findings first; cut at <see cref="JournalVerificationOptions.MaxFindings"/>.</summary>
    public required IReadOnlyList<JournalFinding> Findings { get; init; }

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

    /// <summary>The last seal. Keep it outside the database and pass it as <see cref="JournalVerificationOptions.Trusted"/> the next time.</summary>
    public required JournalSeal? LastSeal { get; init; }
}

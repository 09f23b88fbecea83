using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>How a journal is verified.</summary>
public sealed class JournalVerificationOptions
{
    /// <summary>
    /// A seal of an earlier verification that was kept where nobody who can write the database can change it. Without one, whoever rewrites
    /// rows, segments and all later hashes alike, or cuts off the end of the journal, is not found.
    /// </summary>
    /// <value><see langword="null"/>.</value>
    public JournalSeal? Trusted { get; set; }

    /// <summary>How many findings are kept; more are only counted.</summary>
    /// <value>1,000.</value>
    public int MaxFindings { get; set; } = 1_000;

    /// <summary>How many orders are read at a time.</summary>
    /// <value>200.</value>
    public int OrdersAtATime { get; set; } = 200;

    /// <summary>How many segments are read at a time.</summary>
    /// <value>4.</value>
    public int SegmentsAtATime { get; set; } = 4;
}

namespace OrderKit.StateMachine;

/// <summary>How far a verification is.</summary>
/// <param name="Segments">The segments checked.</param>
/// <param name="LastSegment">The number of the last segment when it began.</param>
/// <param name="SealedRows">The sealed rows checked.</param>
/// <param name="Orders">The orders checked.</param>
/// <param name="Findings">The findings so far.</param>
public readonly record struct JournalVerificationProgress(long Segments, long LastSegment, long SealedRows, long Orders, long Findings);

using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>A row of the journal as people read it: who said what when, what came of it, and what is odd about it.</summary>
public sealed record TimelineEntry
{
    /// <summary>The journal row.</summary>
    public required long Version { get; init; }

    /// <summary>Whether it changed the order, or only noted something.</summary>
    public required bool IsTransition { get; init; }

    /// <summary>The trigger's name.</summary>
    public required string Trigger { get; init; }

    /// <summary>The outcome.</summary>
    public required DecisionKind Kind { get; init; }

    /// <summary>Why.</summary>
    public required DecisionReason Reason { get; init; }

    /// <summary>The outcome in words.</summary>
    public required string Outcome { get; init; }

    /// <summary>The reason in words.</summary>
    public required string Explanation { get; init; }

    /// <summary>The guards that stood in the way.</summary>
    public required IReadOnlyList<string> FailedGuards { get; init; }

    /// <summary>The system that told it.</summary>
    public required string Source { get; init; }

    /// <summary>The id of the person who acted.</summary>
    public required string? Operator { get; init; }

    /// <summary>The fact's identity.</summary>
    public required string FactId { get; init; }

    /// <summary>When it happened, by the source's clock.</summary>
    public required DateTimeOffset? OccurredAt { get; init; }

    /// <summary>When it was decided, by ours.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>How long after happening it was decided; negative where the source's clock is ahead.</summary>
    public required TimeSpan? Delay { get; init; }

    /// <summary>The time since the entry before, by our clock.</summary>
    public required TimeSpan? SincePrevious { get; init; }

    /// <summary>The status as the source spells it.</summary>
    public required string? RawStatus { get; init; }

    /// <summary>The state that a status report claimed.</summary>
    public required Timeline.State? Reported { get; init; }

    /// <summary>The response code of the call that brought it.</summary>
    public required string? ResponseCode { get; init; }

    /// <summary>The trace in which it travelled.</summary>
    public required string? TraceId { get; init; }

    /// <summary>Where its log is.</summary>
    public required string? LogLink { get; init; }

    /// <summary>The number of the document that proves it.</summary>
    public required string? Evidence { get; init; }

    /// <summary>Documents by digest.</summary>
    public required IReadOnlyList<FactAttachment> Attachments { get; init; }

    /// <summary>The money it spoke of, such as <c>832.00 CNY</c>.</summary>
    public required string? Amount { get; init; }

    /// <summary>The pieces it spoke of.</summary>
    public required long? Quantity { get; init; }

    /// <summary>The states entered.</summary>
    public required IReadOnlyList<Timeline.Move> Moves { get; init; }

    /// <summary>The holds placed.</summary>
    public required IReadOnlyList<string> HoldsPlaced { get; init; }

    /// <summary>The holds released.</summary>
    public required IReadOnlyList<string> HoldsReleased { get; init; }

    /// <summary>The kinds of case opened.</summary>
    public required IReadOnlyList<string> CasesOpened { get; init; }

    /// <summary>The kinds of case closed.</summary>
    public required IReadOnlyList<string> CasesClosed { get; init; }

    /// <summary>What deserves a second look.</summary>
    public required TimelineMarks Marks { get; init; }

    /// <summary>The segment that seals the row; <see langword="null"/> before it is sealed.</summary>
    public required long? Segment { get; init; }

    /// <summary>Whether somebody must look into it.</summary>
    public bool IsAnomaly => (Marks & TimelineMarks.Anomalies) != 0;

    /// <summary>Whether its source's clock cannot be believed.</summary>
    public bool HasOddClock => (Marks & (TimelineMarks.ClockBackward | TimelineMarks.ClockAhead | TimelineMarks.YearsOld)) != 0;

    /// <summary>When it happened, as far as anybody knows: by the source's clock if that can be believed, or else by ours.</summary>
    public DateTimeOffset At => HasOddClock ? RecordedAt : OccurredAt ?? RecordedAt;
}

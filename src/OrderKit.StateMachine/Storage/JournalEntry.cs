using OrderKit.Core;
namespace OrderKit.StateMachine.Storage;

/// <summary>A row of an order's journal: one fact, how it was decided, and all that changed.</summary>
public sealed record JournalEntry
{
    /// <summary>The row's number, which is the order's version after it: 1, 2, 3, … without a gap.</summary>
    public required long Version { get; init; }

    /// <summary>Whether it changed the order (a transition) or only noted something (an observation).</summary>
    public required bool IsTransition { get; init; }

    /// <summary>The model that decided.</summary>
    public required ModelFingerprint Model { get; init; }

    /// <summary>The trigger's name.</summary>
    public required string Trigger { get; init; }

    /// <summary>With what right the fact spoke.</summary>
    public required FactStanding Standing { get; init; }

    /// <summary>The outcome.</summary>
    public required DecisionKind Kind { get; init; }

    /// <summary>Why.</summary>
    public required DecisionReason Reason { get; init; }

    /// <summary>The states after it.</summary>
    public required StateCodes States { get; init; }

    /// <summary>The facets that entered a state, as bits.</summary>
    public required int MovedFacets { get; init; }

    /// <summary>The holds after it, as bits of the model.</summary>
    public required uint Holds { get; init; }

    /// <summary>The open kinds of case after it, as bits of the model.</summary>
    public required uint Cases { get; init; }

    /// <summary>The anchors after it, as bits of the model.</summary>
    public required uint Anchors { get; init; }

    /// <summary>The number of the profile in the model.</summary>
    public required int Profile { get; init; }

    /// <summary>The first sum that changed.</summary>
    public required CounterChange First { get; init; }

    /// <summary>The second sum that changed.</summary>
    public required CounterChange Second { get; init; }

    /// <summary>The codes of the guards that failed, separated by blanks.</summary>
    public string? FailedGuards { get; init; }

    /// <summary>The system that the fact came from.</summary>
    public required string Source { get; init; }

    /// <summary>The fact's identity, unique per (order, source).</summary>
    public required string FactId { get; init; }

    /// <summary>The number of the document that proves it.</summary>
    public string? Evidence { get; init; }

    /// <summary>When it happened, by the source's clock.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>When it was decided, by ours.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The amount as the fact gave it, minor units.</summary>
    public long? Amount { get; init; }

    /// <summary>The currency of the amount.</summary>
    public string? Currency { get; init; }

    /// <summary>The quantity as the fact gave it.</summary>
    public long? Quantity { get; init; }

    /// <summary>The state code that a status report claimed.</summary>
    public int? ReportedState { get; init; }

    /// <summary>The status as the source spells it.</summary>
    public string? RawStatus { get; init; }

    /// <summary>The ship-by instant that the fact brought.</summary>
    public DateTimeOffset? ShipBy { get; init; }

    /// <summary>The promised arrival that the fact brought.</summary>
    public DateTimeOffset? DeliverBy { get; init; }

    /// <summary>The id of the person who acted.</summary>
    public string? Operator { get; init; }

    /// <summary>The trace in which the fact travelled.</summary>
    public string? TraceId { get; init; }

    /// <summary>The response code of the call that brought it.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>Documents by digest.</summary>
    public IReadOnlyList<FactAttachment> Attachments { get; init; } = [];

    /// <summary>The salted digest of <see cref="JournalDetail"/>; it stays when the detail is erased.</summary>
    public Digest? DetailDigest { get; init; }

    /// <summary>The segment that seals the row; <see langword="null"/> before it is sealed.</summary>
    public long? Segment { get; init; }
}

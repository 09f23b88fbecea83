using OrderKit.Core;

namespace OrderKit.StateMachine.Storage;

/// <summary>All that one or more facts change of one order: written together, or not at all.</summary>
public sealed record OrderChange
{
    /// <summary>The version that the decision was taken on; 0 for a new order.</summary>
    public required long ExpectedVersion { get; init; }

    /// <summary>The order as it is afterwards.</summary>
    public required StoredOrder Order { get; init; }

    /// <summary>The new journal rows, the first with <see cref="ExpectedVersion"/> + 1.</summary>
    public required IReadOnlyList<JournalEntry> Entries { get; init; }

    /// <summary>The erasable parts of the rows.</summary>
    public IReadOnlyList<JournalDetail> Details { get; init; } = [];

    /// <summary>Messages for the outbox.</summary>
    public IReadOnlyList<OutboxMessage> Messages { get; init; } = [];

    /// <summary>Deadlines to arm, and facets whose deadline is void.</summary>
    public IReadOnlyList<DeadlineChange> Deadlines { get; init; } = [];

    /// <summary>Numbers to link to the order.</summary>
    public IReadOnlyList<OrderReference> Links { get; init; } = [];

    /// <summary>Cases to open, and (with <see cref="OrderCase.ClosedAt"/>) to close.</summary>
    public IReadOnlyList<OrderCase> Cases { get; init; } = [];
}

namespace OrderKit.Core;

/// <summary>An event that is published after an order changed.</summary>
/// <param name="Order">The order.</param>
/// <param name="Version">The version of the order after the change. It orders the events of one order.</param>
/// <param name="Trigger">The trigger of the fact.</param>
/// <param name="Outcome">How it was decided, such as <c>applied</c> or <c>contradictory</c>.</param>
/// <param name="States">The state codes after the change, by facet.</param>
/// <param name="Headline">The code of the headline status after the change.</param>
/// <param name="Holds">The codes of the holds that are set after the change.</param>
/// <param name="OpenedCases">The codes of the cases that the change opened.</param>
/// <param name="Source">The system that the fact came from.</param>
/// <param name="OccurredAt">When it happened, by the clock of the source.</param>
/// <param name="RecordedAt">When it was decided, by our clock.</param>
/// <param name="TraceId">The trace id of the fact.</param>
public sealed record OrderEvent(
    OrderKey Order,
    long Version,
    string Trigger,
    string Outcome,
    IReadOnlyList<KeyValuePair<string, int>> States,
    string Headline,
    IReadOnlyList<string> Holds,
    IReadOnlyList<string> OpenedCases,
    string Source,
    DateTimeOffset? OccurredAt,
    DateTimeOffset RecordedAt,
    string? TraceId);

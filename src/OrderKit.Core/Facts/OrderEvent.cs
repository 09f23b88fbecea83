namespace OrderKit.Core;

/// <summary>What goes out after an order changed; <see cref="Version"/> orders the events of one order.</summary>
/// <param name="Order">The order.</param>
/// <param name="Version">The order's version after the change; with the order it identifies the event.</param>
/// <param name="Trigger">The trigger of the fact.</param>
/// <param name="Outcome">How it was decided, such as <c>applied</c> or <c>contradictory</c>.</param>
/// <param name="States">The state codes after the change, by facet.</param>
/// <param name="Headline">The code of the headline status after the change.</param>
/// <param name="Holds">The codes of the holds that stand after the change.</param>
/// <param name="OpenedCases">The codes of the cases that the change opened.</param>
/// <param name="Source">The system that the fact came from.</param>
/// <param name="OccurredAt">When it happened, by the source's clock.</param>
/// <param name="RecordedAt">When it was decided, by ours.</param>
/// <param name="TraceId">The trace in which the fact travelled.</param>
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

using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>The life of an order on one page: the nodes that it passed or missed, and every report with its cause and its oddities.</summary>
public sealed record Timeline
{
    /// <summary>The order.</summary>
    public required OrderKey Order { get; init; }

    /// <summary>Its numbers in other systems.</summary>
    public required IReadOnlyList<OrderReference> References { get; init; }

    /// <summary>The name of the model that explains it.</summary>
    public required string Model { get; init; }

    /// <summary>The version of that model.</summary>
    public required int ModelVersion { get; init; }

    /// <summary>The content of that model.</summary>
    public required ModelFingerprint Fingerprint { get; init; }

    /// <summary>The status that people are shown.</summary>
    public required Headline Headline { get; init; }

    /// <summary>When it was placed.</summary>
    public required DateTimeOffset PlacedAt { get; init; }

    /// <summary>By when it must be handed to the carrier.</summary>
    public required DateTimeOffset? ShipBy { get; init; }

    /// <summary>When it is promised to arrive.</summary>
    public required DateTimeOffset? DeliverBy { get; init; }

    /// <summary>Up to when it is told.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>The nodes of the model, all of them.</summary>
    public required IReadOnlyList<TimelineNode> Nodes { get; init; }

    /// <summary>The nodes that are missing or were revoked.</summary>
    public required IReadOnlyList<TimelineNode> Gaps { get; init; }

    /// <summary>The journal in order.</summary>
    public required IReadOnlyList<TimelineEntry> Entries { get; init; }

    /// <summary>The facets with the states that they passed.</summary>
    public required IReadOnlyList<TimelineFacet> Facets { get; init; }

    /// <summary>The holds that stand.</summary>
    public required IReadOnlyList<string> Holds { get; init; }

    /// <summary>The open cases.</summary>
    public required IReadOnlyList<OrderCase> OpenCases { get; init; }

    /// <summary>The armed deadlines.</summary>
    public required IReadOnlyList<TimelineDeadline> Deadlines { get; init; }

    /// <summary>In which offset from UTC people read its times.</summary>
    public required TimeSpan UtcOffset { get; init; }

    /// <summary>The words in which it is told.</summary>
    public required TimelineWords Words { get; init; }
}

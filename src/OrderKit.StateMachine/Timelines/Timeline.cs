using OrderKit.Core;

namespace OrderKit.StateMachine;

/// <summary>The history of an order on one page: the nodes reached or missed, and every report with its cause and anomalies.</summary>
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
    public required IReadOnlyList<Node> Nodes { get; init; }

    /// <summary>The nodes that are missing or were revoked.</summary>
    public required IReadOnlyList<Node> Gaps { get; init; }

    /// <summary>The journal in order.</summary>
    public required IReadOnlyList<TimelineEntry> Entries { get; init; }

    /// <summary>The facets with the states that they passed.</summary>
    public required IReadOnlyList<Facet> Facets { get; init; }

    /// <summary>The holds that stand.</summary>
    public required IReadOnlyList<string> Holds { get; init; }

    /// <summary>The open cases.</summary>
    public required IReadOnlyList<OrderCase> OpenCases { get; init; }

    /// <summary>The armed deadlines.</summary>
    public required IReadOnlyList<Deadline> Deadlines { get; init; }

    /// <summary>In which offset from UTC people read its times.</summary>
    public required TimeSpan UtcOffset { get; init; }

    /// <summary>The words in which it is told.</summary>
    public required TimelineWords Words { get; init; }

    /// <summary>Writes the timeline as plain text. Columns stay aligned with Chinese texts too.</summary>
    /// <returns>Lines that end with a line feed.</returns>
    public string ToText() => TimelineText.Write(this);

    /// <summary>Draws the timeline: its nodes with their gaps, a lane for each system, and how long the order was in each state.</summary>
    /// <remarks>
    /// Plain SVG on a light ground, without scripts, style sheets or external content. A dot has a tooltip and links to its log where
    /// one is known. The same timeline always gives the same bytes. Put it into a page as an element, so that links work.
    /// </remarks>
    public string ToSvg() => new TimelineDrawing(this).Draw();

    /// <summary>Writes the timeline as JSON, for pages and scripts.</summary>
    /// <param name="indented">Whether it is laid out for people.</param>
    /// <remarks>
    /// The property names are part of the API: <c>order</c>, <c>tenant</c>, <c>references</c>, <c>model</c>, <c>headline</c>,
    /// <c>placedAt</c>, <c>shipBy</c>, <c>deliverBy</c>, <c>asOf</c>, <c>nodes</c>, <c>entries</c>, <c>facets</c>, <c>holds</c>,
    /// <c>openCases</c>, <c>deadlines</c>. Instants are ISO 8601 in UTC, durations seconds, outcomes as in
    /// <see cref="FireResult.Outcome"/>. Unknown values are left out. A reader must accept further properties.
    /// </remarks>
    public string ToJson(bool indented = false) => TimelineJson.Write(this, indented);

    /// <summary>A state on a timeline; a code that the model does not know is its own name.</summary>
    /// <param name="Code">Its code.</param>
    /// <param name="Name">Its name for developers.</param>
    /// <param name="LocalName">Its name for the people who work with it.</param>
    public sealed record State(int Code, string Name, string LocalName);

    /// <summary>How long a facet was in a state.</summary>
    /// <param name="State">The state.</param>
    /// <param name="FromVersion">The entry that entered it.</param>
    /// <param name="ToVersion">The entry that left it; <see langword="null"/> for the present state.</param>
    /// <param name="EnteredAt">When it was entered, by our clock.</param>
    /// <param name="Dwell">For how long; the present state up to <see cref="AsOf"/>.</param>
    public sealed record Span(State State, long FromVersion, long? ToVersion, DateTimeOffset EnteredAt, TimeSpan Dwell);

    /// <summary>A facet on a timeline, with the states that it passed.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Spans">Its states in order.</param>
    public sealed record Facet(string Name, IReadOnlyList<Span> Spans);

    /// <summary>A facet that entered a state.</summary>
    /// <param name="Facet">The facet's name.</param>
    /// <param name="From">The state that it left; <see langword="null"/> for the first.</param>
    /// <param name="To">The state that it entered.</param>
    /// <param name="Dwell">How long it was in the state that it left, by our clock.</param>
    /// <param name="DwellAtSource">The same by the sources' clocks, where both tell a time and it does not run backwards.</param>
    public sealed record Move(string Facet, State? From, State To, TimeSpan? Dwell, TimeSpan? DwellAtSource);

    /// <summary>An armed deadline on a timeline.</summary>
    /// <param name="Facet">The facet's name.</param>
    /// <param name="State">The state that it limits; <see langword="null"/> where the model does not know it.</param>
    /// <param name="DueAt">When it passes.</param>
    /// <param name="Trigger">What is fired then.</param>
    /// <param name="IsOverdue">Whether it passed before <see cref="AsOf"/>.</param>
    public sealed record Deadline(string Facet, State? State, DateTimeOffset DueAt, string Trigger, bool IsOverdue);

    /// <summary>A milestone of the model on a timeline; it is there even where the order never got to it.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="LocalName">Its name for the people who work with it.</param>
    /// <param name="Status">How the order stands to it.</param>
    /// <param name="Entry">The entry that reached it; for a revoked node the one that reached it before.</param>
    /// <param name="Elapsed">The time since the reached node before it; negative where that came later.</param>
    /// <param name="RevokedBy">The version of the entry that revoked it.</param>
    public sealed record Node(
        string Name, string LocalName, NodeStatus Status, TimelineEntry? Entry, TimeSpan? Elapsed, long? RevokedBy)
    {
        /// <summary>Whether somebody must look into it.</summary>
        public bool IsAnomaly => Status is NodeStatus.Missing or NodeStatus.Revoked;
    }

    /// <summary>How an order stands to a node of its timeline.</summary>
    public enum NodeStatus : byte
    {
        /// <summary>It was reached.</summary>
        Reached = 0,

        /// <summary>It was not reached, and nothing is wrong with that so far.</summary>
        NotYet = 1,

        /// <summary>It was not reached although a later one was: a report is missing, or somebody skipped a step.</summary>
        Missing = 2,

        /// <summary>It was reached, and its source revoked that.</summary>
        Revoked = 3,

        /// <summary>The order ended without it.</summary>
        NotComing = 4,
    }
}

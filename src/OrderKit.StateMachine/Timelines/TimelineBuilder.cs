using System.Globalization;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>Makes timelines.</summary>
/// <remarks>
/// Pure: the same arguments give the same timeline. It takes any journal, a damaged one too, and never throws for its content.
/// </remarks>
internal static class TimelineBuilder
{
    /// <summary>
    /// Makes the timeline of an order. Rows that another model decided are shown with their codes; closed cases are left out.
    /// </summary>
    public static Timeline Build(
        OrderModel model,
        StoredOrder order,
        IReadOnlyList<JournalEntry> journal,
        IReadOnlyList<OrderCase> cases,
        IReadOnlyList<DueDeadline> deadlines,
        IReadOnlyList<OrderReference> references,
        TimelineOptions? options = null)
    {
        options ??= new TimelineOptions();
        JournalEntry[] rows = [.. journal.OrderBy(e => e.Version)];
        var asOf = options.AsOf ?? (rows.Length > 0 ? rows[^1].RecordedAt : order.UpdatedAt);
        var entries = new TimelineEntries(model, order, options);
        foreach (var row in rows)
        {
            entries.Add(row);
        }

        var snapshot = order.Snapshot;
        var nodes = NodesOf(model, order, rows, entries.Built);
        return new Timeline
        {
            Order = order.Key,
            References = references,
            Model = model.Name,
            ModelVersion = model.Version,
            Fingerprint = model.Fingerprint,
            Headline = HeadlineOf(model, order),
            PlacedAt = order.PlacedAt,
            ShipBy = order.ShipBy,
            DeliverBy = order.DeliverBy,
            AsOf = asOf,
            Nodes = nodes,
            Gaps = [.. nodes.Where(n => n.IsAnomaly)],
            Entries = entries.Built,
            Facets = entries.FacetsUntil(asOf),
            Holds = snapshot.Model == model.Fingerprint ? model.HoldCodes(snapshot.Holds) : [],
            OpenCases = [.. cases.Where(c => c.ClosedAt is null)],
            Deadlines = [.. deadlines.OrderBy(d => d.DueAt).ThenBy(d => d.Facet).Select(d => DeadlineOf(model, snapshot, d, asOf))],
            UtcOffset = options.UtcOffset,
            Words = options.Words,
        };
    }

    internal static Timeline.State StateOf(OrderModel model, int code) => model.StateOf(code) is { } state
        ? new Timeline.State(code, state.Name, state.LocalName.Length > 0 ? state.LocalName : state.Name)
        : new Timeline.State(code, code.ToString(CultureInfo.InvariantCulture), code.ToString(CultureInfo.InvariantCulture));

    internal static string FacetName(OrderModel model, int facet) =>
        (uint)facet < (uint)model.Facets.Count ? model.Facets[facet].Name : facet.ToString(CultureInfo.InvariantCulture);

    private static Headline HeadlineOf(OrderModel model, StoredOrder order)
    {
        var snapshot = order.Snapshot;
        var isKnown = model.Knows(in snapshot)
            && (snapshot.Holds & ~model.Holds.Aggregate(0u, (bits, hold) => bits | hold.Bit)) == 0
            && (snapshot.Cases & ~model.Cases.Aggregate(0u, (bits, kind) => bits | kind.Bit)) == 0;
        return isKnown ? model.HeadlineOf(in snapshot) : new Headline(order.Headline, order.Headline, HeadlineRule.Facet);
    }

    private static Timeline.Deadline DeadlineOf(OrderModel model, in OrderSnapshot snapshot, DueDeadline deadline, DateTimeOffset asOf)
    {
        var isKnown = (uint)deadline.Facet < (uint)model.Facets.Count;
        return new Timeline.Deadline(
            FacetName(model, deadline.Facet), isKnown
                ? StateOf(model, snapshot.States[deadline.Facet])
                : null, deadline.DueAt, deadline.Trigger,
            deadline.DueAt < asOf);
    }

    private static List<Timeline.Node> NodesOf(
        OrderModel model, StoredOrder order, JournalEntry[] rows, IReadOnlyList<TimelineEntry> entries)
    {
        var count = model.TimelineNodes.Count;
        var reached = new int[count];
        var revoked = new long?[count];
        Array.Fill(reached, -1);
        var anchors = 0u;
        for (var row = 0; row < rows.Length; row++)
        {
            var isOurs = rows[row].Model == model.Fingerprint;
            for (var node = 0; node < count; node++)
            {
                var states = model.TimelineNodes[node].States;
                if ((reached[node] < 0 || revoked[node] is not null) && Reaches(rows[row], states))
                {
                    (reached[node], revoked[node]) = (row, null);
                }
                else if (isOurs && reached[node] >= 0 && Revokes(model, anchors, rows[row].Anchors, states))
                {
                    revoked[node] = rows[row].Version;
                }
            }

            anchors = isOurs ? rows[row].Anchors : anchors;
        }

        var nodes = new List<Timeline.Node>(count);
        TimelineEntry? before = null;
        for (var node = 0; node < count; node++)
        {
            var status = StatusOf(model, order, reached, revoked, node);
            var entry = reached[node] < 0 ? null : entries[reached[node]];
            var isReached = status == Timeline.NodeStatus.Reached;
            nodes.Add(new Timeline.Node(
                model.TimelineNodes[node].Name,
                model.TimelineNodes[node].LocalName.Length > 0 ? model.TimelineNodes[node].LocalName : model.TimelineNodes[node].Name,
                status,
                entry,
                isReached && before is not null ? Between(before, entry!) : null,
                revoked[node]));
            before = isReached ? entry : before;
        }

        return nodes;
    }

    private static bool Reaches(JournalEntry row, IReadOnlyList<int> states)
    {
        if (states.Count == 0)
        {
            return row.Version == 1;
        }

        for (var facet = 0; facet < StateCodes.MaxFacets; facet++)
        {
            if ((row.MovedFacets & (1 << facet)) != 0 && states.Contains(row.States[facet]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Revokes(OrderModel model, uint before, uint after, IReadOnlyList<int> states)
    {
        var own = states.Aggregate(0u, (bits, code) => bits | model.AnchorBit(code));
        return (before & own) != 0 && (after & own) == 0;
    }

    private static Timeline.NodeStatus StatusOf(OrderModel model, StoredOrder order, int[] reached, long?[] revoked, int node)
    {
        if (reached[node] >= 0)
        {
            return revoked[node] is null ? Timeline.NodeStatus.Reached : Timeline.NodeStatus.Revoked;
        }

        for (var later = node + 1; later < reached.Length; later++)
        {
            if (reached[later] >= 0 && revoked[later] is null && Precedes(model, order, node, later))
            {
                return Timeline.NodeStatus.Missing;
            }
        }

        return HasEnded(model, order, model.TimelineNodes[node].States) ? Timeline.NodeStatus.NotComing : Timeline.NodeStatus.NotYet;
    }

    // Cash on delivery is paid last: the order's own profile says what comes first, and the model's list only where that is silent.
    private static bool Precedes(OrderModel model, StoredOrder order, int node, int later)
    {
        if ((uint)order.Snapshot.Profile >= (uint)model.Profiles.Count)
        {
            return true;
        }

        var milestones = model.Profiles[order.Snapshot.Profile].Milestones;
        var first = PositionOf(model, milestones, model.TimelineNodes[node].States);
        var second = PositionOf(model, milestones, model.TimelineNodes[later].States);
        return first < 0 || second < 0 || first <= second;
    }

    // A node between two milestones of its facet stands with the one that it leads to.
    private static int PositionOf(OrderModel model, IReadOnlyList<int> milestones, IReadOnlyList<int> states)
    {
        for (var i = 0; i < milestones.Count; i++)
        {
            var milestone = model.StateOf(milestones[i]);
            foreach (var code in states)
            {
                if (code == milestones[i]
                    || (model.StateOf(code) is { } state && state.Facet == milestone?.Facet && state.Rank <= milestone.Rank))
                {
                    return i;
                }
            }
        }

        return -1;
    }

    private static bool HasEnded(OrderModel model, StoredOrder order, IReadOnlyList<int> states)
    {
        var facets = states.Select(model.FacetOf).Where(f => f >= 0).Distinct().ToList();
        return facets.Count > 0 && facets.TrueForAll(f => model.StateOf(order.Snapshot.States[f]) is { IsEnd: true });
    }

    // One clock for both ends: the sources' where it can be believed, or else ours.
    private static TimeSpan Between(TimelineEntry before, TimelineEntry after) =>
        before is { OccurredAt: { } from, HasOddClock: false } && after is { OccurredAt: { } to, HasOddClock: false }
            ? to - from
            : after.RecordedAt - before.RecordedAt;
}

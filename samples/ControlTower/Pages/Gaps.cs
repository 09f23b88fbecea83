using OrderKit.Core;
using OrderKit.StateMachine;

namespace ControlTower.Pages;

/// <summary>Marks a milestone as a gap when its time has passed, not only after a later one was reached.</summary>
internal static class Gaps
{
    private const string ShipByPassed = "ship-by-passed";

    /// <summary>Marks the milestones that the order should have reached before its shipping deadline.</summary>
    public static Timeline Mark(Timeline timeline, IReadOnlyList<OrderCase> open)
    {
        if (!open.Any(c => c.Code == ShipByPassed))
            return timeline;
        var nodes = timeline.Nodes.Select(
            n => n.Status == Timeline.NodeStatus.NotYet ? n with { Status = Timeline.NodeStatus.Missing } : n).ToList();
        return timeline with { Nodes = nodes, Gaps = [.. nodes.Where(n => n.IsAnomaly)] };
    }
}

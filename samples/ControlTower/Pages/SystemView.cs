using ControlTower.Stories;
using OrderKit.Core;

namespace ControlTower.Pages;

/// <summary>The status of an order as one system reports it.</summary>
/// <param name="Source">The system.</param>
/// <param name="Status">The status in the words of the system.</param>
/// <param name="Since">When it first reported the status without another one in between.</param>
/// <param name="LastSaid">When it last reported the status.</param>
/// <param name="Operator">The person behind the report, if known.</param>
internal sealed record SystemView(string Source, string Status, DateTimeOffset Since, DateTimeOffset LastSaid, string? Operator)
{
    /// <summary>Reads the statuses from the reports of the systems. Systems that report no status are left out.</summary>
    public static IReadOnlyList<SystemView> Of(IEnumerable<(string Source, string? Status, DateTimeOffset At, string? Operator)> said)
    {
        var views = new List<SystemView>();
        foreach (var (source, status, at, operatorId) in said.Where(s => s.Status is not null).OrderBy(s => s.At))
        {
            var known = views.FindIndex(v => v.Source == source);
            if (known < 0)
                views.Add(new SystemView(source, status!, at, at, operatorId));
            else
                views[known] = views[known].Status == status
                    ? views[known] with { LastSaid = at }
                    : new SystemView(source, status!, at, at, operatorId);
        }

        return views;
    }

    /// <summary>Returns the views of a story's order, from its own reports.</summary>
    public static IReadOnlyList<SystemView> OfStory(OrderKey order)
    {
        var waybills = TwoOrders.Messages.Where(m => m.Fact.Order == order).SelectMany(m => m.Fact.Links).ToHashSet();
        return Of(TwoOrders.Messages
            .Where(
                m => (m.Fact.Order == order || (m.Fact.Reference is { } number && waybills.Contains(number)))
                    && m.Fact.Trigger is not ("placed" or "captured"))
            .Select(m => (m.Fact.Source, m.Fact.RawStatus, m.Fact.OccurredAt!.Value, m.Fact.Operator)));
    }

    /// <summary>Returns the time from the first different reports of two systems to the last report.</summary>
    public static TimeSpan? Drift(IReadOnlyList<SystemView> views)
    {
        if (views.Select(v => v.Status).Distinct(StringComparer.Ordinal).Count() < 2)
            return null;
        var since = views.Select(v => v.Since).Order().ElementAt(1);
        return views.Max(v => v.LastSaid) - since;
    }

    public static string Said(IReadOnlyList<SystemView> views, string source) =>
        views.FirstOrDefault(v => v.Source == source)?.Status ?? "-";
}

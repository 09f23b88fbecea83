using ControlTower.Stories;
using OrderKit.Core;

namespace ControlTower.Pages;

/// <summary>What one system believes about an order, and since when.</summary>
/// <param name="Source">The system.</param>
/// <param name="Status">The status as it spells it.</param>
/// <param name="Since">When it first said so without saying anything else in between.</param>
/// <param name="LastSaid">When it last said so.</param>
/// <param name="Operator">The person behind it, where one is known.</param>
internal sealed record SystemView(string Source, string Status, DateTimeOffset Since, DateTimeOffset LastSaid, string? Operator)
{
    /// <summary>Reads the systems' beliefs out of what they said; the ones that owe nobody a status are left out.</summary>
    public static IReadOnlyList<SystemView> Of(IEnumerable<(string Source, string? Status, DateTimeOffset At, string? Operator)> said)
    {
        var views = new List<SystemView>();
        foreach (var (source, status, at, operatorId) in said.Where(s => s.Status is not null).OrderBy(s => s.At))
        {
            var known = views.FindIndex(v => v.Source == source);
            if (known < 0)
                views.Add(new SystemView(source, status!, at, at, operatorId));
            else
                views[known] = views[known].Status == status ? views[known] with { LastSaid = at } : new SystemView(source, status!, at, at, operatorId);
        }

        return views;
    }

    /// <summary>The views of a retold order, out of its own reports.</summary>
    public static IReadOnlyList<SystemView> OfStory(OrderKey order)
    {
        var waybills = TwoOrders.Messages.Where(m => m.Fact.Order == order).SelectMany(m => m.Fact.Links).ToHashSet();
        return Of(TwoOrders.Messages
            .Where(m => (m.Fact.Order == order || (m.Fact.Reference is { } number && waybills.Contains(number))) && m.Fact.Trigger is not ("placed" or "captured"))
            .Select(m => (m.Fact.Source, m.Fact.RawStatus, m.Fact.OccurredAt!.Value, m.Fact.Operator)));
    }

    /// <summary>From the moment at which two systems said different things until the last of them was heard.</summary>
    public static TimeSpan? Drift(IReadOnlyList<SystemView> views)
    {
        if (views.Select(v => v.Status).Distinct(StringComparer.Ordinal).Count() < 2)
            return null;
        var since = views.Select(v => v.Since).Order().ElementAt(1);
        return views.Max(v => v.LastSaid) - since;
    }

    public static string Said(IReadOnlyList<SystemView> views, string source) => views.FirstOrDefault(v => v.Source == source)?.Status ?? "-";
}

using OrderKit.Core;

namespace ControlTower.Replays;

/// <summary>Up to when each of the two worlds is told: the invoices are of 2010, the two retold orders of 2026.</summary>
public static class Eras
{
    /// <summary>One day after the excerpt's last: most parcels are on their way, some have arrived.</summary>
    public static readonly DateTimeOffset InvoicesEnd = new(2010, 12, 15, 0, 0, 0, TimeSpan.Zero);

    /// <summary>When the systems of the two retold orders were compared.</summary>
    public static readonly DateTimeOffset StoriesEnd = new(2026, 2, 6, 14, 45, 0, TimeSpan.FromHours(8));

    /// <summary>The channel of the retold orders.</summary>
    public static readonly ChannelCode Taobao = new("TB");

    public static bool IsStory(OrderKey order) => order.Order.Channel == Taobao;

    /// <summary>The "now" of an order's world.</summary>
    public static DateTimeOffset NowOf(OrderKey order) => IsStory(order) ? StoriesEnd : InvoicesEnd;

    /// <summary>In which offset from UTC the people around an order read its times.</summary>
    public static TimeSpan OffsetOf(OrderKey order) => IsStory(order) ? TimeSpan.FromHours(8) : TimeSpan.Zero;
}

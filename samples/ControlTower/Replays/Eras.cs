using OrderKit.Core;

namespace ControlTower.Replays;

/// <summary>The end times of the two data sets: the invoices are from 2010, the two stories from 2026.</summary>
public static class Eras
{
    /// <summary>One day after the end of the excerpt. Most parcels are in transit, some are delivered.</summary>
    public static readonly DateTimeOffset InvoicesEnd = new(2010, 12, 15, 0, 0, 0, TimeSpan.Zero);

    /// <summary>When the systems of the two stories were compared.</summary>
    public static readonly DateTimeOffset StoriesEnd = new(2026, 2, 6, 14, 45, 0, TimeSpan.FromHours(8));

    /// <summary>The channel of the stories' orders.</summary>
    public static readonly ChannelCode Taobao = new("TB");

    public static bool IsStory(OrderKey order) => order.Order.Channel == Taobao;

    /// <summary>Returns the current time of an order's data set.</summary>
    public static DateTimeOffset NowOf(OrderKey order) => IsStory(order) ? StoriesEnd : InvoicesEnd;

    /// <summary>Returns the UTC offset in which the times of an order are shown.</summary>
    public static TimeSpan OffsetOf(OrderKey order) => IsStory(order) ? TimeSpan.FromHours(8) : TimeSpan.Zero;
}

using OrderKit.Core;

namespace OrderKit.Benchmarks;

/// <summary>Creates orders, and six facts of each.</summary>
internal static class DurableFacts
{
    public static readonly string[] Life = ["captured", "stock-locked", "waybill-assigned", "packed", "outbound", "in-transit"];

    private static readonly DateTimeOffset Noon = new(2026, 2, 6, 12, 0, 0, TimeSpan.Zero);

    public static OrderFact Placed(int order) => new()
    {
        Trigger = "placed",
        Source = "taobao",
        Id = $"placed:{order}",
        Order = KeyOf(order),
        Amount = new Money(19_900, Currency.CNY),
        Quantity = 2,
        OccurredAt = Noon,
    };

    public static OrderFact Told(string trigger, int order) => new()
    {
        Trigger = trigger,
        Source = "simulated",
        Id = $"{trigger}:{order}",
        Order = KeyOf(order),
        OccurredAt = Noon.AddMinutes(5),
        Evidence = $"2026020622001{order}",
        RawStatus = "TRADE_SUCCESS",
        TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
        ResponseCode = "200",
    };

    /// <summary>Returns the life of some orders: the first fact of all, then the second of all, and so on.</summary>
    public static OrderFact[] LifeOf(int firstOrder, int count) =>
        [.. Life.SelectMany(trigger => Enumerable.Range(firstOrder, count).Select(order => Told(trigger, order)))];

    private static OrderKey KeyOf(int order) => OrderKey.For(OrderId.Derive(new ChannelCode("TB"), $"OD20260206-{order}"));
}

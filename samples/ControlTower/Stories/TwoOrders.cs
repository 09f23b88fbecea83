using ControlTower.Replays;
using OrderKit.Core;
using OrderKit.Simulation;

namespace ControlTower.Stories;

/// <summary>Two orders with conflicting statuses. Statuses, drift and causes are from the article; the amounts are invented.</summary>
public static class TwoOrders
{
    private const int AwaitingReview = 200;
    private const int Shipped = 303;
    private const int Unpaid = 100;

    private static readonly OrderKey First = Key("OD20260206-8821");
    private static readonly OrderKey Second = Key("OD20260206-9105");

    public static IReadOnlyList<Story> All { get; } =
    [
        new(First, "OD20260206-8821", "支付回调未触发ERP流程", "the payment callback did not start the flow in the ERP",
            ("买家付款的回调已经到了，ERP 却一直停在待审核：没有锁库，也没有出库单。淘宝显示已发货，但没有任何出库凭证。",
             "The payment callback arrived, and the ERP never went on: no stock was locked, no outbound order exists. Taobao says shipped "
             + "without any proof of it.")),
        new(Second, "OD20260206-9105", "ERP误操作覆盖状态", "an operator overwrote the status in the ERP",
            ("买家还没付款，有人在 ERP 里手工把状态改成了已发货；快递随后称已签收，而仓库没有出库记录。",
             "The buyer has not paid; somebody set the order to shipped in the ERP by hand. The carrier then claims delivery, and the "
             + "warehouse has no outbound record.")),
    ];

    public static Story? Find(OrderKey order) => All.FirstOrDefault(s => s.Order == order);

    /// <summary>The reports of the systems, in the order of arrival.</summary>
    public static IReadOnlyList<SimulatedMessage> Messages { get; } = [.. FirstOrder().Concat(SecondOrder()).OrderBy(m => m.ArrivesAt)];

    // 8821. Taobao reports shipped from 10:05:30; at 13:17:30 the ERP still awaits review: 3 h 12 min.
    private static IEnumerable<SimulatedMessage> FirstOrder()
    {
        yield return Say(
            At(9, 56, 12), Placed(First, "OD20260206-8821", new Money(26_800, Currency.CNY), 2) with { ShipBy = At(13, 0, 0) });
        yield return Say(At(10, 1, 5), new OrderFact
        {
            Trigger = "captured",
            Source = "alipay",
            Reference = new OrderReference(TenantId.Default, ReferenceKind.Trade, "T-TB-OD20260206-8821"),
            Evidence = "2026020622001488210001",
            Amount = new Money(26_800, Currency.CNY),
            RawStatus = "TRADE_SUCCESS",
            ResponseCode = "200",
            TraceId = "8821a1f04c7e4c0f9d3b2e6a5c1d0001",
        });
        yield return Say(At(10, 2, 0), Report(First, "erp", "待审核", AwaitingReview, "8821a1f04c7e4c0f9d3b2e6a5c1d0002"));
        yield return Say(At(10, 5, 30), Report(First, "taobao", "已发货", Shipped, "8821a1f04c7e4c0f9d3b2e6a5c1d0003"));
        yield return Say(At(13, 17, 30), Report(First, "erp", "待审核", AwaitingReview, "8821a1f04c7e4c0f9d3b2e6a5c1d0004"));
    }

    // 9105. Taobao reports unpaid all the time; the ERP reports shipped from 09:32:10; at 14:40:10 Taobao still reports unpaid: 5 h 08 min.
    private static IEnumerable<SimulatedMessage> SecondOrder()
    {
        var waybill = new OrderReference(TenantId.Default, ReferenceKind.Waybill, "SF1306020260206");
        yield return Say(
            At(9, 28, 40), Placed(Second, "OD20260206-9105", new Money(15_900, Currency.CNY), 1) with { ShipBy = At(18, 0, 0) });
        yield return Say(At(9, 29, 0), Report(Second, "taobao", "待付款", Unpaid, "9105b2e15d8f4d1fae4c3f7b6d2e0001"));
        yield return Say(
            At(9, 32, 10), Report(Second, "erp", "已发货", Shipped, "9105b2e15d8f4d1fae4c3f7b6d2e0002") with { Operator = "erp-user-17" });
        yield return Say(At(10, 40, 0), new OrderFact
        {
            Trigger = "in-transit",
            Source = "sf-express",
            Order = Second,
            Id = "SF1306020260206-1",
            RawStatus = "已揽收",
            ResponseCode = "200",
            TraceId = "9105b2e15d8f4d1fae4c3f7b6d2e0003",
            Links = [waybill],
        });
        yield return Say(At(14, 5, 0), new OrderFact
        {
            Trigger = "delivery-claimed",
            Source = "sf-express",
            Reference = waybill,
            Id = "SF1306020260206-2",
            RawStatus = "已签收",
            ResponseCode = "200",
            TraceId = "9105b2e15d8f4d1fae4c3f7b6d2e0004",
        });
        yield return Say(At(14, 40, 10), Report(Second, "taobao", "待付款", Unpaid, "9105b2e15d8f4d1fae4c3f7b6d2e0005"));
    }

    private static OrderFact Placed(OrderKey order, string number, Money amount, long quantity) => new()
    {
        Trigger = "placed",
        Source = "taobao",
        Order = order,
        Evidence = number,
        Amount = amount,
        Quantity = quantity,
        Profile = "PARCEL",
        RawStatus = "WAIT_BUYER_PAY",
        ResponseCode = "200",
        Links =
        [
            new OrderReference(TenantId.Default, ReferenceKind.External, number),
            new OrderReference(TenantId.Default, ReferenceKind.Trade, $"T-TB-{number}"),
            new OrderReference(TenantId.Default, ReferenceKind.ShortCode, ShortCodes.For(order.Order, new DateOnly(2026, 2, 6))),
        ],
    };

    private static OrderFact Report(OrderKey order, string system, string rawStatus, int state, string trace) => new()
    {
        Trigger = "status-reported",
        Source = system,
        Order = order,
        RawStatus = rawStatus,
        ReportedState = state,
        ResponseCode = "200",
        TraceId = trace,
    };

    private static SimulatedMessage Say(DateTimeOffset at, OrderFact fact) =>
        new(at + TimeSpan.FromSeconds(1), fact with { OccurredAt = at });

    private static DateTimeOffset At(int hour, int minute, int second) => new(2026, 2, 6, hour, minute, second, TimeSpan.FromHours(8));

    private static OrderKey Key(string number) => OrderKey.For(OrderId.Derive(Eras.Taobao, number));
}

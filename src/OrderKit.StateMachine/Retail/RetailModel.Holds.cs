namespace OrderKit.StateMachine;

internal static partial class RetailModel
{
    private static void DescribeHolds(OrderModelBuilder m, GoodsStates goods)
    {
        m.Hold(RetailHolds.GroupForming, "拼团中")
            .Hold(RetailHolds.Risk, "风控审核")
            .Hold(RetailHolds.Customs, "清关中")
            .Hold(RetailHolds.PlatformLock, "平台锁定")
            .Hold(RetailHolds.RefundAsked, "申请退款")
            .Hold(RetailHolds.Duplicate, "疑似重复")
            .Hold(RetailHolds.Address, "地址待核")
            .Hold(RetailHolds.Amended, "订单已改")
            .Hold(RetailHolds.StockShort, "库存不足")
            .Hold(RetailHolds.Scheduled, "预约发货")
            .Hold(RetailHolds.BalanceDue, "待付尾款")
            .Hold(RetailHolds.Snapshot, "快照过期")
            .Hold(RetailHolds.Manual, "人工挂起");

        m.Fact("hold-placed").PlacesNamedHolds();
        m.Fact("hold-released").ReleasesNamedHolds();
        m.Fact("group-formed").Releases(RetailHolds.GroupForming);
        m.Fact("group-failed", goods.Facet).Releases(RetailHolds.GroupForming)
            .From(goods.AwaitingReview, goods.StockLocked, goods.Backordered).To(goods.Cancelled);
    }

    private static void DescribeTimers(OrderModelBuilder m, PayStates pay, GoodsStates goods, RetailCases cases)
    {
        // The probe closes the payment at the provider first; only its agreement brings the order here.
        m.Timer("unpaid-expired", pay.Facet).Clears(Counter.Due)
            .From(pay.Unpaid).To(pay.ClosedUnpaid)
            .From(goods.AwaitingReview, goods.StockLocked, goods.Backordered).To(goods.Cancelled);
        m.Timer("balance-expired").Opens(cases.BalanceOverdue);
        m.Timer("authorisation-expired").Opens(cases.AuthorisationExpiring);
        m.Timer("surplus-expired").Opens(cases.SurplusOverdue);
        m.Timer("dispute-unanswered").Opens(cases.DisputeReplyDue);
        m.Timer("ship-by-expired").When("cleared", IsCleared).Opens(cases.ShipByPassed);
        m.Timer("first-scan-missing").Opens(cases.NoFirstScan);
        m.Timer("transit-expired").Opens(cases.TransitStalled);
        m.Timer("verdict-missing").Opens(cases.VerdictOverdue);
        m.Timer("intercept-unanswered").Opens(cases.InterceptOverdue);
        m.Timer("return-missing").Opens(cases.ReturnOverdue);
        m.Timer("loss-unresolved").Opens(cases.LostUnresolved);
    }
}

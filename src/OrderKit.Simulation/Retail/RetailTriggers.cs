namespace OrderKit.Simulation;

/// <summary>The triggers and codes of the retail model that the world speaks in; it knows the words, not the engine.</summary>
internal static class RetailTriggers
{
    public const string Placed = "placed";
    public const string Captured = "captured";
    public const string PaymentClosed = "payment-closed";
    public const string RefundPaid = "refund-paid";
    public const string StockLocked = "stock-locked";
    public const string Release = "release";
    public const string Cancel = "cancel";
    public const string WaybillAssigned = "waybill-assigned";
    public const string Packed = "packed";
    public const string Outbound = "outbound";
    public const string Intercepted = "intercepted";
    public const string InTransit = "in-transit";
    public const string DeliveryClaimed = "delivery-claimed";
    public const string DeliveryVerified = "delivery-verified";
    public const string Finished = "finished";
    public const string GoodsBack = "goods-back";
    public const string StatusReported = "status-reported";

    public const int AwaitingReview = 200;
    public const int Cancelled = 290;
    public const int Paid = 101;
    public const int Shipped = 303;
}

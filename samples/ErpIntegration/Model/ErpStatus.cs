using OrderKit.StateMachine;

namespace ErpIntegration.Model;

/// <summary>The status that the ERP's screens show.</summary>
public enum ErpStatus
{
    AwaitingPayment,
    Paid,
    Shipped,
    Cancelled,
    NeedsAttention,
}

/// <summary>Maps OrderKit's headline to the ERP's status.</summary>
public static class ErpStatuses
{
    public static ErpStatus Of(in OrderSnapshot order) => OrderModels.Retail.HeadlineOf(order).Code switch
    {
        "100" => ErpStatus.AwaitingPayment,
        "101" => ErpStatus.Paid,
        "303" => ErpStatus.Shipped,
        "140" or "290" => ErpStatus.Cancelled,
        _ => ErpStatus.NeedsAttention,
    };
}

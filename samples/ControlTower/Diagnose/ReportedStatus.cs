namespace ControlTower.Diagnose;

/// <summary>Maps the statuses of the export to the retail model.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>status</term><description>state that the shop claims with it</description></listheader>
/// <item><term>created</term><description>100 Unpaid: placed, nothing approved</description></item>
/// <item><term>approved</term><description>101 Paid</description></item>
/// <item><term>processing</term><description>201 StockLocked: the seller has accepted it and holds the goods</description></item>
/// <item><term>invoiced</term><description>204 Released: the fiscal note comes before the goods may leave</description></item>
/// <item><term>shipped</term><description>303 Shipped</description></item>
/// <item><term>delivered</term><description>308 DeliveryClaimed: a status is no evidence; 309 takes a verdict</description></item>
/// <item><term>canceled, cancelled</term><description>290 Cancelled</description></item>
/// <item><term>unavailable</term><description>210 Backordered</description></item>
/// </list>
/// Any other status claims no state. The journal keeps it unchanged.
/// </remarks>
internal static class ReportedStatus
{
    public const int Delivered = 308;
    public const int Canceled = 290;

    /// <summary>Returns the state that a status claims; <see langword="null"/> if it is not in the table.</summary>
    public static int? StateOf(string status) => status.Trim().ToUpperInvariant() switch
    {
        "CREATED" => 100,
        "APPROVED" => 101,
        "PROCESSING" => 201,
        "INVOICED" => 204,
        "SHIPPED" => 303,
        "DELIVERED" => Delivered,
        "CANCELED" or "CANCELLED" => Canceled,
        "UNAVAILABLE" => 210,
        _ => null,
    };
}

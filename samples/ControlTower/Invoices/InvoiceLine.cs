namespace ControlTower.Invoices;

/// <summary>A line of the excerpt, unchanged.</summary>
public sealed record InvoiceLine(
    string InvoiceNo, string StockCode, string Description, long Quantity, DateTimeOffset At, decimal UnitPrice, string CustomerId,
    string Country)
{
    /// <summary>
    /// Whether the line is about goods. Postage, fees, discounts and manual corrections have words or single letters as codes.
    /// </summary>
    public bool IsGoods => StockCode.Any(char.IsAsciiDigit) && StockCode != "C2";

    /// <summary>Quantity times price, without rounding.</summary>
    public decimal Amount => Quantity * UnitPrice;
}

namespace ControlTower.Invoices;

/// <summary>A line of the excerpt, as it stands there.</summary>
public sealed record InvoiceLine(
    string InvoiceNo, string StockCode, string Description, long Quantity, DateTimeOffset At, decimal UnitPrice, string CustomerId, string Country)
{
    /// <summary>Whether the line is about goods; postage, fees, discounts and corrections by hand have words or single letters for codes.</summary>
    public bool IsGoods => StockCode.Any(char.IsAsciiDigit) && StockCode != "C2";

    /// <summary>Quantity times price, not rounded.</summary>
    public decimal Amount => Quantity * UnitPrice;
}

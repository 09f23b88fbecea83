using OrderKit.Core;

namespace ControlTower.Invoices;

/// <summary>What a document comes to.</summary>
/// <param name="Exact">The sum of quantity times price; prices may have three decimals.</param>
/// <param name="Rounded">The sum in whole pence: half to even, once for the document and never per line.</param>
public sealed record InvoiceAmount(decimal Exact, Money Rounded)
{
    /// <summary>What rounding added or took; kept in the order's note and told in the summary, so that no part of a penny vanishes unseen.</summary>
    public decimal Difference => Rounded.ToMajor() - Exact;

    /// <summary>Adds lines up. Credit notes count as positive: their direction is in the fact.</summary>
    public static InvoiceAmount Of(IEnumerable<InvoiceLine> lines)
    {
        var exact = Math.Abs(lines.Sum(l => l.Amount));
        return new InvoiceAmount(exact, Money.FromMajor(decimal.Round(exact, Currency.GBP.MinorDigits, MidpointRounding.ToEven), Currency.GBP));
    }
}

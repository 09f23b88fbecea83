using OrderKit.Core;

namespace ControlTower.Invoices;

/// <summary>The total of a document.</summary>
/// <param name="Exact">The sum of quantity times price. Prices may have three decimals.</param>
/// <param name="Rounded">The sum in whole pence, rounded half to even, once for the document and not per line.</param>
public sealed record InvoiceAmount(decimal Exact, Money Rounded)
{
    /// <summary>
    /// The rounding difference. It is kept in the note of the order and reported in the summary, so that no fraction is lost.
    /// </summary>
    public decimal Difference => Rounded.ToMajor() - Exact;

    /// <summary>Adds up lines. Credit notes count as positive, because the fact contains their direction.</summary>
    public static InvoiceAmount Of(IEnumerable<InvoiceLine> lines)
    {
        var exact = Math.Abs(lines.Sum(l => l.Amount));
        return new InvoiceAmount(
            exact, Money.FromMajor(decimal.Round(exact, Currency.GBP.MinorDigits, MidpointRounding.ToEven), Currency.GBP));
    }
}

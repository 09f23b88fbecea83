namespace ControlTower.Invoices;

/// <summary>An invoice or a credit note with its lines.</summary>
public sealed record InvoiceDocument(string Number, IReadOnlyList<InvoiceLine> Lines)
{
    /// <summary>The time of the first line. Lines of one document may differ by a minute.</summary>
    public DateTimeOffset At => Lines[0].At;

    public string CustomerId => Lines[0].CustomerId;

    public string Country => Lines[0].Country;

    public InvoiceAmount Amount => InvoiceAmount.Of(Lines);

    /// <summary>The number of pieces. Postage and fees are money, not pieces.</summary>
    public long Pieces => Lines.Where(l => l.IsGoods).Sum(l => Math.Abs(l.Quantity));

    public InvoiceKind Kind =>
        Number.StartsWith('C') ? InvoiceKind.CreditNote
        : Lines.Any(l => l.Quantity < 0) || Lines.All(l => l.UnitPrice == 0) ? InvoiceKind.StockCorrection
        : Pieces == 0 ? InvoiceKind.FeesOnly
        : InvoiceKind.Sale;
}

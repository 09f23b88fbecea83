namespace ControlTower.Invoices;

/// <summary>The kind of a document.</summary>
public enum InvoiceKind
{
    /// <summary>A sale of goods, which is an order.</summary>
    Sale,

    /// <summary>A credit note, with a number that starts with C: money or goods are returned.</summary>
    CreditNote,

    /// <summary>A stock correction: negative pieces without a credit note, or no price. It is not an order.</summary>
    StockCorrection,

    /// <summary>Only postage, bank charges or marketplace fees. It is not an order.</summary>
    FeesOnly,
}

namespace ControlTower.Invoices;

/// <summary>What a document is about.</summary>
public enum InvoiceKind
{
    /// <summary>Goods were sold: an order.</summary>
    Sale,

    /// <summary>A leading C: money or goods go back.</summary>
    CreditNote,

    /// <summary>Negative pieces outside a credit note, or no price at all: the warehouse counted. No order, and no money.</summary>
    StockCorrection,

    /// <summary>Only postage, bank charges or a marketplace's fee: a bill without goods, and no order.</summary>
    FeesOnly,
}

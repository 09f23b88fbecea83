using OrderKit.Core;

namespace ControlTower.Invoices;

/// <summary>A credit note, or a part of one, without a sale in the excerpt.</summary>
public sealed record UnmatchedCredit(InvoiceDocument Note, Money Amount, int Lines)
{
    /// <summary>
    /// The number. The rest of a partly matched note has its own number, because the note's number leads to the matched sale.
    /// </summary>
    public string Number => Lines == Note.Lines.Count ? Note.Number : Note.Number + "-rest";
}

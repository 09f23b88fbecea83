using OrderKit.Core;

namespace ControlTower.Invoices;

/// <summary>A credit note, or the part of it, that belongs to no sale in the excerpt.</summary>
public sealed record UnmatchedCredit(InvoiceDocument Note, Money Amount, int Lines)
{
    /// <summary>Its number. The rest of a note that was matched in part has one of its own, or it would follow the other lines to their sale.</summary>
    public string Number => Lines == Note.Lines.Count ? Note.Number : Note.Number + "-rest";
}

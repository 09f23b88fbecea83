using OrderKit.Core;

namespace ControlTower.Invoices;

/// <summary>A credit note, or the part of it, that belongs to no sale in the excerpt.</summary>
public sealed record UnmatchedCredit(InvoiceDocument Note, Money Amount, int Lines);

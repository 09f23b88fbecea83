using System.Globalization;
using OrderKit.Core;
using OrderKit.Simulation;

namespace ControlTower.Invoices;

/// <summary>Converts invoices to facts. Their source is the books of the shop. Simulated facts have other sources.</summary>
public static class InvoiceFacts
{
    /// <summary>The source of these facts.</summary>
    public const string Source = "invoices";

    /// <summary>Converts an invoice to the fact that an order was placed.</summary>
    public static SimulatedMessage Placed(BookedSale sale)
    {
        ArgumentNullException.ThrowIfNull(sale);
        var (order, invoice) = (sale.Order, sale.Invoice);
        return new SimulatedMessage(invoice.At, new OrderFact
        {
            Trigger = "placed",
            Source = Source,
            Order = order,
            Evidence = invoice.Number,
            OccurredAt = invoice.At,
            Amount = sale.Amount.Rounded,
            Quantity = invoice.Pieces,
            Profile = "PARCEL",

            // The data has no shipping deadline. This sample assumes two days.
            ShipBy = invoice.At + TimeSpan.FromHours(48),
            Note = NoteOf(sale),
            Links =
            [
                new OrderReference(order.Tenant, ReferenceKind.External, invoice.Number),
                sale.ToSale().TradeNumber,
                new OrderReference(
                    order.Tenant, ReferenceKind.ShortCode, ShortCodes.For(order.Order, DateOnly.FromDateTime(invoice.At.UtcDateTime))),
            ],
        });
    }

    /// <summary>Converts a refund whose sale is not in the excerpt. The fact is parked until somebody links its number.</summary>
    public static SimulatedMessage Unmatched(UnmatchedCredit credit)
    {
        ArgumentNullException.ThrowIfNull(credit);
        var note = credit.Note;
        return new SimulatedMessage(note.At, new OrderFact
        {
            Trigger = "refund-paid",
            Source = Source,
            Reference = new OrderReference(TenantId.Default, ReferenceKind.AfterSale, credit.Number),
            Evidence = credit.Number,
            OccurredAt = note.At,
            Amount = credit.Amount,
            Note = string.Create(
                CultureInfo.InvariantCulture,
                $"Customer {note.CustomerId}, {note.Country}, {credit.Lines} of {note.Lines.Count} lines without a sale."),
        });
    }

    private static string NoteOf(BookedSale sale)
    {
        var invoice = sale.Invoice;
        var customer = invoice.CustomerId.Length > 0 ? invoice.CustomerId : "unknown";
        var text = string.Create(CultureInfo.InvariantCulture, $"Customer {customer}, {invoice.Country}, {invoice.Lines.Count} lines.");
        return sale.Amount.Difference == 0
            ? text
            : text + string.Create(
                CultureInfo.InvariantCulture, $" {sale.Amount.Exact} GBP rounded half to even, once: {sale.Amount.Difference} GBP.");
    }
}

using OrderKit.Core;
using OrderKit.Simulation;

namespace ControlTower.Invoices;

/// <summary>An invoice as an order, with its returns.</summary>
public sealed class BookedSale(InvoiceDocument invoice, InvoiceAmount amount, OrderKey order)
{
    public InvoiceDocument Invoice { get; } = invoice;

    public InvoiceAmount Amount { get; } = amount;

    public OrderKey Order { get; } = order;

    public List<SimulatedReturn> Returns { get; } = [];

    /// <summary>Converts the sale to an order of the simulated world.</summary>
    public SimulatedSale ToSale() => new(Order, Invoice.Number, Amount.Rounded, Invoice.Pieces, Invoice.At) { Returns = [.. Returns] };
}

using OrderKit.Core;
using OrderKit.Simulation;

namespace ControlTower.Invoices;

/// <summary>Converts documents to sales, and credit notes to returns of their sales.</summary>
public sealed class SalesBook
{
    /// <summary>The channel of the shop in the excerpt.</summary>
    public static readonly ChannelCode Channel = new("UK");

    private readonly Dictionary<(string Customer, string Article), List<OpenLine>> _sold = [];
    private readonly List<BookedSale> _sales = [];
    private readonly List<UnmatchedCredit> _unmatched = [];

    /// <summary>The sales with their returns.</summary>
    public IReadOnlyList<BookedSale> Sales => _sales;

    /// <summary>The credit notes, or parts of them, whose sale is not in the excerpt.</summary>
    public IReadOnlyList<UnmatchedCredit> Unmatched => _unmatched;

    public int CreditNotes { get; private set; }

    public int StockCorrections { get; private set; }

    public int FeesOnly { get; private set; }

    /// <summary>The total rounding difference.</summary>
    public decimal RoundingDifference { get; private set; }

    /// <summary>Adds a document to the book.</summary>
    public void Add(InvoiceDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        switch (document.Kind)
        {
            case InvoiceKind.Sale:
                AddSale(document);
                break;
            case InvoiceKind.CreditNote:
                AddCredit(document);
                break;
            case InvoiceKind.StockCorrection:
                StockCorrections++;
                break;
            default:
                FeesOnly++;
                break;
        }
    }

    private void AddSale(InvoiceDocument invoice)
    {
        var amount = invoice.Amount;
        RoundingDifference += Math.Abs(amount.Difference);
        var sale = new BookedSale(invoice, amount, OrderKey.For(OrderId.Derive(Channel, invoice.Number)));
        _sales.Add(sale);
        if (invoice.CustomerId.Length == 0)
            return; // Without a customer, a credit note cannot be matched with a sale.
        foreach (var line in invoice.Lines)
        {
            var key = (invoice.CustomerId, line.StockCode);
            if (!_sold.TryGetValue(key, out var open))
                _sold.Add(key, open = []);
            open.Add(new OpenLine(sale, line.Quantity));
        }
    }

    /// <summary>Assigns each line to the customer's newest sale of that article with enough pieces left.</summary>
    private void AddCredit(InvoiceDocument note)
    {
        CreditNotes++;
        var bySale = new Dictionary<BookedSale, List<InvoiceLine>>();
        var left = new List<InvoiceLine>();
        foreach (var line in note.Lines)
        {
            var pieces = -line.Quantity;
            var sold = note.CustomerId.Length > 0 && _sold.TryGetValue((note.CustomerId, line.StockCode), out var open)
                ? open.FindLast(o => o.Left >= pieces && o.Sale.Invoice.At <= note.At)
                : null;
            if (sold is null)
            {
                left.Add(line);
                continue;
            }

            sold.Left -= pieces;
            if (!bySale.TryGetValue(sold.Sale, out var lines))
                bySale.Add(sold.Sale, lines = []);
            lines.Add(line);
        }

        foreach (var (sale, lines) in bySale)
        {
            var amount = InvoiceAmount.Of(lines);
            RoundingDifference += Math.Abs(amount.Difference);
            sale.Returns.Add(new SimulatedReturn(note.Number, amount.Rounded, lines.Where(l => l.IsGoods).Sum(l => -l.Quantity), note.At));
        }

        if (left.Count > 0)
        {
            var amount = InvoiceAmount.Of(left);
            RoundingDifference += Math.Abs(amount.Difference);
            _unmatched.Add(new UnmatchedCredit(note, amount.Rounded, left.Count));
        }
    }

    private sealed class OpenLine(BookedSale sale, long left)
    {
        public BookedSale Sale { get; } = sale;

        public long Left { get; set; } = left;
    }
}

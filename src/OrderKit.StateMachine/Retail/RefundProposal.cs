using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.StateMachine;

/// <summary>A payment that could be refunded, by its own route, so that an order keeps no more money than is due.</summary>
/// <param name="Order">The order.</param>
/// <param name="Source">Who took the payment, such as <c>alipay</c>.</param>
/// <param name="Payment">Its number there; <see langword="null"/> where the fact named none.</param>
/// <param name="Amount">How much of it.</param>
public sealed record RefundProposal(OrderKey Order, string Source, string? Payment, Money Amount)
{
    private const int CancelledGoods = 290;
    private const int ClosedUnpaid = 140;

    /// <summary>The payments that make up an order's surplus, the latest first; none where there is no surplus.</summary>
    /// <remarks>
    /// An order whose goods are cancelled, or that was closed unpaid, is due nothing. It is a proposal: who refunds fires
    /// <c>refund-paid</c> when the money has gone.
    /// </remarks>
    public static IReadOnlyList<RefundProposal> Of(StoredOrder order, IReadOnlyList<JournalEntry> journal)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(journal);
        var (states, sums) = (order.Snapshot.States, order.Snapshot.Counters);
        var isOver = Enumerable.Range(0, StateCodes.MaxFacets).Any(facet => states[facet] is CancelledGoods or ClosedUnpaid);
        var surplus = sums.Captured - sums.Refunded - (isOver ? 0 : sums.Due);
        var proposals = new List<RefundProposal>();
        foreach (var payment in journal.Where(static row => row.Trigger == "captured" && Captured(row) > 0).Reverse())
        {
            if (surplus <= 0)
            {
                break;
            }

            var part = Math.Min(surplus, Captured(payment));
            proposals.Add(new RefundProposal(order.Key, payment.Source, payment.Evidence, new Money(part, order.Currency)));
            surplus -= part;
        }

        return proposals;
    }

    private static long Captured(JournalEntry row) =>
        (row.First.Index == (int)Counter.Captured ? row.First.Change : 0) + (
            row.Second.Index == (int)Counter.Captured ? row.Second.Change : 0);
}

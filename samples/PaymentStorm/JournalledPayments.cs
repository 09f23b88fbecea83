using System.Runtime.CompilerServices;
using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace PaymentStorm;

/// <summary>What the journal says of money that came in: the effects, counted where nobody who took them can have miscounted.</summary>
internal static class JournalledPayments
{
    private const int ReadAtOnce = 1_000;

    /// <summary>Every payment, order by order: which order, and the provider's number of the trade.</summary>
    public static async IAsyncEnumerable<(OrderKey Order, string? Trade)> ReadAsync(IJournalStore journal, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IReadOnlyList<OrderJournal> page = [];
        do
        {
            page = await journal.ScanAsync(page.Count == 0 ? 0 : page[^1].OrderNo, ReadAtOnce, cancellationToken);
            foreach (var order in page)
            {
                foreach (var entry in order.Entries.Where(static entry => entry.Trigger == "captured"))
                {
                    yield return (order.Order.Key, entry.Evidence);
                }
            }
        }
        while (page.Count > 0);
    }
}
